//! Use cases of invitations: a manufacturer is asked to quote, by id or by address.

use chrono::TimeDelta;
use serde_json::json;

use crate::accounts;
use crate::alliances;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::TenderId;
use crate::kernel::ids::TenderInvitationId;
use crate::kernel::locale::Locale;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mail::Category;
use crate::merchants;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::platform::links;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::letters;
use crate::tenders::repo::tenders as repo;
use crate::tenders::repo::tenders::Invitation;
use crate::tenders::service::clock;
use crate::tenders::service::clock::Present;
use crate::tenders::service::link_sessions::LINK_KIND;
use crate::tenders::service::mailing;
use crate::tenders::service::mailing::Post;
use crate::tenders::service::tenders::require;
use crate::tenders::service::viewer;
use crate::tenders::views::InvitationDraft;

/// A link in a mail lives at most this long.
const LINK_LIFE: TimeDelta = TimeDelta::days(7);

/// Invites a manufacturer, or sends the invitation again with a fresh link. A draft's invitations are
/// mailed when it is published. Answers whether the invitation is new.
///
/// # Errors
/// 404, 403; a manufacturer that does not exist; `illegal_transition` once the windows are over.
pub async fn invite(
    act: &Act<'_>,
    id: TenderId,
    draft: &InvitationDraft,
) -> Result<(Invitation, bool), Failure> {
    let (tender, _) = viewer::see(act.tx(), act.asker(), id).await?;
    alliances::admit(act.tx(), act.asker(), tender.alliance_id).await?;
    let present = clock::settle(act, id).await?;
    act.enter(None).await?;
    let target = target(act, id, draft).await?;
    let state = present.state()?;
    let asks = matches!(state, TenderState::Draft | TenderState::Published);
    require(&present, "invite", asks)?;
    let known = match target {
        Some(manufacturer) => repo::invited(act.tx(), id, &[manufacturer]).await?.pop(),
        None => None,
    };
    let fresh = known.is_none();
    let invitation = match known {
        Some(mut row) => {
            if let Some(email) = &draft.email {
                row.email = Some(email.to_lowercase());
                repo::save_invitation(act.tx(), &row).await?;
            }
            row
        }
        None => add(act, &present, target, draft).await?,
    };
    let alliance = Some(tender.alliance_id);
    let facts = json!({ "tender_id": id, "manufacturer_id": invitation.manufacturer_id });
    act.record(
        "tender.manufacturer_invited",
        alliance,
        invitation.id.0,
        facts,
    )
    .await?;
    let invitation = match state {
        TenderState::Published => mail(act, &present, invitation).await?,
        _ => invitation,
    };
    Ok((invitation, fresh))
}

/// The manufacturer that is meant, where it is known here already.
async fn target(
    act: &Act<'_>,
    tender: TenderId,
    draft: &InvitationDraft,
) -> Result<Option<ManufacturerId>, Failure> {
    if let Some(id) = draft.manufacturer_id {
        return match merchants::manufacturer(act.tx(), id).await? {
            Some(found) => Ok(Some(found.id)),
            None => Err(Refused::field(
                "#/manufacturer_id",
                "unknown_manufacturer",
                "There is no such manufacturer.",
            )
            .into()),
        };
    }
    let Some(email) = &draft.email else {
        return Err(Refused::field(
            "#/manufacturer_id",
            "required",
            "Name a manufacturer, or an address and a company.",
        )
        .into());
    };
    let email = email.to_lowercase();
    if let Some(row) = repo::invitation_by_email(act.tx(), tender, &email).await? {
        return Ok(Some(row.manufacturer_id));
    }
    let Some(person) = accounts::person_by_email(act.tx(), &email).await? else {
        return Ok(None);
    };
    let mut theirs = merchants::manufacturers_of(act.tx(), person.id).await?;
    Ok(match theirs.len() {
        1 => theirs.pop(),
        _ => None,
    })
}

async fn add(
    act: &Act<'_>,
    present: &Present,
    target: Option<ManufacturerId>,
    draft: &InvitationDraft,
) -> Result<Invitation, Failure> {
    let locale = draft.locale.unwrap_or_default();
    let manufacturer = match (target, &draft.company_name) {
        (Some(id), _) => id,
        (None, Some(name)) => {
            let id = act.fresh();
            merchants::note_manufacturer(act.tx(), id, name, locale).await?;
            id
        }
        (None, None) => {
            return Err(Refused::field(
                "#/company_name",
                "required",
                "An address that is not known here needs the name of its company.",
            )
            .into());
        }
    };
    let row = Invitation {
        id: act.fresh::<TenderInvitationId>(),
        alliance_id: present.tender.alliance_id,
        tender_id: present.tender.id,
        manufacturer_id: manufacturer,
        email: draft.email.as_ref().map(|email| email.to_lowercase()),
        locale: language(act, draft.locale, manufacturer).await?,
        invited_by: act.user()?.user,
        mailed_at: None,
        created_at: act.now(),
    };
    repo::insert_invitation(act.tx(), row.clone()).await?;
    Ok(row)
}

async fn language(
    act: &Act<'_>,
    wanted: Option<Locale>,
    id: ManufacturerId,
) -> Result<String, Failure> {
    let known = merchants::manufacturer(act.tx(), id).await?;
    let locale = wanted.or(known.map(|m| m.locale)).unwrap_or_default();
    Ok(locale.as_str().to_owned())
}

/// Mails an invitation, with a fresh link for each address.
///
/// # Errors
/// When the database or the randomness fails.
pub async fn mail(
    act: &Act<'_>,
    present: &Present,
    mut invitation: Invitation,
) -> Result<Invitation, Failure> {
    let tender = &present.tender;
    let closes_at = present.round()?.closes_at;
    let left = closes_at.millis() - act.now().millis();
    let life = TimeDelta::milliseconds(left).clamp(TimeDelta::zero(), LINK_LIFE);
    let alliance = alliances::alliance(act.tx(), tender.alliance_id).await?;
    for to in mailing::addresses(act, tender.id, invitation.manufacturer_id).await? {
        let payload = json!({ "invitation_id": invitation.id });
        let secret = links::create(act.ctx, act.tx(), LINK_KIND, payload, life).await?;
        let post = Post {
            tender,
            category: Category::Tender,
            text: &letters::INVITATION,
            vars: json!({
                "alliance": alliance.as_ref().map_or("", |a| a.name.as_str()),
                "closes_at": closes_at,
                "link": links::address(act.ctx, &secret),
            }),
            once: None,
        };
        mailing::send(act, &post, to).await?;
    }
    invitation.mailed_at = Some(act.now());
    repo::save_invitation(act.tx(), &invitation).await?;
    Ok(invitation)
}

/// The invitations of a tender, for those who run the alliance.
///
/// # Errors
/// 404, 403.
pub async fn list(look: &Look<'_>, id: TenderId, page: Page) -> Result<Slice<Invitation>, Failure> {
    let (tender, _) = viewer::see(look.reader(), look.asker(), id).await?;
    alliances::admit(look.reader(), look.asker(), tender.alliance_id).await?;
    Ok(repo::page_of_invitations(look.reader(), id, page).await?)
}
