//! Voting through the link of a mail: good once, for one person of one member.

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;
use serde_json::json;

use crate::alliances;
use crate::alliances::Alliance;
use crate::alliances::Contact;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::paper::MOST_OPTIONS;
use crate::ballots::domain::paper::Paper;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::resolve::Cast;
use crate::ballots::domain::rule::Secrecy;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::tally::Vote as Choice;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::letters;
use crate::ballots::service::matter_of;
use crate::ballots::service::paper_of;
use crate::ballots::service::rule_of;
use crate::ballots::service::secrets;
use crate::ballots::service::state_of;
use crate::ballots::service::voting;
use crate::ballots::subjects;
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
    // A member whose rights rest or have ended votes no more, and nobody does who left its staff since the mail.
    alliances::active_member(&reader, ballot.alliance_id, bearer.membership_id)
        .await?
        .ok_or(BallotRefused::MemberGone)?;
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
    let member = found.bearer.membership_id;
    let secret = rule_of(ballot)?.secrecy == Secrecy::Secret;
    let voted = if secret {
        !secrets::voters_among(ctx, &reader, ballot, &[member])
            .await?
            .is_empty()
    } else {
        repo::votes::of(&reader, ballot, member).await?.is_some()
    };
    let weight = repo::electors::weight(&reader, ballot.id, member).await?;
    let now = reader.now().await?;
    let locale = contact.person.locale;
    let open = state_of(ballot)? == BallotState::Open && now < ballot.closes_at;
    let may = !voted || rule_of(ballot)?.revote;
    let mut page = question(&found, weight, locale);
    if let Some(id) = ballot.subject_id {
        let subject = subjects::find(&reader, ballot.alliance_id, matter_of(ballot)?, id).await?;
        let label = locale.pick("内容", "Subject").to_owned();
        page.facts.extend(subject.map(|s| (label, s.title)));
    }
    match () {
        () if open && may && link.is_live(now) => {
            page.buttons = buttons(&paper_of(ballot)?, locale)
        }
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

/// Names of the places of a paper, for the numbers given.
macro_rules! places {
    ($($place:literal)*) => { [$(concat!("option-", $place)),*] };
}

/// What the buttons of a choice send: their places on the paper, as many as a paper may have.
const PLACES: [&str; MOST_OPTIONS] = places!(
    1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25
    26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50
);

/// A button for every answer.
fn buttons(paper: &Paper, locale: Locale) -> Vec<Button> {
    let button = |choice: &Choice| Button {
        label: in_words(*choice, locale).to_owned(),
        choice: choice.as_str(),
    };
    let Paper::Choice(options) = paper else {
        return Choice::ALL.iter().map(button).collect();
    };
    let places = PLACES.iter().zip(options);
    let mut buttons: Vec<Button> = places
        .map(|(place, option)| Button {
            label: option.title.clone(),
            choice: place,
        })
        .collect();
    buttons.push(button(&Choice::Abstain));
    buttons
}

/// What a button said, as the ballot paper has it.
fn spoken<'a>(paper: &'a Paper, sent: &'a str) -> &'a str {
    let Paper::Choice(options) = paper else {
        return sent;
    };
    let place = PLACES.iter().position(|place| *place == sent);
    place
        .and_then(|place| options.get(place))
        .map_or(sent, |option| option.id.as_str())
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
    let paper = paper_of(&found.ballot)?;
    let sent = form.get("choice").map(String::as_str).unwrap_or_default();
    let choice = spoken(&paper, sent);
    let Bearer {
        ballot_id,
        membership_id,
        user_id,
    } = found.bearer;
    let taken = act::perform_as_system(ctx, "follow_link", async |act| {
        let ballot = repo::hold_open(act.tx(), ballot_id)
            .await?
            .filter(|ballot| ballot.round == found.ballot.round)
            .ok_or_else(|| Refused::not_found("ballot"))?;
        let voter = (membership_id, Cast::InPerson);
        let taken = voting::cast(act, &ballot, voter, user_id, choice).await?;
        mailed::consume(act.tx(), link).await?;
        Ok(taken)
    })
    .await?;
    let locale = found.contact.person.locale;
    let label = |zh, en| locale.pick(zh, en).to_owned();
    let mut facts = vec![(label("事项", "Question"), found.ballot.title)];
    let answer = taken.choice.as_deref().map(|choice| match &paper {
        Paper::Choice(options) => {
            let option = options.iter().find(|option| option.id == choice);
            option.map_or_else(|| in_words(Choice::Abstain, locale), |o| o.title.as_str())
        }
        Paper::Motion => Choice::parse(choice).map_or(choice, |choice| in_words(choice, locale)),
    });
    facts.extend(answer.map(|answer| (label("投票", "Vote"), answer.to_owned())));
    if let Some(receipt) = taken.receipt {
        facts.push((
            label("回执盐值（请保存）", "Salt of your receipt (keep it)"),
            receipt.salt,
        ));
        facts.push((label("回执", "Receipt"), receipt.digest));
    }
    Ok(Leaflet {
        locale,
        title: label("您的投票已登记", "Your vote is recorded"),
        facts,
        ..Leaflet::default()
    })
}
