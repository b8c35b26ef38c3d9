//! Terms, milestones and money of a promotion; the edition of the next year; who leaves, and who comes late.

use crate::promotions::guild::Guild;
use crate::promotions::guild::OPEN;
use crate::promotions::guild::Shop;
use crate::promotions::guild::sale;
use crate::promotions::guild::with;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::Value;
use serde_json::json;

on_both! {
    a_yearly_promotion_puts_its_next_edition_before_the_members => yearly;
    vote_and_levy_come_before_enrolment_closes => milestones;
    the_budget_is_a_fund_of_the_alliance_and_a_line_that_has_enough => budget;
    whoever_leaves_takes_no_part_in_what_has_not_begun => leaving;
    an_organizer_lets_a_member_in_late_and_says_why => late;
}

fn june() -> Value {
    sale("June", "2028-06-20T00:00:00", "2028-06-21T00:00:00")
}

async fn yearly(app: TestApp) {
    let templates = app.nobody().get("/v1/promotion-templates").await;
    templates.expect(200);
    let names: Vec<&Value> = templates.body["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| &item["template"])
        .collect();
    assert_eq!(
        json!(names),
        json!(["double_eleven", "618", "spring_festival", "one_day"])
    );
    let wave = json!({"phase": "w1_deposit", "from": {"day": -21, "time": "00:00:00"}, "to": {"day": -11, "time": "22:00:00"}});
    let phases = templates.body["items"][0]["phases"]
        .as_array()
        .expect("phases");
    assert!(phases.contains(&wave), "{}", templates.text);

    let guild = Guild::new(&app, "Tea Street").await;
    let body = json!({
        "name": "New Year 2028", "festival": "spring_festival", "year": 2028, "capacity": 7, "yearly": true,
        "exclusive": true, "scope": ["tea"], "vote_closes": "2027-12-01T18:00:00", "budget_minor": 500_000,
    });
    let old = guild.schedule(body).await;
    let old_body = guild.organizer.get(&old).await.body;
    assert_eq!(old_body["main_day"], "2028-01-26");
    // Ended on 2 February; whatever was slept through, one edition follows.
    app.clock_to("2028-06-01T00:00:00Z").await;
    app.drain().await;
    let list = guild.organizer.get(&guild.path("promotions")).await;
    let items = list.body["items"].as_array().expect("a list");
    assert_eq!(items.len(), 2, "{}", list.text);
    let next = &items[1];
    for (field, value) in [
        ("name", json!("New Year 2029")),
        ("main_day", json!("2029-02-13")),
        ("state", json!("proposed")),
        ("edition_of", old_body["id"].clone()),
        ("budget_minor", json!(500_000)),
        ("vote_closes", json!("2028-12-19T18:00:00")),
        ("scope", json!(["tea"])),
        ("published_at", Value::Null),
        ("template", json!("spring_festival")),
    ] {
        assert_eq!(next[field], value, "{field}");
    }
    let again = guild
        .organizer
        .transition(&old, "repeat", Some(json!({})))
        .await;
    again.expect_problem(409, "already_repeated");
    // It has to be decided like any other; one that is called off makes room for another.
    let path = format!("/v1/promotions/{}", next["id"].as_str().expect("an id"));
    let early = guild
        .organizer
        .transition(&path, "repeat", Some(json!({})))
        .await;
    early.expect_problem(409, "illegal_transition");
    guild
        .organizer
        .transition(&path, "cancel", None)
        .await
        .expect(200);
    app.drain().await;
    let other = json!({"main_day": "2029-02-10"});
    let by_hand = guild
        .organizer
        .transition(&old, "repeat", Some(other))
        .await;
    by_hand.expect(201);
    assert_eq!(by_hand.body["main_day"], "2029-02-10");
    assert_eq!(by_hand.body["state"], "proposed");
}

async fn milestones(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let dates =
        |vote: &str, levy: &str| with(june(), &json!({"vote_closes": vote, "levy_due": levy}));
    let both = guild
        .draft(dates("2028-06-01T00:00:01", "2028-06-01"))
        .await;
    both.expect_problem(422, "phases_invalid");
    let codes: Vec<&Value> = both.body["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| &error["code"])
        .collect();
    assert_eq!(
        json!(codes),
        json!(["vote_after_enrolment", "levy_due_after_enrolment"])
    );
    let fine = guild
        .draft(dates("2028-06-01T00:00:00", "2028-05-31"))
        .await;
    fine.expect(201);
    let path = format!("/v1/promotions/{}", fine.id());
    let late = guild
        .organizer
        .patch(&path, json!({"levy_due": "2028-06-01"}))
        .await;
    late.expect_problem(422, "phases_invalid");
    let cleared = guild
        .organizer
        .patch(&path, json!({"levy_due": null, "vote_closes": null}))
        .await;
    cleared.expect(200);
    assert_eq!(cleared.body["levy_due"], Value::Null);
    let terms = json!({"exclusions": [{"a": "main", "b": "w1_deposit"}]});
    let unknown = guild.organizer.patch(&path, terms).await;
    unknown.expect_problem(422, "terms_invalid");
    assert_eq!(unknown.body["errors"][0]["pointer"], "#/exclusions/0/b");
    // The vote took until enrolment was over: there is nothing left to publish.
    guild
        .organizer
        .transition(&path, "propose", None)
        .await
        .expect(200);
    app.clock_to("2028-05-31T16:00:00Z").await;
    let missed = guild.organizer.transition(&path, "schedule", None).await;
    missed.expect_problem(409, "deadline_passed");
    assert_eq!(
        missed.body["params"]["closes_at"],
        "2028-05-31T16:00:00.000Z"
    );
}

async fn budget(app: TestApp) {
    let (guild, other) = (
        Guild::new(&app, "Tea Street").await,
        Guild::new(&app, "Harbour").await,
    );
    let mei = Shop::new(&app, "mei").await;
    guild.take(&mei).await;
    let fund = |code: &str| {
        json!({"name": "Season", "code": code, "season_from": "2028-01-01", "season_to": "2028-12-31",
            "custodian": {"holder": "Tea Street", "institution": "Bank", "account_ref": "1"}})
    };
    let ours = guild
        .organizer
        .post(&guild.path("funds"), fund("S28"))
        .await;
    ours.expect(201);
    let theirs = other
        .organizer
        .post(&other.path("funds"), fund("H28"))
        .await;
    theirs.expect(201);
    let size = json!({"measure": "annual_revenue", "value": 320_000_000, "unit": "CNY", "valid_from": "2026-01-01"});
    let sizes = format!("/v1/merchants/{}/size-facts", mei.merchant);
    mei.staff.post(&sizes, size).await.expect(201);
    let policy =
        json!({"name": "By revenue", "measure": "annual_revenue", "accept_declared": true});
    let policy = guild
        .organizer
        .post(&guild.path("levy-policies"), policy)
        .await;
    let assessment = json!({
        "budget_minor": 50_000, "policy_id": policy.id(), "snapshot_date": "2027-12-31", "due_on": "2028-06-01",
        "lines": [{"line": "posters", "amount_minor": 20_000}, {"line": "stage", "amount_minor": 30_000}],
    });
    let path = format!("/v1/funds/{}/assessments", ours.id());
    let assessment = guild.organizer.post(&path, assessment).await;
    assessment.expect(201);
    let with_money = |fund: &str, fields: Value| {
        let base = with(june(), &json!({"budget_fund_id": fund}));
        with(base, &fields)
    };
    let foreign = guild.draft(with_money(&theirs.id(), json!({}))).await;
    foreign.expect_problem(422, "budget_unknown");
    assert_eq!(foreign.body["errors"][0]["pointer"], "#/budget_fund_id");
    let named = json!({"budget_assessment_id": assessment.id(), "budget_line": "posters", "budget_minor": 20_001});
    let dear = guild.draft(with_money(&ours.id(), named)).await;
    dear.expect_problem(422, "budget_too_large");
    assert_eq!(dear.body["params"]["excess_minor"], 1);
    let no_line = json!({"budget_assessment_id": assessment.id(), "budget_line": "cake"});
    let no_line = guild.draft(with_money(&ours.id(), no_line)).await;
    no_line.expect_problem(422, "budget_unknown");
    // Its notices are due a day after enrolment has closed.
    let named = json!({"budget_assessment_id": assessment.id(), "budget_line": "posters", "budget_minor": 20_000});
    let late = guild.draft(with_money(&ours.id(), named.clone())).await;
    late.expect_problem(422, "phases_invalid");
    let mut longer = with_money(&ours.id(), named);
    longer["phases"][0]["to"] = json!("2028-06-02T00:00:00");
    let fine = guild.draft(longer).await;
    fine.expect(201);
    assert_eq!(fine.body["levy_due"], "2028-06-01");
    assert_eq!(fine.body["budget_line"], "posters");
}

async fn leaving(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let (mei, lin) = (Shop::new(&app, "mei").await, Shop::new(&app, "lin").await);
    let (meis, lins) = (guild.take(&mei).await, guild.take(&lin).await);
    let begun = guild
        .schedule(sale("May", "2028-06-01T00:00:00", "2028-07-01T00:00:00"))
        .await;
    let ahead = guild.schedule(with(june(), &json!({"capacity": 2}))).await;
    app.clock_to(OPEN).await;
    let first = mei.enrol(&begun, json!({})).await;
    let second = mei.enrol(&ahead, json!({})).await;
    let third = lin.enrol(&ahead, json!({})).await;
    for answer in [&first, &second, &third] {
        answer.expect(201);
    }
    app.clock_to("2028-06-10T00:00:00Z").await;
    let path = format!("/v1/memberships/{meis}");
    mei.staff.transition(&path, "leave", None).await.expect(200);
    let path = format!("/v1/memberships/{lins}");
    lin.staff.transition(&path, "leave", None).await.expect(200);
    app.drain().await;
    for (enrolment, state, reason) in [
        (&first, "pending", Value::Null),
        (&second, "withdrawn", json!("membership_ended")),
        (&third, "withdrawn", json!("membership_ended")),
    ] {
        let found = guild
            .organizer
            .get(&format!("/v1/enrolments/{}", enrolment.id()))
            .await;
        assert_eq!(found.body["state"], state);
        assert_eq!(found.body["end_reason"], reason);
    }
}

async fn late(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let mei = Shop::new(&app, "mei").await;
    let member = guild.take(&mei).await;
    let path = guild.schedule(june()).await;
    app.clock_to("2028-05-31T16:00:00Z").await;
    mei.enrol(&path, json!({}))
        .await
        .expect_problem(409, "deadline_passed");
    let plea = json!({"override_reason": "The mail was late"});
    mei.enrol(&path, plea.clone())
        .await
        .expect_problem(403, "role_required");
    let list = format!("{path}/enrolments");
    let let_in = with(plea, &json!({"membership_id": member}));
    let without = guild
        .organizer
        .post(&list, json!({"membership_id": member}))
        .await;
    without.expect_problem(409, "deadline_passed");
    let taken = guild.organizer.post(&list, let_in.clone()).await;
    taken.expect(201);
    assert_eq!(taken.body["late_reason"], "The mail was late");
    let journal = guild
        .organizer
        .get(&guild.path("audit-events?limit=100"))
        .await;
    assert!(
        journal.text.contains("enrolment.let_in_late"),
        "{}",
        journal.text
    );
    let one = format!("/v1/enrolments/{}", taken.id());
    mei.staff
        .transition(&one, "withdraw", None)
        .await
        .expect(200);
    app.clock_to("2028-06-20T16:00:00Z").await;
    let over = guild.organizer.post(&list, let_in).await;
    over.expect_problem(409, "deadline_passed");
}
