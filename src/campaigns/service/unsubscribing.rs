//! The link that refuses mail: no login, no end, and only a POST acts (RFC 8058).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde_json::json;

use crate::alliances;
use crate::campaigns::domain::token;
use crate::kernel::ids::DeliveryId;
use crate::kernel::leaflet::Button;
use crate::kernel::leaflet::Leaflet;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mail::Category;
use crate::mail::suppressions;
use crate::platform::act::perform_as_system;
use crate::platform::ctx::Ctx;

const PURPOSE: &str = "campaigns.unsubscribe";

/// The address by which the recipient of a delivery refuses its kind of mail.
pub fn link(ctx: &Ctx, delivery: DeliveryId) -> String {
    let mac = ctx.keys.mac(PURPOSE, &token::signed_part(delivery));
    format!("{}/u/{}", ctx.public_url(), token::encode(delivery, &mac))
}

/// The delivery that a token speaks for.
///
/// # Errors
/// 404 for every token that this service did not make.
fn verified(ctx: &Ctx, token: &str) -> Result<DeliveryId, Failure> {
    let no_link = || Refused::not_found("link");
    let (delivery, claimed) = token::decode(token).ok_or_else(no_link)?;
    let mac = ctx.keys.mac(PURPOSE, &token::signed_part(delivery));
    verify_slices_are_equal(&mac[..claimed.len()], &claimed).map_err(|_| no_link())?;
    Ok(delivery)
}

/// The page of a link: says what its button does, and changes nothing.
///
/// # Errors
/// 404 for a wrong token.
pub async fn show(ctx: &Ctx, token: &str) -> Result<Leaflet, Failure> {
    let delivery = verified(ctx, token)?;
    let reader = ctx.db.reader();
    let (email, alliance, category) = suppressions::addressee(&reader, delivery)
        .await?
        .ok_or_else(|| Refused::not_found("link"))?;
    let alliance = alliances::alliance(&reader, alliance)
        .await?
        .ok_or_else(|| Refused::not_found("link"))?;
    let (zh, en) = words(category);
    Ok(Leaflet {
        title: "退订 / Unsubscribe".to_owned(),
        paragraphs: vec![
            format!(
                "点击按钮后，您将不再收到“{}”的{zh}。账单和通知不受影响。",
                alliance.name
            ),
            format!(
                "Press the button and {} will not send you {en} any more. Bills and notices still reach you.",
                alliance.name
            ),
        ],
        facts: vec![("E-mail".to_owned(), email)],
        buttons: vec![Button {
            label: "退订 / Unsubscribe".to_owned(),
            choice: "unsubscribe",
        }],
        ..Leaflet::default()
    })
}

/// Refuses mail of the delivery's alliance and category; however often, the outcome is the same.
///
/// # Errors
/// 404 for a wrong token.
pub async fn refuse(ctx: &Ctx, token: &str) -> Result<Leaflet, Failure> {
    let delivery = verified(ctx, token)?;
    perform_as_system(ctx, "unsubscribe", async |act| {
        let (email, alliance, category) = suppressions::addressee(act.tx(), delivery)
            .await?
            .ok_or_else(|| Refused::not_found("link"))?;
        let refused = suppressions::Refused {
            alliance,
            category: Some(category),
            email,
            reason: "unsubscribed".to_owned(),
        };
        if let Some(row) = suppressions::suppress(act.tx(), act.fresh(), &refused).await? {
            let facts = json!({ "category": category.as_str(), "reason": refused.reason, "delivery_id": delivery });
            act.record("suppression.added", Some(alliance), row.id.0, facts)
                .await?;
        }
        Ok(Leaflet {
            title: "已退订 / Unsubscribed".to_owned(),
            paragraphs: vec![
                format!("您将不再收到此类邮件（{}）。", words(category).0),
                format!("You will not get {} from this alliance any more.", words(category).1),
            ],
            ..Leaflet::default()
        })
    })
    .await
}

const fn words(category: Category) -> (&'static str, &'static str) {
    match category {
        Category::Promotion => ("促销公告", "announcements of promotions"),
        Category::Digest => ("动态摘要", "digests"),
        Category::Enrolment => ("报名邀请", "calls to enrol"),
        Category::Invitation => ("邀请", "invitations"),
        Category::Account
        | Category::LevyNotice
        | Category::Ballot
        | Category::Tender
        | Category::Order => ("邮件", "mail"),
    }
}
