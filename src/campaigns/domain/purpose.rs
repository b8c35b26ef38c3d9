//! What a campaign may be written for: the categories of mail that a recipient may refuse, so that nobody
//! sends an advertisement as a bill.

use crate::mail::Category;

crate::words! {
    /// Category of a template's mail; fixed with its first version.
    pub enum CampaignCategory {
        /// The announcement of a promotion.
        Promotion = "promotion",
        /// A summary of what happened.
        Digest = "digest",
        /// A call to enrol in a promotion, or a reminder of it.
        Enrolment = "enrolment",
    }
}

impl CampaignCategory {
    /// The category of the mail.
    pub const fn of_mail(self) -> Category {
        match self {
            Self::Promotion => Category::Promotion,
            Self::Digest => Category::Digest,
            Self::Enrolment => Category::Enrolment,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_campaign_may_be_refused_and_keeps_its_word() {
        for category in CampaignCategory::ALL {
            assert!(category.of_mail().may_be_refused());
            assert_eq!(category.as_str(), category.of_mail().as_str());
        }
    }
}
