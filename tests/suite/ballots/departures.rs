//! Appointments that are taken back, and what ends with a membership: the right to vote, the link of the mail, and
//! appointments on both sides. What was cast as a member is counted.

use guildhall::mandates::Matter;
use serde_json::json;

use crate::ballots::guild::guild;
use crate::ballots::proxies::with_proxies;
use crate::mandates::expulsions::announce;
use crate::mandates::expulsions::hear;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_principal_takes_its_appointment_back => revokes;
    with_a_membership_end_its_vote_its_link_its_proxies_and_its_enrolments => departs;
}

async fn revokes(app: TestApp) {
    let guild = guild(&app, 4).await;
    let ballot = guild.open(with_proxies("open", true)).await;
    let first = guild.appoint(&ballot, 0, 1).await;
    first.expect(201);
    let path = format!("{ballot}/proxies/{}", first.id());
    let (principal, holder) = (&guild.members[0].1, &guild.members[1].1);
    // Neither the holder nor who runs the alliance takes back what a principal gave.
    holder.delete(&path).await.expect_problem(404, "not_found");
    guild
        .organizer
        .delete(&path)
        .await
        .expect_problem(403, "role_required");
    guild.vote_for(&ballot, 1, 0, "for").await.expect(201);
    principal.delete(&path).await.expect(204);
    principal
        .delete(&path)
        .await
        .expect_problem(409, "proxy_ended");
    guild
        .vote_for(&ballot, 1, 0, "against")
        .await
        .expect_problem(403, "no_proxy");
    // What the holder said in time stands; the principal may still say otherwise.
    let votes = guild.organizer.get(&format!("{ballot}/votes")).await;
    assert_eq!(votes.body["items"][0]["choice"], "for", "{}", votes.text);
    assert_eq!(votes.body["items"][0]["how"], "by_proxy");
    guild.vote(&ballot, 0, "against").await.expect(201);
    // The holder is free again, for others and for an appointment of its own.
    guild.appoint(&ballot, 2, 1).await.expect(201);
    let list = principal.get(&format!("{ballot}/proxies")).await;
    assert!(
        list.body["items"][0]["replaced_at"].is_string(),
        "{}",
        list.text
    );
    let told = app.mails_to("m1@people.example").await;
    let ended = told.iter().filter(|m| m.subject.contains("has ended"));
    assert_eq!(ended.count(), 1, "{told:?}");
    let again = guild.appoint(&ballot, 0, 3).await;
    again.expect(201);
    let other = guild.open(with_proxies("open", true)).await;
    let foreign = format!("{other}/proxies/{}", again.id());
    principal
        .delete(&foreign)
        .await
        .expect_problem(404, "not_found");
    app.clock_to("2031-06-08T00:00:00Z").await;
    let late = format!("{ballot}/proxies/{}", again.id());
    principal
        .delete(&late)
        .await
        .expect_problem(409, "deadline_passed");
}

async fn departs(app: TestApp) {
    let guild = guild(&app, 5).await;
    let olga = &guild.organizer;
    let close = "2031-06-20T00:00:00Z";
    let voted = guild.open_until(with_proxies("open", true), close).await;
    guild.vote(&voted, 0, "against").await.expect(201);
    let link = app.mails_to("m0@people.example").await;
    let link = link.last().expect("a mail").link("/r/");
    let given = guild.open_until(with_proxies("open", true), close).await;
    guild.appoint(&given, 0, 1).await.expect(201);
    guild.appoint(&given, 2, 3).await.expect(201);
    let body = json!({ "name": "One day", "main_day": "2031-06-25", "template": "one_day" });
    let path = format!("/v1/alliances/{}/promotions", guild.alliance);
    let sale = olga.post(&path, body).await;
    let sale = format!("/v1/promotions/{}", sale.id());
    for event in ["propose", "schedule"] {
        olga.transition(&sale, event, None).await.expect(200);
    }
    let enrolled = guild.members[0]
        .1
        .post(&format!("{sale}/enrolments"), json!({}))
        .await;
    enrolled.expect(201);
    // The first is expelled, the fourth leaves.
    let case = announce(&guild, 0).await;
    hear(&app, &guild, &case).await;
    let subject = case.rsplit('/').next().expect("an id");
    app.decide(&guild.alliance, Matter::Expulsion, subject)
        .await;
    app.drain().await;
    let path = format!("/v1/memberships/{}", guild.members[3].0);
    let left = guild.members[3].1.transition(&path, "leave", None).await;
    left.expect(200);
    app.drain().await;
    let ended = format!("/v1/enrolments/{}", enrolled.id());
    let ended = olga.get(&ended).await;
    assert_eq!(ended.body["state"], "withdrawn", "{}", ended.text);
    guild
        .vote(&voted, 0, "for")
        .await
        .expect_problem(404, "not_found");
    app.nobody().get(&link).await.expect(403);
    let by_link = app.nobody().submit(&link, &[("choice", "for")]).await;
    by_link.expect(403);
    guild
        .vote_for(&given, 1, 0, "for")
        .await
        .expect_problem(403, "no_proxy");
    let list = olga.get(&format!("{given}/proxies")).await;
    for proxy in list.body["items"].as_array().expect("proxies") {
        assert!(proxy["replaced_at"].is_string(), "{proxy}");
    }
    let told = app.mails_to("m1@people.example").await;
    assert!(
        told.iter().any(|m| m.subject.contains("has ended")),
        "the holder of the expelled member: {told:?}"
    );
    let told = app.mails_to("m2@people.example").await;
    assert!(
        told.iter().any(|m| m.subject.contains("is gone")),
        "the principal of the one that left: {told:?}"
    );
    // Who lost its proxy votes itself, or appoints another.
    guild.appoint(&given, 2, 4).await.expect(201);
    guild.vote_for(&given, 4, 2, "for").await.expect(201);
    app.clock_to(close).await;
    let declared = olga.get(&voted).await;
    let record = &declared.body["record"];
    assert_eq!(record["against"]["head"], 1, "cast as a member");
    assert_eq!(record["eligible"]["head"], 5, "fixed at the opening");
}
