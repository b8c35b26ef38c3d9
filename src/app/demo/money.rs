//! The money of the season: a budget that the members carry, notices, payments, spending, refunds, zero.

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
/// What the alliance buys from the fund.
const SPENDING: [(&str, &str, i64); 3] = [
    ("Print & Co", "posters", 1_180_000),
    ("Lake Radio", "radio", 2_150_000),
    ("Lantern Works", "lanterns", 720_411),
];

/// What is still needed at the end.
pub struct Season {
    fund: String,
}

/// Proposes the budget, lets the members decide, and bills it.
///
/// # Errors
/// When a step is refused or a figure differs.
pub async fn decide_and_bill(cast: &Cast) -> anyhow::Result<Season> {
    let (fund, assessment) = propose(cast).await?;
    decide(cast, &assessment).await?;
    bill(cast, &fund, &assessment).await?;
    Ok(Season { fund })
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

async fn decide(cast: &Cast, assessment: &str) -> anyhow::Result<()> {
    print::chapter(3, "The members decide, by head and by contribution");
    let year = cast.year;
    let ballot = json!({ "title": format!("Budget of Double Eleven {year}"), "matter": "season_budget", "subject_id": assessment, "closes_at": format!("{year}-09-15T18:00:00+08:00") });
    let ballot = cast
        .organizer
        .post(&cast.path("ballots"), ballot)
        .await?
        .id()?;
    let path = format!("/v1/ballots/{ballot}");
    cast.organizer.transition(&path, "publish", None).await?;
    cast.drain().await?;
    let choices = ["for", "for", "for", "against"];
    for (merchant, choice) in cast.merchants.iter().zip(choices) {
        merchant
            .client
            .post(&format!("{path}/votes"), json!({ "choice": choice }))
            .await?;
    }
    let bakery = cast.merchants.last().context("five merchants")?;
    let page = cast.mailed_link(&bakery.email, "Double Eleven")?;
    cast.nobody.submit(&page, "for").await?;
    cast.clock(&format!("{year}-09-15T18:00:10")).await?;
    let declared = cast.merchants[0].client.get(&path).await?;
    ensure!(
        declared.body["result"] == "carried",
        "the ballot: {}",
        declared.body
    );
    let record = &declared.body["record"];
    let side = |name: &str| {
        let side = &record[name];
        vec![
            name.to_owned(),
            side["head"].to_string(),
            yuan(side["weight"].as_i64().unwrap_or_default()),
        ]
    };
    print::table(
        &["votes", "members", "contribution (CNY)"],
        &[side("for"), side("against"), side("eligible")],
    );
    print::say(
        "Carried; bakery voted through the link in its mail. The mandate makes the budget effective.",
    );
    Ok(())
}

async fn bill(cast: &Cast, fund: &str, assessment: &str) -> anyhow::Result<()> {
    print::chapter(4, "Notices go out, members pay");
    cast.treasurer
        .transition(&format!("/v1/assessments/{assessment}"), "issue", None)
        .await?;
    let notices = cast
        .treasurer
        .get(&format!("/v1/funds/{fund}/levy-notices"))
        .await?;
    let notices = items(&notices.body)?;
    let mut rows = Vec::new();
    for (merchant, expected) in cast.merchants.iter().zip(NOTICES) {
        let notice = notices
            .iter()
            .find(|n| n["membership_id"] == merchant.membership.as_str())
            .with_context(|| format!("no notice for {}", merchant.name))?;
        let amount = notice["amount_minor"].as_i64().context("an amount")?;
        ensure!(amount == expected, "{} is billed {amount}", merchant.name);
        let payment = json!({ "membership_id": merchant.membership, "amount_minor": amount, "received_on": format!("{}-09-15", cast.year), "reference": format!("transfer of {}", merchant.name) });
        cast.treasurer
            .post(&format!("/v1/funds/{fund}/payments"), payment)
            .await?;
        rows.push(vec![merchant.name.to_owned(), yuan(amount), yuan(amount)]);
    }
    rows.push(vec!["together".to_owned(), yuan(BUDGET), yuan(BUDGET)]);
    print::table(&["merchant", "notice (CNY)", "paid (CNY)"], &rows);
    Ok(())
}

/// Spends with the consent of a second person, refunds what is left, and closes the fund at zero.
///
/// # Errors
/// When a step is refused or an account does not end at 0.
pub async fn spend_and_close(cast: &Cast, season: &Season) -> anyhow::Result<()> {
    print::chapter(8, "Spending with a second person's consent");
    let fund = &season.fund;
    let mut rows = Vec::new();
    for (payee, line, amount) in SPENDING {
        let request = json!({ "payee": payee, "line": line, "amount_minor": amount, "description": format!("{line} for Double Eleven") });
        let expense = cast
            .treasurer
            .post(&format!("/v1/funds/{fund}/expenses"), request)
            .await?
            .id()?;
        let path = format!("/v1/expenses/{expense}");
        let own = cast.treasurer.transition(&path, "approve", None).await;
        ensure!(own.is_err(), "somebody approved their own expense");
        cast.organizer.transition(&path, "approve", None).await?;
        cast.treasurer.transition(&path, "pay", None).await?;
        rows.push(vec![payee.to_owned(), line.to_owned(), yuan(amount)]);
    }
    print::table(&["paid to", "for", "amount (CNY)"], &rows);
    close(cast, fund).await
}

async fn close(cast: &Cast, fund: &str) -> anyhow::Result<()> {
    print::chapter(9, "What is left goes back, and the fund closes at 0");
    cast.treasurer
        .transition(&format!("/v1/funds/{fund}"), "close", None)
        .await?;
    cast.drain().await?;
    let refunds = cast
        .treasurer
        .get(&format!("/v1/funds/{fund}/refunds"))
        .await?;
    let mut rows = Vec::new();
    let mut total = 0;
    for refund in items(&refunds.body)? {
        let amount = refund["amount_minor"].as_i64().context("an amount")?;
        total += amount;
        rows.push(vec![
            cast.name_of(&refund["membership_id"]).to_owned(),
            yuan(amount),
        ]);
    }
    let spent: i64 = SPENDING.iter().map(|(_, _, amount)| amount).sum();
    ensure!(total == BUDGET - spent, "refunds sum to {total}");
    rows.push(vec!["together".to_owned(), yuan(total)]);
    print::table(&["merchant", "refund (CNY)"], &rows);
    let balances = cast
        .treasurer
        .get(&format!("/v1/funds/{fund}/balances"))
        .await?;
    let balances = items(&balances.body)?;
    let open = balances.iter().filter(|b| b["balance_minor"] != 0).count();
    ensure!(open == 0, "{open} accounts are not at 0");
    print::say(&format!(
        "The fund is closed: {} accounts, every one at 0.00. {} mails were written in this season.",
        balances.len(),
        cast.mails()?
    ));
    Ok(())
}

fn items(body: &Value) -> anyhow::Result<&Vec<Value>> {
    body["items"]
        .as_array()
        .with_context(|| format!("no items in {body}"))
}
