//! Links in invitations: one click shows what is asked, a POST exchanges the link for a session of an hour
//! that sees the tender and submits, replaces or withdraws the manufacturer's own quote.

use chrono::TimeDelta;
use serde_json::json;

use crate::alliances;
use crate::kernel::caller::Caller;
use crate::kernel::ids::TenderInvitationId;
use crate::kernel::leaflet::Button;
use crate::kernel::leaflet::Leaflet;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::links;
use crate::platform::links::LINK_SPENT;
use crate::platform::links::Link;
use crate::platform::random;
use crate::platform::registry::Authenticator;
use crate::platform::registry::LinkHandler;
use crate::tenders::repo::tenders as repo;
use crate::tenders::repo::tenders::Invitation;
use crate::tenders::repo::tenders::LinkSession;
use crate::tenders::repo::tenders::Tender;
use crate::tenders::service::mailing;
use crate::tenders::views::LinkSessionView;

/// Kind of the links in invitations.
pub const LINK_KIND: &str = "tender.quote";
/// How a session's token begins.
const PREFIX: &str = "gld_link_";
/// Seconds that a session lives.
const LIFETIME_S: i64 = 3_600;

/// Takes bearer tokens of link sessions.
pub const AUTHENTICATOR: Authenticator = Authenticator {
    run: |ctx, bearer| Box::pin(async move { authenticate(&ctx, &bearer).await }),
};

/// The pages of tenders.
pub fn links() -> Vec<LinkHandler> {
    vec![LinkHandler {
        kind: LINK_KIND,
        show: |ctx, link| Box::pin(async move { show(&ctx, &link).await }),
        act: |ctx, link, _| Box::pin(async move { follow(&ctx, &link).await }),
    }]
}

async fn authenticate(ctx: &Ctx, bearer: &str) -> Result<Option<Caller>, Failure> {
    if !bearer.starts_with(PREFIX) || bearer.len() > 100 {
        return Ok(None);
    }
    let digest = random::digest(bearer.as_bytes());
    let row = repo::link_session(&ctx.db.reader(), digest).await?;
    Ok(row
        .filter(|row| row.expires_at > ctx.clock.now())
        .map(|row| Caller::Link {
            invitation: row.invitation_id,
            manufacturer: row.manufacturer_id,
        }))
}

/// Exchanges the secret of a mailed link for a session.
///
/// # Errors
/// 404 for a secret that is none of ours; `link_spent`.
pub async fn exchange(act: &Act<'_>, token: &str) -> Result<LinkSessionView, Failure> {
    act.enter(None).await?;
    let link = links::find(act.tx(), token)
        .await?
        .filter(|link| link.kind == LINK_KIND)
        .ok_or_else(|| Refused::not_found("link"))?;
    begin(act, &link).await
}

async fn begin(act: &Act<'_>, link: &Link) -> Result<LinkSessionView, Failure> {
    let invitation = repo::invitation(act.tx(), invitation_of(link)?)
        .await?
        .ok_or_else(|| Refused::not_found("invitation"))?;
    links::consume(act.tx(), link).await?;
    let token = format!("{PREFIX}{}", act.ctx.random.token()?);
    let row = LinkSession {
        digest: random::digest(token.as_bytes()),
        invitation_id: invitation.id,
        manufacturer_id: invitation.manufacturer_id,
        created_at: act.real_now(),
        expires_at: act.real_now().plus(TimeDelta::seconds(LIFETIME_S)),
    };
    repo::insert_link_session(act.tx(), row).await?;
    let facts = json!({ "manufacturer_id": invitation.manufacturer_id });
    act.record(
        "tender.link_exchanged",
        Some(invitation.alliance_id),
        invitation.id.0,
        facts,
    )
    .await?;
    Ok(LinkSessionView {
        access_token: Some(token),
        token_type: "Bearer",
        expires_in: LIFETIME_S,
        tender_id: invitation.tender_id,
        manufacturer_id: invitation.manufacturer_id,
    })
}

fn invitation_of(link: &Link) -> Result<TenderInvitationId, Failure> {
    serde_json::from_value(link.payload["invitation_id"].clone())
        .map_err(|error| anyhow::anyhow!("a link names no invitation: {error}").into())
}

async fn facts(ctx: &Ctx, link: &Link) -> Result<(Invitation, Tender), Failure> {
    let reader = ctx.db.reader();
    let gone = || Failure::from(Refused::not_found("invitation"));
    let invitation = repo::invitation(&reader, invitation_of(link)?)
        .await?
        .ok_or_else(gone)?;
    let tender = repo::tender(&reader, invitation.tender_id)
        .await?
        .ok_or_else(gone)?;
    Ok((invitation, tender))
}

async fn show(ctx: &Ctx, link: &Link) -> Result<Leaflet, Failure> {
    let (invitation, tender) = facts(ctx, link).await?;
    let reader = ctx.db.reader();
    if !link.is_live(reader.now().await?) {
        return Err(Refused::new(&LINK_SPENT, "Ask the alliance for a new link.").into());
    }
    let locale = mailing::locale_of(&invitation);
    let alliance = alliances::alliance(&reader, tender.alliance_id).await?;
    let closes = repo::rounds(&reader, tender.id)
        .await?
        .last()
        .map_or_else(String::new, |round| round.closes_at.to_string());
    let fact = |zh_cn: &str, en: &str, value: String| (locale.pick(zh_cn, en).to_owned(), value);
    Ok(Leaflet {
        locale,
        title: locale.pick("邀请报价", "Invitation to quote").to_owned(),
        paragraphs: vec![
            locale
                .pick(
                    "点击按钮后得到一小时有效的访问令牌，用它提交、替换或撤回您自己的报价。",
                    "The button gives you an access token, good for one hour, to submit, replace or withdraw your own quote.",
                )
                .to_owned(),
        ],
        facts: vec![
            fact("联盟", "Alliance", alliance.map_or_else(String::new, |a| a.name)),
            fact("询价", "Tender", tender.title),
            fact("截止时间", "Quotes are due before", closes),
        ],
        buttons: vec![Button {
            label: locale.pick("打开报价入口", "Open the quote form").to_owned(),
            choice: "open",
        }],
        ..Leaflet::default()
    })
}

async fn follow(ctx: &Ctx, link: &Link) -> Result<Leaflet, Failure> {
    let session =
        act::perform_as_system(ctx, "follow_link", async |act| begin(act, link).await).await?;
    let (invitation, tender) = facts(ctx, link).await?;
    let locale = mailing::locale_of(&invitation);
    let fact = |zh_cn: &str, en: &str, value: String| (locale.pick(zh_cn, en).to_owned(), value);
    Ok(Leaflet {
        locale,
        title: locale
            .pick("报价入口已打开", "You can quote now")
            .to_owned(),
        facts: vec![
            fact(
                "访问令牌",
                "Access token",
                session.access_token.unwrap_or_default(),
            ),
            fact("有效期（秒）", "Good for (seconds)", LIFETIME_S.to_string()),
            fact(
                "提交报价",
                "Submit the quote to",
                format!("{}/v1/tenders/{}/quotes", ctx.public_url(), tender.id),
            ),
        ],
        ..Leaflet::default()
    })
}
