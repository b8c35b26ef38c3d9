//! Campaigns about a promotion: facts, links to enrol, audiences.

use crate::campaigns::Stage;
use crate::campaigns::campaign_mails;
use crate::campaigns::stage;
use crate::campaigns::template;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::Value;
use serde_json::json;

on_both! {
    a_call_to_enrol_carries_a_link_of_its_member => calls_to_enrol;
    nobody_is_told_of_a_promotion_that_is_over => over;
}

/// A sale on 2028-06-01 with its enrolment in May; answers its path and id.
async fn promotion(stage: &Stage) -> (String, String) {
    let body = json!({ "name": "六一", "main_day": "2028-06-01", "template": "one_day" });
    let made = stage.olga.post(&stage.path("promotions"), body).await;
    made.expect(201);
    let path = format!("/v1/promotions/{}", made.id());
    for event in ["propose", "schedule"] {
        let moved = stage.olga.transition(&path, event, None).await;
        moved.expect(200);
    }
    (path, made.id())
}

async fn campaign(stage: &Stage, promotion: &str, audience: &str) -> Value {
    let mut call = template("enrolment");
    call["locales"]["en"]["text"] = json!(
        "{{ promotion_name }} {{ main_day }}{% for phase in phases %}\n{{ phase.name }} {{ phase.starts }}{% endfor %}\n{{ enrol_link }}\n"
    );
    let saved = stage.olga.post(&stage.path("templates"), call).await;
    saved.expect(201);
    let body =
        json!({ "template_id": saved.id(), "audience": audience, "promotion_id": promotion });
    let made = stage.olga.post(&stage.path("campaigns"), body).await;
    made.body
}

async fn sent(stage: &Stage, promotion: &str, audience: &str) {
    let made = campaign(stage, promotion, audience).await;
    let path = format!("/v1/campaigns/{}", made["id"].as_str().expect("made"));
    stage.step(&path, "approve").await;
    stage.step(&path, "schedule").await;
}

async fn calls_to_enrol(app: TestApp) {
    let stage = stage(&app).await;
    let (_, id) = promotion(&stage).await;
    app.clock_to("2028-05-05T00:00:00Z").await;
    sent(&stage, &id, "not_enrolled").await;
    let mails = campaign_mails(&app, &stage.ben).await;
    assert_eq!(mails.len(), 1);
    let text = &mails[0].text;
    assert!(text.starts_with("六一 2028-06-01"), "{text}");
    assert!(text.contains("main 2028-06-01 00:00"), "{text}");
    let link = mails[0].link("/r/");
    app.nobody().get(&link).await.expect(200);
    app.nobody()
        .submit(&link, &[("choice", "enrol")])
        .await
        .expect(200);
    sent(&stage, &id, "not_enrolled").await;
    assert_eq!(campaign_mails(&app, &stage.ben).await.len(), 1);
    assert_eq!(campaign_mails(&app, &stage.mei).await.len(), 2);
    sent(&stage, &id, "enrolled").await;
    assert_eq!(campaign_mails(&app, &stage.ben).await.len(), 2);
    assert_eq!(campaign_mails(&app, &stage.mei).await.len(), 2);
}

async fn over(app: TestApp) {
    let stage = stage(&app).await;
    let (path, id) = promotion(&stage).await;
    app.clock_to("2028-05-05T00:00:00Z").await;
    let made = campaign(&stage, &id, "all_members").await;
    let campaign_path = format!("/v1/campaigns/{}", made["id"].as_str().expect("made"));
    stage.step(&campaign_path, "approve").await;
    stage.step(&campaign_path, "schedule").await;
    stage
        .olga
        .transition(&path, "cancel", None)
        .await
        .expect(200);
    app.drain().await;
    assert_eq!(stage.counts(&campaign_path).await["state"], "cancelled");
    assert_eq!(campaign_mails(&app, &stage.ben).await.len(), 0);
    let refused = campaign(&stage, &id, "all_members").await;
    assert_eq!(refused["errors"][0]["code"], "promotion_over");
}
