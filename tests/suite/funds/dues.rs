//! What members owe: disputes, credit notes, write-offs, reminders and pledges.

use futures_util::future::join;
use serde_json::Value;
use serde_json::json;

use super::world::NOTICES;
use super::world::World;
use crate::support::TestApp;
use crate::support::on_both;

/// Some days after the notices are due.
const AFTER: &str = "2031-10-25T00:00:00Z";

on_both! {
    a_dispute_stops_the_clock_until_it_is_answered => disputed;
    credit_notes_need_the_consent_that_the_by_laws_ask_for => credited;
    an_overdue_debt_is_written_off_by_decision_alone => written_off;
    a_late_member_is_reminded_once_for_each_step => reminded;
    a_pledge_owes_nothing_before_it_is_converted => pledged;
}

async fn disputed(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let path = world.notice(&fund, 3).await;
    let reason = || Some(json!({ "reason": "closed in October" }));
    world.owners[0]
        .transition(&path, "dispute", reason())
        .await
        .expect_problem(404, "not_found");
    world
        .treasurer
        .transition(&path, "dispute", reason())
        .await
        .expect_problem(403, "role_required");
    let disputed = world.owners[3].transition(&path, "dispute", reason()).await;
    disputed.expect(200);
    assert_eq!(disputed.body["state"], "disputed");
    world.owners[3]
        .transition(&path, "dispute", reason())
        .await
        .expect_problem(409, "illegal_transition");
    // Past its day, and neither overdue nor reminded of.
    world.app.drain().await;
    world.app.clock_to(AFTER).await;
    assert_eq!(world.state_of(&path).await, "disputed");
    let mails = world.app.mails_to("print-shop@people.example").await;
    assert!(
        mails.iter().all(|mail| !mail.subject.contains("overdue")),
        "{mails:?}"
    );
    let told = world.app.mails_to("treasurer@people.example").await;
    assert!(
        told.iter()
            .any(|mail| mail.text.contains("closed in October")),
        "{told:?}"
    );
    // Unnamed money passes it by.
    let paid = world.pay(&fund, 3, 100).await;
    assert_eq!(paid.body["credit_minor"], 100);
    let answer = Some(json!({ "answer": "the by-laws know no reduction" }));
    let upheld = world
        .organizer
        .transition(&path, "uphold", answer.clone())
        .await;
    upheld.expect(200);
    assert_eq!(upheld.body["state"], "overdue");
    world
        .organizer
        .transition(&path, "uphold", answer)
        .await
        .expect_problem(409, "illegal_transition");
    let seen = world.owners[3].get(&path).await;
    assert_eq!(seen.body["disputes"][0]["outcome"], "upheld");
    world.app.drain().await;
    let mails = world.app.mails_to("print-shop@people.example").await;
    assert!(
        mails.iter().any(|mail| mail.text.contains("no reduction")),
        "{mails:?}"
    );
}

async fn adopt(world: &World, consent: &str) {
    let path = world.path("by-laws");
    let body = json!({ "credit_note_consent": consent });
    world.organizer.post(&path, body).await.expect(201);
}

async fn credited(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let path = world.notice(&fund, 1).await;
    let body = |amount: i64| Some(json!({ "amount_minor": amount, "reason": "closed" }));
    let beyond = world
        .organizer
        .transition(&path, "credit", body(233_506))
        .await;
    beyond.expect_problem(422, "credit_exceeds_notice");
    assert_eq!(beyond.body["params"]["creditable_minor"], 233_505);
    let asked = world
        .organizer
        .transition(&path, "credit", body(33_505))
        .await;
    asked.expect(201);
    assert_eq!(asked.body["state"], "requested");
    assert_eq!(asked.body["number"], Value::Null);
    let second = world.treasurer.transition(&path, "credit", body(1)).await;
    second.expect_problem(409, "credit_note_open");
    let note = format!("/v1/credit-notes/{}", asked.id());
    let own = world.organizer.transition(&note, "approve", None).await;
    own.expect_problem(403, "separation_of_duties");
    // It is paid meanwhile: what is taken off becomes the member's credit.
    world.pay(&fund, 1, 233_505).await.expect(201);
    let issued = world.treasurer.transition(&note, "approve", None).await;
    issued.expect(200);
    assert_eq!(issued.body["number"], "D11-2026/C0001");
    assert_eq!(issued.body["returned_minor"], 33_505);
    assert_eq!(world.balance(&fund, "Liabilities:Credit", 1).await, -33_505);
    assert_eq!(world.balance(&fund, "Income:Levy", 1).await, -200_000);
    let seen = world.owners[1].get(&path).await;
    assert_eq!(
        (&seen.body["state"], &seen.body["amount_minor"]),
        (&json!("paid"), &json!(233_505))
    );
    world
        .treasurer
        .transition(&note, "reject", None)
        .await
        .expect_problem(409, "illegal_transition");
    world.owners[0]
        .get(&note)
        .await
        .expect_problem(404, "not_found");
    // The payment bounces: the credit pays its part of the debt again.
    let payments = world.observer.get(&format!("{fund}/payments")).await;
    let payment = payments.body["items"][0]["id"].as_str().expect("a payment");
    world.bounce(payment).await.expect(200);
    assert_eq!(world.owners[1].get(&path).await.body["due_minor"], 200_000);
    assert_eq!(world.balance(&fund, "Liabilities:Credit", 1).await, 0);
    assert_eq!(world.balance(&fund, "Assets:Receivable", 1).await, 200_000);
    whole(&world, &path).await;
    by_mandate(&world, &fund).await;
    world.holds().await;
}

