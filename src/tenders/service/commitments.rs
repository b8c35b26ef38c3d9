//! Use cases of commitments: binding conditional demand, which its owner alone ever reads.

use serde::Deserialize;
use serde::Serialize;
use serde_json::json;

use crate::alliances;
use crate::kernel::ids::CommitmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::TenderId;
use crate::kernel::money::UnitPrice;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::platform::ctx::Ctx;
use crate::tenders::domain::commitments;
use crate::tenders::domain::commitments::ClearingError;
use crate::tenders::domain::commitments::Commitment;
use crate::tenders::domain::commitments::Step;
use crate::tenders::domain::lifecycle;
use crate::tenders::domain::lifecycle::CommitmentState;
use crate::tenders::domain::lifecycle::Moment;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::problems;
use crate::tenders::repo::demand as repo;
use crate::tenders::repo::demand::Demand;
use crate::tenders::repo::tenders;
use crate::tenders::repo::tenders::Item;
use crate::tenders::sealing;
use crate::tenders::service::clock;
use crate::tenders::service::clock::Present;
use crate::tenders::service::quotes::late;
use crate::tenders::service::tenders::require;
use crate::tenders::service::viewer;
use crate::tenders::views::CommitmentBody;
use crate::tenders::views::CommitmentView;

/// Most steps of one commitment.
const MAX_STEPS: usize = 50;

/// What a commitment says; at rest only encrypted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemandContent {
    pub steps: Vec<Step>,
    pub all_or_nothing: bool,
    pub min_quantity: Option<i64>,
    pub min_group_quantity: Option<i64>,
    pub reference_unit_price: Option<UnitPrice>,
}

impl From<&CommitmentBody> for DemandContent {
    fn from(body: &CommitmentBody) -> Self {
        Self {
            steps: body.steps.clone(),
            all_or_nothing: body.all_or_nothing,
            min_quantity: body.min_quantity,
            min_group_quantity: body.min_group_quantity,
            reference_unit_price: body.reference_unit_price,
        }
    }
}

impl DemandContent {
    /// As the clearing takes it.
    pub fn commitment(&self, member: String, sequence: i64) -> Commitment {
        Commitment {
            member,
            sequence,
            steps: self.steps.clone(),
            all_or_nothing: self.all_or_nothing,
            min_quantity: self.min_quantity,
            min_group_quantity: self.min_group_quantity,
        }
    }

    /// A detail never repeats a value: refusals are stored.
    fn check(&self, item: &Item) -> Result<(), Refused> {
        let refuse = |code: &str, detail: &str| Err(Refused::field("#/steps", code, detail));
        if !(1..=MAX_STEPS).contains(&self.steps.len()) {
            return refuse("out_of_range", "A commitment has from 1 to 50 steps.");
        }
        match commitments::check_one(&self.commitment(String::new(), 1), item.order_multiple) {
            Ok(()) => Ok(()),
            Err(ClearingError::QuantityNotMultiple { .. }) => refuse(
                "quantity_not_multiple",
                "Quantities are multiples of the item's order multiple.",
            ),
            Err(ClearingError::StepsNotOrdered { .. }) => refuse(
                "steps_not_ordered",
                "Limits fall and quantities rise from step to step.",
            ),
            Err(other) => refuse(
                other.kind().code,
                "A number of the commitment is out of range.",
            ),
        }
    }
}

fn context(id: CommitmentId) -> String {
    format!("commitment:{id}")
}

/// Opens a commitment.
///
/// # Errors
/// When the row was changed or moved, or belongs to another key file.
pub fn open(ctx: &Ctx, row: &Demand) -> anyhow::Result<DemandContent> {
    sealing::unwrap(ctx, &context(row.id), &row.sealed_content)
}

/// Commits a member to an item.
///
/// # Errors
/// 404, 403; steps that break a rule; `round_not_open`, `deadline_passed`, `commitment_exists`.
pub async fn create(
    act: &Act<'_>,
    tender: TenderId,
    body: &CommitmentBody,
) -> Result<CommitmentView, Failure> {
    let (row, _) = viewer::see(act.tx(), act.asker(), tender).await?;
    let standing = alliances::admit(act.tx(), act.asker(), row.alliance_id).await?;
    let membership = standing.acting_for(body.membership_id)?;
    let present = clock::settle(act, tender).await?;
    act.enter(None).await?;
    let item = item(act, tender, body).await?;
    let content = DemandContent::from(body);
    content.check(&item)?;
    require_window(act, &present)?;
    let id = act.fresh::<CommitmentId>();
    let row = Demand {
        id,
        alliance_id: present.tender.alliance_id,
        tender_id: tender,
        item_id: item.id,
        membership_id: membership,
        sequence: repo::next_sequence(act.tx(), tender).await?,
        state: CommitmentState::Submitted.as_str().to_owned(),
        sealed_content: sealing::wrap(act.ctx, &context(id), &content)?,
        version: 1,
        created_at: act.now(),
        received_at: act.now(),
    };
    if !repo::insert_demand(act.tx(), row.clone()).await? {
        return Err(Refused::new(
            &problems::COMMITMENT_EXISTS,
            "This member is committed to this item already: send a revision.",
        )
        .into());
    }
    note(act, &row, "commitment.submitted").await?;
    Ok(CommitmentView::of(&row, Some(content)))
}

