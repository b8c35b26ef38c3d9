//! States of funds and their documents, and the events that each state allows (fund.md 3.2).

use crate::kernel::problem::Refused;

crate::words! {
    /// Where a fund stands; closed is for good.
    pub enum FundState {
        /// Nothing was decided yet.
        Planned = "planned",
        /// A budget was decided.
        Voted = "voted",
        /// Levy notices are out.
        Collecting = "collecting",
        /// Every levy notice is paid.
        Active = "active",
        /// Refunds are being computed.
        Closing = "closing",
        /// Refunds are paid.
        Settled = "settled",
        /// Every account reads zero.
        Closed = "closed",
    }
}

impl FundState {
    /// What may happen to a fund in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Planned => &["assess", "request_expense"],
            Self::Voted => &["assess", "issue", "request_expense", "spend"],
            Self::Collecting | Self::Active => &[
                "assess",
                "issue",
                "receive",
                "request_expense",
                "spend",
                "close",
            ],
            Self::Closing => &["settle"],
            Self::Settled => &["close"],
            Self::Closed => &[],
        }
    }
}

crate::words! {
    /// Where an assessment stands.
    pub enum AssessmentState {
        /// Shares are computed; nobody owes anything.
        Proposed = "proposed",
        /// A mandate permits to bill it.
        Approved = "approved",
        /// The notices are out.
        Issued = "issued",
        /// Given up before anything was billed.
        Cancelled = "cancelled",
    }
}

impl AssessmentState {
    /// What may happen to an assessment in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Proposed => &["approve", "cancel"],
            Self::Approved => &["issue", "cancel"],
            Self::Issued | Self::Cancelled => &[],
        }
    }
}

crate::words! {
    /// Where a levy notice stands.
    pub enum NoticeState {
        /// Nothing was paid.
        Issued = "issued",
        /// A part was paid.
        PartPaid = "part_paid",
        /// All was paid.
        Paid = "paid",
    }
}

impl NoticeState {
    /// The state of a notice by what was paid of it.
    pub const fn by_amounts(amount: i64, paid: i64) -> Self {
        if paid >= amount {
            Self::Paid
        } else if paid > 0 {
            Self::PartPaid
        } else {
            Self::Issued
        }
    }
}

crate::words! {
    /// Where a request to spend stands.
    pub enum ExpenseState {
        /// Somebody asks.
        Requested = "requested",
        /// A second person agreed.
        Approved = "approved",
        /// The money left the fund.
        Paid = "paid",
        /// It will not be paid.
        Rejected = "rejected",
    }
}

impl ExpenseState {
    /// What may happen to a request in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Requested => &["approve", "reject"],
            Self::Approved => &["pay", "reject"],
            Self::Paid | Self::Rejected => &[],
        }
    }
}

/// Passes an event that the state allows.
///
/// # Errors
/// `illegal_transition` with the events that are.
pub fn require(state: &str, allowed: &'static [&'static str], event: &str) -> Result<(), Refused> {
    if allowed.contains(&event) {
        Ok(())
    } else {
        Err(Refused::illegal_transition(state, event, allowed))
    }
}
