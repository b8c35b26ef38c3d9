//! The books in every format, for those who see everything and for a member; statements.

use std::collections::BTreeMap;

use guildhall::funds;
use serde_json::Value;

use super::world::NOTICES;
use super::world::RECEIVED_ON;
use super::world::World;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    the_books_are_written_in_every_format_and_name_the_custodian => formats;
    a_member_reads_others_added_up_and_every_transaction_balances => of_member;
    other_members_appear_at_the_level_of_the_policy_in_every_format => levels;
    an_exported_chain_proves_itself_and_a_rewritten_one_does_not => proof;
    a_statement_opens_runs_and_closes_with_the_accounts => statement;
    a_fund_is_worth_what_it_holds => fund_statement;
}

/// A fund in which everybody but print-shop paid, and 1,000.00 was spent.
pub async fn world(app: TestApp) -> (World, String) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    for (member, amount) in NOTICES.iter().enumerate().filter(|(n, _)| *n != 3) {
        world.pay(&fund, member, *amount).await.expect(201);
    }
    let expense = world.approved(&fund, "posters", 100_000).await;
    let paid = world.treasurer.transition(&expense, "pay", None).await;
    paid.expect(200);
    (world, fund)
}

async fn book(person: &Person, path: &str, format: &str) -> String {
    let answer = person.get(&format!("{path}/ledger?format={format}")).await;
    answer.expect(200);
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment")
    );
    answer.text
}

fn csv_rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect()
}

async fn formats(app: TestApp) {
    let (world, fund) = world(app).await;
    let alliance = world.path("");
    let alliance = alliance.trim_end_matches('/');
    for path in [fund.as_str(), alliance] {
        let rows = csv_rows(&book(&world.observer, path, "csv").await);
        let amount =
            |row: &BTreeMap<String, String>| row["amount_minor"].parse::<i64>().expect("a number");
        assert_eq!(rows.iter().map(amount).sum::<i64>(), 0);
        assert!(
            rows.iter()
                .all(|row| row["custodian_holder"] == "Tea Street")
        );
        let supplied: Vec<&str> = rows
            .iter()
            .map(|row| row["supplier"].as_str())
            .filter(|s| !s.is_empty())
            .collect();
        assert_eq!(supplied, ["Print & Co"; 4]);
        let beancount = book(&world.observer, path, "beancount").await;
        for part in [
            "1970-01-01 commodity CNY",
            "1970-01-01 open Assets:Receivable:D11-2026:M-000004 CNY\n  name: \"print-shop\"",
            "custodian_holder: \"Tea Street\"",
            "; D11-2026 (Double Eleven): Tea Street, Bank of Hangzhou, 6222-1",
            "  Assets:Bank:D11-2026  8688.57 CNY",
            "  Expenses:Spend:D11-2026:Posters  1000.00 CNY",
            " balance Assets:Receivable:D11-2026:M-000004  1235.41 ~ 0 CNY",
            " balance Assets:Bank:D11-2026  47764.59 ~ 0 CNY",
            "* \"Print & Co\" \"Print & Co: invoice 88\"",
        ] {
            assert!(beancount.contains(part), "{part}: {beancount}");
        }
        let ledger = book(&world.observer, path, "ledger").await;
        for part in [
            "account Assets:Bank:D11-2026\n",
            "commodity CNY\n    format 0.01 CNY",
            "tag decision",
        ] {
            assert!(ledger.contains(part), "{part}: {ledger}");
        }
    }
    let refused = world
        .observer
        .get(&format!("{fund}/ledger?format=xml"))
        .await;
    refused.expect_problem(400, "invalid_parameter");
    let stranger = world.app.person("stranger").await;
    let hidden = stranger
        .get(&format!("{fund}/ledger?format=beancount"))
        .await;
    hidden.expect(404);
}

/// All items of a ledger, in pages of a size.
async fn all(person: &Person, fund: &str, limit: u64) -> Vec<Value> {
    let mut path = format!("{fund}/ledger?limit={limit}");
    let mut items = Vec::new();
    loop {
        let page = person.get(&path).await;
        page.expect(200);
        assert_eq!(page.body["custodian"]["holder"], "Tea Street");
        let found = page.body["items"].as_array().expect("items").clone();
        assert!(found.len() as u64 <= limit);
        items.extend(found);
        match page.body["next_cursor"].as_str() {
            Some(cursor) => path = format!("{fund}/ledger?limit={limit}&cursor={cursor}"),
            None => return items,
        }
    }
}

