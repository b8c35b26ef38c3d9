//! What a ballot does not take: each with a code of its own, and nothing is recorded.

use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::CLOSE;
use crate::ballots::guild::guild;
use crate::ballots::proxies::with_proxies;
use crate::ballots::secrets::rows;
use crate::support::Answer;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    each_bad_input_has_a_code_of_its_own_and_leaves_nothing_behind => refuses;
}

/// Every row of the database but the answers that are kept for replay.
async fn everything(app: &TestApp) -> Vec<(String, String)> {
    let mut all = rows(app).await;
    all.retain(|(table, _)| table != "idempotency_key");
    all.sort_unstable();
    all
}

/// Refusals, and that they left everything as it was.
struct Refusals<'a> {
    app: &'a TestApp,
    before: Vec<(String, String)>,
    codes: Vec<&'static str>,
}

impl<'a> Refusals<'a> {
    async fn begin(app: &'a TestApp) -> Self {
        Self {
            app,
            before: everything(app).await,
            codes: Vec::new(),
        }
    }

    fn expect(&mut self, answer: &Answer, status: u16, code: &'static str) {
        answer.expect_problem(status, code);
        self.codes.push(code);
    }

    async fn end(mut self) -> Vec<&'static str> {
        let after = everything(self.app).await;
        let new: Vec<_> = after
            .iter()
            .filter(|row| !self.before.contains(row))
            .collect();
        assert!(new.is_empty(), "{new:?}");
        assert_eq!(after.len(), self.before.len());
        self.codes.sort_unstable();
        self.codes.dedup();
        self.codes
    }
}

async fn refuses(app: TestApp) {
    let guild = guild(&app, 6).await;
    let mut ballots = Vec::new();
    for secrecy in ["open", "secret"] {
        let later = json!({ "title": "Later?", "matter": "advisory", "opens_at": "2031-06-05T00:00:00Z",
            "closes_at": CLOSE, "rule": with_proxies(secrecy, false) });
        let later = guild.draft_of(later).await;
        guild
            .organizer
            .transition(&later, "publish", None)
            .await
            .expect(200);
        let open = guild.open(with_proxies(secrecy, false)).await;
        guild.vote(&open, 0, "for").await.expect(201);
        guild.appoint(&open, 1, 2).await.expect(201);
        guild.vote_for(&open, 2, 1, "for").await.expect(201);
        guild.vote(&open, 1, "against").await.expect(201);
        ballots.push((later, open));
    }
    let without = guild.open(Value::Null).await;
    let late = app.person("late").await;
    guild
        .organizer
        .admit(&guild.alliance, &late, "Late Shop")
        .await;
    app.drain().await;
    let mut seen = Refusals::begin(&app).await;
    for (later, open) in &ballots {
        votes(&mut seen, &guild, later, open).await;
        let newcomer = late
            .post(&format!("{open}/votes"), json!({ "choice": "for" }))
            .await;
        seen.expect(&newcomer, 403, "not_an_elector");
        proxies(&mut seen, &guild, open).await;
        let change = Some(json!({ "title": "Something else?" }));
        let amended = guild.organizer.transition(open, "amend", change).await;
        seen.expect(&amended, 409, "question_fixed");
        let note = json!({ "note": "Her sister bids." });
        let path = format!("{open}/interests");
        let interest = guild.members[3].1.post(&path, note).await;
        seen.expect(&interest, 409, "electorate_frozen");
    }
    let none = guild.appoint(&without, 3, 4).await;
    seen.expect(&none, 409, "proxies_not_allowed");
    let mut capped = with_proxies("open", false);
    capped["weight_cap"] = json!("1/8");
    let body =
        json!({ "title": "Meet?", "matter": "advisory", "closes_at": CLOSE, "rule": capped });
    let capped = guild.organizer.post(&guild.list(), body).await;
    seen.expect(&capped, 422, "weight_cap_unattainable");
    let expected = [
        "already_voted",
        "ballot_not_open",
        "electorate_frozen",
        "no_proxy",
        "not_an_elector",
        "option_unknown",
        "principal_voted",
        "proxies_not_allowed",
        "proxy_chained",
        "proxy_limit",
        "proxy_to_self",
        "question_fixed",
        "weight_cap_unattainable",
    ];
    assert_eq!(seen.end().await, expected);
    app.clock_to("2031-06-07T12:00:00Z").await;
    let mut seen = Refusals::begin(&app).await;
    for (_, open) in &ballots {
        let appointed = guild.appoint(open, 3, 4).await;
        seen.expect(&appointed, 409, "proxy_late");
    }
    assert_eq!(seen.end().await, ["proxy_late"]);
    app.clock_to(CLOSE).await;
    let mut seen = Refusals::begin(&app).await;
    for (_, open) in &ballots {
        let voted = guild.vote(open, 5, "for").await;
        seen.expect(&voted, 409, "deadline_passed");
    }
    assert_eq!(seen.end().await, ["deadline_passed"]);
}

async fn votes(
    seen: &mut Refusals<'_>,
    guild: &crate::ballots::guild::Guild,
    later: &str,
    open: &str,
) {
    let early = guild.vote(later, 3, "for").await;
    seen.expect(&early, 409, "ballot_not_open");
    let twice = guild.vote(open, 0, "against").await;
    seen.expect(&twice, 409, "already_voted");
    let unknown = guild.vote(open, 3, "perhaps").await;
    seen.expect(&unknown, 422, "option_unknown");
    let late = guild.vote_for(open, 2, 1, "for").await;
    seen.expect(&late, 409, "principal_voted");
    let stranger = guild.vote_for(open, 4, 1, "for").await;
    seen.expect(&stranger, 403, "no_proxy");
}

async fn proxies(seen: &mut Refusals<'_>, guild: &crate::ballots::guild::Guild, open: &str) {
    let own = guild.appoint(open, 3, 3).await;
    seen.expect(&own, 422, "proxy_to_self");
    let chained = guild.appoint(open, 2, 3).await;
    seen.expect(&chained, 409, "proxy_chained");
    let full = guild.appoint(open, 3, 2).await;
    seen.expect(&full, 409, "proxy_limit");
}
