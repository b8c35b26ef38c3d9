//! By-laws as data. Each version is complete; a missing value is the default that is written here.

use serde::Deserialize;
use serde::Serialize;

/// What an alliance decides about itself.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, garde::Validate, utoipa::ToSchema,
)]
#[serde(deny_unknown_fields, default)]
#[garde(allow_unvalidated)]
#[schema(as = ByLaws, example = json!({"unsealers": 2, "campaign_recipients": 5_000, "promotion_by_ballot": true, "ballot_notice_days": 7}))]
pub struct ByLaws {
    /// People who must open a round of quotes; at least 2.
    #[garde(range(min = 2, max = 10))]
    #[schema(minimum = 2, maximum = 10)]
    pub unsealers: u32,
    /// Most recipients of one campaign.
    #[garde(range(min = 1, max = 100_000))]
    #[schema(minimum = 1, maximum = 100_000)]
    pub campaign_recipients: u32,
    /// Whether a promotion is decided by ballot; else an organizer schedules it.
    pub promotion_by_ballot: bool,
    /// Days that a ballot must be announced before it opens.
    #[garde(range(max = 90))]
    #[schema(minimum = 0, maximum = 90)]
    pub ballot_notice_days: u32,
}

impl Default for ByLaws {
    fn default() -> Self {
        Self {
            unsealers: 2,
            campaign_recipients: 5_000,
            promotion_by_ballot: false,
            ballot_notice_days: 0,
        }
    }
}
