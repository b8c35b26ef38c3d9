//! The seam itself: issued by a decision, used once, revoked, issued again, out of time.

use futures_util::future::join_all;
use guildhall::kernel::ids::AllianceId;
use guildhall::kernel::ids::MandateId;
use guildhall::kernel::problem::Failure;
use guildhall::kernel::problem::Refusal;
use guildhall::mandates;
use guildhall::mandates::Decision;
use guildhall::mandates::Matter;
use guildhall::platform::act;
use serde_json::json;
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_mandate_permits_one_content_once => once;
    of_many_acts_that_want_one_mandate_one_happens => race;
    a_revoked_mandate_permits_nothing_until_its_decision_issues_it_again => revoked;
    a_mandate_runs_out_where_the_by_laws_say_so => expires;
    everybody_in_the_alliance_reads_what_was_permitted => reading;
}

/// An alliance that decides about nothing in particular.
struct Decider<'a> {
    app: &'a TestApp,
    alliance: AllianceId,
    subject: Uuid,
}

impl<'a> Decider<'a> {
    async fn found(app: &'a TestApp) -> Self {
        app.clock_to("2031-06-01T00:00:00Z").await;
        let olga = app.person("olga").await;
        let alliance = olga.found_alliance("Old Town").await;
        Self {
            app,
            alliance: alliance.parse().expect("an id"),
            subject: app.ctx().ids.fresh::<MandateId>().0,
        }
    }

    async fn decide(&self, content: &str, source: &str) -> MandateId {
        let decision = Decision {
            alliance: self.alliance,
            matter: Matter::WriteOff,
            subject: self.subject,
            content_hash: mandates::content_hash(&json!(content)),
            source: source.to_owned(),
        };
        act::perform_as_system(self.app.ctx(), "decide", async |act| {
            mandates::issue(act, decision.clone()).await
        })
        .await
        .expect("a mandate")
    }

    /// Does the act; `Err` is the reason why it did not happen.
    async fn act(&self, content: &str) -> Result<MandateId, String> {
        let hash = mandates::content_hash(&json!(content));
        let done = act::perform_as_system(self.app.ctx(), "write_off", async |act| {
            let matter = Matter::WriteOff;
            mandates::consume(act, self.alliance, matter, self.subject, &hash).await
        });
        done.await.map_err(|failure| match failure {
            Failure::Refused(refusal) => reason(&*refusal),
            other => panic!("{other:?}"),
        })
    }

    /// `false`: it was used already.
    async fn revoke(&self, source: &str) -> bool {
        act::perform_as_system(self.app.ctx(), "annul", async |act| {
            mandates::revoke(act, source).await
        })
        .await
        .expect("an answer")
    }
}

fn reason(refusal: &dyn Refusal) -> String {
    assert_eq!(refusal.kind().code, "mandate_missing");
    refusal.params()["reason"]
        .as_str()
        .expect("a reason")
        .to_owned()
}

fn no<T>(reason: &str) -> Result<T, String> {
    Err(reason.to_owned())
}

async fn once(app: TestApp) {
    let decider = Decider::found(&app).await;
    assert_eq!(decider.act("a").await, no("undecided"));
    let mandate = decider.decide("a", "ballot:1").await;
    assert_eq!(decider.act("b").await, no("other_content"));
    assert_eq!(decider.act("a").await, Ok(mandate));
    assert_eq!(decider.act("a").await, no("consumed"));
    // A second decision on the same content permits it once more.
    let again = decider.decide("a", "ballot:2").await;
    assert_eq!(decider.act("a").await, Ok(again));
    assert_eq!(decider.act("a").await, no("consumed"));
}

