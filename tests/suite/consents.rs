//! Who may be written to: consent where the country asks for it, the page of choices, the log of answers, and
//! what every mail says about its sender.

mod mails;

use sea_orm::ConnectionTrait;
use sea_orm::Statement;
use serde_json::Value;
use serde_json::json;

use crate::support::Mail;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    advertising_needs_a_yes_where_the_country_asks_for_it => needs_consent;
    the_page_of_choices_changes_what_is_ticked_and_logs_it => choices;
    a_yes_when_joining_is_kept_with_its_text => joining;
    the_log_of_answers_cannot_be_changed => append_only;
}

struct Ground {
    olga: Person,
    mei: Person,
    ben: Person,
    alliance: String,
}

impl Ground {
    async fn lay(app: &TestApp) -> Self {
        let olga = app.person("olga").await;
        let mei = app.person_in("mei", "zh-CN").await;
        let ben = app.person("ben").await;
        let alliance = olga.found_listed_alliance("West Lake").await;
        mei.join_alliance(&olga, &alliance, "老王茶庄").await;
        ben.join_alliance(&olga, &alliance, "Ben & Sons").await;
        Self {
            olga,
            mei,
            ben,
            alliance,
        }
    }

    fn path(&self, list: &str) -> String {
        format!("/v1/alliances/{}/{list}", self.alliance)
    }

    async fn adopt(&self, pack: &str) {
        let laws = json!({ "country_pack": pack });
        self.olga
            .post(&self.path("by-laws"), laws)
            .await
            .expect(201);
    }

    async fn campaign(&self, app: &TestApp, category: &str) -> String {
        let words = json!({ "subject": "News of {{ alliance_name }}", "html": "<p>{{ merchant_name }}</p>", "text": "{{ merchant_name }}" });
        let body = json!({ "name": category, "category": category, "locales": { "zh-CN": words, "en": words } });
        let saved = self.olga.post(&self.path("templates"), body).await;
        saved.expect(201);
        let body = json!({ "template_id": saved.id(), "audience": "all_members" });
        let made = self.olga.post(&self.path("campaigns"), body).await;
        made.expect(201);
        let path = format!("/v1/campaigns/{}", made.id());
        for event in ["approve", "schedule"] {
            self.olga.transition(&path, event, None).await.expect(200);
        }
        app.drain().await;
        path
    }

    async fn deliveries(&self, campaign: &str) -> Vec<(String, String, String)> {
        let page = self.olga.get(&format!("{campaign}/deliveries")).await;
        page.expect(200);
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let mut rows: Vec<_> = page.body["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|row| {
                (
                    text(&row["email"]),
                    text(&row["state"]),
                    text(&row["reason"]),
                )
            })
            .collect();
        rows.sort();
        rows
    }
}

async fn campaign_mails(app: &TestApp, person: &Person) -> Vec<Mail> {
    let mut mails = app.mails_to(&person.email).await;
    mails.retain(|mail| mail.raw.contains("List-Unsubscribe: "));
    mails
}

/// A value of the log or another table, as text.
async fn sql(app: &TestApp, sql: &str) -> Vec<String> {
    let reader = app.ctx().db.reader();
    let statement = Statement::from_string(reader.get_database_backend(), sql);
    let rows = reader.query_all_raw(statement).await.expect("read");
    rows.iter()
        .map(|row| row.try_get("", "v").expect("text"))
        .collect()
}

