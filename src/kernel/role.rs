//! Roles that people hold in an alliance.

crate::words! {
    /// What a person may be in one alliance; several at once are allowed.
    pub enum Role {
        /// Runs the alliance: members, promotions, tenders, campaigns.
        Organizer = "organizer",
        /// Keeps the money: payments, expenses, refunds.
        Treasurer = "treasurer",
        /// Acts for a member merchant.
        Member = "member",
        /// Reads everything that the alliance may read, writes nothing.
        Observer = "observer",
    }
}
