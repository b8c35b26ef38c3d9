//! Campaigns: from a template to the mails, and how their recipients refuse more of them.

use crate::support::Mail;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::Value;
use serde_json::json;

on_both! {
    a_campaign_reaches_everybody_once_in_their_language => reaches_everybody;
    one_click_stops_such_mail_and_nothing_else => one_click;
    the_page_refuses_only_by_its_button => page_button;
    an_organizer_notes_and_lifts_refusals => refusals_by_hand;
    a_refusal_stops_mail_that_waits_already => stops_waiting_mail;
    a_paused_campaign_sends_nothing_and_goes_on_exactly_where_it_was => pauses;
    a_cancelled_campaign_tells_who_did_not_get_it => cancels;
    a_campaign_starts_at_its_time => starts_in_time;
    the_by_laws_limit_the_recipients => limited;
    templates_are_checked_when_they_are_saved => checked_templates;
    a_campaign_needs_what_its_template_and_audience_name => checked_campaigns;
    states_and_versions_are_kept => keeps_states;
    roles_decide_who_prepares_approves_and_reads => roles;
}

struct Stage {
    olga: Person,
    /// Reads Chinese.
    mei: Person,
    /// Reads English.
    ben: Person,
    alliance: String,
    membership: String,
}

async fn stage(app: &TestApp) -> Stage {
    let olga = app.person("olga").await;
    let mei = app.person_in("mei", "zh-CN").await;
    let ben = app.person("ben").await;
    let alliance = olga.found_listed_alliance("West Lake").await;
    let membership = mei.join_alliance(&olga, &alliance, "老王茶庄").await;
    ben.join_alliance(&olga, &alliance, "Ben & Sons").await;
    Stage {
        olga,
        mei,
        ben,
        alliance,
        membership,
    }
}

fn template(category: &str) -> Value {
    json!({ "name": format!("News {category}"), "category": category, "locales": {
        "zh-CN": { "subject": "{{ alliance_name }}双十一", "html": "<p>{{ merchant_name }}，您好！</p>", "text": "{{ merchant_name }}，您好！" },
        "en": { "subject": "Double Eleven of {{ alliance_name }}", "html": "<p>Dear {{ merchant_name }},</p>", "text": "Dear {{ merchant_name }}," },
    } })
}

impl Stage {
    fn path(&self, list: &str) -> String {
        format!("/v1/alliances/{}/{list}", self.alliance)
    }

    /// A campaign to all members in `draft`; answers its path.
    async fn draft(&self, category: &str) -> String {
        let saved = self
            .olga
            .post(&self.path("templates"), template(category))
            .await;
        saved.expect(201);
        let body = json!({ "template_id": saved.id(), "audience": "all_members" });
        let made = self.olga.post(&self.path("campaigns"), body).await;
        made.expect(201);
        assert_eq!(made.body["state"], "draft");
        format!("/v1/campaigns/{}", made.id())
    }

    async fn step(&self, campaign: &str, event: &str) -> Value {
        let moved = self.olga.transition(campaign, event, None).await;
        moved.expect(200);
        moved.body
    }

    async fn scheduled(&self, category: &str) -> String {
        let campaign = self.draft(category).await;
        self.step(&campaign, "approve").await;
        self.step(&campaign, "schedule").await;
        campaign
    }

    async fn counts(&self, campaign: &str) -> Value {
        let progress = self.olga.get(&format!("{campaign}/progress")).await;
        progress.expect(200);
        let sum: i64 = progress.body["counts"]
            .as_object()
            .expect("counts")
            .values()
            .map(|n| n.as_i64().expect("a number"))
            .sum();
        assert_eq!(progress.body["total"], sum);
        progress.body
    }
}

async fn campaign_mails(app: &TestApp, person: &Person) -> Vec<Mail> {
    let mut mails = app.mails_to(&person.email).await;
    mails.retain(|mail| mail.raw.contains("List-Unsubscribe: "));
    mails
}

/// The path of the link in the header, which stands on one line.
fn header_link(mail: &Mail) -> String {
    let line = mail
        .raw
        .lines()
        .find(|line| line.starts_with("List-Unsubscribe: <"))
        .expect("a header");
    let link = line
        .trim_start_matches("List-Unsubscribe: <")
        .trim_end()
        .trim_end_matches('>');
    link[link.find("/u/").expect("a link")..].to_owned()
}

