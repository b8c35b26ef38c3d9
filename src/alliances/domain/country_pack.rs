//! Country packs: whose rules bind what members announce to customers.

crate::words! {
    /// A country's rules on announcing reductions.
    pub enum CountryPack {
        /// None: a discount is measured against the price in force.
        None = "none",
        /// China: against the lowest of seven days.
        Cn = "cn",
        /// European Union: against the lowest of thirty days.
        Eu = "eu",
    }
}
