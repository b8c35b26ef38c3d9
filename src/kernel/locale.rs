//! The languages in which the service writes to people.

crate::words! {
    /// Language of a person, an alliance or a letter.
    #[derive(Default)]
    pub enum Locale {
        /// Chinese as written on the mainland; used where nothing else is known.
        #[default]
        ZhCn = "zh-CN",
        /// English.
        En = "en",
    }
}
