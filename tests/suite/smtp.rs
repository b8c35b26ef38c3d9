//! A campaign through a real conversation with a mail server, over restarts and outages.

use std::net::SocketAddr;

use serde_json::json;

use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use crate::support::smtp;
use crate::support::smtp::MailServer;

on_both! {
    a_restart_between_queueing_and_sending_repeats_and_loses_nothing => restart;
    a_restart_amid_the_writing_of_letters_goes_on_where_it_was => restart_amid;
    mail_waits_for_its_server_and_nothing_else_does => outage;
}

const MEMBERS: usize = 200;

/// A scheduled campaign to all members; answers its path.
async fn scheduled(olga: &Person, alliance: &str) -> String {
    let wording = json!({ "subject": "{{ merchant_name }}", "html": "<p>x</p>", "text": "x" });
    let template = json!({ "name": "News", "category": "digest", "locales": { "zh-CN": wording, "en": wording } });
    let template = olga
        .post(&format!("/v1/alliances/{alliance}/templates"), template)
        .await;
    template.expect(201);
    let campaign = json!({ "template_id": template.id(), "audience": "all_members" });
    let campaign = olga
        .post(&format!("/v1/alliances/{alliance}/campaigns"), campaign)
        .await;
    campaign.expect(201);
    let path = format!("/v1/campaigns/{}", campaign.id());
    olga.transition(&path, "approve", None).await.expect(200);
    olga.transition(&path, "schedule", None).await.expect(200);
    path
}

async fn prepared(app: &TestApp, members: usize) -> (Person, String) {
    let olga = app.person("olga").await;
    let alliance = olga.found_alliance("West Lake").await;
    app.db_add_members(&alliance, members).await;
    let path = scheduled(&olga, &alliance).await;
    (olga, path)
}

async fn restarted(app: &mut TestApp, olga: &Person, smtp: (&'static str, String)) -> Person {
    app.restart(true, &[smtp]).await;
    // Tokens name the address that the service listens at, and that one is new.
    let login = json!({ "email": olga.email, "password": "four words make it" });
    let answer = app.nobody().post("/v1/auth/login", login).await;
    answer.expect(200);
    let token = answer.body["access_token"].as_str().expect("a token");
    let mut olga_again = app.nobody().with_token(token);
    olga_again.email.clone_from(&olga.email);
    olga_again
}

fn everybody(members: usize) -> Vec<String> {
    let mut all: Vec<_> = (0..members)
        .map(|n| format!("m{n}@shops.example"))
        .collect();
    all.sort_unstable();
    all
}

async fn restart(mut app: TestApp) {
    let (olga, path) = prepared(&app, MEMBERS).await;
    app.sweep("campaigns").await;
    let progress = olga.get(&format!("{path}/progress")).await;
    assert_eq!(progress.body["counts"]["queued"], MEMBERS);
    let server = MailServer::start().await;
    let olga = restarted(&mut app, &olga, server.setting()).await;
    app.drain().await;
    assert_eq!(server.accepted(), everybody(MEMBERS));
    assert_eq!(olga.get(&path).await.body["state"], "finished");
    let olga = restarted(&mut app, &olga, server.setting()).await;
    app.drain().await;
    assert_eq!(server.accepted().len(), MEMBERS);
    let progress = olga.get(&format!("{path}/progress")).await;
    assert_eq!(progress.body["counts"]["sent"], MEMBERS);
    assert_eq!(progress.body["total"], MEMBERS);
}

/// The sweep is cut off at several moments, as by the end of its process.
async fn restart_amid(mut app: TestApp) {
    let members = 450;
    let (mut olga, path) = prepared(&app, members).await;
    let server = MailServer::start().await;
    for patience_ms in [5, 40, 120] {
        let patience = std::time::Duration::from_millis(patience_ms);
        // Dropping the sweep rolls its transaction back.
        let _ = tokio::time::timeout(patience, app.sweep("campaigns")).await;
        olga = restarted(&mut app, &olga, server.setting()).await;
    }
    app.drain().await;
    assert_eq!(server.accepted(), everybody(members));
    let progress = olga.get(&format!("{path}/progress")).await;
    assert_eq!(progress.body["state"], "finished");
    assert_eq!(progress.body["counts"]["sent"], members);
}

async fn outage(mut app: TestApp) {
    let (olga, path) = prepared(&app, 40).await;
    let address: SocketAddr = MailServer::start().await.address;
    let olga = restarted(&mut app, &olga, smtp::setting(address)).await;
    app.drain().await;
    olga.get("/v1/me").await.expect(200);
    let progress = olga.get(&format!("{path}/progress")).await;
    assert_eq!(progress.body["state"], "sending");
    assert_eq!(progress.body["counts"]["queued"], 40);
    let waiting = olga
        .get(&format!("{path}/deliveries?state=queued&limit=1"))
        .await;
    assert_eq!(
        waiting.body["items"][0]["attempts"], 0,
        "an outage costs no try"
    );
    let server = MailServer::start_at(address).await;
    // A new process asks the server at once; a running one does after its pause of half a minute.
    let olga = restarted(&mut app, &olga, server.setting()).await;
    app.drain().await;
    assert_eq!(server.accepted(), everybody(40));
    assert_eq!(olga.get(&path).await.body["state"], "finished");
}
