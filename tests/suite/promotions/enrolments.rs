//! Members join a promotion: in time, once, while places are free, and by mail.

use crate::promotions::ground::Ground;
use crate::promotions::scheduled;
use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use futures_util::future::join_all;
use guildhall::platform::act;
use guildhall::promotions as face;
use serde_json::Value;
use serde_json::json;

on_both! {
    enrolment_opens_and_closes_at_its_instants => window;
    of_thirty_rivals_for_five_places_five_get_one => race;
    two_hundred_at_once_never_exceed_the_places => crowd;
    a_member_enrols_once_and_again_after_withdrawing => once;
    members_see_their_own_enrolments_until_the_sale_begins => privacy;
    a_mailed_link_enrols_or_declines_once => by_link;
    enrolled_members_hear_of_decisions_dates_and_cancellation => letters;
}

/// Enrolment from 2028-05-04T04:00Z to 2028-05-17T16:00Z, sale from 2028-05-31T16:00Z.
async fn sale(ground: &Ground, capacity: Option<i64>) -> String {
    let body = json!({
        "name": "One day", "main_day": "2028-06-01", "template": "one_day", "capacity": capacity,
    });
    scheduled(ground, body).await
}

const OPEN: &str = "2028-05-05T00:00:00Z";

async fn enrol(person: &Person, path: &str) -> Answer {
    let body = json!({"items": [{"sku": "TEA-250", "title": "Longjing"}]});
    person.post(&format!("{path}/enrolments"), body).await
}

async fn window(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let people = [app.person("mei").await, app.person("lin").await];
    for person in &people {
        ground.member(&app, person).await;
    }
    let path = sale(&ground, None).await;
    app.clock_to("2028-05-04T03:59:00Z").await;
    let early = enrol(&people[0], &path).await;
    early.expect_problem(409, "enrolment_not_open");
    assert_eq!(early.body["params"]["opens_at"], "2028-05-04T04:00:00.000Z");
    app.clock_to("2028-05-04T04:00:00Z").await;
    enrol(&people[0], &path).await.expect(201);
    app.clock_to("2028-05-17T15:59:00Z").await;
    enrol(&people[1], &path).await.expect(201);
    app.clock_to("2028-05-17T16:00:00Z").await;
    let late = enrol(&people[1], &path).await;
    late.expect_problem(409, "deadline_passed");
    assert_eq!(late.body["params"]["closes_at"], "2028-05-17T16:00:00.000Z");
}

async fn race(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let mut members = Vec::new();
    let mei = app.person("mei").await;
    for _ in 0..30 {
        members.push(ground.member(&app, &mei).await);
    }
    let path = sale(&ground, Some(5)).await;
    app.clock_to(OPEN).await;
    let join = members.iter().map(|member| {
        let (mei, path) = (mei.clone(), format!("{path}/enrolments"));
        async move { mei.post(&path, json!({"membership_id": member})).await }
    });
    let answers = join_all(join).await;
    let joined: Vec<_> = answers.iter().filter(|a| a.status == 201).collect();
    assert_eq!(joined.len(), 5);
    for answer in answers.iter().filter(|a| a.status != 201) {
        answer.expect_problem(409, "capacity_reached");
    }
    // One place comes free, exactly once.
    let enrolment = format!("/v1/enrolments/{}", joined[0].id());
    let path_of = format!("{enrolment}/withdraw");
    let tries = join_all((0..4).map(|_| mei.post_bare(&path_of))).await;
    assert_eq!(tries.iter().filter(|a| a.status == 200).count(), 1);
    let join = members.iter().map(|member| {
        let (mei, path) = (mei.clone(), format!("{path}/enrolments"));
        async move { mei.post(&path, json!({"membership_id": member})).await }
    });
    let answers = join_all(join).await;
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
}

async fn crowd(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let mei = app.person("mei").await;
    let mut members = Vec::new();
    for _ in 0..200 {
        members.push(ground.member(&app, &mei).await);
    }
    let path = sale(&ground, Some(7)).await;
    app.clock_to(OPEN).await;
    let join = members.iter().map(|member| {
        let (mei, path) = (mei.clone(), format!("{path}/enrolments"));
        async move { mei.post(&path, json!({"membership_id": member})).await }
    });
    let answers = join_all(join).await;
    let count = |status: u16| answers.iter().filter(|a| a.status == status).count();
    assert_eq!(count(201), 7);
    // Nobody is told anything but that it is full, or, on a busy machine, to come back.
    assert_eq!(count(201) + count(409) + count(503), 200);
    for answer in answers.iter().filter(|a| a.status == 409) {
        answer.expect_problem(409, "capacity_reached");
    }
    let list = ground
        .organizer
        .get(&format!("{path}/enrolments?limit=100"))
        .await;
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(7));
}

async fn once(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let mei = app.person("mei").await;
    let member = ground.member(&app, &mei).await;
    let path = sale(&ground, None).await;
    app.clock_to(OPEN).await;
    let first = enrol(&mei, &path).await;
    first.expect(201);
    assert_eq!(first.body["state"], "pending");
    assert_eq!(first.body["membership_id"], member.to_string());
    enrol(&mei, &path)
        .await
        .expect_problem(409, "already_enrolled");
    let enrolment = format!("/v1/enrolments/{}", first.id());
    mei.transition(&enrolment, "approve", None)
        .await
        .expect_problem(403, "role_required");
    ground
        .organizer
        .transition(&enrolment, "approve", None)
        .await
        .expect(200);
    let again = ground
        .organizer
        .transition(&enrolment, "reject", None)
        .await;
    again.expect_problem(409, "illegal_transition");
    mei.transition(&enrolment, "withdraw", None)
        .await
        .expect(200);
    let second = enrol(&mei, &path).await;
    second.expect(201);
    let second = format!("/v1/enrolments/{}", second.id());
    ground
        .organizer
        .transition(&second, "reject", None)
        .await
        .expect(200);
    enrol(&mei, &path)
        .await
        .expect_problem(409, "already_enrolled");
    let price = json!({"items": [{"sku": "a", "title": "b", "price": 1}]});
    mei.post(&format!("{path}/enrolments"), price)
        .await
        .expect_problem(400, "invalid_body");
    let keyless = format!("{path}/enrolments");
    let headers = [("content-type", "application/json")];
    let keyless = mei
        .send("POST", &keyless, &headers, Some(b"{}".to_vec()))
        .await;
    keyless.expect_problem(400, "idempotency_key_missing");
}

