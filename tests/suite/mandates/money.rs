//! Decisions on money, the whole way over HTTP: without a carried ballot the act is refused, with it exactly what was
//! voted on is done, once; what differs by anything needs another vote.

use futures_util::future::join_all;
use guildhall::mandates::Matter;
use serde_json::json;

use crate::funds::world::NOTICES;
use crate::funds::world::World;
use crate::mandates::flows::effective;
use crate::mandates::flows::id_of;
use crate::mandates::flows::put;
use crate::mandates::flows::vote;
use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    another_levy_policy_is_adopted_by_two_thirds_of_its_members => levy_policy;
    a_debt_is_written_off_by_the_other_members => write_off;
    money_leaves_its_fund_by_a_vote => transfer;
    a_deal_with_strings_is_signed_by_a_vote => sponsor_deal;
}

const NOW: &str = "2031-06-01T00:00:00Z";
const CLOSE: &str = "2031-06-20T00:00:00Z";

impl World {
    /// Puts a subject to the vote at once; answers the path of the ballot.
    async fn ask(&self, matter: Matter, subject: &str, closes: &str) -> String {
        let alliance = self.alliance.to_string();
        put(&self.organizer, &alliance, matter, subject, closes).await
    }

    /// Members vote, in the order of their names.
    async fn say(&self, ballot: &str, choices: &[(usize, &str)]) {
        for (member, choice) in choices {
            vote(&self.owners[*member], ballot, choice)
                .await
                .expect(201);
        }
    }

    /// How often something happened, by the journal.
    async fn times(&self, action: &str) -> usize {
        let path = self.path(&format!("audit-events?action={action}&limit=100"));
        let events = self.observer.get(&path).await;
        events.body["items"].as_array().map_or(0, Vec::len)
    }
}

/// The act is refused for this reason, whoever asks.
async fn refused(person: &Person, path: &str, event: &str, matter: &str, reason: &str) {
    let answer = person.transition(path, event, None).await;
    answer.expect_problem(409, "mandate_missing");
    assert_eq!(
        answer.body["params"],
        json!({ "matter": matter, "reason": reason })
    );
}

/// Of several who act at the same moment one does.
async fn once(person: &Person, path: &str, event: &str) {
    let answers: Vec<Answer> = join_all((0..4).map(|_| person.transition(path, event, None))).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1, "{answers:?}");
    for late in answers.iter().filter(|answer| answer.status != 200) {
        assert!([409, 412].contains(&late.status), "{}", late.text);
    }
}

async fn levy_policy(app: TestApp) {
    let world = World::found(app).await;
    world.app.clock_to(NOW).await;
    let alliance = world.alliance.to_string();
    // Billed under the first policy, which is in use since; from now on a change is decided.
    world.collecting("FIRST").await;
    let chosen = world.policy(Some(4_000_000)).await;
    let other = world.policy(Some(4_500_000)).await;
    let path = |policy: &str| world.path(&format!("levy-policies/{policy}"));
    let olga = &world.organizer;
    refused(olga, &path(&chosen), "adopt", "levy_policy", "undecided").await;
    // Three of four by head, but the heaviest is against: more than half by weight are missing.
    let lost = world
        .ask(Matter::LevyPolicy, &chosen, "2031-06-10T00:00:00Z")
        .await;
    let most = [(0, "for"), (1, "for"), (2, "against"), (3, "for")];
    world.say(&lost, &most).await;
    world.app.clock_to("2031-06-10T00:00:00Z").await;
    let declared = olga.get(&lost).await;
    assert_eq!(declared.body["result"], "lost", "{}", declared.text);
    assert_eq!(declared.body["record"]["tests"], json!([true, false]));
    refused(olga, &path(&chosen), "adopt", "levy_policy", "undecided").await;
    let ballot = world.ask(Matter::LevyPolicy, &chosen, CLOSE).await;
    let enough = [(0, "for"), (1, "against"), (2, "for")];
    world.say(&ballot, &enough).await;
    refused(olga, &path(&chosen), "adopt", "levy_policy", "undecided").await;
    world.app.clock_to(CLOSE).await;
    refused(olga, &path(&other), "adopt", "levy_policy", "undecided").await;
    once(olga, &path(&chosen), "adopt").await;
    world.app.drain().await;
    effective(olga, &alliance, &ballot, "adopt_levy_policy").await;
    let adopted = world.observer.get(&path(&chosen)).await;
    assert_eq!(adopted.body["state"], "adopted", "{}", adopted.text);
    assert_eq!(world.times("levy_policy.adopted").await, 2, "the first too");
    refused(olga, &path(&other), "adopt", "levy_policy", "undecided").await;
    let fund = world.fund("SECOND").await;
    let unused = world.propose(&fund, &other, 5_000_000).await;
    unused.expect_problem(409, "policy_not_adopted");
}

