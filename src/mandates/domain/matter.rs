//! The matters that need a mandate.

crate::words! {
    /// Matters that need a mandate. There is no free matter that executes.
    pub enum Matter {
        /// A season's budget and its levy notices.
        SeasonBudget = "season_budget",
        /// A new promotion.
        Promotion = "promotion",
        /// An award above the limit.
        TenderAward = "tender_award",
        /// A write-off of a member's debt.
        WriteOff = "write_off",
        /// A new levy policy.
        LevyPolicy = "levy_policy",
        /// A transfer between restricted funds.
        Transfer = "transfer",
        /// A sponsor deal with strings.
        SponsorDeal = "sponsor_deal",
        /// The expulsion of a member.
        Expulsion = "expulsion",
        /// The end of the alliance.
        Dissolution = "dissolution",
    }
}
