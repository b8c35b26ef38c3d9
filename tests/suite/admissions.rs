//! Admission by consent: both sides agree, members may object for as long as the by-laws say, silence admits.

use futures_util::future::join_all;
use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::Guild;
use crate::ballots::guild::guild;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    where_nobody_objects_a_merchant_is_in_once_the_time_to_object_is_over => silence;
    an_objection_waits_for_a_second_person_and_may_be_withdrawn => objection;
    what_is_no_objection_is_refused_and_leaves_nothing => refusals;
    an_admission_ends_with_what_it_is_about => ends;
    an_invitation_by_mail_waits_for_objections_as_well => by_mail;
    an_objection_in_time_is_never_passed_over => race;
}

/// Two members, and fourteen days to object.
async fn consenting(app: &TestApp) -> Guild {
    let guild = guild(app, 2).await;
    guild
        .by_laws(json!({ "admission_objection_days": 14 }))
        .await;
    guild
}

impl Guild {
    /// A newcomer and the organizers agree; answers its person, the path of its membership and of its admission.
    async fn newcomer(&self, app: &TestApp, name: &str) -> (Person, String, String) {
        let person = app.person(name).await;
        let membership = self
            .organizer
            .admit(&self.alliance, &person, &format!("Shop of {name}"))
            .await;
        let path = format!("/v1/alliances/{}/admissions?limit=100", self.alliance);
        let list = self.organizer.get(&path).await;
        let mut items = list.body["items"].as_array().expect("admissions").iter();
        let found = items
            .find(|item| item["membership_id"] == membership.as_str())
            .unwrap_or_else(|| panic!("{}", list.text));
        let admission = found["id"].as_str().expect("an id");
        (
            person,
            format!("/v1/memberships/{membership}"),
            format!("/v1/admissions/{admission}"),
        )
    }

    async fn object(&self, admission: &str, member: usize) -> crate::support::Answer {
        let body = json!({ "reasons": "It sells forgeries." });
        let path = format!("{admission}/objections");
        self.members[member].1.post(&path, body).await
    }

    async fn state(&self, path: &str) -> Value {
        self.organizer.get(path).await.body["state"].clone()
    }
}

fn because(reasons: &str) -> Option<Value> {
    Some(json!({ "reasons": reasons }))
}

async fn silence(app: TestApp) {
    let guild = consenting(&app).await;
    let (newcomer, membership, admission) = guild.newcomer(&app, "ned").await;
    assert_eq!(guild.state(&membership).await, "invited");
    let alliance = format!("/v1/alliances/{}", guild.alliance);
    newcomer
        .get(&format!("{alliance}/memberships"))
        .await
        .expect_problem(404, "not_found");
    let seen = guild.members[0].1.get(&admission).await;
    assert_eq!(seen.body["state"], "open", "{}", seen.text);
    let until = seen.body["objections_until"].as_str().expect("an instant");
    assert!(until.starts_with("2031-06-15T00:00:"), "{until}");
    let again = newcomer.transition(&membership, "approve", None).await;
    again.expect_problem(409, "admission_open");
    for reader in ["m0", "m1", "ned"] {
        let told = app.mails_to(&format!("{reader}@people.example")).await;
        let letter = told.iter().find(|m| m.subject.contains("is to join"));
        let letter = letter.unwrap_or_else(|| panic!("{reader}: {told:?}"));
        assert!(letter.text.contains("Shop of ned"), "{}", letter.text);
        assert!(
            letter.text.contains("2031-06-15 08:00 (Asia/Shanghai)"),
            "{}",
            letter.text
        );
    }
    app.clock_to("2031-06-14T23:00:00Z").await;
    assert_eq!(guild.state(&membership).await, "invited");
    app.clock_to("2031-06-15T00:01:00Z").await;
    let member = guild.organizer.get(&membership).await;
    assert_eq!(member.body["state"], "active", "{}", member.text);
    assert!(member.body["joined_at"].is_string());
    assert_eq!(guild.state(&admission).await, "admitted");
    newcomer
        .get(&format!("{alliance}/memberships"))
        .await
        .expect(200);
    let told = app.mails_to("ned@people.example").await;
    assert!(told.iter().any(|m| m.subject.contains("has joined")));
}

