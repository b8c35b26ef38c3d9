//! How fast mail leaves, and who is left alone.

use sea_orm::ActiveModelTrait;
use sea_orm::IntoActiveModel;
use serde_json::json;

use super::stage::Stage;
use super::stage::campaign_to;
use super::stage::counted;
use super::stage::finish;
use super::stage::numbered;
use super::stage::some;
use super::*;
use crate::mail::mailing;
use crate::mail::mailing::Plan;
use crate::mail::stencils;
use crate::mail::stencils::Stencil;

fn at(domain: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("m{n}@{domain}")).collect()
}

/// Most messages in any second, of those to a domain.
fn busiest_second(server: &Server, domain: &str) -> usize {
    let seen = server.seen.lock().expect("lock");
    let times: Vec<_> = seen
        .accepted
        .iter()
        .zip(&seen.times)
        .filter(|((to, _), _)| to.ends_with(domain))
        .map(|(_, at)| *at)
        .collect();
    times
        .iter()
        .map(|from| {
            let second = *from..*from + Duration::from_secs(1);
            times.iter().filter(|at| second.contains(*at)).count()
        })
        .max()
        .unwrap_or(0)
}

#[tokio::test]
async fn rates_hold_for_all_mail_and_for_each_receiver() {
    for stage in Stage::both().await {
        let server = Server::start(Manners::default()).await;
        let slow = [
            ("GUILDHALL_MAIL_RATE", "50/s"),
            (
                "GUILDHALL_MAIL_RECEIVER_RATES",
                "gmail=10/s,small.example=5/s",
            ),
        ];
        let ctx = stage.context(&server, &slow).await;
        let mut all = at("small.example", 10);
        all.extend(at("gmail.com", 30));
        all.extend(at("googlemail.com", 10));
        all.extend(at("dst.example", 100));
        let campaign = campaign_to(&ctx, Category::Promotion, &all).await;
        let began = std::time::Instant::now();
        finish(&ctx, campaign).await;
        let took = began.elapsed();
        assert!(took >= Duration::from_millis(3_500), "{took:?}");
        assert!(took <= Duration::from_secs(20), "{took:?}");
        assert!(busiest_second(&server, "mail.com") <= 12);
        assert!(busiest_second(&server, "small.example") <= 7);
        assert!(busiest_second(&server, "") <= 54);
        assert_eq!(counted(&ctx, campaign).await, some(&[("sent", 150)]));
        stage.strike().await;
    }
}

#[tokio::test]
async fn a_receiver_that_wants_less_mail_is_left_alone_and_holds_up_nobody() {
    for stage in Stage::both().await {
        let server = Server::start(Manners {
            text: Some("Ip frequency limited"),
            ..Manners::default()
        })
        .await;
        let ctx = stage
            .context(&server, &[("GUILDHALL_SMTP_CONNECTIONS", "1")])
            .await;
        let mut all = vec!["c550x1.m@qq.com".to_owned()];
        all.extend(at("foxmail.com", 50));
        all.extend(at("dst.example", 50));
        let campaign = campaign_to(&ctx, Category::Promotion, &all).await;
        sweep(&ctx).await;
        let others = server.accepted();
        assert!(
            others
                .iter()
                .filter(|to| to.ends_with("@dst.example"))
                .count()
                == 50
        );
        assert!(others.len() < 100, "{}", others.len());
        let limited = row(&ctx, "c550x1.m@qq.com").await;
        assert_eq!(
            (limited.state.as_str(), limited.code),
            ("deferred", Some(550))
        );
        assert_eq!(super::stage::gone(&ctx).await, Vec::<String>::new());
        wait_out(&ctx).await;
        entity::domain_gate::Entity::delete_many()
            .exec(ctx.db.for_migration())
            .await
            .expect("the pause is over");
        finish(&ctx, campaign).await;
        assert_eq!(counted(&ctx, campaign).await, some(&[("sent", 101)]));
        stage.strike().await;
    }
}

#[tokio::test]
async fn an_unknown_refusal_counts_against_an_address_the_second_time() {
    let stage = Stage::sqlite();
    let server = Server::start(Manners {
        text: Some("no"),
        ..Manners::default()
    })
    .await;
    let ctx = stage.context(&server, &[]).await;
    campaign_to(&ctx, Category::Promotion, &numbered("c550.", 1)).await;
    sweep(&ctx).await;
    assert_eq!(super::stage::gone(&ctx).await, Vec::<String>::new());
    campaign_to(&ctx, Category::Promotion, &numbered("c550.", 1)).await;
    sweep(&ctx).await;
    assert_eq!(super::stage::gone(&ctx).await, numbered("c550.", 1));
}

