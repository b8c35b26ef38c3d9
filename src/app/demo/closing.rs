//! The money of the season at its end: spending, a debt given up, refunds, and every account at zero.

use anyhow::Context;
use anyhow::ensure;
use serde_json::Value;
use serde_json::json;

use crate::app::demo::cast::Cast;
use crate::app::demo::money;
use crate::app::demo::money::Season;
use crate::app::demo::money::items;
use crate::app::demo::print;
use crate::app::demo::print::yuan;

/// What the alliance buys from the fund: 54,611.11.
const SPENDING: [(&str, &str, i64); 5] = [
    ("Print & Co", "posters", 1_180_000),
    ("Lake Radio", "radio", 2_150_000),
    ("Lantern Works", "lanterns", 1_131_111),
    ("Stage Crew", "stage", 640_000),
    ("Night Market Band", "music", 360_000),
];
/// More than there is, by 85,781.56.
const TOO_MUCH: (&str, &str, i64) = ("Sky Banners", "banners", 9_999_999);
/// The posters that a printer gives: their agreed value.
const GIFT: i64 = 180_000;
/// What the members paid of their notices: 48,764.59.
const COLLECTED: i64 = 4_876_459;
/// What members get of the 14,153.48 that are left, beside the sponsor's 4,116.50.
const REFUNDS: [i64; 5] = [178_833, 48_061, 692_976, 0, 83_828];
const RETURNED: i64 = 411_650;

/// Spends with the consent of a second person; more than there is cannot be spent.
///
/// # Errors
/// When a step is refused or a figure differs.
pub async fn spend(cast: &Cast, season: &Season) -> anyhow::Result<()> {
    print::chapter(8, "Spending with a second person's consent");
    give(cast, season).await?;
    let mut rows = Vec::new();
    for bought in SPENDING {
        let path = approved(cast, season, bought).await?;
        cast.treasurer.transition(&path, "pay", None).await?;
        let (payee, line, amount) = bought;
        rows.push(vec![payee.to_owned(), line.to_owned(), yuan(amount)]);
    }
    print::table(&["paid to", "for", "amount (CNY)"], &rows);
    let books = cast
        .treasurer
        .get(&format!("{}/statement", season.fund))
        .await?;
    let path = approved(cast, season, TOO_MUCH).await?;
    let refused = cast.treasurer.transition(&path, "pay", None).await;
    ensure!(
        refused.is_err_and(|e| {
            let said = e.to_string();
            said.contains("fund_overdrawn") && said.contains("\"by_minor\":8578156")
        }),
        "more was spent than there is"
    );
    cast.organizer.transition(&path, "reject", None).await?;
    print::say(&format!(
        "Spent {}, left {}. Another {} is refused: the fund would be overdrawn by 85,781.56.",
        money_of(&books.body, "spent_minor")?,
        money_of(&books.body, "cash_minor")?,
        yuan(TOO_MUCH.2),
    ));
    Ok(())
}

/// Posters as a gift: no money moves, their value is in the books.
async fn give(cast: &Cast, season: &Season) -> anyhow::Result<()> {
    let gift = json!({ "donor": "Print & Co", "line": "posters", "description": "300 posters", "value_minor": GIFT });
    let path = format!("{}/in-kind", season.fund);
    let gift = cast.organizer.post(&path, gift).await?.id()?;
    let gift = format!("/v1/in-kind/{gift}");
    cast.treasurer.transition(&gift, "agree", None).await?;
    let delivery = json!({ "delivered_on": format!("{}-10-18", cast.year) });
    cast.treasurer
        .transition(&gift, "deliver", Some(delivery))
        .await?;
    print::say(&format!(
        "Print & Co gives posters worth {}: booked on both sides, and no part of any refund.",
        yuan(GIFT)
    ));
    Ok(())
}

/// An expense that the organizer approved; whoever asks for it cannot.
async fn approved(
    cast: &Cast,
    season: &Season,
    (payee, line, amount): (&str, &str, i64),
) -> anyhow::Result<String> {
    let request = json!({ "payee": payee, "line": line, "amount_minor": amount, "description": format!("{line} for Double Eleven") });
    let path = format!("{}/expenses", season.fund);
    let expense = cast.treasurer.post(&path, request).await?.id()?;
    let path = format!("/v1/expenses/{expense}");
    let own = cast.treasurer.transition(&path, "approve", None).await;
    ensure!(own.is_err(), "somebody approved their own expense");
    cast.organizer.transition(&path, "approve", None).await?;
    Ok(path)
}