/// All that is left of a notice is credited where nobody has to agree.
async fn whole(world: &World, path: &str) {
    adopt(world, "none").await;
    let whole = world
        .organizer
        .transition(path, "credit", Some(json!({ "reason": "all of it" })))
        .await;
    whole.expect(201);
    assert_eq!(
        (&whole.body["state"], &whole.body["amount_minor"]),
        (&json!("issued"), &json!(200_000))
    );
    assert_eq!(world.owners[1].get(path).await.body["state"], "cancelled");
}

/// A dispute that the members themselves end with a credit note.
async fn by_mandate(world: &World, fund: &str) {
    adopt(world, "mandate").await;
    let path = world.notice(fund, 3).await;
    let reason = Some(json!({ "reason": "never opened" }));
    world.owners[3]
        .transition(&path, "dispute", reason.clone())
        .await
        .expect(200);
    let asked = world.organizer.transition(&path, "credit", reason).await;
    let note = format!("/v1/credit-notes/{}", asked.id());
    let early = world.treasurer.transition(&note, "approve", None).await;
    early.expect_problem(409, "mandate_missing");
    let alliance = world.alliance.to_string();
    let matter = guildhall::mandates::Matter::WriteOff;
    world.app.decide(&alliance, matter, &asked.id()).await;
    let issued = world.treasurer.transition(&note, "approve", None).await;
    issued.expect(200);
    assert!(issued.body["mandate_id"].is_string(), "{}", issued.text);
    let seen = world.owners[3].get(&path).await;
    assert_eq!(seen.body["state"], "credited");
    assert_eq!(seen.body["disputes"][0]["outcome"], "credited");
    world.app.drain().await;
    let mails = world.app.mails_to("print-shop@people.example").await;
    assert!(
        mails
            .iter()
            .any(|mail| mail.subject.contains("D11-2026/C0003")),
        "{mails:?}"
    );
}