async fn race(app: TestApp) {
    let decider = Decider::found(&app).await;
    let mandate = decider.decide("a", "ballot:1").await;
    let outcomes = join_all((0..8).map(|_| decider.act("a"))).await;
    let done: Vec<_> = outcomes.iter().filter(|outcome| outcome.is_ok()).collect();
    assert_eq!(done, [&Ok(mandate)], "{outcomes:?}");
    let refused = outcomes.iter().filter(|o| **o == no("consumed")).count();
    assert_eq!(refused, 7, "{outcomes:?}");
}

async fn revoked(app: TestApp) {
    let decider = Decider::found(&app).await;
    assert!(decider.revoke("ballot:0").await, "there is nothing to use");
    let mandate = decider.decide("a", "ballot:1").await;
    assert!(decider.revoke("ballot:1").await);
    assert!(decider.revoke("ballot:1").await);
    assert_eq!(decider.act("a").await, no("revoked"));
    assert_eq!(decider.decide("a", "ballot:1").await, mandate);
    assert_eq!(decider.act("a").await, Ok(mandate));
    assert!(!decider.revoke("ballot:1").await, "what is done is done");
    // Of an annulment and an act, one comes first, and the other knows.
    decider.decide("b", "ballot:2").await;
    let both = futures_util::future::join(decider.act("b"), decider.revoke("ballot:2"));
    match both.await {
        (acted, true) => assert_eq!(acted, no("revoked")),
        (acted, false) => assert!(acted.is_ok(), "{acted:?}"),
    }
}

async fn expires(app: TestApp) {
    let decider = Decider::found(&app).await;
    let olga = app.person("second").await;
    let alliance = decider.alliance.to_string();
    app.db_grant(&alliance, &olga, "organizer").await;
    let by_laws = format!("/v1/alliances/{alliance}/by-laws");
    olga.post(&by_laws, json!({ "mandate_days": 0 }))
        .await
        .expect_problem(422, "validation_failed");
    olga.post(&by_laws, json!({ "mandate_days": 2 }))
        .await
        .expect(201);
    decider.decide("a", "ballot:1").await;
    decider.decide("b", "ballot:2").await;
    app.clock_to("2031-06-02T23:00:00Z").await;
    decider.act("a").await.expect("in time");
    app.clock_to("2031-06-03T01:00:00Z").await;
    assert_eq!(decider.act("b").await, no("expired"));
}

async fn reading(app: TestApp) {
    let decider = Decider::found(&app).await;
    let alliance = decider.alliance.to_string();
    let (reader, stranger) = (app.person("oba").await, app.person("sam").await);
    app.db_grant(&alliance, &reader, "observer").await;
    let ballot = app.ctx().ids.fresh::<MandateId>();
    let first = decider.decide("a", &format!("ballot:{ballot}")).await;
    decider.act("a").await.expect("done");
    let second = decider.decide("b", "committee:1").await;
    let list = format!("/v1/alliances/{alliance}/mandates");
    let seen = reader.get(&list).await;
    seen.expect(200);
    let items = seen.body["items"].as_array().expect("items");
    assert_eq!(items.len(), 2, "{}", seen.text);
    assert_eq!(items[0]["state"], "consumed");
    assert_eq!(items[0]["consumed_by"], "write_off");
    assert_eq!(items[0]["ballot_id"], ballot.to_string());
    assert_eq!(items[1]["state"], "live");
    assert_eq!(items[1]["ballot_id"], json!(null));
    let one = reader.get(&format!("/v1/mandates/{first}")).await;
    assert_eq!(one.body, items[0], "{}", one.text);
    let about = format!("{list}?subject_id={}", decider.subject);
    let found = reader.get(&about).await;
    assert_eq!(found.body["items"].as_array().map(Vec::len), Some(2));
    let none = reader.get(&format!("{list}?subject_id={second}")).await;
    assert_eq!(none.body["items"], json!([]));
    reader
        .get(&format!("{list}?subject_id=x"))
        .await
        .expect_problem(400, "invalid_parameter");
    for path in [list, format!("/v1/mandates/{first}")] {
        stranger.get(&path).await.expect_problem(404, "not_found");
    }
}