/// Gives up a debt by decision, divides what is left, and closes the fund at zero.
///
/// # Errors
/// When a step is refused or an account does not end at 0.
pub async fn close(cast: &Cast, season: &Season) -> anyhow::Result<()> {
    print::chapter(9, "What is left goes back, and the fund closes at 0");
    let next = next_season(cast).await?;
    let terms = json!({ "choose_by": format!("{}-12-28T18:00:00+08:00", cast.year), "rollover_fund_id": next });
    let early = cast
        .treasurer
        .transition(&season.fund, "start-closing", Some(terms.clone()))
        .await;
    ensure!(
        early.is_err_and(|e| e.to_string().contains("arrears_open")),
        "the fund closed over an open debt"
    );
    write_off(cast, season).await?;
    let begun = cast
        .treasurer
        .transition(&season.fund, "start-closing", Some(terms))
        .await?;
    print::say(&format!(
        "Unspent: {}, of it {} to the sponsor and {} to the members.",
        money_of(&begun.body, "unspent_minor")?,
        money_of(&begun.body, "to_sponsors_minor")?,
        money_of(&begun.body, "to_members_minor")?,
    ));
    refund(cast, season).await?;
    let deal = cast
        .treasurer
        .transition(&season.sponsor, "return", None)
        .await?;
    ensure!(deal.body["return_minor"] == RETURNED, "{}", deal.body);
    let closed = cast
        .treasurer
        .transition(&season.fund, "close", None)
        .await?;
    ensure!(
        closed.body["collected_minor"] == COLLECTED,
        "{}",
        closed.body
    );
    all_at_zero(cast, season, &next).await
}

/// The fund that takes what members leave behind.
async fn next_season(cast: &Cast) -> anyhow::Result<String> {
    let year = cast.year + 1;
    let fund = json!({ "name": format!("Spring Festival {year}"), "code": format!("SF-{year}"), "season_from": format!("{year}-01-01"), "season_to": format!("{year}-03-31"),
        "custodian": { "holder": "West Lake Merchants", "institution": "Bank of Hangzhou", "account_ref": "6222-0001" } });
    cast.treasurer.post(&cast.path("funds"), fund).await?.id()
}

/// print-shop owes what it cannot pay: only the members can give that up.
async fn write_off(cast: &Cast, season: &Season) -> anyhow::Result<()> {
    let path = format!("/v1/levy-notices/{}", season.unpaid);
    let alone = cast.treasurer.transition(&path, "write-off", None).await;
    ensure!(
        alone.is_err_and(|e| e.to_string().contains("mandate_missing")),
        "a debt was given up without a decision"
    );
    let subject = ("write_off", season.unpaid.as_str());
    // Whoever is in arrears is not in the electorate.
    let choices = [Some("for"), Some("for"), Some("for"), None];
    money::vote(
        cast,
        "Give up what print-shop owes",
        subject,
        "12-20",
        &choices,
    )
    .await?;
    let notice = cast.treasurer.transition(&path, "write-off", None).await?;
    print::say(&format!(
        "print-shop's {} is given up, by a ballot in which it had no vote; before, the close was refused.",
        money_of(&notice.body, "amount_minor")?
    ));
    Ok(())
}

/// Everybody takes cash but bakery, which leaves its part to the next season.
async fn refund(cast: &Cast, season: &Season) -> anyhow::Result<()> {
    let refunds = cast
        .treasurer
        .get(&format!("{}/refunds", season.fund))
        .await?;
    let refunds = items(&refunds.body)?;
    let mut rows = Vec::new();
    for (merchant, expected) in cast.merchants.iter().zip(REFUNDS) {
        let refund = refunds
            .iter()
            .find(|refund| refund["membership_id"] == merchant.membership.as_str());
        let Some(refund) = refund else {
            ensure!(expected == 0, "no refund for {}", merchant.name);
            rows.push(
                [merchant.name, "0.00", "0.00", "-"]
                    .map(str::to_owned)
                    .to_vec(),
            );
            continue;
        };
        let path = format!("/v1/refunds/{}", refund["id"].as_str().context("an id")?);
        let choice = if merchant.name == "bakery" {
            "rollover"
        } else {
            "cash"
        };
        merchant
            .client
            .transition(&path, "choose", Some(json!({ "choice": choice })))
            .await?;
        let paid = cast.treasurer.transition(&path, "pay", None).await?;
        ensure!(paid.body["amount_minor"] == expected, "{}", paid.body);
        rows.push(vec![
            merchant.name.to_owned(),
            money_of(&paid.body, "amount_minor")?,
            money_of(&paid.body, "due_minor")?,
            paid.body["state"].as_str().context("a state")?.to_owned(),
        ]);
    }
    print::table(&["merchant", "share (CNY)", "with credit", "state"], &rows);
    Ok(())
}

async fn all_at_zero(cast: &Cast, season: &Season, next: &str) -> anyhow::Result<()> {
    let balances = cast
        .treasurer
        .get(&format!("{}/balances", season.fund))
        .await?;
    let balances = items(&balances.body)?;
    let open = balances.iter().filter(|b| b["balance_minor"] != 0).count();
    ensure!(open == 0, "{open} accounts are not at 0");
    let kept = cast
        .treasurer
        .get(&format!("/v1/funds/{next}/balances"))
        .await?;
    let bank = items(&kept.body)?
        .iter()
        .find(|b| {
            b["account"]
                .as_str()
                .is_some_and(|a| a.starts_with("Assets:Bank:"))
        })
        .context("no bank account of the next season")?;
    print::say(&format!(
        "The fund is closed: {} accounts, every one at 0.00. The next season begins with bakery's {}.",
        balances.len(),
        money_of(bank, "balance_minor")?
    ));
    print::say(&format!(
        "{} mails were written in this season.",
        cast.mails()?
    ));
    Ok(())
}

fn money_of(body: &Value, field: &str) -> anyhow::Result<String> {
    let minor = body[field].as_i64();
    Ok(yuan(
        minor.with_context(|| format!("no {field} in {body}"))?,
    ))
}
