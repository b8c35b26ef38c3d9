//! How much members see of each other's lines.

crate::words! {
    /// What a member sees of another member's line; those who keep and audit the books see all.
    pub enum Visibility {
        /// Nothing.
        Hidden = "hidden",
        /// Between which round amounts it lies.
        Band = "band",
        /// The amount.
        Amount = "amount",
    }
}
