//! What fires do: campaigns, digests, reminders.

use crate::funds::world::World;
use crate::schedules::Stage;
use crate::schedules::fire;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::json;

on_both! {
    each_fire_of_a_template_sends_a_campaign_of_its_own => template;
    a_prepared_campaign_is_sent_once_it_was_approved => prepared;
    a_digest_tells_what_comes_up_and_can_be_refused => digest;
    a_reminder_reaches_who_owes_and_nobody_else => reminder;
}

async fn save_template(stage: &Stage) -> String {
    let words =
        json!({ "subject": "News of {{ alliance_name }}", "html": "<p>News</p>", "text": "News" });
    let body =
        json!({ "name": "News", "category": "digest", "locales": { "zh-CN": words, "en": words } });
    let saved = stage.olga.post(&stage.path("templates"), body).await;
    saved.expect(201);
    saved.id()
}

async fn template(app: TestApp) {
    let stage = Stage::new(&app).await;
    let template = save_template(&stage).await;
    let action = json!({ "kind": "campaign", "template_id": template });
    let path = stage.make("0 9 * * *", action, json!({})).await;
    for (now, fires) in [("2027-03-01T01:00:00Z", 1), ("2027-03-02T01:00:00Z", 2)] {
        app.clock_to(now).await;
        let mails = app.mails_to(&stage.ben.email).await;
        let news = mails
            .iter()
            .filter(|mail| mail.subject.contains("News of West Lake"));
        assert_eq!(news.count(), fires, "{now}");
        assert_eq!(stage.fires(&path).await.len(), fires);
    }
    let list = stage.olga.get(&format!("{path}/fires")).await;
    let campaign = list.body["items"][0]["campaign_id"]
        .as_str()
        .expect("a campaign");
    let sent = stage.olga.get(&format!("/v1/campaigns/{campaign}")).await;
    assert_eq!(sent.body["state"], "finished");
    assert_eq!(sent.body["approved_by"], sent.body["created_by"]);
}

async fn prepared(app: TestApp) {
    let stage = Stage::new(&app).await;
    let template = save_template(&stage).await;
    let body = json!({ "template_id": template, "audience": "all_members" });
    let made = stage.olga.post(&stage.path("campaigns"), body).await;
    let campaign = format!("/v1/campaigns/{}", made.id());
    let action = json!({ "kind": "campaign", "campaign_id": made.id() });
    let path = stage.make("0 9 * * *", action, json!({})).await;
    app.clock_to("2027-03-01T01:00:00Z").await;
    let refused = fire("2027-03-01T09:00", "ran", "illegal_transition");
    assert_eq!(stage.fires(&path).await, [refused]);
    assert_eq!(stage.olga.get(&campaign).await.body["state"], "draft");
    stage
        .olga
        .transition(&campaign, "approve", None)
        .await
        .expect(200);
    app.clock_to("2027-03-02T01:00:00Z").await;
    assert_eq!(stage.fires(&path).await[0].2, "sent");
    app.drain().await;
    assert_eq!(stage.olga.get(&campaign).await.body["state"], "finished");
    app.clock_to("2027-03-03T01:00:00Z").await;
    assert_eq!(
        stage.fires(&path).await[0].2,
        "illegal_transition",
        "it is sent once"
    );
}

async fn digest(app: TestApp) {
    let stage = Stage::new(&app).await;
    let path = stage
        .make(
            "0 9 * * 1",
            json!({ "kind": "digest", "days": 7 }),
            json!({}),
        )
        .await;
    let body = json!({ "name": "Spring sale", "main_day": "2027-03-12", "phases": [
        {"phase": "main", "from": "2027-03-12T00:00:00", "to": "2027-03-13T00:00:00"},
        {"phase": "returns", "from": "2027-03-20T00:00:00", "to": "2027-03-21T00:00:00"},
    ]});
    let made = stage.olga.post(&stage.path("promotions"), body).await;
    made.expect(201);
    for event in ["propose", "schedule"] {
        let promotion = format!("/v1/promotions/{}", made.id());
        stage
            .olga
            .transition(&promotion, event, None)
            .await
            .expect(200);
    }
    app.clock_to("2027-03-08T01:00:00Z").await;
    assert_eq!(stage.fires(&path).await[0].2, "sent");
    let told = |mails: Vec<crate::support::Mail>| {
        let of = |mail: &crate::support::Mail| mail.subject.ends_with("West Lake: the next 7 days");
        mails.into_iter().filter(of).collect::<Vec<_>>()
    };
    let mails = told(app.mails_to(&stage.ben.email).await);
    assert_eq!(mails.len(), 1);
    assert!(
        mails[0]
            .text
            .contains("2027-03-12 00:00  Spring sale: sale"),
        "{}",
        mails[0].text
    );
    assert!(!mails[0].text.contains("returns"), "{}", mails[0].text);
    let link = mails[0].link("/u/");
    app.nobody()
        .submit(&link, &[("choice", "unsubscribe")])
        .await
        .expect(200);
    app.clock_to("2027-03-15T01:00:00Z").await;
    assert_eq!(stage.fires(&path).await[0].2, "sent");
    assert_eq!(
        told(app.mails_to(&stage.ben.email).await).len(),
        1,
        "ben refused digests"
    );
}

async fn reminder(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("S1").await;
    world
        .pay(&fund, 0, crate::funds::world::NOTICES[0])
        .await
        .expect(201);
    // The notices are due on 2031-10-20.
    world.app.clock_to("2031-09-10T00:00:00Z").await;
    let body = json!({ "name": "Dues", "line": "0 9 * * *", "action": { "kind": "reminder", "days": 60 } });
    let path = format!("/v1/alliances/{}/schedules", world.alliance);
    let made = world.organizer.post(&path, body).await;
    made.expect(201);
    let at = made.body["next_fires"][0]["at"]
        .as_str()
        .expect("a time")
        .to_owned();
    let due = world.organizer.get(&format!("{fund}/levy-notices")).await;
    assert!(due.status == 200, "{}", due.text);
    world.app.clock_to(&at).await;
    let count = async |person: usize| {
        let mails = world.app.mails_to(&world.owners[person].email).await;
        mails
            .iter()
            .filter(|mail| mail.text.contains("not paid in full"))
            .count()
    };
    assert_eq!(count(0).await, 0, "the tea house has paid");
    assert_eq!(count(1).await, 1, "the noodle bar has not");
    assert_eq!(count(2).await, 1);
}
