//! Sizes: declared by a merchant, verified or disputed by its alliance.

use crate::alliances::grant;
use crate::alliances::join;
use crate::alliances::listed;
use crate::support::TestApp;
use crate::support::on_both;
use futures_util::future::join_all;
use serde_json::json;

on_both! {
    a_declared_size_is_verified_by_the_alliance => size_is_verified;
    of_two_who_judge_one_size_one_is_late => judgement_race;
}

async fn size_is_verified(app: TestApp) {
    let (olga, mei, tom) = (
        app.person("olga").await,
        app.person("mei").await,
        app.person("tom").await,
    );
    let xena = app.person("xena").await;
    let alliance = listed(&olga).await;
    listed(&xena).await;
    let (merchant, membership) = join(&olga, &mei, &alliance).await;
    let path = format!("/v1/merchants/{merchant}/size-facts");
    let body = json!({ "measure": "annual_revenue", "value": 120_000_000, "unit": "CNY", "valid_from": "2026-01-01" });
    let declared = mei.post(&path, body).await;
    declared.expect(201);
    let verify = format!("{path}/{}/verify", declared.id());
    mei.post_bare(&verify)
        .await
        .expect_problem(403, "role_required");
    grant(&olga, &alliance, &mei, "treasurer").await;
    mei.post_bare(&verify)
        .await
        .expect_problem(403, "separation_of_duties");
    grant(&olga, &alliance, &tom, "observer").await;
    for stranger in [&tom, &xena] {
        for answer in [stranger.post_bare(&verify).await, stranger.get(&path).await] {
            answer.expect_problem(404, "not_found");
        }
    }
    let verified = olga.post_bare(&verify).await;
    verified.expect(200);
    assert_eq!(verified.body["status"], "verified");
    assert_eq!(verified.body["supersedes"], declared.body["id"]);
    olga.post_bare(&verify)
        .await
        .expect_problem(409, "size_superseded");
    let newest = format!("{path}/{}", verified.id());
    olga.post_bare(&format!("{newest}/verify"))
        .await
        .expect_problem(409, "illegal_transition");
    let disputed = olga.post_bare(&format!("{newest}/dispute")).await;
    assert_eq!(disputed.body["status"], "disputed");
    let history = olga.get(&path).await;
    assert_eq!(history.body["items"].as_array().map(Vec::len), Some(3));
    // Out of the alliance, out of its sight.
    let membership = format!("/v1/memberships/{membership}");
    mei.transition(&membership, "leave", None).await.expect(200);
    olga.get(&path).await.expect_problem(404, "not_found");
}

async fn judgement_race(app: TestApp) {
    let (olga, mei) = (app.person("olga").await, app.person("mei").await);
    let alliance = listed(&olga).await;
    let (merchant, _) = join(&olga, &mei, &alliance).await;
    let path = format!("/v1/merchants/{merchant}/size-facts");
    let body = json!({ "measure": "outlets", "value": 3, "unit": "count", "valid_from": "2026-01-01", "valid_to": "2027-01-01" });
    let declared = mei.post(&path, body).await.id();
    let paths = [
        format!("{path}/{declared}/verify"),
        format!("{path}/{declared}/dispute"),
    ];
    let both = join_all(paths.iter().map(|path| olga.post_bare(path))).await;
    let won = both.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1, "{both:?}");
    let lost = both.iter().find(|answer| answer.status != 200);
    lost.expect("one").expect_problem(409, "size_superseded");
}
