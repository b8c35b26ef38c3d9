//! Dissolutions: decided, everything finished, and then only read.

use guildhall::mandates::Matter;
use serde_json::json;

use crate::ballots::guild::final_and_open;
use crate::ballots::guild::guild;
use crate::funds::world::World;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    an_alliance_ends_by_decision_once_nothing_is_under_way => ends;
    an_alliance_does_not_end_over_money_in_its_funds => money_first;
    what_is_written_while_an_alliance_ends_is_part_of_it_or_refused => race;
    a_write_that_read_the_alliance_before_its_end_is_refused => late_write;
}

pub async fn propose(organizer: &Person, alliance: &str) -> String {
    let body =
        json!({ "reasons": "The street is rebuilt.", "plan": "The tents go to the school." });
    let path = format!("/v1/alliances/{alliance}/dissolutions");
    let proposed = organizer.post(&path, body).await;
    proposed.expect(201);
    proposed.id()
}

async fn ends(app: TestApp) {
    let guild = guild(&app, 2).await;
    let (olga, alliance) = (&guild.organizer, guild.alliance.as_str());
    let dropped = propose(olga, alliance).await;
    let again = json!({ "reasons": "Again.", "plan": "Nothing." });
    olga.post(&format!("/v1/alliances/{alliance}/dissolutions"), again)
        .await
        .expect_problem(409, "dissolution_open");
    let path = format!("/v1/dissolutions/{dropped}");
    guild.members[0]
        .1
        .transition(&path, "execute", None)
        .await
        .expect_problem(403, "role_required");
    app.decide(alliance, Matter::Dissolution, &dropped).await;
    olga.transition(&path, "drop", None).await.expect(200);
    olga.transition(&path, "execute", None)
        .await
        .expect_problem(409, "illegal_transition");
    // What was decided on another proposal does not count for this one.
    let id = propose(olga, alliance).await;
    let path = format!("/v1/dissolutions/{id}");
    olga.transition(&path, "execute", None)
        .await
        .expect_problem(409, "mandate_missing");
    app.decide(alliance, Matter::Dissolution, &id).await;
    let ballot = guild.open(final_and_open()).await;
    let busy = olga.transition(&path, "execute", None).await;
    busy.expect_problem(409, "alliance_unfinished");
    assert_eq!(busy.body["params"]["unfinished"], json!({ "ballots": 1 }));
    for member in 0..2 {
        guild.vote(&ballot, member, "for").await.expect(201);
    }
    olga.transition(&ballot, "close", None).await.expect(200);
    let waiting = app.person("wang").await;
    let shop = waiting.found_merchant("Late Shop").await;
    let body = json!({ "merchant_id": shop });
    let memberships = format!("/v1/alliances/{alliance}/memberships");
    let invited = olga.post(&memberships, body.clone()).await;
    invited.expect(201);
    let done = olga.transition(&path, "execute", None).await;
    done.expect(200);
    assert_eq!(done.body["state"], "executed");
    let seen = olga.get(&format!("/v1/alliances/{alliance}")).await;
    assert_eq!(seen.body["roles"], json!(["organizer"]), "{}", seen.text);
    let members = olga.get(&memberships).await;
    let states: Vec<_> = members.body["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["state"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(states, ["left", "left", "declined"]);
    read_only(&app, olga, alliance).await;
    waiting
        .post(&memberships, body)
        .await
        .expect_problem(404, "not_found");
    guild.members[0]
        .1
        .get(&memberships)
        .await
        .expect_problem(404, "not_found");
    let mail = app
        .mails_to("m0@people.example")
        .await
        .pop()
        .expect("a mail");
    assert!(mail.subject.contains("dissolved"), "{}", mail.subject);
    assert!(
        mail.text.contains("The tents go to the school."),
        "{}",
        mail.text
    );
}

/// Nothing is written any more, and everything is read.
async fn read_only(app: &TestApp, olga: &Person, alliance: &str) {
    let here = format!("/v1/alliances/{alliance}");
    let writes = [
        ("by-laws", json!({})),
        (
            "dissolutions",
            json!({ "reasons": "Once more.", "plan": "None." }),
        ),
        (
            "ballots",
            json!({ "title": "Meet?", "matter": "advisory", "closes_at": "2032-01-01T00:00:00Z" }),
        ),
        (
            "promotions",
            json!({ "name": "One day", "main_day": "2031-09-01", "template": "one_day" }),
        ),
        (
            "role-grants",
            json!({ "email": olga.email, "role": "observer" }),
        ),
        (
            "invitations",
            json!({ "email": "x@people.example", "role": "observer", "locale": "en" }),
        ),
        (
            "suppressions",
            json!({ "email": "x@people.example", "category": "digest", "reason": "asked" }),
        ),
        (
            "funds",
            json!({ "name": "Season", "code": "S31", "season_from": "2031-06-01", "season_to": "2031-09-30",
            "custodian": { "holder": "Old Town", "institution": "Bank", "account_ref": "1" } }),
        ),
        (
            "tenders",
            json!({ "title": "Boxes", "commitment_opens_at": "2031-07-01T00:00:00Z",
            "commitment_closes_at": "2031-07-05T00:00:00Z", "award_by": "2031-07-20T00:00:00Z",
            "round": { "opens_at": "2031-07-01T00:00:00Z", "closes_at": "2031-07-05T00:00:00Z" } }),
        ),
    ];
    for (path, body) in writes {
        let refused = olga.post(&format!("{here}/{path}"), body).await;
        refused.expect_problem(409, "alliance_dissolved");
    }
    olga.patch(&here, json!({ "name": "New Town" }))
        .await
        .expect_problem(409, "alliance_dissolved");
    for path in [
        "by-laws",
        "ballots",
        "mandates",
        "memberships",
        "funds",
        "audit-events",
    ] {
        olga.get(&format!("{here}/{path}")).await.expect(200);
    }
    // Nobody outside learns that it was there.
    let stranger = app.person("sam").await;
    stranger.get(&here).await.expect_problem(404, "not_found");
}

async fn money_first(app: TestApp) {
    let world = World::found(app).await;
    let alliance = world.alliance.to_string();
    let fund = world.paid_up("END").await;
    let id = propose(&world.organizer, &alliance).await;
    let path = format!("/v1/dissolutions/{id}");
    world.app.decide(&alliance, Matter::Dissolution, &id).await;
    let busy = world.organizer.transition(&path, "execute", None).await;
    busy.expect_problem(409, "alliance_unfinished");
    assert_eq!(busy.body["params"]["unfinished"], json!({ "funds": 1 }));
    world
        .treasurer
        .transition(&fund, "close", None)
        .await
        .expect(200);
    world
        .organizer
        .transition(&path, "execute", None)
        .await
        .expect(200);
    let balances = world.balances(&fund).await;
    assert!(
        balances.values().all(|balance| *balance == 0),
        "{balances:?}"
    );
}

/// What would stand in the way of the end, and the end, at the same moment: one of them is refused.
async fn race(app: TestApp) {
    let guild = guild(&app, 1).await;
    let olga = &guild.organizer;
    for round in 0..8 {
        let alliance = olga.found_alliance(&format!("Lane {round}")).await;
        let id = propose(olga, &alliance).await;
        app.decide(&alliance, Matter::Dissolution, &id).await;
        let path = format!("/v1/dissolutions/{id}");
        let body = json!({ "name": "One day", "main_day": "2031-09-01", "template": "one_day" });
        let sales = format!("/v1/alliances/{alliance}/promotions");
        let sale = olga.post(&sales, body).await;
        let sale = format!("/v1/promotions/{}", sale.id());
        olga.transition(&sale, "propose", None).await.expect(200);
        let (ended, scheduled) = futures_util::future::join(
            olga.transition(&path, "execute", None),
            olga.transition(&sale, "schedule", None),
        )
        .await;
        if scheduled.status == 200 {
            ended.expect_problem(409, "alliance_unfinished");
            let unfinished = &ended.body["params"]["unfinished"];
            assert_eq!(*unfinished, json!({ "promotions": 1 }));
        } else {
            scheduled.expect_problem(409, "alliance_dissolved");
            ended.expect(200);
        }
    }
}

/// The end is being written while somebody who still saw the alliance alive writes.
async fn late_write(app: TestApp) {
    use guildhall::alliances;
    use guildhall::platform::act;
    let guild = guild(&app, 1).await;
    let alliance = guild.alliance.parse().expect("an id");
    let begun = tokio::sync::Notify::new();
    let end = act::perform_as_system(app.ctx(), "end", async |act| {
        alliances::lock(act, alliance).await?;
        alliances::dissolve(act, alliance).await?;
        begun.notify_one();
        // Long enough for a write to come as far as it may.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        Ok(())
    });
    let late = async {
        begun.notified().await;
        let body = json!({ "name": "One day", "main_day": "2031-09-01", "template": "one_day" });
        let path = format!("/v1/alliances/{}/promotions", guild.alliance);
        guild.organizer.post(&path, body).await
    };
    let (ended, late) = futures_util::future::join(end, late).await;
    ended.expect("it ended");
    late.expect_problem(409, "alliance_dissolved");
    let path = format!("/v1/alliances/{}/promotions", guild.alliance);
    let list = guild.organizer.get(&path).await;
    assert_eq!(list.body["items"], json!([]), "{}", list.text);
}
