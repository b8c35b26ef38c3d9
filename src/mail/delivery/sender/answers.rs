//! What a server's answers mean for the message in hand.

use chrono::TimeDelta;

use super::Sender;
use crate::mail::delivery::queue::Waiting;
use crate::mail::domain::verdict;
use crate::mail::domain::verdict::Verdict;
use crate::mail::repo::Delivery;
use crate::mail::repo::faults::Fault;
use crate::mail::repo::faults::Stage;
use crate::mail::repo::ledger::Change;
use crate::mail::smtp::Connection;
use crate::mail::smtp::Reply;
use crate::mail::smtp::Trouble;

/// Pause of a message whose receiver wants fewer connections.
const FEWER_PAUSE: TimeDelta = TimeDelta::seconds(60);

impl Sender<'_> {
    /// What came of the content: only a 250 means sent, and silence leaves it open.
    pub(super) fn handed_over(
        &mut self,
        answer: Result<(), Trouble>,
        line: Connection,
        waiting: &Waiting,
    ) -> Change {
        match answer {
            Ok(()) => {
                self.line = Some(line);
                self.pass.office.note_policy(false);
                Change::Sent
            }
            Err(Trouble::Refused(reply)) => {
                if !self.is_about_line(&reply) {
                    self.line = Some(line);
                }
                self.judged(waiting, Stage::Content, reply)
            }
            Err(Trouble::Broken(reason)) => {
                let id = waiting.row.id;
                tracing::warn!(delivery = %id, reason, "a message may have arrived");
                let text = format!("no answer after the content: {reason}");
                Change::Unsure {
                    fault: self.fault(Stage::Content, text),
                }
            }
        }
    }

    fn verdict(&self, reply: &Reply) -> Verdict {
        let rules = self.pass.office.known().rules;
        let enhanced = verdict::enhanced(&reply.text);
        verdict::judge(&rules, reply.code, enhanced.as_deref(), &reply.text)
    }

    /// Whether an answer ends the connection rather than the message.
    pub(super) fn is_about_line(&self, reply: &Reply) -> bool {
        reply.code == 421 || self.verdict(reply) == Verdict::Recycle
    }

    /// What a refusal means for its message.
    pub(super) fn judged(&mut self, waiting: &Waiting, stage: Stage, reply: Reply) -> Change {
        let verdict = self.verdict(&reply);
        self.pass.office.note_policy(verdict == Verdict::Policy);
        self.gate_moved |= matches!(verdict, Verdict::SlowDown | Verdict::FewerConnections);
        let used = self.pass.queue.borrow().under_way(&waiting.receiver);
        if verdict == Verdict::FewerConnections && used > 1 {
            return Change::Later {
                pause: FEWER_PAUSE,
                used: Some(used),
                reason: reply.text,
            };
        }
        let fault = Fault {
            code: Some(reply.code),
            enhanced: verdict::enhanced(&reply.text),
            verdict: Some(verdict),
            ..self.fault(stage, reply.text)
        };
        if verdict.is_transient() {
            self.deferred(&waiting.row, fault)
        } else {
            Change::Failed { fault }
        }
    }

    /// Another try, not before the server's own wish.
    pub(super) fn deferred(&self, row: &Delivery, fault: Fault) -> Change {
        let spread = self.pass.ctx.random.bytes::<8>().unwrap_or_default();
        let steps = &self.pass.ctx.settings.delivery.retry;
        let step = verdict::pause(
            steps,
            row.attempts.saturating_add(1),
            u64::from_le_bytes(spread),
        );
        let wish = verdict::hint(&fault.text).unwrap_or(TimeDelta::zero());
        Change::Deferred {
            pause: step.max(wish),
            fault,
        }
    }
}
