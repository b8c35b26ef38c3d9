//! The lives of tenders, rounds, quotes, commitments, awards and group orders: states, events, windows.
//!
//! Windows are half open: what is received at the end is late. The clock closes five seconds after the
//! end, so that transactions in flight can finish; submissions are judged by the end itself.

use chrono::TimeDelta;

use crate::kernel::time::Instant;

/// Between the end of a window and the event that closes it.
pub const GRACE: TimeDelta = TimeDelta::seconds(5);
/// Two people open a round within this time.
pub const UNSEAL_WINDOW: TimeDelta = TimeDelta::minutes(30);
/// After this time a lapsed consent counts as never given.
pub const UNSEAL_FORGOTTEN: TimeDelta = TimeDelta::minutes(60);
/// A notified manufacturer accepts or declines within this time.
pub const ACCEPT_WITHIN: TimeDelta = TimeDelta::days(7);

crate::words! {
    /// State of a tender.
    pub enum TenderState {
        /// Being written; only those who run the alliance see it.
        Draft = "draft",
        /// Open for quotes and commitments.
        Published = "published",
        /// Both windows are over.
        Evaluating = "evaluating",
        /// Every awarded item has an active award.
        Awarded = "awarded",
        /// Its orders are settled.
        Completed = "completed",
        /// Given up, with a reason.
        Cancelled = "cancelled",
        /// Too few quotes came, or nothing could be bought.
        Unsuccessful = "unsuccessful",
    }
}

crate::words! {
    /// State of a round.
    pub enum RoundState {
        Scheduled = "scheduled",
        Open = "open",
        /// Over, and still sealed.
        Closed = "closed",
        /// Two people opened it: evaluators read the quotes.
        Opened = "opened",
        Evaluated = "evaluated",
        Cancelled = "cancelled",
    }
}

crate::words! {
    /// State of a quote.
    pub enum QuoteState {
        Draft = "draft",
        Submitted = "submitted",
        Opened = "opened",
        Awarded = "awarded",
        NotAwarded = "not_awarded",
        Withdrawn = "withdrawn",
        Disqualified = "disqualified",
        Expired = "expired",
    }
}

crate::words! {
    /// State of a commitment.
    pub enum CommitmentState {
        Submitted = "submitted",
        Withdrawn = "withdrawn",
        /// The window is over: it binds.
        Locked = "locked",
        Accepted = "accepted",
        Rejected = "rejected",
        Ordered = "ordered",
        Released = "released",
    }
}

crate::words! {
    /// State of an award.
    pub enum AwardState {
        Proposed = "proposed",
        Approved = "approved",
        /// Winner and losers were told.
        Notified = "notified",
        Accepted = "accepted",
        Active = "active",
        Declined = "declined",
        Expired = "expired",
        Cancelled = "cancelled",
        Completed = "completed",
    }
}

crate::words! {
    /// State of a group order.
    pub enum OrderState {
        Draft = "draft",
        Placed = "placed",
        Confirmed = "confirmed",
        InDelivery = "in_delivery",
        Delivered = "delivered",
        Disputed = "disputed",
        Settled = "settled",
        Cancelled = "cancelled",
    }
}

crate::words! {
    /// Why a tender is cancelled.
    pub enum CancelReason {
        NoDemand = "no_demand",
        Budget = "budget",
        ErrorInTender = "error_in_tender",
        Legal = "legal",
        ForceMajeure = "force_majeure",
    }
}

impl TenderState {
    /// Events that people may cause in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Draft => &["publish", "cancel"],
            Self::Published => &["cancel"],
            Self::Evaluating => &["evaluate", "award", "cancel"],
            Self::Awarded => &["cancel"],
            Self::Completed | Self::Cancelled | Self::Unsuccessful => &[],
        }
    }
}

impl RoundState {
    /// Events that people may cause in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Scheduled | Self::Open => &["extend"],
            Self::Closed => &["unseal"],
            Self::Opened => &["evaluate"],
            Self::Evaluated | Self::Cancelled => &[],
        }
    }

    /// Whether evaluators read the quotes.
    pub const fn is_open_to_evaluators(self) -> bool {
        matches!(self, Self::Opened | Self::Evaluated)
    }
}