async fn privacy(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let (mei, lin, obi) = (
        app.person("mei").await,
        app.person("lin").await,
        app.person("obi").await,
    );
    let stranger = app.person("sam").await;
    ground.member(&app, &mei).await;
    let lins = ground.member(&app, &lin).await;
    ground.grant(&app, &obi, "observer").await;
    let path = sale(&ground, None).await;
    app.clock_to(OPEN).await;
    let meis = enrol(&mei, &path).await;
    meis.expect(201);
    let body = json!({"membership_id": lins});
    let list = format!("{path}/enrolments");
    mei.post(&list, body.clone())
        .await
        .expect_problem(404, "not_found");
    obi.post(&list, body.clone())
        .await
        .expect_problem(403, "role_required");
    stranger
        .post(&list, body.clone())
        .await
        .expect_problem(404, "not_found");
    app.nobody()
        .post(&list, body.clone())
        .await
        .expect_problem(401, "unauthenticated");
    ground.organizer.post(&list, body).await.expect(201);
    let count = async |person: &Person| {
        let answer = person.get(&list).await;
        answer.expect(200);
        answer.body["items"].as_array().map_or(0, Vec::len)
    };
    let counts = [
        count(&mei).await,
        count(&ground.organizer).await,
        count(&obi).await,
    ];
    assert_eq!(counts, [1, 2, 2]);
    let one = format!("/v1/enrolments/{}", meis.id());
    lin.get(&one).await.expect_problem(404, "not_found");
    lin.post_bare(&format!("{one}/withdraw"))
        .await
        .expect_problem(404, "not_found");
    stranger.get(&list).await.expect_problem(404, "not_found");
    app.clock_to("2028-05-31T16:00:00Z").await;
    assert_eq!(count(&mei).await, 2);
    lin.get(&one).await.expect(200);
    lin.post_bare(&format!("{one}/withdraw"))
        .await
        .expect_problem(403, "role_required");
    let late = mei.post_bare(&format!("{one}/withdraw")).await;
    late.expect_problem(409, "deadline_passed");
}

async fn by_link(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let mei = app.person("mei").await;
    let member = ground.member(&app, &mei).await;
    let path = sale(&ground, None).await;
    let id = path
        .rsplit('/')
        .next()
        .expect("an id")
        .parse()
        .expect("an id");
    app.clock_to(OPEN).await;
    let link = async || {
        let made = act::perform_as_system(app.ctx(), "test", async |act| {
            face::enrol_link(act, id, member).await
        });
        made.await.expect("a link").replace(&app.url, "")
    };
    let (declined, accepted) = (link().await, link().await);
    let nobody = app.nobody();
    nobody
        .submit(&declined, &[("choice", "decline")])
        .await
        .expect(200);
    nobody
        .submit(&declined, &[("choice", "enrol")])
        .await
        .expect(409);
    let page = nobody.get(&accepted).await;
    page.expect(200);
    assert!(page.text.contains("Shop of mei"), "{}", page.text);
    let list = format!("{path}/enrolments");
    assert_eq!(mei.get(&list).await.body["items"], Value::Array(Vec::new()));
    nobody
        .submit(&accepted, &[("choice", "enrol")])
        .await
        .expect(200);
    nobody
        .submit(&accepted, &[("choice", "enrol")])
        .await
        .expect(409);
    assert_eq!(
        mei.get(&list).await.body["items"][0]["membership_id"],
        member.to_string()
    );
    let reader = app.ctx().db.reader();
    let summary = face::summary(&reader, id)
        .await
        .expect("answers")
        .expect("there");
    assert_eq!(
        (summary.name.as_str(), summary.phases.len()),
        ("One day", 5)
    );
}

async fn letters(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let (mei, lin) = (app.person("mei").await, app.person_in("lin", "zh-CN").await);
    ground.member(&app, &mei).await;
    ground.member(&app, &lin).await;
    let path = sale(&ground, None).await;
    app.clock_to(OPEN).await;
    let enrolment = format!("/v1/enrolments/{}", enrol(&mei, &path).await.id());
    ground
        .organizer
        .transition(&enrolment, "approve", None)
        .await
        .expect(200);
    enrol(&lin, &path).await.expect(201);
    let body = json!({"main_day": "2028-06-02"});
    ground
        .organizer
        .transition(&path, "re-date", Some(body))
        .await
        .expect(200);
    ground
        .organizer
        .transition(&path, "cancel", None)
        .await
        .expect(200);
    let subjects = async |person: &Person| {
        let mails = app.mails_to(&person.email).await;
        let mut subjects: Vec<String> = mails.into_iter().map(|m| m.subject).collect();
        subjects.sort();
        subjects
    };
    let told = subjects(&mei).await;
    for part in ["You are in", "New date", "Cancelled"] {
        assert!(told.iter().any(|s| s.contains(part)), "{part} in {told:?}");
    }
    let told = subjects(&lin).await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|s| s.contains("活动取消")), "{told:?}");
    enrol(&mei, &path)
        .await
        .expect_problem(409, "illegal_transition");
}
