//! Campaigns: from a template to the mails, and how their recipients refuse more of them.

mod checks;
mod promoting;
mod refusing;

use crate::support::Mail;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::Value;
use serde_json::json;

on_both! {
    a_campaign_reaches_everybody_once_in_their_language => reaches_everybody;
    a_paused_campaign_sends_nothing_and_goes_on_exactly_where_it_was => pauses;
    a_cancelled_campaign_tells_who_did_not_get_it => cancels;
    a_campaign_starts_at_its_time => starts_in_time;
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
    reports_tell_it(&stage, &campaign).await;
}

async fn reports_tell_it(stage: &Stage, campaign: &str) {
    let progress = stage.counts(campaign).await;
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