async fn of_member(app: TestApp) {
    let (world, fund) = world(app).await;
    let whole = all(&world.owners[1], &fund, 100).await;
    for limit in [1, 3] {
        assert_eq!(all(&world.owners[1], &fund, limit).await, whole);
    }
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for item in &whole {
        let name = item["transaction_id"].to_string();
        *sums.entry(name).or_default() += item["amount_minor"].as_i64().expect("an amount");
    }
    assert_eq!(sums.len(), 7);
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
    let others = "Assets:Receivable:D11-2026:Others";
    let added_up: Vec<&Value> = whole
        .iter()
        .filter(|i| i["book_account"] == others)
        .collect();
    assert_eq!(added_up[0]["amount_minor"], 5_000_000 - NOTICES[1]);
    assert!(
        added_up
            .iter()
            .all(|i| i["sequence"].is_null() && i["account_id"].is_null())
    );
    let text = serde_json::to_string(&whole).expect("json");
    assert!(text.contains(&world.memberships[1].to_string()));
    for other in [0, 2, 3, 4] {
        assert!(!text.contains(&world.memberships[other].to_string()));
        assert!(!text.contains(&format!("bank line {other}")), "{text}");
    }
    let beancount = book(&world.owners[1], &fund, "beancount").await;
    assert!(
        beancount.contains("open Assets:Receivable:D11-2026:Others CNY"),
        "{beancount}"
    );
    assert!(
        beancount.contains(" balance Assets:Receivable:D11-2026:Others  1235.41 ~ 0 CNY"),
        "{beancount}"
    );
    assert!(
        beancount.contains("M-000002") && !beancount.contains("M-000003"),
        "{beancount}"
    );
    assert!(!beancount.contains("silk-shop"));
}

/// A fund billed in equal parts of 10,000.00 under a policy with a level; two members paid a part.
async fn levelled(world: &World, level: &str) -> String {
    let body = serde_json::json!({ "name": "Equal", "method": { "direction": "budget", "weights": { "kind": "equal" } },
        "terms": { "visibility": level } });
    let policies = world.path("levy-policies");
    let policy = world.organizer.post(&policies, body).await;
    policy.expect(201);
    let fund = world.fund("D11-2026").await;
    let proposed = world.propose(&fund, &policy.id(), 5_000_000).await;
    proposed.expect(201);
    world.decide(&proposed.id()).await;
    let path = format!("/v1/assessments/{}", proposed.id());
    let issued = world.treasurer.transition(&path, "issue", None).await;
    issued.expect(200);
    for member in [0, 1] {
        world.pay(&fund, member, 300_000).await.expect(201);
    }
    fund
}

/// What a member reads of the ledger of a fund, as one text.
async fn seen(world: &World, fund: &str, format: &str) -> String {
    if format == "json" {
        return serde_json::to_string(&all(&world.owners[1], fund, 100).await).expect("json");
    }
    book(&world.owners[1], fund, format).await
}

async fn levels(app: TestApp) {
    let world = World::found(app).await;
    let fund = levelled(&world, "amount").await;
    for format in ["json", "csv", "beancount", "ledger"] {
        let text = seen(&world, &fund, format).await;
        assert!(
            text.contains("M-000001") && text.contains("M-000003"),
            "{format}: {text}"
        );
        assert!(!text.contains("Others"), "{format}");
        assert!(text.contains("bank line 1"), "its own payment: {text}");
        assert!(!text.contains("bank line 0"), "{format}: {text}");
    }
    let balances = world.owners[1]
        .get(&format!("{fund}/balances?limit=100"))
        .await;
    let text = &balances.text;
    assert!(text.contains(&world.memberships[0].to_string()), "{text}");
    // A policy that says nothing leaves it to the by-laws.
    for (level, told) in [("band", true), ("hidden", false)] {
        let body = serde_json::json!({ "member_lines": level });
        let made = world.organizer.post(&world.path("by-laws"), body).await;
        made.expect(201);
        let body = serde_json::json!({ "name": "Equal", "method": { "direction": "budget", "weights": { "kind": "equal" } } });
        let policies = world.path("levy-policies");
        let policy = world.organizer.post(&policies, body).await;
        policy.expect(201);
        let id = policy.id();
        bring_in(&world, &id).await;
        for format in ["json", "csv", "beancount", "ledger"] {
            let text = seen(&world, &fund, format).await;
            assert!(
                text.contains("Receivable:D11-2026:Others"),
                "{format}: {text}"
            );
            let band = text.contains("M-000001 1000000 to 2000000");
            assert_eq!(band, told, "{format}: {text}");
            assert!(!text.contains("bank line 0"), "{format}: {text}");
        }
        let balances = world.owners[1]
            .get(&format!("{fund}/balances?limit=100"))
            .await;
        assert!(!balances.text.contains(&world.memberships[0].to_string()));
    }
}

/// The fund is billed under another policy, as if it had been decided so.
async fn bring_in(world: &World, policy: &str) {
    use entity::assessment;
    use sea_orm::EntityTrait;
    use sea_orm::sea_query::Expr;
    let policy: guildhall::kernel::ids::LevyPolicyId = policy.parse().expect("an id");
    let db = world.app.ctx().db.for_migration();
    assessment::Entity::update_many()
        .col_expr(assessment::Column::PolicyId, Expr::value(policy))
        .exec(db)
        .await
        .expect("brought in");
}

