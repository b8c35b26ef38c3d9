//! How recipients refuse mail, and what that stops.

use crate::campaigns::campaign_mails;
use crate::campaigns::header_link;
use crate::campaigns::stage;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::json;

on_both! {
    one_click_stops_such_mail_and_nothing_else => one_click;
    the_page_refuses_only_by_its_button => page_button;
    an_organizer_notes_and_lifts_refusals => refusals_by_hand;
    a_refusal_stops_mail_that_waits_already => stops_waiting_mail;
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
    // As the button of the page does, and as mail programs may.
    app.nobody()
        .submit(&link, &[("choice", "unsubscribe")])
        .await
        .expect(200);
    let parts = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    let media = [("content-type", "multipart/form-data; boundary=x")];
    app.nobody()
        .send("POST", &link, &media, Some(parts.into()))
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
