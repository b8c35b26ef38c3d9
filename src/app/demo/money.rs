//! The money of the season until it can be spent: a budget that the members carry, notices, payments, a sponsor.

use anyhow::Context;
use anyhow::ensure;
use serde_json::Value;
use serde_json::json;

use crate::app::demo::cast::Cast;
use crate::app::demo::print;
use crate::app::demo::print::yuan;

/// 50,000.00.
const BUDGET: i64 = 5_000_000;
/// The notices of the worked season, in the order of the merchants.
const NOTICES: [i64; 5] = [868_857, 233_505, 3_366_820, 123_541, 407_277];
/// What the members pay: noodle-bar more than its notice, silk-shop in two parts, print-shop nothing.
const PAID: [&[i64]; 5] = [
    &[868_857],
    &[240_000],
    &[2_000_000, 1_366_820],
    &[],
    &[407_277],
];
/// What the sponsor adds: half of 48,764.59, but at most 20,000.00.
const MATCH: i64 = 2_000_000;

/// What is still needed at the end: paths of resources, and an id.
pub struct Season {
    pub fund: String,
    /// The notice that print-shop does not pay.
    pub unpaid: String,
    pub sponsor: String,
}

/// Proposes the budget, lets the members decide, and bills it.
///
/// # Errors
/// When a step is refused or a figure differs.
pub async fn decide_and_bill(cast: &Cast) -> anyhow::Result<Season> {
    let (fund, assessment) = propose(cast).await?;
    let title = format!("Budget of Double Eleven {}", cast.year);
    let choices = ["for", "for", "for", "against"].map(Some);
    let declared = vote(
        cast,
        &title,
        ("season_budget", &assessment),
        "09-15",
        &choices,
    )
    .await?;
    print_votes(&declared)?;
    bill(cast, &fund, &assessment).await?;
    let unpaid = collect(cast, &fund).await?;
    let sponsor = sponsor(cast, &fund).await?;
    Ok(Season {
        fund: format!("/v1/funds/{fund}"),
        unpaid,
        sponsor,
    })
}

async fn propose(cast: &Cast) -> anyhow::Result<(String, String)> {
    print::chapter(2, "A budget of 50,000.00 is split by verified revenue");
    let year = cast.year;
    let fund = json!({ "name": format!("Double Eleven {year}"), "code": format!("D11-{year}"), "season_from": format!("{year}-09-01"), "season_to": format!("{year}-12-31"),
        "custodian": { "holder": "West Lake Merchants", "institution": "Bank of Hangzhou", "account_ref": "6222-0001" } });
    let fund = cast.treasurer.post(&cast.path("funds"), fund).await?.id()?;
    let policy = json!({ "name": "By revenue", "measure": "annual_revenue", "accept_declared": false, "quantum_minor": 1 });
    let policy = cast
        .treasurer
        .post(&cast.path("levy-policies"), policy)
        .await?
        .id()?;
    let budget = json!({ "budget_minor": BUDGET, "policy_id": policy, "snapshot_date": format!("{year}-08-31"), "due_on": format!("{year}-10-10") });
    let assessment = cast
        .treasurer
        .post(&format!("/v1/funds/{fund}/assessments"), budget)
        .await?
        .id()?;
    let early = cast
        .treasurer
        .transition(&format!("/v1/assessments/{assessment}"), "issue", None)
        .await;
    ensure!(
        early.is_err_and(|error| error.to_string().contains("mandate_missing")),
        "the budget was billed before it was decided"
    );
    print::say("Billing it at once is refused: mandate_missing. The members decide first.");
    Ok((fund, assessment))
}

/// Puts something to the vote until 18:00 of `day`; members vote through the API, bakery through its mail.
/// Answers the declared ballot.
///
/// # Errors
/// When a step is refused or the ballot is not carried.
pub async fn vote(
    cast: &Cast,
    title: &str,
    (matter, subject): (&str, &str),
    day: &str,
    choices: &[Option<&str>; 4],
) -> anyhow::Result<Value> {
    let closes = format!("{}-{day}T18:00:00+08:00", cast.year);
    let ballot =
        json!({ "title": title, "matter": matter, "subject_id": subject, "closes_at": closes });
    let ballot = cast.organizer.post(&cast.path("ballots"), ballot).await?;
    let path = format!("/v1/ballots/{}", ballot.id()?);
    cast.organizer.transition(&path, "publish", None).await?;
    cast.drain().await?;
    for (merchant, choice) in cast.merchants.iter().zip(choices) {
        let Some(choice) = choice else { continue };
        merchant
            .client
            .post(&format!("{path}/votes"), json!({ "choice": choice }))
            .await?;
    }
    let bakery = cast.merchants.last().context("five merchants")?;
    let page = cast.mailed_link(&bakery.email, title)?;
    cast.nobody.submit(&page, "for").await?;
    cast.clock(&format!("{}-{day}T18:00:10", cast.year)).await?;
    let declared = cast.merchants[0].client.get(&path).await?;
    ensure!(
        declared.body["result"] == "carried",
        "the ballot: {}",
        declared.body
    );
    Ok(declared.body)
}

