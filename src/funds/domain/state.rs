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

/// What may happen to a fund whose levy notices are out.
const OPEN: &[&str] = &[
    "assess",
    "issue",
    "receive",
    "credit",
    "pledge",
    "request_expense",
    "spend",
    "sponsor",
    "take_transfer",
    "start_closing",
    "close",
];

impl FundState {
    /// What may happen to a fund in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Planned => &[
                "assess",
                "request_expense",
                "pledge",
                "sponsor",
                "take_transfer",
            ],
            Self::Voted => &[
                "assess",
                "issue",
                "request_expense",
                "spend",
                "pledge",
                "sponsor",
                "take_transfer",
            ],
            Self::Collecting | Self::Active => OPEN,
            Self::Closing => &["refund"],
            Self::Settled => &["close"],
            Self::Closed => &[],
        }
    }

    /// What may happen to the general fund, which needs no budget to receive and spend.
    pub const fn general_events(self) -> &'static [&'static str] {
        match self {
            Self::Planned | Self::Voted => OPEN,
            other => other.events(),
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
    /// What a levy notice bills.
    pub enum NoticeKind {
        /// A share of an assessment.
        Levy = "levy",
        /// What a true-up adds.
        DebitNote = "debit_note",
        /// What the member pledged.
        Pledge = "pledge",
    }
}

crate::words! {
    /// Where a levy notice stands.
    pub enum NoticeState {
        /// Nothing was paid.
        Issued = "issued",
        /// A part was paid.
        PartPaid = "part_paid",
        /// All was paid in time.
        Paid = "paid",
        /// A part is due that was not paid in time.
        Overdue = "overdue",
        /// All was paid after it was overdue.
        Collected = "collected",
        /// What was due is given up.
        WrittenOff = "written_off",
        /// The member objects.
        Disputed = "disputed",
        /// All was credited because the member objected.
        Credited = "credited",
        /// All was credited.
        Cancelled = "cancelled",
    }
}

impl NoticeState {
    /// What may happen to a notice in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Issued | Self::PartPaid => &["pay", "dispute", "credit"],
            Self::Overdue => &["pay", "dispute", "credit", "write_off"],
            Self::Disputed => &["pay", "uphold", "credit"],
            Self::Paid | Self::Collected => &["credit"],
            Self::WrittenOff | Self::Credited | Self::Cancelled => &[],
        }
    }
}

crate::words! {
    /// Where a credit note stands.
    pub enum CreditNoteState {
        /// It waits for consent.
        Requested = "requested",
        /// It is numbered and posted.
        Issued = "issued",
        /// It will not be issued.
        Rejected = "rejected",
    }
}

impl CreditNoteState {
    /// What may happen to a credit note in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Requested => &["approve", "reject"],
            Self::Issued | Self::Rejected => &[],
        }
    }
}

crate::words! {
    /// Where a pledge stands; nothing is posted before it is converted.
    pub enum PledgeState {
        /// The member offers.
        Offered = "offered",
        /// The alliance accepts.
        Accepted = "accepted",
        /// It is a notice now.
        Converted = "converted",
        /// The member took it back.
        Withdrawn = "withdrawn",
        /// Nobody converted it in time.
        Lapsed = "lapsed",
    }
}

impl PledgeState {
    /// What may happen to a pledge in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Offered => &["accept", "withdraw", "lapse"],
            Self::Accepted => &["convert", "withdraw", "lapse"],
            Self::Converted | Self::Withdrawn | Self::Lapsed => &[],
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
