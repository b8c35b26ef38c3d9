//! The group purchase: sealed quotes, conditional commitments, the greatest consistent deal, one order.

use anyhow::Context;
use anyhow::ensure;
use serde_json::Value;
use serde_json::json;

use crate::app::demo::cast;
use crate::app::demo::cast::Cast;
use crate::app::demo::client::Client;
use crate::app::demo::print;
use crate::app::demo::print::yuan;

/// Quantity, limit, and the price that the merchant paid so far.
const COMMITMENTS: [(i64, &str, &str); 5] = [
    (80, "10.50", "11.00"),
    (60, "10.00", "10.80"),
    (50, "9.00", "9.60"),
    (40, "8.50", "9.20"),
    (30, "8.00", "9.00"),
];

struct Maker {
    name: &'static str,
    way: &'static str,
    client: Client,
    /// Who reads and signs for the company; differs from the quoting key.
    staff: Option<Client>,
    breaks: &'static [(i64, &'static str)],
}

/// Negotiates the price of gift boxes, from the call for quotes to each member's saving.
///
/// # Errors
/// When a step is refused or a figure differs.
pub async fn negotiate(cast: &Cast) -> anyhow::Result<()> {
    print::chapter(
        6,
        "Gift boxes are bought together, at the best price at which the group holds",
    );
    let tender = publish(cast).await?;
    let makers = invite(cast, &tender).await?;
    quote(cast, &tender, &makers).await?;
    commit(cast, &tender).await?;
    open(cast, &tender).await?;
    let order = award(cast, &tender, &makers).await?;
    tell_members(cast, &order).await
}

async fn publish(cast: &Cast) -> anyhow::Result<String> {
    let year = cast.year;
    let window = |day: &str| format!("{year}-{day}T18:00:00+08:00");
    let body = json!({ "title": "Gift boxes for Double Eleven", "currency": "CNY", "min_quotes": 2,
        "commitment_opens_at": window("09-18"), "commitment_closes_at": window("10-08"),
        "round": { "opens_at": window("09-18"), "closes_at": window("10-08") }, "award_by": window("10-15") });
    let tender = cast
        .organizer
        .post(&cast.path("tenders"), body)
        .await?
        .id()?;
    let items = json!({ "items": [{ "line_ref": "L1", "title": "Gift box, red", "unit_code": "H87", "expected_quantity": 200, "order_multiple": 1 }] });
    cast.organizer
        .post(&format!("/v1/tenders/{tender}/items"), items)
        .await?;
    cast.organizer
        .transition(&format!("/v1/tenders/{tender}"), "publish", None)
        .await?;
    cast.clock(&format!("{year}-09-19T09:00:00")).await?;
    Ok(tender)
}

async fn invite(cast: &Cast, tender: &str) -> anyhow::Result<Vec<Maker>> {
    let path = format!("/v1/tenders/{tender}/invitations");
    let mut staff = Vec::new();
    for name in ["box-works", "carton-mill"] {
        let client = cast::sign_up(&cast.nobody, name, "zh-CN").await?;
        let founding = json!({ "name": name, "country": "CN", "locale": "zh-CN" });
        let id = client.post("/v1/manufacturers", founding).await?.id()?;
        cast.organizer
            .post(&path, json!({ "manufacturer_id": id }))
            .await?;
        staff.push((client, id));
    }
    let key = json!({ "name": "order system", "scopes": ["tenders:read", "quotes:write", "quotes:read"], "days": 30 });
    let key = staff[1]
        .0
        .post(&format!("/v1/manufacturers/{}/api-keys", staff[1].1), key)
        .await?;
    let key = key.body["secret"]
        .as_str()
        .context("an API key")?
        .to_owned();
    let mail = json!({ "email": "sales@paper-guild.example", "company_name": "paper-guild", "locale": "en" });
    cast.organizer.post(&path, mail).await?;
    cast.drain().await?;
    let page = cast.mailed_link("sales@paper-guild.example", "")?;
    let token = page.trim_start_matches("/r/");
    let link = cast
        .nobody
        .post("/v1/tender-invitations/exchange", json!({ "token": token }))
        .await?;
    let link = link.body["access_token"]
        .as_str()
        .context("a link session")?;
    Ok(vec![
        Maker {
            name: "box-works",
            way: "by account",
            client: staff[0].0.clone(),
            staff: Some(staff[0].0.clone()),
            breaks: &[(1, "12.00"), (100, "10.00"), (200, "9.00"), (300, "8.00")],
        },
        Maker {
            name: "carton-mill",
            way: "by API key",
            client: cast.nobody.with_token(&key),
            staff: Some(staff[1].0.clone()),
            breaks: &[(1, "12.50"), (100, "10.40"), (200, "9.40")],
        },
        Maker {
            name: "paper-guild",
            way: "by invitation link",
            client: cast.nobody.with_token(link),
            staff: None,
            breaks: &[(1, "11.80"), (250, "8.20")],
        },
    ])
}

