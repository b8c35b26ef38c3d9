//! Voting through the link of a mail: good once, for one person of one member.

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;
use serde_json::json;

use crate::alliances;
use crate::alliances::Alliance;
use crate::alliances::Contact;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::tally::Vote as Choice;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::letters;
use crate::ballots::service::rule_of;
use crate::ballots::service::state_of;
use crate::ballots::service::voting;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::UserId;
use crate::kernel::leaflet::Button;
use crate::kernel::leaflet::Leaflet;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::links as mailed;
use crate::platform::links::Link;
use crate::platform::registry::Form;
use crate::platform::registry::LinkHandler;

/// Kind of the links that vote.
const VOTE: &str = "ballot.vote";

/// The pages of ballots.
pub const LINKS: &[LinkHandler] = &[LinkHandler {
    kind: VOTE,
    show: |ctx, link| Box::pin(async move { show(&ctx, &link).await }),
    act: |ctx, link, form| Box::pin(async move { follow(&ctx, &link, &form).await }),
}];

/// To whom a link belongs.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Bearer {
    ballot_id: BallotId,
    membership_id: MembershipId,
    user_id: UserId,
}

/// Makes the link of one person of one member; answers its address.
pub(super) async fn create(
    ctx: &Ctx,
    tx: &Tx,
    ballot: &Ballot,
    contact: &Contact,
    lifetime: TimeDelta,
) -> Result<String, Failure> {
    let bearer = Bearer {
        ballot_id: ballot.id,
        membership_id: contact.membership,
        user_id: contact.person.id,
    };
    let secret = mailed::create(ctx, tx, VOTE, json!(bearer), lifetime).await?;
    Ok(mailed::address(ctx, &secret))
}

/// What stands behind a link.
struct Behind {
    bearer: Bearer,
    ballot: Ballot,
    alliance: Alliance,
    contact: Contact,
}

async fn behind(ctx: &Ctx, link: &Link) -> Result<Behind, Failure> {
    let bearer: Bearer = serde_json::from_value(link.payload.clone())
        .map_err(|error| anyhow::anyhow!("a link names no vote: {error}"))?;
    let reader = ctx.db.reader();
    let gone = || Refused::not_found("ballot");
    let ballot = repo::ballot(&reader, bearer.ballot_id)
        .await?
        .ok_or_else(gone)?;
    let alliance = alliances::alliance(&reader, ballot.alliance_id)
        .await?
        .ok_or_else(gone)?;
    // Who left the member's staff since the mail was written votes for it no more.
    let contact = alliances::contacts_of(&reader, ballot.alliance_id, bearer.membership_id)
        .await?
        .into_iter()
        .find(|contact| contact.person.id == bearer.user_id)
        .ok_or(BallotRefused::NotAnElector)?;
    Ok(Behind {
        bearer,
        ballot,
        alliance,
        contact,
    })
}

async fn show(ctx: &Ctx, link: &Link) -> Result<Leaflet, Failure> {
    let found = behind(ctx, link).await?;
    let Behind {
        ballot, contact, ..
    } = &found;
    let reader = ctx.db.reader();
    let voted = repo::vote_of(&reader, ballot.id, found.bearer.membership_id).await?;
    let weight = repo::weight(&reader, ballot.id, found.bearer.membership_id).await?;
    let now = reader.now().await?;
    let locale = contact.person.locale;
    let open = state_of(ballot)? == BallotState::Open && now < ballot.closes_at;
    let may = voted.is_none() || rule_of(ballot)?.revote;
    let mut page = question(&found, weight, locale);
    match () {
        () if open && may && link.is_live(now) => page.buttons = buttons(locale),
        () if !open => page.paragraphs.push(after_the_close(ballot, locale)),
        () => page.paragraphs.push(
            locale
                .pick(
                    "这个链接已经使用过，您的投票已登记。",
                    "This link was used; the vote is recorded.",
                )
                .to_owned(),
        ),
    }
    Ok(page)
}

fn question(found: &Behind, weight: Option<i64>, locale: Locale) -> Leaflet {
    let Behind {
        ballot,
        alliance,
        contact,
        ..
    } = found;
    let mut facts = vec![
        (
            locale.pick("联盟", "Alliance").to_owned(),
            alliance.name.clone(),
        ),
        (
            locale.pick("商户", "Member").to_owned(),
            contact.merchant_name.clone(),
        ),
        (
            locale.pick("截止时间", "Closes at").to_owned(),
            letters::local(alliance, ballot.closes_at),
        ),
    ];
    if let Some(weight) = weight {
        facts.push((locale.pick("权重", "Weight").to_owned(), weight.to_string()));
    }
    Leaflet {
        locale,
        title: ballot.title.clone(),
        paragraphs: ballot.explanation.iter().cloned().collect(),
        facts,
        ..Leaflet::default()
    }
}

fn buttons(locale: Locale) -> Vec<Button> {
    Choice::ALL
        .iter()
        .map(|choice| Button {
            label: in_words(*choice, locale).to_owned(),
            choice: choice.as_str(),
        })
        .collect()
}

fn in_words(choice: Choice, locale: Locale) -> &'static str {
    match choice {
        Choice::For => locale.pick("赞成", "For"),
        Choice::Against => locale.pick("反对", "Against"),
        Choice::Abstain => locale.pick("弃权", "Abstain"),
    }
}

fn after_the_close(ballot: &Ballot, locale: Locale) -> String {
    let over = locale.pick("表决已经结束。", "The ballot is over.");
    match ballot.result.as_deref().and_then(Outcome::parse) {
        Some(result) => {
            let told = locale.pick("结果：", "Result: ");
            format!("{over} {told}{}", letters::in_words(result, locale))
        }
        None => over.to_owned(),
    }
}

async fn follow(ctx: &Ctx, link: &Link, form: &Form) -> Result<Leaflet, Failure> {
    let found = behind(ctx, link).await?;
    let choice = form
        .get("choice")
        .and_then(|word| Choice::parse(word))
        .ok_or_else(|| {
            Refused::field("choice", "unknown_word", "Choose for, against or abstain.")
        })?;
    let Bearer {
        ballot_id,
        membership_id,
        user_id,
    } = found.bearer;
    act::perform_as_system(ctx, "follow_link", async |act| {
        let ballot = repo::hold_open(act.tx(), ballot_id)
            .await?
            .ok_or_else(|| Refused::not_found("ballot"))?;
        voting::cast(act, &ballot, membership_id, user_id, choice).await?;
        mailed::consume(act.tx(), link).await
    })
    .await?;
    let locale = found.contact.person.locale;
    Ok(Leaflet {
        locale,
        title: locale
            .pick("您的投票已登记", "Your vote is recorded")
            .to_owned(),
        facts: vec![
            (
                locale.pick("事项", "Question").to_owned(),
                found.ballot.title,
            ),
            (
                locale.pick("投票", "Vote").to_owned(),
                in_words(choice, locale).to_owned(),
            ),
        ],
        ..Leaflet::default()
    })
}