async fn needs_consent(app: TestApp) {
    let ground = Ground::lay(&app).await;
    ground.adopt("cn").await;
    let never = "the recipient never agreed to such mail";
    let campaign = ground.campaign(&app, "promotion").await;
    for (_, state, reason) in ground.deliveries(&campaign).await {
        assert_eq!((state.as_str(), reason.as_str()), ("suppressed", never));
    }
    // A call to enrol rests on the membership.
    let campaign = ground.campaign(&app, "enrolment").await;
    for (_, state, _) in ground.deliveries(&campaign).await {
        assert_eq!(state, "sent");
    }
    let mine = ground.path("preferences/me");
    let shown = ground.ben.get(&mine).await;
    shown.expect(200);
    assert_eq!(shown.body["asks_for_consent"], true);
    assert_eq!(shown.body["categories"][0]["allowed"], Value::Null);
    assert_eq!(shown.body["categories"][0]["sent"], false);
    let yes = ground.ben.put(&mine, json!({ "promotion": true })).await;
    yes.expect(200);
    assert_eq!(yes.body["categories"][0]["sent"], true);
    assert!(
        yes.body["categories"][0]["text"]
            .as_str()
            .expect("a text")
            .contains("West Lake")
    );
    let campaign = ground.campaign(&app, "promotion").await;
    let rows = ground.deliveries(&campaign).await;
    assert_eq!(
        (rows[0].0.as_str(), rows[0].1.as_str()),
        ("ben@people.example", "sent")
    );
    assert_eq!(
        (rows[1].0.as_str(), rows[1].1.as_str()),
        ("mei@people.example", "suppressed")
    );
    let mails = campaign_mails(&app, &ground.ben).await;
    let last = mails.last().expect("a mail");
    assert_eq!(last.subject, "[SANDBOX] [AD] News of West Lake");
    // Taking it back is as easy, and holds at once.
    ground
        .ben
        .put(&mine, json!({ "promotion": false }))
        .await
        .expect(200);
    let campaign = ground.campaign(&app, "promotion").await;
    let rows = ground.deliveries(&campaign).await;
    assert_eq!(rows[0].2, "the recipient refuses such mail");
    let log = sql(&app, "SELECT CASE WHEN allowed THEN 'yes' ELSE 'no' END || ' ' || way || ' ' || text_version AS v FROM consent_log ORDER BY id").await;
    assert_eq!(log, ["yes account 2026-11", "no account 2026-11"]);
    app.nobody()
        .get(&mine)
        .await
        .expect_problem(401, "unauthenticated");
    let stranger = app.person("sam").await;
    stranger.get(&mine).await.expect_problem(404, "not_found");
}

async fn choices(app: TestApp) {
    let ground = Ground::lay(&app).await;
    ground.campaign(&app, "digest").await;
    let link = campaign_mails(&app, &ground.mei).await[0].link("/u/");
    for (lang, word, other) in [
        ("zh-CN", "保存我的选择", "会费账单"),
        ("en", "Save my choice", "levy notices"),
    ] {
        let page = app.nobody().get(&format!("{link}?lang={lang}")).await;
        page.expect(200);
        assert!(
            page.text.contains(&format!("<html lang=\"{lang}\">")),
            "{}",
            page.text
        );
        assert!(
            page.text.contains(word) && page.text.contains(other),
            "{}",
            page.text
        );
        // The levy cannot be refused: shown, ticked, and not to be changed.
        assert!(
            page.text
                .contains("name=\"levy_notice\" value=\"yes\" type=\"checkbox\" checked disabled"),
            "{}",
            page.text
        );
        assert!(
            page.text
                .contains("name=\"digest\" value=\"yes\" type=\"checkbox\" checked>"),
            "{}",
            page.text
        );
    }
    // The language of the mail where none is named.
    let page = app.nobody().get(&link).await;
    assert!(page.text.contains("<html lang=\"zh-CN\">"), "{}", page.text);
    assert_eq!(sql(&app, "SELECT way AS v FROM consent_log").await, [""; 0]);
    let ticks = [("choice", "save"), ("promotion", "yes")];
    let saved = app.nobody().submit(&link, &ticks).await;
    saved.expect(200);
    assert!(saved.text.contains("您的选择已保存"), "{}", saved.text);
    app.nobody().submit(&link, &ticks).await.expect(200);
    let log = "SELECT category || ' ' || CASE WHEN allowed THEN 'yes' ELSE 'no' END || ' ' || way || ' ' || actor AS v FROM consent_log ORDER BY category";
    assert_eq!(
        sql(&app, log).await,
        [
            "digest no page link",
            "enrolment no page link",
            "promotion yes page link"
        ]
    );
    let origins = sql(&app, "SELECT DISTINCT origin AS v FROM consent_log").await;
    assert_eq!(origins.len(), 1);
    assert!(
        origins[0].starts_with("127.0.0.1; delivery "),
        "{origins:?}"
    );
    let refused = ground.olga.get(&ground.path("suppressions")).await;
    assert_eq!(refused.body["items"].as_array().map(Vec::len), Some(2));
    // Ticked again: a yes takes the refusal back.
    app.nobody()
        .submit(
            &link,
            &[
                ("choice", "save"),
                ("promotion", "yes"),
                ("digest", "yes"),
                ("enrolment", "yes"),
            ],
        )
        .await
        .expect(200);
    let refused = ground.olga.get(&ground.path("suppressions")).await;
    assert_eq!(refused.body["items"], json!([]));
    app.nobody()
        .submit(&link, &[("choice", "nothing")])
        .await
        .expect(200);
    let refused = ground.olga.get(&ground.path("suppressions")).await;
    assert_eq!(refused.body["items"].as_array().map(Vec::len), Some(3));
    // Bills still reach her.
    let mine = ground.mei.get(&ground.path("preferences/me")).await;
    assert_eq!(mine.body["categories"][0]["allowed"], false);
    app.nobody()
        .get("/u/AgEB?lang=fr")
        .await
        .expect_problem(404, "not_found");
}

