//! The states of a campaign and what leads from one to the next.

use serde_json::Map;
use serde_json::Value;

use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;

crate::words! {
    /// Where a campaign stands.
    pub enum CampaignState {
        /// Being prepared.
        Draft = "draft",
        /// Somebody answers for it.
        Approved = "approved",
        /// It starts at its time.
        Scheduled = "scheduled",
        /// Its letters leave.
        Sending = "sending",
        /// Its letters wait for a word.
        Paused = "paused",
        /// Every letter has its end.
        Finished = "finished",
        /// Given up; what had left has left.
        Cancelled = "cancelled",
    }
}

crate::words! {
    /// To whom a campaign goes.
    pub enum CampaignAudience {
        /// Everybody who acts for an active member.
        AllMembers = "all_members",
        /// Those whose member takes part in the promotion.
        Enrolled = "enrolled",
        /// Those whose member does not take part in the promotion.
        NotEnrolled = "not_enrolled",
    }
}

crate::words! {
    /// What happens to a campaign.
    pub enum Event {
        Approve = "approve",
        Schedule = "schedule",
        /// Its time has come.
        Start = "start",
        Pause = "pause",
        Resume = "resume",
        Cancel = "cancel",
        /// Every delivery is final.
        Finish = "finish",
    }
}

crate::words! {
    /// Where one delivery of a campaign stands.
    pub enum DeliveryState {
        /// Waits for its turn.
        Queued = "queued",
        /// A sender has it in hand.
        Claimed = "claimed",
        /// On its way; whether it arrived is told next.
        Sending = "sending",
        /// The server has it.
        Sent = "sent",
        /// Refused for now; tried again later.
        Deferred = "deferred",
        /// It may have arrived; a person decides.
        Unsure = "unsure",
        /// It came back.
        Bounced = "bounced",
        /// Refused for good, out of time, or impossible to write.
        Failed = "failed",
        /// The recipient refuses such mail.
        Suppressed = "suppressed",
        /// Its campaign was cancelled before it left.
        Cancelled = "cancelled",
    }
}

/// The event is not possible in this state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{event}' is not possible in the state '{state}'.")]
pub struct IllegalTransition {
    pub state: CampaignState,
    pub event: Event,
}

impl Refusal for IllegalTransition {
    fn kind(&self) -> &'static Kind {
        &kinds::ILLEGAL_TRANSITION
    }

    fn params(&self) -> Map<String, Value> {
        let by_people = self
            .state
            .ways()
            .iter()
            .filter(|(event, _)| !matches!(event, Event::Start | Event::Finish));
        let allowed: Vec<&str> = by_people.map(|(event, _)| event.as_str()).collect();
        let mut params = Map::new();
        params.insert("state".to_owned(), self.state.as_str().into());
        params.insert("event".to_owned(), self.event.as_str().into());
        params.insert("allowed".to_owned(), allowed.into());
        params
    }
}

impl CampaignState {
    const fn ways(self) -> &'static [(Event, Self)] {
        match self {
            Self::Draft => &[
                (Event::Approve, Self::Approved),
                (Event::Cancel, Self::Cancelled),
            ],
            Self::Approved => &[
                (Event::Schedule, Self::Scheduled),
                (Event::Cancel, Self::Cancelled),
            ],
            Self::Scheduled => &[
                (Event::Start, Self::Sending),
                (Event::Cancel, Self::Cancelled),
            ],
            Self::Sending => &[
                (Event::Pause, Self::Paused),
                (Event::Finish, Self::Finished),
                (Event::Cancel, Self::Cancelled),
            ],
            Self::Paused => &[
                (Event::Resume, Self::Sending),
                (Event::Cancel, Self::Cancelled),
            ],
            Self::Finished | Self::Cancelled => &[],
        }
    }

    /// The state after an event.
    ///
    /// # Errors
    /// [`IllegalTransition`] where the event is not possible here.
    pub fn after(self, event: Event) -> Result<Self, IllegalTransition> {
        self.ways()
            .iter()
            .find(|(possible, _)| *possible == event)
            .map(|(_, next)| *next)
            .ok_or(IllegalTransition { state: self, event })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_published_ways_exist() {
        let mut ways = Vec::new();
        for state in CampaignState::ALL {
            for event in Event::ALL {
                if let Ok(next) = state.after(*event) {
                    ways.push(format!("{state} {event} {next}"));
                }
            }
        }
        assert_eq!(
            ways,
            [
                "draft approve approved",
                "draft cancel cancelled",
                "approved schedule scheduled",
                "approved cancel cancelled",
                "scheduled start sending",
                "scheduled cancel cancelled",
                "sending pause paused",
                "sending cancel cancelled",
                "sending finish finished",
                "paused resume sending",
                "paused cancel cancelled",
            ]
        );
    }

    #[test]
    fn a_refusal_tells_what_people_may_do_instead() {
        let refused = CampaignState::Sending
            .after(Event::Resume)
            .expect_err("refused");
        assert_eq!(
            Value::Object(refused.params()),
            serde_json::json!({"state": "sending", "event": "resume", "allowed": ["pause", "cancel"]})
        );
    }
}
