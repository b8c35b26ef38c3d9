//! Enrolling through a mailed link: a page with the facts, one button to join and one to decline.

use serde::Deserialize;
use serde::Serialize;
use serde_json::json;

use crate::alliances;
use crate::alliances::Member;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::leaflet::Button;
use crate::kernel::leaflet::Leaflet;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::links;
use crate::platform::links::Link;
use crate::platform::registry::Form;
use crate::platform::registry::LinkHandler;
use crate::promotions::domain::enrolment;
use crate::promotions::domain::phases::PhaseKind;
use crate::promotions::service::enrolling;
use crate::promotions::service::enrolling::Wish;
use crate::promotions::service::loaded;
use crate::promotions::service::loaded::Loaded;

/// Kind of the links that enrol a member.
const ENROL: &str = "promotion.enrol";

/// Whom a link enrols in what.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Target {
    promotion: PromotionId,
    member: MembershipId,
}

/// The pages of this slice.
pub fn links() -> Vec<LinkHandler> {
    vec![LinkHandler {
        kind: ENROL,
        show: |ctx, link| Box::pin(async move { show(&ctx, &link).await }),
        act: |ctx, link, form| Box::pin(async move { follow(&ctx, &link, &form).await }),
    }]
}

/// The address of a page by which `member` enrols in `promotion` or declines, until enrolment closes.
/// Good once; whoever holds it acts for the member.
///
/// # Errors
/// 404 for a promotion that is not there; 409 once enrolment has closed.
pub async fn enrol_link(
    act: &Act<'_>,
    promotion: PromotionId,
    member: MembershipId,
) -> Result<String, Failure> {
    let loaded = loaded::find(act.tx(), promotion)
        .await?
        .ok_or_else(loaded::missing)?;
    let windows = loaded.windows();
    let last = windows
        .iter()
        .filter(|window| window.name.kind == PhaseKind::Enrolment)
        .map(|window| window.end)
        .max();
    let now = act.now().to_utc();
    let closes = match last {
        Some(last) if now < last => last,
        _ => enrolment::open_until(&windows, now)?,
    };
    let payload = json!(Target { promotion, member });
    let secret = links::create(act.ctx, act.tx(), ENROL, payload, closes - now).await?;
    Ok(links::address(act.ctx, &secret))
}

fn target_of(link: &Link) -> Result<Target, Failure> {
    serde_json::from_value(link.payload.clone())
        .map_err(|error| anyhow::anyhow!("a link names no enrolment: {error}").into())
}

/// The member of a link, while it is one.
async fn member_of(
    c: &impl sea_orm::ConnectionTrait,
    loaded: &Loaded,
    target: Target,
) -> Result<Member, Failure> {
    alliances::active_member(c, loaded.row.alliance_id, target.member)
        .await?
        .ok_or_else(|| Refused::not_found("membership").into())
}

async fn show(ctx: &Ctx, link: &Link) -> Result<Leaflet, Failure> {
    let target = target_of(link)?;
    let reader = ctx.db.reader();
    let loaded = loaded::find(&reader, target.promotion)
        .await?
        .ok_or_else(loaded::missing)?;
    let member = member_of(&reader, &loaded, target).await?;
    let now = reader.now().await?;
    let locale = member.locale;
    let mut leaflet = facts(&loaded, &member);
    match enrolment::open_until(&loaded.windows(), now.to_utc()) {
        _ if !link.is_live(now) => {
            let text = locale.pick(
                "此链接已使用或已过期。",
                "This link was used or has expired.",
            );
            leaflet.paragraphs.push(text.to_owned());
        }
        Err(refused) => leaflet.paragraphs.push(refused.to_string()),
        Ok(_) => {
            leaflet.buttons = [("报名", "Enrol", "enrol"), ("不参加", "Decline", "decline")]
                .map(|(zh_cn, en, choice)| Button {
                    label: locale.pick(zh_cn, en).to_owned(),
                    choice,
                })
                .to_vec();
        }
    }
    Ok(leaflet)
}

fn facts(loaded: &Loaded, member: &Member) -> Leaflet {
    let (row, locale) = (&loaded.row, member.locale);
    let mut facts = vec![
        (
            locale.pick("商户", "Merchant").to_owned(),
            member.name.clone(),
        ),
        (
            locale.pick("活动日", "Main day").to_owned(),
            row.main_day.to_string(),
        ),
    ];
    for phase in &loaded.phases {
        let local = format!(
            "{} – {} ({})",
            phase.local_from, phase.local_to, row.time_zone
        );
        facts.push((phase.name.clone(), local));
    }
    if !row.criteria.is_empty() {
        let label = locale.pick("条件", "Criteria").to_owned();
        facts.push((label, row.criteria.clone()));
    }
    Leaflet {
        locale,
        title: row.name.clone(),
        paragraphs: vec![row.description.clone()],
        facts,
        ..Leaflet::default()
    }
}

async fn follow(ctx: &Ctx, link: &Link, form: &Form) -> Result<Leaflet, Failure> {
    let target = target_of(link)?;
    let joins = match form.get("choice").map(String::as_str) {
        Some("enrol") => true,
        Some("decline") => false,
        _ => {
            return Err(
                Refused::field("choice", "unknown_word", "Press one of the buttons.").into(),
            );
        }
    };
    let locale = act::perform_as_system(ctx, "follow_link", async |act| {
        let loaded = loaded::lock(act.tx(), target.promotion).await?;
        let member = member_of(act.tx(), &loaded, target).await?;
        links::consume(act.tx(), link).await?;
        if joins {
            let wish = Wish {
                for_own: true,
                ..Wish::default()
            };
            enrolling::join(act, &loaded, &member, wish).await?;
        } else {
            let alliance = Some(loaded.row.alliance_id);
            let data = json!({ "membership_id": target.member });
            act.record("enrolment.declined", alliance, target.promotion.0, data)
                .await?;
        }
        Ok(member.locale)
    })
    .await?;
    Ok(done(locale, joins))
}

fn done(locale: Locale, joins: bool) -> Leaflet {
    let title = if joins {
        locale.pick("已报名", "You are enrolled")
    } else {
        locale.pick("已记录：不参加", "Noted: you do not take part")
    };
    Leaflet {
        locale,
        title: title.to_owned(),
        ..Leaflet::default()
    }
}
