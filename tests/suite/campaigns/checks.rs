//! What campaigns refuse: limits, templates, states, roles.

use crate::campaigns::stage;
use crate::campaigns::template;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::json;

on_both! {
    the_by_laws_limit_the_recipients => limited;
    templates_are_checked_when_they_are_saved => checked_templates;
    a_campaign_needs_what_its_template_and_audience_name => checked_campaigns;
    states_and_versions_are_kept => keeps_states;
    roles_decide_who_prepares_approves_and_reads => roles;
}

async fn limited(app: TestApp) {
    let stage = stage(&app).await;
    let campaign = stage.draft("digest").await;
    stage.step(&campaign, "approve").await;
    stage
        .olga
        .post(&stage.path("by-laws"), json!({ "campaign_recipients": 1 }))
        .await
        .expect(201);
    let refused = stage.olga.transition(&campaign, "schedule", None).await;
    refused.expect_problem(422, "too_many_recipients");
    assert_eq!(refused.body["params"]["limit"], 1);
    let templates = stage.olga.get(&stage.path("templates")).await;
    let body =
        json!({ "template_id": templates.body["items"][0]["id"], "audience": "all_members" });
    stage
        .olga
        .post(&stage.path("campaigns"), body)
        .await
        .expect_problem(422, "too_many_recipients");
}

async fn checked_templates(app: TestApp) {
    let stage = stage(&app).await;
    let list = stage.path("templates");
    let mut bad = template("digest");
    bad["locales"]["en"]["html"] = json!("<p>{{ password }}</p>");
    bad["locales"]["zh-CN"]["text"] = json!("{% for x in range(9) %}{% endfor %}");
    let refused = stage.olga.post(&list, bad).await;
    refused.expect_problem(422, "validation_failed");
    let faults: Vec<_> = refused.body["errors"]
        .as_array()
        .expect("faults")
        .iter()
        .map(|e| (e["pointer"].as_str(), e["code"].as_str()))
        .collect();
    assert_eq!(
        faults,
        [
            (Some("#/locales/zh-CN/text"), Some("template_not_allowed")),
            (Some("#/locales/en/html"), Some("unknown_variable")),
        ]
    );
    let mut one_language = template("digest");
    one_language["locales"]
        .as_object_mut()
        .expect("locales")
        .remove("en");
    let refused = stage.olga.post(&list, one_language).await;
    refused.expect_problem(400, "invalid_body");
    assert_eq!(refused.body["errors"][0]["code"], "missing_field");
    for number in 1..=2 {
        let saved = stage.olga.post(&list, template("digest")).await;
        saved.expect(201);
        assert_eq!(saved.body["number"], number);
    }
    let mut advertising = template("promotion");
    advertising["name"] = json!("News digest");
    stage
        .olga
        .post(&list, advertising)
        .await
        .expect_problem(409, "template_category_fixed");
    let mut levy = template("digest");
    levy["category"] = json!("levy_notice");
    stage
        .olga
        .post(&list, levy)
        .await
        .expect_problem(400, "invalid_body");
    let saved = stage.olga.get(&list).await;
    assert_eq!(saved.body["items"].as_array().map(Vec::len), Some(2));
}

