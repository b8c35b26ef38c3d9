//! What a returned message says about an address.

crate::words! {
    /// What became of a message that came back.
    pub enum BounceKind {
        /// The address does not exist: nothing more is sent there.
        Hard = "hard",
        /// It may work later: a full mailbox, a server out of reach.
        Soft = "soft",
        /// Refused for good, for a reason that may not be the address.
        Refused = "refused",
        /// Refused because of who sends or what is said: says nothing about the address.
        Policy = "policy",
        /// The reader called it unwanted.
        Complaint = "complaint",
        /// Still on its way.
        Delayed = "delayed",
        /// No report: an automatic answer, or anything else.
        Ignored = "ignored",
        /// A report about none of our messages.
        Unmatched = "unmatched",
        /// It names a message with a wrong MAC.
        Forged = "forged",
    }
}

impl BounceKind {
    /// Whether the message did not arrive.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Hard | Self::Soft | Self::Refused | Self::Policy)
    }
}

/// Status codes that say that there is no such address (RFC 3463; 5.1.10 is RFC 7505).
const GONE: [&str; 6] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];

/// Words by which servers limit a rate, whatever code they say it with.
const RATE_WORDS: [&str; 3] = ["frequency limited", "rate limit", "too many"];

/// Judges one recipient's failure by its status and its diagnostic text. The class of the status comes
/// first: relays give up with `failed` and 4.x.x when a message is too old. `None`: it is no failure.
pub fn judge(status: &str, diagnostic: &str) -> Option<BounceKind> {
    let status = status.trim();
    let text = diagnostic.to_lowercase();
    let class = status.chars().next();
    let known = |codes: &[&str]| codes.contains(&status);
    Some(match class {
        Some('2') => return None,
        Some('4') => BounceKind::Soft,
        _ if RATE_WORDS.iter().any(|words| text.contains(words)) => BounceKind::Soft,
        _ if known(&["5.2.2"]) => BounceKind::Soft,
        _ if known(&GONE) => BounceKind::Hard,
        _ if status.starts_with("5.7.") => BounceKind::Policy,
        _ if text.contains("554") && text.contains("spam") => BounceKind::Policy,
        // Without detail the reply's own code is all there is.
        _ if vague(status) && reply_code(&text).is_some_and(|code| code == 552) => BounceKind::Soft,
        _ if vague(status) && reply_code(&text).is_some_and(|code| code / 100 == 4) => {
            BounceKind::Soft
        }
        _ => BounceKind::Refused,
    })
}

fn vague(status: &str) -> bool {
    status.is_empty() || status.ends_with(".0.0")
}

/// The first three digits that stand alone.
fn reply_code(text: &str) -> Option<u16> {
    text.split(|c: char| !c.is_ascii_digit())
        .find(|word| word.len() == 3)
        .and_then(|word| word.parse().ok())
        .filter(|code| (400..600).contains(code))
}

/// Messages of an address that are looked back on.
pub const REMEMBERED: usize = 5;
/// Returned ones among them that pause it.
pub const TOO_OFTEN: usize = 3;
/// Length of the pause, in days.
pub const PAUSE_DAYS: i64 = 30;
/// Refusals within this many days that stop an address.
pub const REFUSALS_DAYS: i64 = 30;
/// See [`REFUSALS_DAYS`].
pub const REFUSALS: u64 = 2;

/// Time after which a message that did not come back has arrived, in milliseconds: a day.
const ARRIVED_MS: i64 = 86_400_000;

/// One message to a watched address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sent<I> {
    pub id: I,
    pub came_back: bool,
    /// When it left, in milliseconds since 1970.
    pub at_ms: i64,
}

/// The last messages to a watched address, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Recent<I>(pub Vec<Sent<I>>);

impl<I> Default for Recent<I> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<I: PartialEq + Copy> Recent<I> {
    /// A message is about to leave.
    pub fn leaves(&mut self, id: I, at_ms: i64) {
        if !self.0.iter().any(|known| known.id == id) {
            self.push(id, at_ms, false);
        }
    }

