//! Whether somebody may be written to: which categories are asked about, in which words, and how the answer
//! came about.

use crate::kernel::locale::Locale;
use crate::mail::domain::letter::Category;

crate::words! {
    /// Mail that somebody may want or not.
    pub enum ConsentCategory {
        /// The announcement of a promotion.
        Promotion = "promotion",
        /// A summary of what happened.
        Digest = "digest",
        /// A call to enrol in a promotion, or a reminder of it.
        Enrolment = "enrolment",
    }
}

crate::words! {
    /// How an answer came about.
    pub enum ConsentWay {
        /// When a member joined.
        Joining = "joining",
        /// On the page of a mail's link.
        Page = "page",
        /// By a mail program's own button (RFC 8058).
        OneClick = "one_click",
        /// In the account.
        Account = "account",
        /// An organizer, on somebody's behalf.
        Organizer = "organizer",
        /// The reader called a message unwanted.
        Complaint = "complaint",
    }
}

/// Version of the texts that are asked now. A text never changes under its version: a new one is added.
pub const TEXT_VERSION: &str = "2026-11";

impl ConsentCategory {
    /// The category of the mail.
    pub const fn of_mail(self) -> Category {
        match self {
            Self::Promotion => Category::Promotion,
            Self::Digest => Category::Digest,
            Self::Enrolment => Category::Enrolment,
        }
    }

    /// The category that a category of mail is answered under; `None` for mail that nobody is asked about.
    pub const fn of(category: Category) -> Option<Self> {
        match category {
            Category::Promotion => Some(Self::Promotion),
            Category::Digest => Some(Self::Digest),
            Category::Enrolment => Some(Self::Enrolment),
            Category::Account
            | Category::Invitation
            | Category::LevyNotice
            | Category::Ballot
            | Category::Tender
            | Category::Order => None,
        }
    }

    /// Why the alliance may write it: what the law calls the basis.
    pub const fn basis(self) -> &'static str {
        match self {
            Self::Promotion | Self::Digest => "consent",
            Self::Enrolment => "contract",
        }
    }

    /// What is sent, in a few words.
    pub const fn words(self, locale: Locale) -> &'static str {
        match self {
            Self::Promotion => locale.pick("促销公告", "announcements of promotions"),
            Self::Digest => locale.pick("动态摘要", "digests of what comes up"),
            Self::Enrolment => locale.pick("报名邀请和提醒", "calls and reminders to enrol"),
        }
    }
}

/// The words that somebody says yes to, in the version [`TEXT_VERSION`].
pub fn text(category: ConsentCategory, alliance: &str, locale: Locale) -> String {
    let what = category.words(locale);
    match locale {
        Locale::ZhCn => format!(
            "我同意“{alliance}”通过电子邮件向我发送{what}。我可以随时撤回同意：使用每封邮件中的链接，或在账号中更改。"
        ),
        Locale::En => format!(
            "I agree that {alliance} sends me {what} by e-mail. I can take this back at any time, by the link in every such mail or in my account."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_names_who_writes_what_and_how_it_ends() {
        for category in ConsentCategory::ALL {
            assert_eq!(ConsentCategory::of(category.of_mail()), Some(*category));
            assert_eq!(category.as_str(), category.of_mail().as_str());
            assert!(category.of_mail().may_be_refused());
            assert_eq!(
                category.basis() == "consent",
                category.of_mail().advertises()
            );
            let zh = text(*category, "西湖", Locale::ZhCn);
            assert!(zh.contains("西湖") && zh.contains("撤回"), "{zh}");
            let en = text(*category, "West Lake", Locale::En);
            assert!(
                en.contains("West Lake") && en.contains("take this back"),
                "{en}"
            );
        }
    }
}