async fn item(act: &Act<'_>, tender: TenderId, body: &CommitmentBody) -> Result<Item, Failure> {
    let found = match (body.item_id, &body.line_ref) {
        (Some(id), _) => tenders::item(act.tx(), tender, id).await?,
        (None, Some(line_ref)) => tenders::item_by_ref(act.tx(), tender, line_ref).await?,
        (None, None) => None,
    };
    found.ok_or_else(|| {
        Refused::field("#/item_id", "unknown_item", "Name an item of this tender.").into()
    })
}

fn require_window(act: &Act<'_>, present: &Present) -> Result<(), Failure> {
    let tender = &present.tender;
    require(
        present,
        "commit",
        present.state()? != TenderState::Cancelled && present.state()? != TenderState::Draft,
    )?;
    let (opens, closes) = (tender.commitment_opens_at, tender.commitment_closes_at);
    match lifecycle::moment(opens, closes, act.now()) {
        Moment::Before => Err(Refused::new(
            &problems::ROUND_NOT_OPEN,
            "The commitment window has not opened yet.",
        )
        .with("opens_at", opens.to_string())
        .into()),
        Moment::Within => Ok(()),
        Moment::After => Err(late(act.now(), closes).into()),
    }
}

/// Nothing of what it says.
async fn note(act: &Act<'_>, row: &Demand, action: &str) -> Result<(), Failure> {
    let facts = json!({ "tender_id": row.tender_id });
    act.record(action, Some(row.alliance_id), row.id.0, facts)
        .await?;
    Ok(())
}

/// The commitment for its owner; 404 to everybody else, whatever their role.
async fn own(act: &Act<'_>, id: CommitmentId) -> Result<(Demand, Present), Failure> {
    let none = || Failure::from(Refused::not_found("commitment"));
    let row = repo::demand(act.tx(), id).await?.ok_or_else(none)?;
    let standing = alliances::standing(act.tx(), act.caller(), row.alliance_id)
        .await?
        .filter(|s| s.memberships.iter().any(|(m, _)| *m == row.membership_id))
        .ok_or_else(none)?;
    alliances::admit(act.tx(), act.asker(), standing.alliance.id).await?;
    let present = clock::settle(act, row.tender_id).await?;
    let row = repo::demand(act.tx(), id).await?.ok_or_else(none)?;
    Ok((row, present))
}

fn require_submitted(row: &Demand, event: &str) -> Result<(), Failure> {
    let state = CommitmentState::parse(&row.state).ok_or_else(|| clock::broken(&row.state))?;
    if state == CommitmentState::Submitted {
        return Ok(());
    }
    Err(Refused::illegal_transition(state.as_str(), event, state.events()).into())
}

/// Replaces what a commitment says; its place in the order of receipt stays.
///
/// # Errors
/// 404, 412, 428; steps that break a rule; `deadline_passed`, `illegal_transition`.
pub async fn revise(
    act: &Act<'_>,
    id: CommitmentId,
    body: &CommitmentBody,
) -> Result<CommitmentView, Failure> {
    let (mut row, present) = own(act, id).await?;
    act.enter(Some(row.version)).await?;
    let item = tenders::item(act.tx(), row.tender_id, row.item_id)
        .await?
        .ok_or_else(|| Refused::not_found("item"))?;
    let content = DemandContent::from(body);
    content.check(&item)?;
    require_window(act, &present)?;
    require_submitted(&row, "revise")?;
    row.sealed_content = sealing::wrap(act.ctx, &context(id), &content)?;
    row.received_at = act.now();
    row.version += 1;
    repo::save_demand(act.tx(), &row).await?;
    note(act, &row, "commitment.revised").await?;
    Ok(CommitmentView::of(&row, Some(content)))
}

/// Takes a commitment back while the window is open.
///
/// # Errors
/// 404, 412, 428; `deadline_passed`, `illegal_transition`.
pub async fn withdraw(act: &Act<'_>, id: CommitmentId) -> Result<CommitmentView, Failure> {
    let (mut row, present) = own(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_window(act, &present)?;
    require_submitted(&row, "withdraw")?;
    row.state = CommitmentState::Withdrawn.as_str().to_owned();
    row.version += 1;
    repo::save_demand(act.tx(), &row).await?;
    note(act, &row, "commitment.withdrawn").await?;
    Ok(CommitmentView::of(&row, None))
}

/// One of the caller's commitments.
///
/// # Errors
/// 404 to everybody but its owner.
pub async fn read(look: &Look<'_>, id: CommitmentId) -> Result<CommitmentView, Failure> {
    let none = || Failure::from(Refused::not_found("commitment"));
    let row = repo::demand(look.reader(), id).await?.ok_or_else(none)?;
    alliances::standing(look.reader(), &look.asker().caller, row.alliance_id)
        .await?
        .filter(|s| s.memberships.iter().any(|(m, _)| *m == row.membership_id))
        .ok_or_else(none)?;
    let content = open(look.ctx, &row)?;
    Ok(CommitmentView::of(&row, Some(content)))
}

/// The caller's own commitments in a tender.
///
/// # Errors
/// 404, 403 for those who act for no member.
pub async fn list(
    look: &Look<'_>,
    tender: TenderId,
    page: Page,
) -> Result<Slice<CommitmentView>, Failure> {
    let (row, _) = viewer::see(look.reader(), look.asker(), tender).await?;
    let standing = alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    let mine: Vec<MembershipId> = standing.memberships.iter().map(|(m, _)| *m).collect();
    let rows = repo::of_members(look.reader(), tender, &mine, page).await?;
    let mut items = vec![];
    for row in rows.items {
        let content = open(look.ctx, &row)?;
        items.push(CommitmentView::of(&row, Some(content)));
    }
    Ok(Slice {
        items,
        next: rows.next,
    })
}