impl QuoteState {
    /// Events that its manufacturer may cause in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Draft => &["submit", "revise"],
            Self::Submitted => &["revise", "withdraw"],
            Self::Opened
            | Self::Awarded
            | Self::NotAwarded
            | Self::Withdrawn
            | Self::Disqualified
            | Self::Expired => &[],
        }
    }
}

impl CommitmentState {
    /// Events that its member may cause in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Submitted => &["revise", "withdraw"],
            Self::Withdrawn
            | Self::Locked
            | Self::Accepted
            | Self::Rejected
            | Self::Ordered
            | Self::Released => &[],
        }
    }
}

impl AwardState {
    /// Events that people may cause in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Proposed => &["approve", "reject"],
            Self::Notified => &["accept", "decline"],
            Self::Approved
            | Self::Accepted
            | Self::Active
            | Self::Declined
            | Self::Expired
            | Self::Cancelled
            | Self::Completed => &[],
        }
    }

    /// Whether members are told of it.
    pub const fn is_told(self) -> bool {
        matches!(
            self,
            Self::Notified | Self::Accepted | Self::Active | Self::Completed
        )
    }
}

impl OrderState {
    /// Events that people may cause in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Draft => &["place"],
            Self::Placed => &["confirm"],
            Self::Confirmed
            | Self::InDelivery
            | Self::Delivered
            | Self::Disputed
            | Self::Settled
            | Self::Cancelled => &[],
        }
    }
}

/// Where `now` stands to a half-open window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Before,
    Within,
    /// At or after the end.
    After,
}

/// Places `now` in `[opens_at, closes_at)`.
pub fn moment(opens_at: Instant, closes_at: Instant, now: Instant) -> Moment {
    match () {
        () if now < opens_at => Moment::Before,
        () if now < closes_at => Moment::Within,
        () => Moment::After,
    }
}

/// The state that the clock has brought a round to.
pub fn round_at(
    state: RoundState,
    opens_at: Instant,
    closes_at: Instant,
    now: Instant,
) -> RoundState {
    match state {
        RoundState::Scheduled | RoundState::Open if now >= closes_at.plus(GRACE) => {
            RoundState::Closed
        }
        RoundState::Scheduled if now >= opens_at => RoundState::Open,
        other => other,
    }
}

/// The state that the clock has brought a tender to; `last_end` is the later end of its windows.
pub fn tender_at(
    state: TenderState,
    last_end: Instant,
    submitted: u64,
    min_quotes: u64,
    now: Instant,
) -> TenderState {
    match state {
        TenderState::Published if now < last_end.plus(GRACE) => state,
        TenderState::Published if submitted < min_quotes => TenderState::Unsuccessful,
        TenderState::Published => TenderState::Evaluating,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(s: i64) -> Instant {
        Instant::from_millis(s * 1_000)
    }

    #[test]
    fn a_submission_at_the_very_end_is_late() {
        let window = |millis| moment(at(10), at(20), Instant::from_millis(millis));
        assert_eq!(window(9_999), Moment::Before);
        assert_eq!(window(10_000), Moment::Within);
        assert_eq!(window(19_999), Moment::Within);
        assert_eq!(window(20_000), Moment::After);
    }

    #[test]
    fn the_clock_closes_five_seconds_after_the_end() {
        let round = |s| round_at(RoundState::Scheduled, at(10), at(20), at(s));
        assert_eq!(round(9), RoundState::Scheduled);
        assert_eq!(round(10), RoundState::Open);
        assert_eq!(round(24), RoundState::Open);
        assert_eq!(round(25), RoundState::Closed);
        let tender = |quotes, s| tender_at(TenderState::Published, at(20), quotes, 2, at(s));
        assert_eq!(tender(2, 24), TenderState::Published);
        assert_eq!(tender(2, 25), TenderState::Evaluating);
        assert_eq!(tender(1, 25), TenderState::Unsuccessful);
    }
}