async fn joining(app: TestApp) {
    let ground = Ground::lay(&app).await;
    let zoe = app.person("zoe").await;
    let shop = zoe.found_merchant("Zoe").await;
    let body = json!({ "merchant_id": shop, "consents": ["promotion"] });
    zoe.post(&ground.path("memberships"), body)
        .await
        .expect(201);
    let way = "SELECT email || ' ' || category || ' ' || way AS v FROM consent_log ORDER BY id";
    assert_eq!(
        sql(&app, way).await,
        ["zoe@people.example promotion joining"]
    );
    // Nobody agrees for somebody else.
    let max = app.person("max").await;
    let other = max.found_merchant("Max").await;
    let body = json!({ "merchant_id": other, "consents": ["digest"] });
    let refused = ground.olga.post(&ground.path("memberships"), body).await;
    refused.expect_problem(422, "validation_failed");
    // Whoever is invited by mail ticks it on the page.
    let yan = app.person_in("yan", "zh-CN").await;
    let body =
        json!({ "email": yan.email, "role": "member", "merchant_name": "Yan", "locale": "zh-CN" });
    ground
        .olga
        .post(&ground.path("invitations"), body)
        .await
        .expect(201);
    let link = app
        .mails_to(&yan.email)
        .await
        .last()
        .expect("a mail")
        .link("/r/");
    let page = app.nobody().get(&link).await;
    assert!(
        page.text
            .contains("name=\"promotion\" value=\"yes\" type=\"checkbox\">"),
        "{}",
        page.text
    );
    assert!(page.text.contains("我同意“West Lake”"), "{}", page.text);
    app.nobody()
        .submit(&link, &[("choice", "accept"), ("digest", "yes")])
        .await
        .expect(200);
    assert_eq!(
        sql(&app, way).await[1..],
        ["yan@people.example digest joining"]
    );
}

async fn append_only(app: TestApp) {
    let ground = Ground::lay(&app).await;
    ground
        .ben
        .put(&ground.path("preferences/me"), json!({ "digest": true }))
        .await
        .expect(200);
    for statement in [
        "UPDATE consent_log SET allowed = (1 = 0)",
        "DELETE FROM consent_log",
    ] {
        let refused = app
            .ctx()
            .db
            .write(async |tx| {
                tx.execute_unprepared(statement).await?;
                Ok(())
            })
            .await;
        assert!(refused.is_err(), "{statement}");
    }
    let log = sql(
        &app,
        "SELECT CASE WHEN allowed THEN 'yes' ELSE 'no' END AS v FROM consent_log",
    )
    .await;
    assert_eq!(log, ["yes"]);
}