async fn quote(cast: &Cast, tender: &str, makers: &[Maker]) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for maker in makers {
        let breaks: Vec<Value> = maker
            .breaks
            .iter()
            .map(|(quantity, price)| json!({ "min_quantity": quantity, "unit_price": price }))
            .collect();
        let body = json!({ "currency": "CNY", "valid_until": format!("{}-12-01T00:00:00+08:00", cast.year),
            "declarations": { "no_resale_price_condition": true, "independent_quote": true },
            "lines": [{ "line_ref": "L1", "unit_code": "H87", "price_breaks": breaks, "lead_time_days": 14 }], "submit": true });
        maker
            .client
            .post(&format!("/v1/tenders/{tender}/quotes"), body)
            .await?;
        rows.push(vec![
            maker.name.to_owned(),
            maker.way.to_owned(),
            "sealed".to_owned(),
        ]);
    }
    print::table(&["manufacturer", "quoted", "content"], &rows);
    Ok(())
}

async fn commit(cast: &Cast, tender: &str) -> anyhow::Result<()> {
    for (merchant, (quantity, limit, reference)) in cast.merchants.iter().zip(COMMITMENTS) {
        let body = json!({ "line_ref": "L1", "steps": [{ "max_unit_price": limit, "quantity": quantity }], "reference_unit_price": reference });
        merchant
            .client
            .post(&format!("/v1/tenders/{tender}/commitments"), body)
            .await?;
    }
    print::say(
        "Each member commits a quantity up to a limit of its own, which nobody else ever sees.",
    );
    Ok(())
}

async fn open(cast: &Cast, tender: &str) -> anyhow::Result<()> {
    cast.clock(&format!("{}-10-08T18:00:10", cast.year)).await?;
    let rounds = cast
        .organizer
        .get(&format!("/v1/tenders/{tender}/rounds"))
        .await?;
    let round = rounds.body["items"][0]["id"]
        .as_str()
        .context("a round")?
        .to_owned();
    let sealed = cast
        .organizer
        .post_bare(&format!("/v1/tenders/{tender}/evaluations"))
        .await;
    ensure!(sealed.is_err(), "sealed quotes were evaluated");
    let unseal = format!("/v1/rounds/{round}/unseal");
    cast.organizer.post_bare(&unseal).await?;
    cast.treasurer.post_bare(&unseal).await?;
    print::say("After the deadline the organizer and the treasurer open the round together.");
    Ok(())
}

async fn award(cast: &Cast, tender: &str, makers: &[Maker]) -> anyhow::Result<String> {
    let evaluation = cast
        .organizer
        .post_bare(&format!("/v1/tenders/{tender}/evaluations"))
        .await?;
    let item = evaluation.body["items"][0].clone();
    ensure!(
        item["unit_price"] == "10.00" && item["total_quantity"] == 140,
        "the clearing: {item}"
    );
    print::say(
        "Cleared at the greatest fixed point: 140 boxes at 10.00; limits below it drop out by themselves.",
    );
    let proposal = json!({ "evaluation_id": evaluation.id()? });
    cast.organizer
        .post(&format!("/v1/tenders/{tender}/awards"), proposal)
        .await?;
    let awards = cast
        .treasurer
        .get(&format!("/v1/tenders/{tender}/awards"))
        .await?;
    let award = awards.body["items"][0]["id"]
        .as_str()
        .context("an award")?
        .to_owned();
    let path = format!("/v1/awards/{award}");
    cast.treasurer.transition(&path, "approve", None).await?;
    let winner = makers[0].staff.as_ref().context("staff of the winner")?;
    winner.transition(&path, "accept", None).await?;
    let orders = cast
        .organizer
        .get(&format!("/v1/tenders/{tender}/group-orders"))
        .await?;
    let order = orders.body["items"][0]["id"]
        .as_str()
        .context("a group order")?
        .to_owned();
    let path = format!("/v1/group-orders/{order}");
    cast.organizer.transition(&path, "place", None).await?;
    winner.transition(&path, "confirm", None).await?;
    cast.drain().await?;
    print::say(&format!(
        "{} wins, accepts and confirms the group order.",
        makers[0].name
    ));
    Ok(order)
}

async fn tell_members(cast: &Cast, order: &str) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for merchant in &cast.merchants {
        let mine = merchant
            .client
            .get(&format!("/v1/group-orders/{order}/statements/me"))
            .await;
        let Ok(mine) = mine else {
            rows.push(
                [merchant.name, "0", "-", "-", "-"]
                    .map(str::to_owned)
                    .to_vec(),
            );
            continue;
        };
        let quantity = mine.body["lines"][0]["quantity"]
            .as_i64()
            .unwrap_or_default();
        let money = |field: &str| mine.body[field].as_i64().map_or("-".to_owned(), yuan);
        let price = mine.body["lines"][0]["unit_price"]
            .as_str()
            .unwrap_or("-")
            .to_owned();
        rows.push(vec![
            merchant.name.to_owned(),
            quantity.to_string(),
            price,
            money("total_minor"),
            money("saving_minor"),
        ]);
    }
    print::table(
        &["merchant", "boxes", "price", "total (CNY)", "saved (CNY)"],
        &rows,
    );
    print::say("Each line was read by its own member; nobody reads another's.");
    Ok(())
}