#[tokio::test]
async fn a_line_of_the_operator_judges_an_answer() {
    let stage = Stage::sqlite();
    let server = Server::start(Manners {
        text: Some("our own word"),
        ..Manners::default()
    })
    .await;
    let ctx = stage.context(&server, &[]).await;
    let rule = entity::answer_rule::Model {
        rank: 10,
        code: Some("550".to_owned()),
        enhanced: None,
        pattern: Some("own w.rd".to_owned()),
        verdict: "transient".to_owned(),
        note: String::new(),
    };
    entity::answer_rule::Entity::insert(rule.into_active_model().reset_all())
        .exec_without_returning(ctx.db.for_migration())
        .await
        .expect("a line");
    let campaign = campaign_to(&ctx, Category::Promotion, &numbered("c550.", 1)).await;
    sweep(&ctx).await;
    assert_eq!(counted(&ctx, campaign).await, some(&[("deferred", 1)]));
}

#[tokio::test]
async fn nobody_is_written_to_in_quiet_hours_of_the_own_place() {
    let stage = Stage::sqlite();
    let server = Server::start(Manners::default()).await;
    let ctx = stage.context(&server, &[]).await;
    let now = ctx.db.reader().now().await.expect("a time").to_utc();
    // Quiet by the clock of UTC, and not on the other side of the world.
    let minute = i32::try_from(now.timestamp() / 60 % 1_440).expect("few");
    let plan = Plan {
        quiet: Some(((minute + 1_410) % 1_440, (minute + 60) % 1_440)),
        ..Plan::new(ctx.ids.fresh(), None)
    };
    let letters: Vec<_> = [("here", "UTC"), ("there", "Pacific/Apia")]
        .into_iter()
        .map(|(name, zone)| Letter {
            campaign: Some(plan.campaign),
            zone: Some(zone.to_owned()),
            ..letter(&format!("{name}@dst.example"))
        })
        .collect();
    ctx.db
        .write(async |tx| {
            mailing::open(tx, &plan).await?;
            mail::send_all(tx, ctx.ids, &letters).await
        })
        .await
        .expect("queued");
    sweep(&ctx).await;
    assert_eq!(server.accepted(), ["there@dst.example"]);
    let quiet = row(&ctx, "here@dst.example").await;
    assert_eq!((quiet.state.as_str(), quiet.attempts), ("queued", 0));
    let wait = quiet.due_at.millis() - now.timestamp_millis();
    assert!((59 * 60_000..77 * 60_000).contains(&wait), "{wait}");
}

#[tokio::test]
async fn letters_of_a_campaign_are_written_with_its_stencil_when_they_are_sent() {
    for stage in Stage::both().await {
        let server = Server::start(Manners::default()).await;
        let ctx = stage.context(&server, &[]).await;
        let plan = Plan::new(ctx.ids.fresh(), None);
        let stencil = |subject: &str| Stencil {
            subject: subject.to_owned(),
            html: "<p>{{ merchant_name }}</p><a href=\"{{ unsubscribe_link }}\">x</a>".to_owned(),
            text: "{{ alliance_name }}: {{ recipient_name }}, {{ merchant_name }}".to_owned(),
            shared: json!({"alliance_name": "Alliance"}),
        };
        let empty = Content {
            subject: String::new(),
            html: String::new(),
            text: String::new(),
        };
        let mut letters: Vec<_> = ["a", "b"]
            .into_iter()
            .map(|name| Letter {
                campaign: Some(plan.campaign),
                vars: Some(json!({"merchant_name": format!("<{name}>")})),
                content: empty.clone(),
                ..letter(&format!("{name}@dst.example"))
            })
            .collect();
        letters[1].vars = Some(json!({}));
        ctx.db
            .write(async |tx| {
                stencils::keep(tx, plan.campaign, Locale::ZhCn, stencil("Hi")).await?;
                stencils::keep(tx, plan.campaign, Locale::ZhCn, stencil("Other")).await?;
                mail::send_all(tx, ctx.ids, &letters).await
            })
            .await
            .expect("queued");
        sweep(&ctx).await;
        let sent = server.seen.lock().expect("lock").accepted[0].1.clone();
        for wanted in [
            " Hi\n",
            "List-Unsubscribe: <https://g.example/u/",
            "&lt;a&gt;",
        ] {
            assert!(sent.contains(wanted), "{wanted} is missing in\n{sent}");
        }
        let failed = row(&ctx, "b@dst.example").await;
        assert_eq!(failed.state, "failed", "a value is missing");
        assert_eq!(row(&ctx, "a@dst.example").await.html, "");
        stage.strike().await;
    }
}