async fn written_off(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let path = world.notice(&fund, 3).await;
    let write_off = || world.treasurer.transition(&path, "write-off", None);
    write_off().await.expect_problem(409, "illegal_transition");
    world.app.drain().await;
    world.app.clock_to(AFTER).await;
    assert_eq!(world.state_of(&path).await, "overdue");
    write_off().await.expect_problem(409, "mandate_missing");
    let (alliance, id) = (
        world.alliance.to_string(),
        path.rsplit('/').next().expect("an id"),
    );
    let matter = guildhall::mandates::Matter::WriteOff;
    world.app.decide(&alliance, matter, id).await;
    // Another amount than the one that was decided on.
    let paid = world.pay(&fund, 3, 41).await;
    write_off().await.expect_problem(409, "mandate_missing");
    world.bounce(&paid.id()).await.expect(200);
    let answers = join(write_off(), write_off()).await;
    let mut statuses = [answers.0.status, answers.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{} {}", answers.0.text, answers.1.text);
    assert!(statuses[1] > 400);
    let seen = world.owners[3].get(&path).await;
    assert_eq!(seen.body["state"], "written_off");
    assert_eq!(seen.body["written_off_minor"], NOTICES[3]);
    assert_eq!(seen.body["due_minor"], 0);
    // The arrears stay on record.
    assert_eq!(seen.body["overdue_since"], "2031-10-21");
    assert_eq!(seen.body["next_due_on"], "2031-10-20");
    assert_eq!(
        world.balance(&fund, "Expenses:WriteOff", 3).await,
        NOTICES[3]
    );
    assert_eq!(world.balance(&fund, "Assets:Receivable", 3).await, 0);
    write_off().await.expect_problem(409, "illegal_transition");
    world.app.drain().await;
    let mails = world.app.mails_to("print-shop@people.example").await;
    assert!(
        mails
            .iter()
            .any(|mail| mail.subject.contains("written off")),
        "{mails:?}"
    );
    world.holds().await;
}

async fn reminded(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    for (member, amount) in NOTICES
        .iter()
        .enumerate()
        .filter(|(member, _)| *member != 4)
    {
        world.pay(&fund, member, *amount).await.expect(201);
    }
    world.app.drain().await;
    let written = async |now: &str| {
        world.app.clock_to(now).await;
        world.app.drain().await;
        world.app.mails_to("bakery@people.example").await
    };
    // The notice itself, then a mail for each step: seven days before, and 3, 14 and 28 after.
    assert_eq!(written("2031-10-12T02:00:00Z").await.len(), 1);
    let before = written("2031-10-13T02:00:00Z").await;
    assert_eq!(before.len(), 2);
    assert!(
        before[1].subject.contains("2031-10-20"),
        "{}",
        before[1].subject
    );
    assert_eq!(written("2031-10-20T12:00:00Z").await.len(), 2);
    assert_eq!(
        world.state_of(&world.notice(&fund, 4).await).await,
        "issued"
    );
    // Midnight in Shanghai.
    assert_eq!(written("2031-10-20T16:00:00Z").await.len(), 2);
    assert_eq!(
        world.state_of(&world.notice(&fund, 4).await).await,
        "overdue"
    );
    let late = written("2031-10-23T02:00:00Z").await;
    assert_eq!(late.len(), 3);
    assert!(late[2].subject.contains("逾期 3 天"), "{}", late[2].subject);
    // What downtime missed is not made up for.
    let later = written("2031-11-20T02:00:00Z").await;
    assert_eq!(later.len(), 4);
    assert!(
        later[3].subject.contains("逾期 31 天"),
        "{}",
        later[3].subject
    );
    assert_eq!(written("2031-12-20T02:00:00Z").await.len(), 4);
    world.pay(&fund, 4, NOTICES[4]).await.expect(201);
    assert_eq!(
        world.state_of(&world.notice(&fund, 4).await).await,
        "collected"
    );
    journal(&world, &fund).await;
}

/// Who owes nothing late is not reminded, and the journal tells who was.
async fn journal(world: &World, fund: &str) {
    let pledge = world.pledge(fund, 4, 100).await;
    assert_eq!(world.owners[4].get(&pledge).await.body["state"], "issued");
    let paid_up = world.app.mails_to("tea-house@people.example").await;
    assert!(
        paid_up.iter().all(|mail| !mail.subject.contains("overdue")),
        "{paid_up:?}"
    );
    let path = world.path("audit-events?limit=100");
    let journal = world.organizer.get(&path).await;
    assert!(
        journal.text.contains("levy_notice.overdue"),
        "{}",
        journal.text
    );
}

async fn pledged(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let path = format!("{fund}/pledges");
    let body =
        |until: &str| json!({ "amount_minor": 5_000, "purpose": "lanterns", "valid_until": until });
    let late = world.owners[0].post(&path, body("2026-01-01")).await;
    late.expect_problem(422, "validation_failed");
    world
        .organizer
        .post(&path, body("2199-01-01"))
        .await
        .expect_problem(403, "role_required");
    let before = world.balances(&fund).await;
    let offered = world.owners[0].post(&path, body("2199-01-01")).await;
    offered.expect(201);
    let pledge = format!("/v1/pledges/{}", offered.id());
    let due = || Some(json!({ "due_on": "2199-02-01" }));
    let early = world.treasurer.transition(&pledge, "convert", due()).await;
    early.expect_problem(409, "illegal_transition");
    world.owners[1]
        .get(&pledge)
        .await
        .expect_problem(404, "not_found");
    world
        .organizer
        .transition(&pledge, "accept", None)
        .await
        .expect(200);
    assert_eq!(world.balances(&fund).await, before);
    let race = join(
        world.treasurer.transition(&pledge, "convert", due()),
        world.owners[0].transition(&pledge, "withdraw", None),
    )
    .await;
    let passed = [&race.0, &race.1]
        .iter()
        .filter(|answer| answer.status == 200)
        .count();
    assert_eq!(passed, 1, "{} {}", race.0.text, race.1.text);
    let other = world.owners[0].post(&path, body("2199-01-01")).await;
    let other = format!("/v1/pledges/{}", other.id());
    world.owners[0]
        .transition(&other, "withdraw", None)
        .await
        .expect(200);
    let again = world.organizer.transition(&other, "accept", None).await;
    again.expect_problem(409, "illegal_transition");
    let list = world.owners[1].get(&path).await;
    assert_eq!(list.body["items"], json!([]));
    world.holds().await;
}