async fn write_off(app: TestApp) {
    let world = World::found(app).await;
    world.app.clock_to(NOW).await;
    let alliance = world.alliance.to_string();
    let fund = world.collecting("D11-2026").await;
    for member in [0, 1, 2, 4] {
        world.pay(&fund, member, NOTICES[member]).await.expect(201);
    }
    let notice = world.notice(&fund, 3).await;
    world.app.clock_to("2031-10-25T00:00:00Z").await;
    let theo = &world.treasurer;
    refused(theo, &notice, "write-off", "write_off", "undecided").await;
    let subject = id_of(&notice);
    let close = "2031-11-02T00:00:00Z";
    let first = world.ask(Matter::WriteOff, subject, close).await;
    let own = vote(&world.owners[3], &first, "for").await;
    own.expect_problem(403, "not_an_elector");
    world
        .say(&first, &[(0, "for"), (1, "for"), (2, "against")])
        .await;
    world.app.clock_to(close).await;
    assert_eq!(theo.get(&first).await.body["result"], "carried");
    // The member pays a little: what is due now is not what was voted on.
    world.pay(&fund, 3, 41).await.expect(201);
    refused(theo, &notice, "write-off", "write_off", "other_content").await;
    let close = "2031-11-12T00:00:00Z";
    let second = world.ask(Matter::WriteOff, subject, close).await;
    world.say(&second, &[(0, "for"), (1, "for")]).await;
    world.app.clock_to(close).await;
    once(theo, &notice, "write-off").await;
    world.app.drain().await;
    effective(theo, &alliance, &second, "write_off_levy_notice").await;
    let unused = theo.get(&first).await;
    assert_eq!(unused.body["state"], "declared", "its content is gone");
    assert_ne!(
        unused.body["content_hash"],
        theo.get(&second).await.body["content_hash"]
    );
    let seen = world.owners[3].get(&notice).await;
    assert_eq!(seen.body["written_off_minor"], NOTICES[3] - 41);
    assert_eq!(world.times("levy_notice.written_off").await, 1);
    assert_eq!(world.times("mandate.consumed").await, 2, "budget and debt");
}

async fn transfer(app: TestApp) {
    let world = World::found(app).await;
    world.app.clock_to(NOW).await;
    let alliance = world.alliance.to_string();
    let fund = world.paid_up("D11-2026").await;
    let next = world.fund("SF-2027").await;
    let ask = async |amount: i64| {
        let body = json!({ "to_fund_id": next[10..], "amount_minor": amount, "reason": "deposit" });
        let path = format!("{fund}/transfers");
        let asked = world.organizer.post(&path, body).await;
        asked.expect(201);
        format!("/v1/transfers/{}", asked.id())
    };
    let (chosen, same, more) = (
        ask(1_000_000).await,
        ask(1_000_000).await,
        ask(1_000_001).await,
    );
    let theo = &world.treasurer;
    refused(theo, &chosen, "execute", "transfer", "undecided").await;
    let ballot = world.ask(Matter::Transfer, id_of(&chosen), CLOSE).await;
    world
        .say(&ballot, &[(0, "for"), (1, "for"), (2, "against")])
        .await;
    refused(theo, &chosen, "execute", "transfer", "undecided").await;
    world.app.clock_to(CLOSE).await;
    for other in [&same, &more] {
        refused(theo, other, "execute", "transfer", "undecided").await;
    }
    once(theo, &chosen, "execute").await;
    world.app.drain().await;
    effective(theo, &alliance, &ballot, "execute_transfer").await;
    let balances = world.balances(&next).await;
    assert_eq!(balances["Assets:Bank:SF-2027"], 1_000_000);
    refused(theo, &same, "execute", "transfer", "undecided").await;
}

async fn sponsor_deal(app: TestApp) {
    let world = World::found(app).await;
    world.app.clock_to(NOW).await;
    let alliance = world.alliance.to_string();
    let fund = world.paid_up("D11-2026").await;
    let agree = async |ratio: &str| {
        let body = json!({ "sponsor": "Kiln", "ratio": ratio, "return_rule": "sponsor_first" });
        let path = format!("{fund}/sponsor-deals");
        let agreed = world.organizer.post(&path, body).await;
        agreed.expect(201);
        assert_eq!(agreed.body["needs_mandate"], true);
        format!("/v1/sponsor-deals/{}", agreed.id())
    };
    let (chosen, other) = (agree("1/2").await, agree("1/3").await);
    let olga = &world.organizer;
    refused(olga, &chosen, "earn", "sponsor_deal", "undecided").await;
    let ballot = world.ask(Matter::SponsorDeal, id_of(&chosen), CLOSE).await;
    // More than half by head and by contribution: the silk shop alone has the latter.
    world
        .say(&ballot, &[(0, "against"), (1, "for"), (2, "for")])
        .await;
    refused(olga, &chosen, "earn", "sponsor_deal", "undecided").await;
    world.app.clock_to(CLOSE).await;
    refused(olga, &other, "earn", "sponsor_deal", "undecided").await;
    let used = world.times("mandate.consumed").await;
    let answers = join_all((0..4).map(|_| olga.transition(&chosen, "earn", None))).await;
    // The match may be counted again as more comes in; the decision is used once.
    assert!(answers.iter().any(|answer| answer.status == 200));
    for late in answers.iter().filter(|answer| answer.status != 200) {
        assert!([409, 412].contains(&late.status), "{}", late.text);
    }
    assert_eq!(world.times("mandate.consumed").await, used + 1);
    world.app.drain().await;
    effective(olga, &alliance, &ballot, "earn_sponsor_match").await;
    let deal = olga.get(&chosen).await;
    assert_eq!(deal.body["earned_minor"], 2_500_000, "{}", deal.text);
    refused(olga, &other, "earn", "sponsor_deal", "undecided").await;
}