async fn objection(app: TestApp) {
    let guild = consenting(&app).await;
    let olga = &guild.organizer;
    let tom = guild.steward(&app, "tom", "treasurer").await;
    let (_, kept_out, first) = guild.newcomer(&app, "ned").await;
    let (_, let_in, second) = guild.newcomer(&app, "nan").await;
    let (_, forgiven, third) = guild.newcomer(&app, "nik").await;
    for admission in [&first, &second, &third] {
        guild.object(admission, 0).await.expect(201);
    }
    let told = app.mails_to("olga@people.example").await;
    let objections = told.iter().filter(|m| m.subject.contains("objects to"));
    assert_eq!(objections.count(), 3, "{told:?}");
    tom.transition(&second, "admit", because("It does not."))
        .await
        .expect_problem(409, "objections_open");
    app.clock_to("2031-06-16T00:00:00Z").await;
    for membership in [&kept_out, &let_in, &forgiven] {
        assert_eq!(guild.state(membership).await, "invited", "it waits");
    }
    let refused = olga.transition(&first, "refuse", because("It does.")).await;
    refused.expect(200);
    assert_eq!(refused.body["state"], "refused", "{}", refused.text);
    assert_eq!(guild.state(&kept_out).await, "declined");
    let admitted = tom
        .transition(&second, "admit", because("The label is its own."))
        .await;
    admitted.expect(200);
    assert_eq!(admitted.body["reasons"], "The label is its own.");
    assert_eq!(
        admitted.body["objections"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(guild.state(&let_in).await, "active");
    let seen = olga.get(&third).await;
    let objection = seen.body["objections"][0]["id"].as_str().expect("an id");
    let path = format!("{third}/objections/{objection}");
    guild.members[1]
        .1
        .delete(&path)
        .await
        .expect_problem(404, "not_found");
    guild.members[0].1.delete(&path).await.expect(204);
    app.drain().await;
    assert_eq!(guild.state(&forgiven).await, "active", "nobody objects");
    for (admission, event) in [(&first, "admit"), (&second, "refuse")] {
        tom.transition(admission, event, because("Again."))
            .await
            .expect_problem(409, "illegal_transition");
    }
}

async fn refusals(app: TestApp) {
    let guild = consenting(&app).await;
    // Here an organizer agrees to an application, and may not weigh the objections to it.
    let alliance = format!("/v1/alliances/{}", guild.alliance);
    guild
        .organizer
        .patch(&alliance, json!({ "listed": true }))
        .await
        .expect(200);
    let person = app.person("ned").await;
    let membership = person
        .join_alliance(&guild.organizer, &guild.alliance, "Shop of ned")
        .await;
    let membership = format!("/v1/memberships/{membership}");
    assert_eq!(guild.state(&membership).await, "applied");
    let list = guild.organizer.get(&format!("{alliance}/admissions")).await;
    let admission = list.body["items"][0]["id"].as_str().expect("an id");
    let admission = format!("/v1/admissions/{admission}");
    let path = format!("{admission}/objections");
    let body = json!({ "reasons": "No." });
    guild
        .organizer
        .post(&path, body.clone())
        .await
        .expect_problem(403, "role_required");
    person
        .post(&path, body.clone())
        .await
        .expect_problem(404, "not_found");
    guild.members[0]
        .1
        .post(&path, json!({ "reasons": "" }))
        .await
        .expect_problem(422, "validation_failed");
    guild.object(&admission, 0).await.expect(201);
    guild
        .object(&admission, 0)
        .await
        .expect_problem(409, "already_objected");
    app.clock_to("2031-06-16T00:00:00Z").await;
    let late = guild.object(&admission, 1).await;
    late.expect_problem(409, "deadline_passed");
    guild
        .organizer
        .transition(&admission, "admit", because("I know them."))
        .await
        .expect_problem(403, "separation_of_duties");
    let seen = guild.organizer.get(&admission).await;
    assert_eq!(seen.body["objections"].as_array().map(Vec::len), Some(1));
    assert_eq!(seen.body["state"], "open");
}

async fn ends(app: TestApp) {
    let guild = consenting(&app).await;
    let (newcomer, membership, admission) = guild.newcomer(&app, "ned").await;
    newcomer
        .transition(&membership, "decline", None)
        .await
        .expect(200);
    assert_eq!(guild.state(&admission).await, "refused");
    guild
        .object(&admission, 0)
        .await
        .expect_problem(409, "illegal_transition");
    // An invitation that was taken does not run out while members think about it.
    guild
        .by_laws(json!({ "admission_objection_days": 30 }))
        .await;
    let (_, membership, admission) = guild.newcomer(&app, "nan").await;
    app.clock_to("2031-06-20T00:00:00Z").await;
    assert_eq!(guild.state(&membership).await, "invited");
    // Other by-laws do not change what was announced.
    guild.by_laws(json!({})).await;
    app.clock_to("2031-06-30T00:00:00Z").await;
    assert_eq!(guild.state(&membership).await, "invited");
    app.clock_to("2031-07-01T00:01:00Z").await;
    assert_eq!(guild.state(&membership).await, "active");
    assert_eq!(guild.state(&admission).await, "admitted");
    // Without members nobody could object.
    let empty = guild.organizer.found_alliance("Harbour").await;
    let path = format!("/v1/alliances/{empty}/by-laws");
    let body = json!({ "admission_objection_days": 14 });
    guild.organizer.post(&path, body).await.expect(201);
    let first = app.person("fay").await;
    let first = guild.organizer.admit(&empty, &first, "First Shop").await;
    let first = format!("/v1/memberships/{first}");
    assert_eq!(guild.state(&first).await, "active");
}

async fn by_mail(app: TestApp) {
    let guild = consenting(&app).await;
    let person = app.person("ned").await;
    let path = format!("/v1/alliances/{}/invitations", guild.alliance);
    let body = json!({ "email": person.email, "role": "member", "locale": "en" });
    guild.organizer.post(&path, body).await.expect(201);
    let mails = app.mails_to(&person.email).await;
    let page = mails.last().expect("a mail").link("/r/");
    let done = app.nobody().submit(&page, &[("choice", "accept")]).await;
    done.expect(200);
    assert!(done.text.contains("may object"), "{}", done.text);
    let list = format!("/v1/alliances/{}/admissions", guild.alliance);
    let list = guild.organizer.get(&list).await;
    let membership = &list.body["items"][0]["membership_id"];
    let membership = membership
        .as_str()
        .unwrap_or_else(|| panic!("{}", list.text));
    let membership = format!("/v1/memberships/{membership}");
    assert_eq!(guild.state(&membership).await, "invited");
    app.clock_to("2031-06-15T00:01:00Z").await;
    assert_eq!(guild.state(&membership).await, "active");
}

async fn race(app: TestApp) {
    let guild = consenting(&app).await;
    let (_, membership, admission) = guild.newcomer(&app, "ned").await;
    // Close to the end both may come first, but never pass each other.
    let end = async {
        app.clock_to("2031-06-15T00:01:00Z").await;
        app.drain().await;
    };
    let objections = join_all([guild.object(&admission, 0), guild.object(&admission, 1)]);
    let (objected, ()) = futures_util::future::join(objections, end).await;
    let taken = objected.iter().filter(|a| a.status == 201).count();
    for refused in objected.iter().filter(|a| a.status != 201) {
        let code = &refused.body["code"];
        assert!(
            code == "deadline_passed" || code == "illegal_transition",
            "{}",
            refused.text
        );
    }
    app.drain().await;
    let expected = if taken == 0 { "active" } else { "invited" };
    assert_eq!(guild.state(&membership).await, expected);
}
