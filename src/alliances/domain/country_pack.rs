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

impl CountryPack {
    /// Whether advertising may only be sent to who said yes to it (China: the rules for e-mail of 2006,
    /// article 13; European Union: Directive 2002/58/EC, article 13).
    pub const fn asks_for_consent(self) -> bool {
        matches!(self, Self::Cn | Self::Eu)
    }
}