    /// A message came back for a while.
    pub fn came_back(&mut self, id: I, at_ms: i64) {
        match self.0.iter_mut().find(|known| known.id == id) {
            Some(known) => known.came_back = true,
            None => self.push(id, at_ms, true),
        }
    }

    fn push(&mut self, id: I, at_ms: i64, came_back: bool) {
        self.0.push(Sent {
            id,
            came_back,
            at_ms,
        });
        if self.0.len() > REMEMBERED {
            self.0.remove(0);
        }
    }

    /// Whether so many of the last ones came back that the address is left alone for a while.
    pub fn too_often(&self) -> bool {
        self.0.iter().filter(|sent| sent.came_back).count() >= TOO_OFTEN
    }

    /// Whether the last one has arrived: it left a day ago and did not come back.
    pub fn has_recovered(&self, now_ms: i64) -> bool {
        self.0
            .last()
            .is_some_and(|sent| !sent.came_back && now_ms - sent.at_ms >= ARRIVED_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_decides_before_the_text() {
        for (status, diagnostic, kind) in [
            (
                "5.1.1",
                "smtp; 550 5.1.1 no such user",
                Some(BounceKind::Hard),
            ),
            (
                "5.1.1",
                "smtp; 552 5.1.1 fault asked for",
                Some(BounceKind::Hard),
            ),
            ("5.1.10", "smtp; 556 null MX", Some(BounceKind::Hard)),
            ("4.1.1", "smtp; 450 4.1.1 later", Some(BounceKind::Soft)),
            (
                "4.3.0",
                "X-Postfix; mail transport unavailable",
                Some(BounceKind::Soft),
            ),
            ("4.4.7", "expired", Some(BounceKind::Soft)),
            ("5.2.2", "smtp; 552 mailbox full", Some(BounceKind::Soft)),
            ("5.0.0", "smtp; 552 over quota", Some(BounceKind::Soft)),
            ("5.0.0", "smtp; 450 try later", Some(BounceKind::Soft)),
            (
                "5.6.0",
                "smtp; 554 5.6.0 after DATA",
                Some(BounceKind::Refused),
            ),
            (
                "5.0.0",
                "smtp; 550 Ip frequency limited",
                Some(BounceKind::Soft),
            ),
            ("5.7.1", "smtp; 550 5.7.1 policy", Some(BounceKind::Policy)),
            (
                "5.0.0",
                "smtp; 554 looks like SPAM",
                Some(BounceKind::Policy),
            ),
            ("", "unknown", Some(BounceKind::Refused)),
            ("2.1.5", "fine", None),
        ] {
            assert_eq!(judge(status, diagnostic), kind, "{status} {diagnostic}");
        }
    }

    #[test]
    fn three_of_the_last_five_are_too_often() {
        let mut recent = Recent::default();
        for id in [1, 2] {
            recent.came_back(id, 0);
        }
        assert!(!recent.too_often());
        for id in [3, 4, 5] {
            recent.leaves(id, 0);
        }
        // The first one is forgotten by now.
        recent.leaves(6, 0);
        recent.came_back(6, 0);
        assert!(!recent.too_often());
        recent.came_back(5, 0);
        assert!(recent.too_often());
        assert_eq!(recent.0.len(), REMEMBERED);
        recent.came_back(5, 0);
        assert_eq!(recent.0.len(), REMEMBERED);
    }

    #[test]
    fn an_address_recovers_a_day_after_what_arrived() {
        let mut recent = Recent::default();
        recent.came_back(1, 0);
        assert!(!recent.has_recovered(i64::MAX / 2));
        recent.leaves(2, 1_000);
        assert!(!recent.has_recovered(ARRIVED_MS + 999));
        assert!(recent.has_recovered(ARRIVED_MS + 1_000));
    }
}
