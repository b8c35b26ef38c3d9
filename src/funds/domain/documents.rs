//! States of the documents that spend, give and return money, and the events that each state allows (fund.md 3.2).

crate::words! {
    /// Where money that was set aside stands.
    pub enum ReservationState {
        /// Set aside.
        Reserved = "reserved",
        /// An approved expense uses it.
        Invoiced = "invoiced",
        /// The expense was paid.
        Paid = "paid",
        /// Given back to the fund.
        Released = "released",
    }
}

impl ReservationState {
    /// What may happen to a reservation in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Reserved => &["invoice", "release"],
            Self::Invoiced => &["pay"],
            Self::Paid | Self::Released => &[],
        }
    }
}

crate::words! {
    /// Where a sponsor's promise stands.
    pub enum DealState {
        /// The terms are agreed.
        Agreed = "agreed",
        /// The members paid, and the sponsor owes its match.
        Earned = "earned",
        /// The sponsor paid all that it owes.
        Paid = "paid",
        /// Its part of the unspent money went back.
        Returned = "returned",
    }
}

impl DealState {
    /// What may happen to a deal in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Agreed => &["earn"],
            Self::Earned => &["earn", "receive", "return"],
            Self::Paid => &["earn", "return"],
            Self::Returned => &[],
        }
    }
}

crate::words! {
    /// Where a gift in kind stands.
    pub enum InKindState {
        /// Its value is proposed.
        Proposed = "proposed",
        /// Its value is agreed; it may be delivered.
        Agreed = "agreed",
        /// It came, and is posted.
        Delivered = "delivered",
        /// It will not come.
        Rejected = "rejected",
    }
}

impl InKindState {
    /// What may happen to a gift in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Proposed => &["agree", "reject"],
            Self::Agreed => &["deliver", "reject"],
            Self::Delivered | Self::Rejected => &[],
        }
    }
}

crate::words! {
    /// Where a transfer between two funds stands.
    pub enum TransferState {
        /// Somebody asks.
        Proposed = "proposed",
        /// The money moved.
        Done = "done",
        /// It will not move.
        Cancelled = "cancelled",
    }
}

impl TransferState {
    /// What may happen to a transfer in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Proposed => &["execute", "cancel"],
            Self::Done | Self::Cancelled => &[],
        }
    }
}

crate::words! {
    /// Where a refund stands.
    pub enum RefundState {
        /// Computed; the member may choose.
        Due = "due",
        /// All of it was set off against what the member owed.
        Offset = "offset",
        /// It was paid out.
        Paid = "paid",
        /// It became the member's credit in another fund.
        RolledOver = "rolled_over",
        /// Nobody could be paid; another fund keeps it as the member's credit.
        Unclaimed = "unclaimed",
    }
}

impl RefundState {
    /// What may happen to a refund in this state.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Due => &["choose", "pay", "unclaim"],
            Self::Offset | Self::Paid | Self::RolledOver | Self::Unclaimed => &[],
        }
    }
}

crate::words! {
    /// What a member wants done with its refund.
    pub enum RefundChoice {
        /// Pay it out.
        Cash = "cash",
        /// Keep it as credit in the fund that follows.
        Rollover = "rollover",
    }
}