async fn reaches_everybody(app: TestApp) {
    let stage = stage(&app).await;
    // A second shop of the same person gets no second mail.
    stage
        .mei
        .join_alliance(&stage.olga, &stage.alliance, "Mei's other shop")
        .await;
    let campaign = stage.draft("promotion").await;
    let preview = json!({ "membership_id": stage.membership });
    let preview = stage
        .olga
        .post(&format!("{campaign}/preview"), preview)
        .await;
    preview.expect(200);
    assert_eq!(preview.body["locale"], "zh-CN");
    assert_eq!(preview.body["subject"], "[广告] West Lake双十一");
    stage.step(&campaign, "approve").await;
    assert_eq!(
        stage.step(&campaign, "schedule").await["state"],
        "scheduled"
    );
    let zh = campaign_mails(&app, &stage.mei).await;
    let en = campaign_mails(&app, &stage.ben).await;
    assert_eq!((zh.len(), en.len()), (1, 1));
    assert_eq!(zh[0].subject, "[SANDBOX] [广告] West Lake双十一");
    assert_eq!(en[0].subject, "[SANDBOX] Double Eleven of West Lake");
    assert!(zh[0].text.starts_with("老王茶庄，您好！"), "{}", zh[0].text);
    assert!(
        en[0].html.contains("<p>Dear Ben &amp; Sons,</p>"),
        "{}",
        en[0].html
    );
    for mail in zh.iter().chain(&en) {
        assert!(
            mail.raw
                .contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        );
        let link = header_link(mail);
        assert!(mail.text.contains(&link), "{}", mail.text);
        assert!(mail.html.contains(&link), "{}", mail.html);
    }
    assert_ne!(header_link(&zh[0]), header_link(&en[0]));
    let progress = stage.counts(&campaign).await;
    assert_eq!(progress["state"], "finished");
    assert_eq!(progress["counts"]["sent"], 2);
    assert_eq!(progress["total"], 2);
    assert_eq!(progress["complete"], true);
    let first = stage
        .olga
        .get(&format!("{campaign}/deliveries?state=sent&limit=1"))
        .await;
    first.expect(200);
    assert_eq!(first.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(first.body["has_more"], true);
    let cursor = first.body["next_cursor"].as_str().expect("a cursor");
    let next = stage
        .olga
        .get(&format!(
            "{campaign}/deliveries?state=sent&limit=1&cursor={cursor}"
        ))
        .await;
    assert_eq!(next.body["items"][0]["email"], "ben@people.example");
    assert_eq!(next.body["has_more"], false);
}

async fn one_click(app: TestApp) {
    let stage = stage(&app).await;
    stage.scheduled("digest").await;
    let mails = campaign_mails(&app, &stage.mei).await;
    let link = header_link(&mails[0]);
    let click = [("List-Unsubscribe", "One-Click")];
    for _ in 0..3 {
        app.nobody().submit(&link, &click).await.expect(200);
    }
    let second = stage.scheduled("digest").await;
    assert_eq!(campaign_mails(&app, &stage.mei).await.len(), 1);
    assert_eq!(campaign_mails(&app, &stage.ben).await.len(), 2);
    let progress = stage.counts(&second).await;
    assert_eq!(progress["state"], "finished");
    assert_eq!(progress["counts"]["suppressed"], 1);
    assert_eq!(progress["counts"]["sent"], 1);
    let refused = stage
        .olga
        .get(&format!("{second}/deliveries?state=suppressed"))
        .await;
    assert_eq!(refused.body["items"][0]["email"], "mei@people.example");
    assert_eq!(
        refused.body["items"][0]["reason"],
        "the recipient refuses such mail"
    );
    // Another category, and mail about her own account, still reach her.
    stage.scheduled("promotion").await;
    assert_eq!(campaign_mails(&app, &stage.mei).await.len(), 2);
    let before = app.mails_to(&stage.mei.email).await.len();
    let forgot = json!({ "email": stage.mei.email });
    app.nobody()
        .post("/v1/auth/forgot-password", forgot)
        .await
        .expect(202);
    assert_eq!(app.mails_to(&stage.mei.email).await.len(), before + 1);
}

async fn page_button(app: TestApp) {
    let stage = stage(&app).await;
    stage.scheduled("digest").await;
    let mails = campaign_mails(&app, &stage.mei).await;
    let link = mails[0].link("/u/");
    for _ in 0..2 {
        let page = app.nobody().get(&link).await;
        page.expect(200);
        assert!(page.text.contains("退订"), "{}", page.text);
        assert!(page.text.contains("Unsubscribe"), "{}", page.text);
        assert!(
            page.text.contains("<form method=\"post\">"),
            "{}",
            page.text
        );
    }
    let none = stage.olga.get(&stage.path("suppressions")).await;
    assert_eq!(none.body["items"], json!([]), "a GET changes nothing");
    app.nobody()
        .submit(&link, &[("choice", "unsubscribe")])
        .await
        .expect(200);
    let noted = stage.olga.get(&stage.path("suppressions")).await;
    assert_eq!(noted.body["items"][0]["email"], "mei@people.example");
    assert_eq!(noted.body["items"][0]["category"], "digest");
    assert_eq!(noted.body["items"][0]["reason"], "unsubscribed");
    let last = if link.ends_with('A') { 'Q' } else { 'A' };
    let forged = format!("{}{last}", &link[..link.len() - 1]);
    for wrong in [forged.as_str(), "/u/x", "/u/preview"] {
        app.nobody()
            .get(wrong)
            .await
            .expect_problem(404, "not_found");
        app.nobody()
            .submit(wrong, &[("choice", "unsubscribe")])
            .await
            .expect_problem(404, "not_found");
    }
}

async fn refusals_by_hand(app: TestApp) {
    let stage = stage(&app).await;
    let list = stage.path("suppressions");
    let body = json!({ "email": "MEI@people.example", "reason": "asked on the phone" });
    let noted = stage.olga.post(&list, body.clone()).await;
    noted.expect(201);
    stage
        .olga
        .post(&list, body)
        .await
        .expect_problem(409, "already_suppressed");
    stage.scheduled("digest").await;
    assert_eq!(campaign_mails(&app, &stage.mei).await.len(), 0);
    let lift = format!("{list}/{}", noted.id());
    stage
        .olga
        .delete(&lift)
        .await
        .expect_problem(400, "invalid_parameter");
    let lift = format!("{lift}?reason=she+changed+her+mind");
    stage
        .mei
        .delete(&lift)
        .await
        .expect_problem(403, "role_required");
    stage.olga.delete(&lift).await.expect(204);
    stage
        .olga
        .delete(&lift)
        .await
        .expect_problem(404, "not_found");
    stage.scheduled("digest").await;
    assert_eq!(campaign_mails(&app, &stage.mei).await.len(), 1);
}

async fn stops_waiting_mail(app: TestApp) {
    let stage = stage(&app).await;
    stage.scheduled("digest").await;
    let link = header_link(&campaign_mails(&app, &stage.mei).await[0]);
    let campaign = stage.scheduled("digest").await;
    app.sweep("campaigns").await;
    assert_eq!(stage.counts(&campaign).await["counts"]["queued"], 2);
    app.nobody()
        .submit(&link, &[("List-Unsubscribe", "One-Click")])
        .await
        .expect(200);
    assert_eq!(campaign_mails(&app, &stage.mei).await.len(), 1);
    assert_eq!(stage.counts(&campaign).await["counts"]["suppressed"], 1);
}

async fn pauses(app: TestApp) {
    let stage = stage(&app).await;
    let campaign = stage.scheduled("digest").await;
    app.sweep("campaigns").await;
    assert_eq!(stage.counts(&campaign).await["state"], "sending");
    assert_eq!(stage.step(&campaign, "pause").await["state"], "paused");
    assert_eq!(campaign_mails(&app, &stage.mei).await.len(), 0);
    // Longer than its letters live: the pause does not count.
    app.advance(5 * 24 * 3_600).await;
    assert_eq!(stage.counts(&campaign).await["counts"]["queued"], 2);
    stage.step(&campaign, "resume").await;
    assert_eq!(campaign_mails(&app, &stage.mei).await.len(), 1);
    assert_eq!(campaign_mails(&app, &stage.ben).await.len(), 1);
    assert_eq!(stage.counts(&campaign).await["state"], "finished");
}

async fn cancels(app: TestApp) {
    let stage = stage(&app).await;
    let campaign = stage.scheduled("digest").await;
    app.sweep("campaigns").await;
    stage.step(&campaign, "pause").await;
    let cancelled = stage.step(&campaign, "cancel").await;
    assert_eq!(cancelled["state"], "cancelled");
    assert!(cancelled["ended_at"].is_string(), "{cancelled}");
    assert_eq!(campaign_mails(&app, &stage.mei).await.len(), 0);
    let progress = stage.counts(&campaign).await;
    assert_eq!(progress["state"], "cancelled");
    assert_eq!(progress["counts"]["cancelled"], 2);
}

async fn starts_in_time(app: TestApp) {
    let stage = stage(&app).await;
    app.clock_to("2027-03-01T00:00:00Z").await;
    let saved = stage
        .olga
        .post(&stage.path("templates"), template("digest"))
        .await;
    let body = json!({ "template_id": saved.id(), "audience": "all_members", "send_at": "2027-03-02T08:00:00+08:00" });
    let made = stage.olga.post(&stage.path("campaigns"), body).await;
    made.expect(201);
    let campaign = format!("/v1/campaigns/{}", made.id());
    stage.step(&campaign, "approve").await;
    stage.step(&campaign, "schedule").await;
    app.clock_to("2027-03-01T23:59:59Z").await;
    assert_eq!(stage.counts(&campaign).await["state"], "scheduled");
    app.clock_to("2027-03-02T00:00:00Z").await;
    assert_eq!(stage.counts(&campaign).await["state"], "finished");
    assert_eq!(campaign_mails(&app, &stage.mei).await.len(), 1);
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