fn print_votes(declared: &Value) -> anyhow::Result<()> {
    print::chapter(3, "The members decide, by head and by contribution");
    let record = &declared["record"];
    let side = |name: &str| {
        let side = &record[name];
        let weight = side["weight"].as_i64().context("a weight")?;
        Ok(vec![
            name.to_owned(),
            side["head"].to_string(),
            yuan(weight),
        ])
    };
    let rows = ["for", "against", "eligible"].map(side);
    let rows: Vec<Vec<String>> = rows.into_iter().collect::<anyhow::Result<_>>()?;
    print::table(&["votes", "members", "contribution (CNY)"], &rows);
    print::say(
        "Carried; bakery voted through the link in its mail. The mandate makes the budget effective.",
    );
    Ok(())
}

async fn bill(cast: &Cast, fund: &str, assessment: &str) -> anyhow::Result<()> {
    print::chapter(4, "Notices go out, members pay, a sponsor matches");
    cast.treasurer
        .transition(&format!("/v1/assessments/{assessment}"), "issue", None)
        .await?;
    let notices = notices(cast, fund).await?;
    for (merchant, expected) in cast.merchants.iter().zip(NOTICES) {
        let amount = notice_of(&notices, &merchant.membership)?["amount_minor"].clone();
        ensure!(amount == expected, "{} is billed {amount}", merchant.name);
    }
    Ok(())
}

/// Everybody pays what it pays; answers the notice that nobody paid.
async fn collect(cast: &Cast, fund: &str) -> anyhow::Result<String> {
    for (merchant, parts) in cast.merchants.iter().zip(PAID) {
        for (part, amount) in (1..).zip(parts) {
            let payment = json!({ "membership_id": merchant.membership, "amount_minor": amount, "received_on": format!("{}-09-15", cast.year), "reference": format!("transfer {part} of {}", merchant.name) });
            cast.treasurer
                .post(&format!("/v1/funds/{fund}/payments"), payment)
                .await?;
        }
    }
    let notices = notices(cast, fund).await?;
    let mut rows = Vec::new();
    let mut unpaid = None;
    for (merchant, parts) in cast.merchants.iter().zip(PAID) {
        let paid: i64 = parts.iter().sum();
        let notice = notice_of(&notices, &merchant.membership)?;
        let [amount, due] =
            ["amount_minor", "due_minor"].map(|field| notice[field].as_i64().unwrap_or_default());
        let over = paid + due - amount;
        rows.push(
            [
                merchant.name.to_owned(),
                yuan(amount),
                yuan(paid),
                yuan(due),
                yuan(over),
            ]
            .to_vec(),
        );
        if due > 0 {
            unpaid = notice["id"].as_str().map(str::to_owned);
        }
    }
    let heads = ["merchant", "notice (CNY)", "paid", "still owed", "credit"];
    print::table(&heads, &rows);
    unpaid.context("everybody paid")
}

/// A sponsor adds 1 for every 2 that members paid, with a cap.
async fn sponsor(cast: &Cast, fund: &str) -> anyhow::Result<String> {
    let terms = json!({ "sponsor": "Tea Machines", "ratio": "1/2", "cap_minor": MATCH });
    let deals = format!("/v1/funds/{fund}/sponsor-deals");
    let deal = cast.organizer.post(&deals, terms).await?.id()?;
    let deal = format!("/v1/sponsor-deals/{deal}");
    let earned = cast.organizer.transition(&deal, "earn", None).await?;
    ensure!(earned.body["earned_minor"] == MATCH, "{}", earned.body);
    let receipt = json!({ "amount_minor": MATCH, "received_on": format!("{}-09-15", cast.year), "reference": "transfer of Tea Machines" });
    cast.treasurer
        .transition(&deal, "receive", Some(receipt))
        .await?;
    print::say(&format!(
        "Tea Machines matches 1:2 what was paid, up to {}: it sends {}.",
        yuan(MATCH),
        yuan(earned.body["earned_minor"].as_i64().context("a match")?)
    ));
    Ok(deal)
}

async fn notices(cast: &Cast, fund: &str) -> anyhow::Result<Vec<Value>> {
    let path = format!("/v1/funds/{fund}/levy-notices");
    Ok(items(&cast.treasurer.get(&path).await?.body)?.clone())
}

fn notice_of<'a>(notices: &'a [Value], membership: &str) -> anyhow::Result<&'a Value> {
    notices
        .iter()
        .find(|notice| notice["membership_id"] == membership)
        .with_context(|| format!("no notice for {membership}"))
}

/// The items of a list.
///
/// # Errors
/// When it is none.
pub fn items(body: &Value) -> anyhow::Result<&Vec<Value>> {
    body["items"]
        .as_array()
        .with_context(|| format!("no items in {body}"))
}
