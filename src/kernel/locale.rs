//! The languages that the service speaks to people.

crate::words! {
    /// Language of mails and pages.
    #[derive(Default)]
    pub enum Locale {
        /// Simplified Chinese.
        #[default]
        ZhCn = "zh-CN",
        /// English.
        En = "en",
    }
}

impl Locale {
    /// Picks the text of this language.
    pub const fn pick<'a>(self, zh_cn: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::ZhCn => zh_cn,
            Self::En => en,
        }
    }
}
