//! What every mail says about its sender, and what hostile names and links come to.

use serde_json::json;

use crate::consents::Ground;
use crate::consents::campaign_mails;
use crate::consents::sql;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    every_mail_says_whose_it_is => headers;
    hostile_names_stay_text => hostile;
}

async fn headers(app: TestApp) {
    let ground = Ground::lay(&app).await;
    ground.campaign(&app, "digest").await;
    let mails = campaign_mails(&app, &ground.mei).await;
    let raw = &mails[0].raw;
    let alliance = ground.alliance.replace('-', "");
    let from = raw
        .lines()
        .find(|line| line.starts_with("From: "))
        .expect("a sender");
    assert!(
        from.contains("West Lake") && from.ends_with("<guildhall@localhost>"),
        "{from}"
    );
    assert!(raw.contains("Reply-To: olga@people.example\r\n"), "{raw}");
    assert!(
        raw.contains(&format!("List-Id: <digest.{alliance}.localhost>\r\n")),
        "{raw}"
    );
    assert!(raw.contains("Auto-Submitted: auto-generated\r\n"), "{raw}");
    assert!(
        raw.contains(&format!(":digest:{alliance}:guildhall\r\n")),
        "{raw}"
    );
    assert!(raw.contains("\r\nFeedback-ID: "), "{raw}");
    for mail in app.mails().await {
        assert!(mail.raw.is_ascii(), "7-bit: {}", mail.raw);
        assert!(mail.raw.lines().all(|line| line.len() <= 998));
        assert!(
            !mail.raw.replace("\r\n", "").contains(['\r', '\n']),
            "no bare line ends"
        );
        assert!(
            mail.raw.contains("Auto-Submitted: auto-generated\r\n"),
            "{}",
            mail.raw
        );
    }
}

/// What cannot be refused at the door is text in a mail and on a page, never a header or a tag.
async fn hostile(app: TestApp) {
    let ground = Ground::lay(&app).await;
    for name in ["x\r\nBcc: y@z.example", "x\u{1}y", "\u{202e}evil"] {
        let body = json!({ "name": name, "kind": "regional", "time_zone": "Asia/Shanghai", "currency": "CNY", "locale": "zh-CN" });
        ground
            .olga
            .post("/v1/alliances", body)
            .await
            .expect_problem(422, "validation_failed");
    }
    let zoe = app.person("zoe").await;
    zoe.join_alliance(
        &ground.olga,
        &ground.alliance,
        "<script>alert(1)</script>\"&'",
    )
    .await;
    ground.campaign(&app, "digest").await;
    let mails = campaign_mails(&app, &zoe).await;
    assert!(!mails[0].html.contains("<script>"), "{}", mails[0].html);
    assert!(
        mails[0].html.contains("&lt;script&gt;"),
        "{}",
        mails[0].html
    );
    let link = mails[0].link("/u/");
    let body = format!("choice=save&digest=yes&{}=yes", "x".repeat(9_000));
    let media = [("content-type", "application/x-www-form-urlencoded")];
    app.nobody()
        .send("POST", &link, &media, Some(body.into_bytes()))
        .await
        .expect(200);
    let token = link.trim_start_matches("/u/").to_owned();
    for at in [0, 1, 2, 20, 30, 46] {
        let mut forged: Vec<char> = token.chars().collect();
        forged[at] = if forged[at] == 'B' { 'C' } else { 'B' };
        let forged: String = forged.into_iter().collect();
        let path = format!("/u/{forged}");
        app.nobody()
            .get(&path)
            .await
            .expect_problem(404, "not_found");
        app.nobody()
            .submit(&path, &[("choice", "nothing")])
            .await
            .expect_problem(404, "not_found");
    }
    let last = "SELECT CASE WHEN allowed THEN 'yes' ELSE 'no' END AS v FROM preference WHERE category = 'digest'";
    assert_eq!(sql(&app, last).await, ["yes"]);
}
