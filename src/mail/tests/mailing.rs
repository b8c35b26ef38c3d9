//! The letters of a campaign, held and refused while a sender has them in hand.

use futures_util::future::join;

use super::*;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CampaignId;
use crate::mail::RefusalSource;
use crate::mail::mailing;
use crate::mail::repo::claim;
use crate::mail::repo::claim::Wish;
use crate::mail::repo::gates::Gates;
use crate::mail::repo::lanes;
use crate::mail::repo::ledger;
use crate::mail::repo::ledger::Change;
use crate::mail::repo::ledger::Ledger;
use crate::mail::repo::ledger::NotWritten;
use crate::mail::repo::ledger::Step;
use crate::mail::suppressions;

/// Two claimed letters of a campaign.
async fn claimed(ctx: &Ctx) -> (CampaignId, AllianceId, Vec<delivery::Model>) {
    let (campaign, alliance) = (ctx.ids.fresh(), ctx.ids.fresh());
    for email in ["A@b.example", "c@d.example"] {
        let letter = Letter {
            campaign: Some(campaign),
            alliance: Some(alliance),
            // It may be refused, and is sent again where it may have arrived.
            category: Category::Invitation,
            ..letter(email)
        };
        send(ctx, &letter).await;
    }
    let rows = claim_all(ctx).await;
    assert_eq!(rows.len(), 2);
    (campaign, alliance, rows)
}

/// Everything that is due, as a worker claims it.
pub async fn claim_all(ctx: &Ctx) -> Vec<delivery::Model> {
    let reader = ctx.db.reader();
    let now = reader.now().await.expect("a time");
    let lanes = lanes::due(&reader, now).await.expect("lanes");
    let wishes: Vec<_> = lanes
        .into_iter()
        .map(|lane| Wish { lane, count: 100 })
        .collect();
    claim::claim(ctx, &wishes, &Gates::default(), 0)
        .await
        .expect("claimed")
        .rows
}

/// What a sender learns that marks a row before the final dot.
async fn mark(ctx: &Ctx, row: &delivery::Model) -> Result<(), NotWritten> {
    let (ledger, requests) = Ledger::new();
    let mark = async {
        let ledger = ledger;
        ledger
            .write(vec![Step::new(row, None, Change::Sending)])
            .await
    };
    let (marked, kept) = join(mark, ledger::keep(ctx, requests, 0, |_| ())).await;
    kept.expect("kept");
    marked
}

#[tokio::test]
async fn a_held_letter_is_taken_from_its_sender_until_it_is_released() {
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), None, 2, false).await;
    let (campaign, _, rows) = claimed(&ctx).await;
    assert_eq!(mark(&ctx, &rows[0]).await, Ok(()));
    ctx.db
        .write(async |tx| Ok(mailing::hold(tx, campaign).await?))
        .await
        .expect("held");
    assert_eq!(mark(&ctx, &rows[1]).await, Err(NotWritten::TakenOver));
    assert_eq!(sweep(&ctx).await, 0);
    wait_out(&ctx).await;
    assert_eq!(sweep(&ctx).await, 0, "an abandoned one is held as well");
    ctx.db
        .write(async |tx| {
            let later = tx.now().plus(TimeDelta::days(1));
            Ok(mailing::release(tx, campaign, later).await?)
        })
        .await
        .expect("released");
    assert_eq!(sweep(&ctx).await, 2);
    assert_eq!(states(&ctx).await, [("sent".to_owned(), 2)]);
}

#[tokio::test]
async fn a_cancelled_campaign_ends_once_its_last_sender_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), None, 2, false).await;
    let (campaign, _, rows) = claimed(&ctx).await;
    assert_eq!(mark(&ctx, &rows[0]).await, Ok(()));
    let cancel = async || {
        let cancel = ctx
            .db
            .write(async |tx| Ok(mailing::cancel(tx, campaign).await?));
        let cancelled = cancel.await.expect("cancelled");
        let reader = ctx.db.reader();
        (
            cancelled,
            mailing::is_open(&reader, campaign).await.expect("read"),
        )
    };
    assert_eq!(cancel().await, (1, true));
    assert_eq!(mark(&ctx, &rows[1]).await, Err(NotWritten::TakenOver));
    wait_out(&ctx).await;
    assert_eq!(sweep(&ctx).await, 0);
    assert_eq!(cancel().await, (1, false));
    assert_eq!(states(&ctx).await, [("cancelled".to_owned(), 2)]);
}

#[tokio::test]
async fn a_refusal_takes_a_claimed_letter_from_its_sender() {
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), None, 2, false).await;
    let (_, alliance, rows) = claimed(&ctx).await;
    let refused = suppressions::Refused::of_alliance(
        alliance,
        None,
        "a@B.example",
        "unsubscribed",
        RefusalSource::Link,
    );
    let suppress = async || {
        ctx.db
            .write(async |tx| Ok(suppressions::suppress(tx, ctx.ids.fresh(), &refused).await?))
            .await
            .expect("written")
    };
    assert!(suppress().await.is_some());
    assert!(suppress().await.is_none(), "once is enough");
    assert_eq!(mark(&ctx, &rows[0]).await, Err(NotWritten::TakenOver));
    assert_eq!(mark(&ctx, &rows[1]).await, Ok(()));
    assert_eq!(row(&ctx, "A@b.example").await.state, "suppressed");
}
