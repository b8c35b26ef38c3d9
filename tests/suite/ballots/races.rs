//! Races: a vote against the close, a vote against itself, a close against itself.

use futures_util::future::join_all;
use sea_orm::ConnectionTrait;

use crate::ballots::guild::CLOSE;
use crate::ballots::guild::final_and_open;
use crate::ballots::guild::guild;
use crate::support::Database;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    every_acknowledged_vote_is_counted_and_none_after_the_close => vote_races_close;
    a_member_has_one_vote_however_often_it_is_sent => double_vote;
    a_ballot_is_declared_once => double_close;
    after_the_close_the_database_itself_takes_no_vote_and_loses_none => last_wall;
}

async fn vote_races_close(app: TestApp) {
    let guild = guild(&app, 8).await;
    for round in 0..6 {
        let ballot = guild.open(final_and_open()).await;
        for member in 0..5 {
            guild.vote(&ballot, member, "for").await.expect(201);
        }
        let votes = join_all((5..8).map(|member| guild.vote(&ballot, member, "against")));
        let close = async {
            // From before the votes to between them.
            tokio::time::sleep(std::time::Duration::from_millis(round)).await;
            guild.organizer.transition(&ballot, "close", None).await
        };
        let (votes, closed) = futures_util::future::join(votes, close).await;
        closed.expect(200);
        for vote in &votes {
            assert!(
                vote.status == 201 || vote.body["code"] == "deadline_passed",
                "{}",
                vote.text
            );
        }
        let taken = votes.iter().filter(|v| v.status == 201).count();
        let after = guild.organizer.get(&ballot).await;
        let record = &after.body["record"];
        assert_eq!(record["against"]["head"], taken, "{}", after.text);
        assert_eq!(record["for"]["head"], 5);
        let stored = guild.organizer.get(&format!("{ballot}/votes")).await;
        let stored = stored.body["items"].as_array().expect("votes").clone();
        assert_eq!(stored.len(), 5 + taken);
        let closed_at = after.body["closed_at"].as_str().expect("an instant");
        for vote in stored {
            let cast_at = vote["cast_at"].as_str().expect("an instant");
            assert!(cast_at < closed_at, "{vote} after {closed_at}");
        }
    }
}

async fn double_vote(app: TestApp) {
    let guild = guild(&app, 1).await;
    let ballot = guild.open(final_and_open()).await;
    let choices = ["for", "against", "abstain", "for", "against"];
    let answers = join_all(choices.iter().map(|choice| guild.vote(&ballot, 0, choice))).await;
    let taken: Vec<_> = answers.iter().filter(|a| a.status == 201).collect();
    assert_eq!(taken.len(), 1);
    for refused in answers.iter().filter(|a| a.status != 201) {
        refused.expect_problem(409, "already_voted");
    }
    let own = guild.members[0].1.get(&format!("{ballot}/votes")).await;
    assert_eq!(own.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(own.body["items"][0]["choice"], taken[0].body["choice"]);
}

async fn double_close(app: TestApp) {
    let guild = guild(&app, 1).await;
    let ballot = guild.open(final_and_open()).await;
    guild.vote(&ballot, 0, "for").await.expect(201);
    let closes = join_all((0..5).map(|_| guild.organizer.transition(&ballot, "close", None))).await;
    assert_eq!(closes.iter().filter(|a| a.status == 200).count(), 1);
    for refused in closes.iter().filter(|a| a.status != 200) {
        assert!([409, 412].contains(&refused.status), "{}", refused.text);
    }
    let told = app.mails_to("m0@people.example").await;
    assert_eq!(
        told.iter()
            .filter(|m| m.subject.ends_with("- carried"))
            .count(),
        1
    );
}

async fn last_wall(app: TestApp) {
    let guild = guild(&app, 2).await;
    let secret = serde_json::json!({ "secrecy": "secret",
        "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }] });
    for rule in [final_and_open(), secret] {
        let ballot = guild.open(rule).await;
        guild.vote(&ballot, 0, "for").await.expect(201);
    }
    app.clock_to(CLOSE).await;
    let id = match app.database {
        Database::Sqlite => "randomblob(16)",
        Database::Postgres => "gen_random_uuid()",
    };
    let late = format!(
        "INSERT INTO vote (id, alliance_id, ballot_id, round, membership_id, choice, how, cast_by, cast_at) \
         SELECT {id}, v.alliance_id, v.ballot_id, v.round, m.id, v.choice, v.how, v.cast_by, v.cast_at \
         FROM vote v JOIN membership m ON m.id <> v.membership_id"
    );
    let statements = [
        (late.as_str(), "not open"),
        ("UPDATE vote SET choice = 'against'", "not open"),
        ("DELETE FROM vote", "kept"),
        ("UPDATE secret_vote SET slip = pseudonym", "not open"),
        ("DELETE FROM secret_vote", "kept"),
    ];
    for (sql, why) in statements {
        let done = app.ctx().db.write(async |tx| {
            tx.execute_unprepared(sql).await?;
            Ok(())
        });
        let refused = done.await.expect_err(sql);
        assert!(format!("{refused:?}").contains(why), "{sql}: {refused:?}");
    }
}
