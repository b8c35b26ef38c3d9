//! By-laws as data. Each version is complete; a missing value is the default that is written here.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::alliances::domain::ballot_matter::BallotMatter;
use crate::alliances::domain::ballot_rule::BallotRule;
use crate::alliances::domain::ballot_rule::RuleRefused;
use crate::alliances::domain::country_pack::CountryPack;
use crate::alliances::domain::expense_rule;
use crate::alliances::domain::expense_rule::ExpenseRule;
use crate::alliances::domain::expense_rule::ExpenseTier;
use crate::alliances::domain::tightness;
use crate::alliances::domain::visibility::Visibility;
use crate::kernel::ids::UserId;
use crate::kernel::money::MAX_AMOUNT;

crate::words! {
    /// Who has to agree to an act of the treasurer.
    pub enum Consent {
        /// Nobody more.
        None = "none",
        /// Another organizer or treasurer.
        SecondPerson = "second_person",
        /// The members, by a mandate.
        Mandate = "mandate",
    }
}

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
    /// Whose rules on prior prices bind promotions.
    pub country_pack: CountryPack,
    /// Days that a ballot must be announced before it opens.
    #[garde(range(max = 90))]
    #[schema(minimum = 0, maximum = 90)]
    pub ballot_notice_days: u32,
    /// Days that a member has between the notice of its expulsion and its hearing.
    #[garde(range(min = 3, max = 90))]
    #[schema(minimum = 3, maximum = 90)]
    pub hearing_days: u32,
    /// Days in which members may object to an admission that both sides agreed on; 0: a merchant joins at once.
    #[garde(range(max = 90))]
    #[schema(minimum = 0, maximum = 90)]
    pub admission_objection_days: u32,
    /// Days in which what a decision permits has to be done; without a limit where absent.
    #[garde(inner(range(min = 1, max = 3_650)))]
    #[schema(minimum = 1, maximum = 3650)]
    pub mandate_days: Option<u32>,
    /// Value of an award in minor units above which members choose among the bids by ballot; absent: a second
    /// organizer or treasurer approves whatever its value.
    #[garde(inner(range(min = 0, max = 9_007_199_254_740_991)))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub award_limit_minor: Option<i64>,
    /// The rule of each matter that is not decided by its default. Starred matters may only be tightened.
    pub ballot_rules: BTreeMap<BallotMatter, BallotRule>,
    /// Days past due after which arrears suspend a member's vote in money matters.
    #[garde(range(max = 3_650))]
    #[schema(minimum = 0, maximum = 3_650)]
    pub ballot_arrears_days: u32,
    /// Whether a ballot without quorum may be repeated once, within 14 days, with half the quorum.
    pub ballot_repeat: bool,
    /// Days after the declaration within which a member may challenge it.
    #[garde(range(max = 90))]
    #[schema(minimum = 0, maximum = 90)]
    pub ballot_challenge_days: u32,
    /// Days between the declaration and the moment from which a carried ballot permits its act.
    #[garde(range(max = 90))]
    #[schema(minimum = 0, maximum = 90)]
    pub ballot_effect_days: u32,
    /// Days that the chair has for a casting vote; its silence is a lost motion.
    #[garde(range(min = 1, max = 90))]
    #[schema(minimum = 1, maximum = 90)]
    pub ballot_casting_days: u32,
    /// Days before a notice is due on which its member is reminded.
    #[garde(length(max = 10), inner(range(max = 90)))]
    #[schema(max_items = 10)]
    pub reminder_days_before: Vec<u32>,
    /// Days after it was due on which its member is reminded again.
    #[garde(length(max = 10), inner(range(min = 1, max = 365)))]
    #[schema(max_items = 10)]
    pub reminder_days_after: Vec<u32>,
    /// Who has to agree to a credit note.
    pub credit_note_consent: Consent,
    /// The person with the casting vote, an organizer; absent: any organizer.
    pub chair: Option<UserId>,
    /// How many people approve an expense, by its amount, from the lowest on. Below the first: one second person.
    #[garde(custom(expense_rule::ascending), dive)]
    #[schema(max_items = 20)]
    pub expense_approvals: Vec<ExpenseTier>,
    /// Gifts in kind worth more than this need a decision of the members; without it a second person agrees.
    #[garde(inner(range(min = 0, max = MAX_AMOUNT)))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub in_kind_limit_minor: Option<i64>,
    /// Measures that need evidence, and from which amount: at and above it only a verified size counts.
    #[garde(length(max = 100), dive)]
    #[schema(max_items = 100)]
    pub evidence: Vec<EvidenceRule>,
    /// What members see of each other's lines of a levy, unless a policy says more or less.
    pub member_lines: Visibility,
    /// Whether a member's gift in kind may pay what the member owes.
    pub in_kind_counts: bool,
}

impl ByLaws {
    /// Checks what single fields cannot say: rules that fit their matter and loosen no starred one.
    ///
    /// # Errors
    /// `Invalid` or `Loosened`.
    pub fn check(&self) -> Result<(), RuleRefused> {
        self.ballot_rules
            .iter()
            .try_for_each(|(matter, rule)| tightness::accept_in_by_laws(*matter, rule))
    }

    /// The rule in force for a matter: the by-laws', else the default.
    pub fn rule_for(&self, matter: BallotMatter) -> BallotRule {
        let adopted = self.ballot_rules.get(&matter).cloned();
        adopted.unwrap_or_else(|| matter.default_rule())
    }

    /// What an expense of this many minor units needs.
    pub fn expense_rule(&self, amount_minor: i64) -> ExpenseRule {
        expense_rule::rule_for(&self.expense_approvals, amount_minor)
    }
}

/// When a size needs evidence.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, garde::Validate, utoipa::ToSchema,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct EvidenceRule {
    /// Key of the measure.
    #[garde(pattern("^[a-z][a-z0-9_]{0,39}$"))]
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]{0,39}$")]
    pub measure: String,
    /// The smallest size that needs it, in the unit of the measure; minor units for money.
    #[garde(range(min = 0, max = 9_007_199_254_740_991))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub from_value: i64,
}

impl Default for ByLaws {
    fn default() -> Self {
        Self {
            unsealers: 2,
            campaign_recipients: 5_000,
            promotion_by_ballot: false,
            country_pack: CountryPack::None,
            ballot_notice_days: 0,
            ballot_rules: BTreeMap::new(),
            ballot_arrears_days: 30,
            ballot_repeat: false,
            ballot_challenge_days: 7,
            ballot_effect_days: 0,
            ballot_casting_days: 7,
            reminder_days_before: vec![7],
            reminder_days_after: vec![3, 14, 28],
            credit_note_consent: Consent::SecondPerson,
            chair: None,
            expense_approvals: Vec::new(),
            in_kind_limit_minor: None,
            hearing_days: 7,
            admission_objection_days: 0,
            mandate_days: None,
            award_limit_minor: None,
            evidence: Vec::new(),
            member_lines: Visibility::Hidden,
            in_kind_counts: false,
        }
    }
}
