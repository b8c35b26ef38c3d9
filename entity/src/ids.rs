//! One newtype per aggregate, so that ids cannot be swapped. All are UUIDv7: time-ordered keys.

use std::fmt;
use std::str::FromStr;

use sea_orm::DbErr;
use sea_orm::DeriveValueType;
use sea_orm::TryFromU64;
use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, DeriveValueType)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            /// Only the lower-case hyphenated form is an id; every other spelling names nothing.
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let id = Uuid::try_parse(text).map_err(|_| NotAnId)?;
                if id.as_hyphenated().to_string() == text { Ok(Self(id)) } else { Err(NotAnId) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|_| serde::de::Error::custom("an id is a lower-case UUID"))
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::schema::SchemaFormat::KnownFormat(
                        utoipa::openapi::schema::KnownFormat::Uuid,
                    )))
                    .max_length(Some(36))
                    .examples([serde_json::json!("01890a5d-ac96-774b-bcce-b302099a8057")])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}

/// The text is no id of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id")
    }
}

impl std::error::Error for NotAnId {}

ids! {
    /// A person with an account.
    UserId,
    /// A login of a user: the family of its refresh tokens.
    SessionId,
    /// A one-time token sent by mail.
    MailTokenId,
    /// A small merchant.
    MerchantId,
    /// A person's post at a merchant.
    MerchantStaffId,
    /// A statement of a merchant's size.
    SizeFactId,
    /// A manufacturer that quotes.
    ManufacturerId,
    /// A person's post at a manufacturer.
    ManufacturerStaffId,
    /// A key for a manufacturer's own systems.
    ApiKeyId,
    /// An alliance of merchants: the tenant.
    AllianceId,
    /// One version of an alliance's by-laws.
    ByLawsId,
    /// A merchant's membership of an alliance.
    MembershipId,
    /// An invitation to join an alliance.
    InvitationId,
    /// A role that a person holds in an alliance.
    RoleGrantId,
    /// Permission for one act with one content.
    MandateId,
    /// The case against a member that may be expelled.
    ExpulsionId,
    /// The end of an alliance, as it is decided on.
    DissolutionId,
    /// An admission in its period of objection.
    AdmissionId,
    /// An objection to an admission.
    ObjectionId,
    /// A way to measure the size of a member.
    MeasureId,
    /// A member's class and owner from a day on.
    PlacementId,
    /// One version of a levy policy.
    LevyPolicyId,
    /// A ring-fenced pot of an alliance's money.
    FundId,
    /// The close of a part of a fund's ledger.
    FundPeriodId,
    /// A budget split into members' shares.
    AssessmentId,
    /// One member's share of an assessment.
    AssessmentLineId,
    /// A bill to one member.
    LevyNoticeId,
    /// An objection to a levy notice.
    LevyDisputeId,
    /// A document that lowers what was billed.
    CreditNoteId,
    /// A use of a member's credit.
    CreditUseId,
    /// An amount that a member offers.
    PledgeId,
    /// What a season costs everybody in the end.
    TrueUpId,
    /// One member's part of a true-up.
    TrueUpLineId,
    /// Money received from a member.
    PaymentId,
    /// Money set aside in a fund.
    ReservationId,
    /// A request to spend from a fund.
    ExpenseId,
    /// A sponsor's promise to match what the members pay.
    SponsorDealId,
    /// Money received from a sponsor.
    SponsorReceiptId,
    /// Goods or work given instead of money.
    InKindId,
    /// Money that moves from one fund to another.
    TransferId,
    /// Unspent money returned to a member.
    RefundId,
    /// An account of the ledger.
    AccountId,
    /// A balanced set of postings.
    LedgerTransactionId,
    /// A transaction that is taken back.
    ReversalId,
    /// One leg of a ledger transaction.
    PostingId,
    /// A question put to the members.
    BallotId,
    /// A member's answer to a ballot.
    VoteId,
    /// A member's appointment of another to vote for it.
    ProxyId,
    /// A member's objection to a declaration.
    ChallengeId,
    /// A shared sale.
    PromotionId,
    /// A period of a promotion.
    PhaseId,
    /// A member's participation in a promotion.
    EnrolmentId,
    /// A price that a merchant asked.
    PriceLogId,
    /// A time in which nothing is sold.
    BlackoutId,
    /// A festival of an alliance's own.
    AllianceFestivalId,
    /// A date that an alliance vouches for.
    FestivalConfirmationId,
    /// One version of a mail template.
    TemplateId,
    /// A mailing to many members.
    CampaignId,
    /// One message to one recipient.
    DeliveryId,
    /// An address that must not be written to.
    SuppressionId,
    /// A message that came back about one of ours.
    BounceId,
    /// One answer to the question whether somebody may be written to.
    ConsentId,
    /// A call for quotes.
    TenderId,
    /// A product wanted in a tender.
    ItemId,
    /// A submission window of a tender.
    RoundId,
    /// A manufacturer's invitation to a tender.
    TenderInvitationId,
    /// One manufacturer's offer.
    QuoteId,
    /// Immutable content of a quote.
    QuoteRevisionId,
    /// A file with the lines of a quote.
    QuoteUploadId,
    /// One person's consent to open a round.
    UnsealingId,
    /// A member's binding conditional demand.
    CommitmentId,
    /// A stored clearing of a tender.
    EvaluationId,
    /// The decision for a quote.
    AwardId,
    /// One item of an award.
    AwardLineId,
    /// One order to one manufacturer.
    GroupOrderId,
    /// One member's part of a group order.
    MemberLineId,
    /// A unit of background work.
    JobId,
    /// A fact that others may react to.
    EventId,
    /// A cron line.
    ScheduleId,
    /// A secret address of a calendar.
    CalendarFeedId,
    /// A record of an act.
    AuditEventId,
}