async fn checked_campaigns(app: TestApp) {
    let stage = stage(&app).await;
    let other = stage.ben.found_alliance("East Lake").await;
    let (templates, campaigns) = (stage.path("templates"), stage.path("campaigns"));
    let mut promotion = template("promotion");
    promotion["locales"]["en"]["text"] = json!("{{ promotion_name }} on {{ main_day }}");
    let promotion = stage.olga.post(&templates, promotion).await;
    let foreign = stage
        .ben
        .post(
            &format!("/v1/alliances/{other}/templates"),
            template("digest"),
        )
        .await;
    foreign.expect(201);
    let digest = stage.olga.post(&templates, template("digest")).await;
    let nothing = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (body, code) in [
        (
            json!({ "template_id": nothing, "audience": "all_members" }),
            "unknown_template",
        ),
        (
            json!({ "template_id": foreign.id(), "audience": "all_members" }),
            "unknown_template",
        ),
        (
            json!({ "template_id": digest.id(), "audience": "enrolled" }),
            "promotion_required",
        ),
        (
            json!({ "template_id": digest.id(), "audience": "not_enrolled", "promotion_id": nothing }),
            "unknown_promotion",
        ),
    ] {
        let refused = stage.olga.post(&campaigns, body).await;
        refused.expect_problem(422, "validation_failed");
        assert_eq!(refused.body["errors"][0]["code"], code);
    }
    let body = json!({ "template_id": promotion.id(), "audience": "all_members" });
    stage
        .olga
        .post(&campaigns, body)
        .await
        .expect_problem(422, "template_does_not_fit");
    let campaign = stage.draft("digest").await;
    let preview = json!({ "membership_id": nothing });
    let refused = stage
        .olga
        .post(&format!("{campaign}/preview"), preview)
        .await;
    refused.expect_problem(422, "validation_failed");
    assert_eq!(refused.body["errors"][0]["code"], "unknown_membership");
}

async fn keeps_states(app: TestApp) {
    let stage = stage(&app).await;
    let campaign = stage.draft("digest").await;
    let refused = stage.olga.transition(&campaign, "schedule", None).await;
    refused.expect_problem(409, "illegal_transition");
    assert_eq!(
        refused.body["params"],
        json!({ "state": "draft", "event": "schedule", "allowed": ["approve", "cancel"] })
    );
    stage
        .olga
        .post_bare(&format!("{campaign}/approve"))
        .await
        .expect_problem(428, "precondition_required");
    stage.step(&campaign, "approve").await;
    let stale = [("if-match", "\"v1\"")];
    stage
        .olga
        .send("POST", &format!("{campaign}/cancel"), &stale, None)
        .await
        .expect_problem(412, "precondition_failed");
    stage.step(&campaign, "cancel").await;
    for event in ["approve", "pause", "resume", "cancel"] {
        let refused = stage.olga.transition(&campaign, event, None).await;
        refused.expect_problem(409, "illegal_transition");
        assert_eq!(refused.body["params"]["allowed"], json!([]));
    }
    stage
        .olga
        .get(&format!("{campaign}/deliveries?state=lost"))
        .await
        .expect_problem(400, "invalid_parameter");
}

async fn roles(app: TestApp) {
    let stage = stage(&app).await;
    let (tom, eve, stranger) = (
        app.person("tom").await,
        app.person("eve").await,
        app.person("sam").await,
    );
    app.db_grant(&stage.alliance, &tom, "treasurer").await;
    app.db_grant(&stage.alliance, &eve, "observer").await;
    let campaign = stage.draft("digest").await;
    for reader in [&stage.olga, &tom, &eve] {
        for path in [
            campaign.clone(),
            format!("{campaign}/progress"),
            format!("{campaign}/deliveries"),
            stage.path("campaigns"),
            stage.path("templates"),
        ] {
            reader.get(&path).await.expect(200);
        }
    }
    stage
        .mei
        .get(&campaign)
        .await
        .expect_problem(403, "role_required");
    stranger
        .get(&campaign)
        .await
        .expect_problem(404, "not_found");
    stranger
        .get(&stage.path("templates"))
        .await
        .expect_problem(404, "not_found");
    app.nobody()
        .get(&campaign)
        .await
        .expect_problem(401, "unauthenticated");
    for writer in [&tom, &eve, &stage.mei] {
        writer
            .post(&stage.path("templates"), template("digest"))
            .await
            .expect_problem(403, "role_required");
    }
    tom.get(&stage.path("suppressions"))
        .await
        .expect_problem(403, "role_required");
    let etag = [("if-match", "\"v1\"")];
    let approve = format!("{campaign}/approve");
    eve.send("POST", &approve, &etag, None)
        .await
        .expect_problem(403, "role_required");
    tom.transition(&campaign, "approve", None).await.expect(200);
    tom.transition(&campaign, "schedule", None)
        .await
        .expect_problem(403, "role_required");
}