async fn proof(app: TestApp) {
    let (world, fund) = world(app).await;
    let newest = world.observer.get(&format!("{fund}/statement")).await;
    for reader in [&world.observer, &world.owners[1]] {
        let chain = book(reader, &fund, "chain").await;
        let proven = funds::prove(chain.as_bytes()).expect("proven");
        assert_eq!(proven.len(), 1);
        assert_eq!(proven[0].transactions, 7);
        assert_eq!(newest.body["hash"], proven[0].hash.as_str());
        let lines: Vec<&str> = chain.lines().collect();
        let without: String = lines
            .iter()
            .enumerate()
            .filter(|(n, _)| *n != 2)
            .map(|(_, l)| format!("{l}\n"))
            .collect();
        funds::prove(without.as_bytes()).expect_err("a transaction is missing");
        let changed = chain.replacen("233505", "233506", 1);
        assert_ne!(changed, chain);
        funds::prove(changed.as_bytes()).expect_err("an amount was changed");
    }
    let hidden = book(&world.owners[1], &fund, "chain").await;
    assert!(!hidden.contains(&world.memberships[2].to_string()));
    // Of others only what reached the bank is told.
    assert!(!hidden.contains("3366820,3366820"), "{hidden}");
}

async fn statement(app: TestApp) {
    let (world, fund) = world(app).await;
    let id = fund.rsplit('/').next().expect("an id");
    let me = world.path("statements/me");
    let whole = world.owners[1].get(&format!("{me}?fund_id={id}")).await;
    whole.expect(200);
    assert_eq!(whole.body["member_number"], 2);
    assert_eq!(whole.body["opening_minor"], 0);
    assert_eq!(whole.body["closing_minor"], 0);
    let items = whole.body["items"].as_array().expect("items");
    assert_eq!(items.len(), 2);
    // The payment of January stands before the notice of today.
    assert_eq!(items[0]["kind"], "payment");
    assert_eq!(items[0]["due_minor"], -NOTICES[1]);
    assert_eq!(items[0]["allocations"][0]["amount_minor"], NOTICES[1]);
    assert_eq!(items[1]["kind"], "levy");
    assert_eq!(items[1]["notice"]["number"], "D11-2026/0002");
    assert_eq!(items[1]["balance_minor"], 0);
    let share = &whole.body["funds"][0];
    assert_eq!(share["paid_minor"], NOTICES[1]);
    assert_eq!(share["spent_minor"], 100_000);
    // 100,000 x 233,505 / 4,876,459, by largest remainder.
    assert_eq!(share["share_of_spend_minor"], 4_789);
    assert_eq!(share["custodian"], "Tea Street, Bank of Hangzhou, 6222-1");
    let late = format!("{me}?from=2026-01-16&limit=1");
    let late = world.owners[1].get(&late).await;
    assert_eq!(late.body["opening_minor"], -NOTICES[1]);
    assert_eq!(late.body["items"][0]["balance_minor"], 0);
    let early = world.owners[1].get(&format!("{me}?to={RECEIVED_ON}")).await;
    assert_eq!(early.body["closing_minor"], -NOTICES[1]);
    let first = world.owners[1].get(&format!("{me}?limit=1")).await;
    let cursor = first.body["next_cursor"].as_str().expect("a cursor");
    let second = world.owners[1]
        .get(&format!("{me}?limit=1&cursor={cursor}"))
        .await;
    assert_eq!(second.body["items"][0], items[1]);
    let csv = world.owners[1].get(&format!("{me}?format=csv")).await;
    assert_eq!(csv_rows(&csv.text).len(), 5, "{}", csv.text);
    let of = |member: usize| format!("/v1/memberships/{}/statement", world.memberships[member]);
    for reader in [&world.treasurer, &world.observer, &world.owners[1]] {
        let read = reader.get(&of(1)).await;
        read.expect(200);
        assert_eq!(read.body["items"], whole.body["items"]);
    }
    world.owners[1].get(&of(0)).await.expect(404);
    let owes = world.treasurer.get(&of(3)).await;
    assert_eq!(owes.body["closing_minor"], NOTICES[3]);
    let wrong = world.owners[1].get(&format!("{me}?from=yesterday")).await;
    wrong.expect_problem(400, "invalid_parameter");
}

async fn fund_statement(app: TestApp) {
    let (world, fund) = world(app).await;
    for reader in [&world.observer, &world.owners[0]] {
        let read = reader.get(&format!("{fund}/statement")).await;
        read.expect(200);
        for (field, amount) in [
            ("levies_minor", 5_000_000),
            ("income_minor", 5_000_000),
            ("spent_minor", 100_000),
            ("net_assets_minor", 4_900_000),
            ("cash_minor", 5_000_000 - NOTICES[3] - 100_000),
            ("receivable_minor", NOTICES[3]),
            ("credits_minor", 0),
            ("reserved_minor", 0),
            ("refunded_minor", 0),
        ] {
            assert_eq!(read.body[field], amount, "{field}: {}", read.text);
        }
        assert_eq!(read.body["spent_by_line"][0]["name"], "posters");
        assert_eq!(read.body["transactions"], 7);
    }
}
