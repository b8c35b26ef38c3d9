//! What an alliance is about.

crate::words! {
    /// What brings the merchants of an alliance together.
    pub enum AllianceKind {
        /// They trade in one place.
        Regional = "regional",
        /// They sell one brand.
        Brand = "brand",
        /// They sell one kind of product.
        Product = "product",
    }
}
