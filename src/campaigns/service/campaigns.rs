//! Campaigns: preparing one, reading it, and seeing a letter of it beforehand.

use serde_json::json;

use crate::alliances;
use crate::alliances::Alliance;
use crate::campaigns::domain::state::CampaignAudience;
use crate::campaigns::domain::state::CampaignState;
use crate::campaigns::promotion_facts;
use crate::campaigns::repo;
use crate::campaigns::repo::Campaign;
use crate::campaigns::service::recipients;
use crate::campaigns::service::recipients::Matter;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::ids::TemplateId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::mail::Content;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What a campaign is made of.
#[derive(Debug, Clone, Copy)]
pub struct Draft {
    pub template: TemplateId,
    pub audience: CampaignAudience,
    pub promotion: Option<PromotionId>,
    pub send_at: Option<Instant>,
}

/// Prepares a campaign.
///
/// # Errors
/// 422 for a template or promotion of others, an audience that needs a promotion, a template that prints
/// what the campaign does not have, or too many recipients.
pub async fn create(
    act: &Act<'_>,
    alliance: AllianceId,
    draft: &Draft,
) -> Result<Campaign, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let campaign = prepare(act, &standing.alliance, draft, standing.user).await?;
    repo::insert_campaign(act.tx(), &campaign).await?;
    let facts = json!({ "template_id": draft.template, "audience": campaign.audience, "promotion_id": draft.promotion });
    act.record("campaign.created", Some(alliance), campaign.id.0, facts)
        .await?;
    Ok(campaign)
}

/// A checked draft that is not stored yet, under the name of `by`.
///
/// # Errors
/// As [`create`].
pub(super) async fn prepare(
    act: &Act<'_>,
    alliance: &Alliance,
    draft: &Draft,
    by: UserId,
) -> Result<Campaign, Failure> {
    let template = repo::template(act.tx(), draft.template)
        .await?
        .filter(|template| template.alliance_id == alliance.id)
        .ok_or_else(|| unknown("template"))?;
    check_promotion(act, alliance, draft).await?;
    let campaign = Campaign {
        id: act.fresh(),
        alliance_id: alliance.id,
        template_id: template.id,
        promotion_id: draft.promotion,
        category: template.category,
        audience: draft.audience.as_str().to_owned(),
        state: CampaignState::Draft.as_str().to_owned(),
        send_at: draft.send_at,
        cursor: None,
        gathered_at: None,
        started_at: None,
        ended_at: None,
        created_by: by,
        approved_by: None,
        version: 1,
        created_at: act.now(),
    };
    rehearse(act, &campaign).await?;
    recipients::refuse_too_many(act.tx(), &campaign).await?;
    Ok(campaign)
}

fn unknown(what: &str) -> Refused {
    Refused::field(
        &format!("#/{what}_id"),
        &format!("unknown_{what}"),
        format!("This alliance has no such {what}."),
    )
}

async fn check_promotion(act: &Act<'_>, alliance: &Alliance, draft: &Draft) -> Result<(), Failure> {
    let Some(promotion) = draft.promotion else {
        return match draft.audience {
            CampaignAudience::AllMembers => Ok(()),
            CampaignAudience::Enrolled | CampaignAudience::NotEnrolled => Err(Refused::field(
                "#/promotion_id",
                "promotion_required",
                "This audience is told by a promotion.",
            )
            .into()),
        };
    };
    let facts = promotion_facts::facts(act.tx(), alliance, promotion)
        .await?
        .ok_or_else(|| unknown("promotion"))?;
    if facts.is_over {
        return Err(Refused::field(
            "#/promotion_id",
            "promotion_over",
            "This promotion is cancelled, or its sale is over.",
        )
        .into());
    }
    Ok(())
}

/// Writes a letter for nobody in each language, so that no campaign fails in its middle.
async fn rehearse(act: &Act<'_>, campaign: &Campaign) -> Result<(), Failure> {
    let matter = Matter::of(act.tx(), campaign).await?;
    let pens = matter.pens()?;
    for locale in Locale::ALL {
        let values = matter.values("A", "A", sample(act, "u"), enrol_sample(act, &matter));
        pens.write(*locale, &values)?;
    }
    Ok(())
}

/// A link of the right shape that leads nowhere: previews give nobody a link that acts for others.
fn sample(act: &Act<'_>, page: &str) -> String {
    format!("{}/{page}/preview", act.ctx.public_url())
}

fn enrol_sample(act: &Act<'_>, matter: &Matter) -> Option<String> {
    matter.calls_to_enrol().then(|| sample(act, "r"))
}

/// A campaign that the caller may see.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn show(look: &Look<'_>, id: CampaignId) -> Result<Campaign, Failure> {
    let campaign = repo::campaign(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("object"))?;
    alliances::admit(look.reader(), look.asker(), campaign.alliance_id).await?;
    Ok(campaign)
}

/// The campaigns of an alliance.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Campaign>, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    Ok(repo::campaigns(look.reader(), alliance, page).await?)
}

/// A letter as a member will get it, with links that lead nowhere.
pub struct Preview {
    pub email: String,
    pub locale: Locale,
    pub content: Content,
}

/// Writes the letter for one member, as sending does.
///
/// # Errors
/// 422 where the membership is none of this alliance, or nobody acts for it.
pub async fn preview(
    act: &Act<'_>,
    id: CampaignId,
    membership: MembershipId,
) -> Result<Preview, Failure> {
    let campaign = repo::campaign(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("object"))?;
    alliances::admit(act.tx(), act.asker(), campaign.alliance_id).await?;
    act.enter(None).await?;
    let contacts = alliances::contacts_of(act.tx(), campaign.alliance_id, membership).await?;
    let contact = contacts.first().ok_or_else(|| unknown("membership"))?;
    let matter = Matter::of(act.tx(), &campaign).await?;
    let values = matter.values(
        &contact.merchant_name,
        &contact.person.name,
        sample(act, "u"),
        enrol_sample(act, &matter),
    );
    Ok(Preview {
        email: contact.person.email.clone(),
        locale: contact.person.locale,
        content: matter.pens()?.write(contact.person.locale, &values)?,
    })
}
