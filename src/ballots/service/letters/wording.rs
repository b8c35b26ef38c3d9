//! Results, figures and news as people say them.

use serde::Deserialize;
use serde::Serialize;

use crate::alliances::Alliance;
use crate::ballots::domain::paper::Paper;
use crate::ballots::domain::record::BallotRecord;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::repo::Ballot;
use crate::kernel::locale::Locale;
use crate::kernel::time::Instant;

/// What happened to a ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// It was taken back.
    Withdrawn,
    /// It closes later.
    Extended,
    /// Its declaration is disputed.
    Challenged,
    /// The declaration stands.
    Upheld,
    /// The declaration does not stand.
    Annulled,
}

impl News {
    /// The news in a few words.
    pub fn in_words(self, locale: Locale) -> &'static str {
        match self {
            Self::Withdrawn => locale.pick("表决已撤回", "the ballot was withdrawn"),
            Self::Extended => locale.pick("表决时间延长", "the ballot closes later"),
            Self::Challenged => locale.pick("结果受到质疑", "the result is disputed"),
            Self::Upheld => locale.pick("结果维持有效", "the result stands"),
            Self::Annulled => locale.pick("结果已被撤销", "the result was annulled"),
        }
    }

    /// What it means for the members.
    pub fn detail(self, ballot: &Ballot, alliance: &Alliance, locale: Locale) -> String {
        let text = match self {
            Self::Withdrawn => locale.pick(
                "此前的投票不再有效。",
                "Votes that were cast decide nothing.",
            ),
            Self::Extended => {
                let told = locale.pick("新的截止时间：", "It now closes at ");
                return format!("{told}{}", local(alliance, ballot.closes_at));
            }
            Self::Challenged if ballot.permitted_at.is_some() => locale.pick(
                "该结果已经执行；已执行的事项不会因此撤回。",
                "What it permits was done before, and stays done; whether the result stands is decided now.",
            ),
            Self::Challenged => locale.pick(
                "在作出决定之前，该结果不产生效力。",
                "Until this is decided nothing follows from it.",
            ),
            Self::Upheld => locale.pick("质疑未被采纳。", "The challenge was turned down."),
            Self::Annulled if ballot.permitted_at.is_some() => locale.pick(
                "该结果此前已经执行；后续处理由成员另行决定。",
                "It had been carried out before; what becomes of that is another question for the members.",
            ),
            Self::Annulled => locale.pick(
                "该事项将重新表决。",
                "The question will be put to the vote again.",
            ),
        };
        text.to_owned()
    }
}

/// A result as people say it.
pub fn in_words(result: Outcome, locale: Locale) -> &'static str {
    match result {
        Outcome::Carried => locale.pick("通过", "carried"),
        Outcome::Lost => locale.pick("未通过", "lost"),
        Outcome::Inquorate => locale.pick("参加人数不足", "too few took part"),
        Outcome::CastingVote => locale.pick("待主席决定", "the chair decides"),
    }
}

/// A result with the option that was chosen.
pub fn result(ballot: &Ballot, paper: &Paper, result: Outcome, locale: Locale) -> String {
    match (&ballot.winner, paper) {
        (Some(winner), Paper::Choice(_)) => {
            let told = locale.pick("选定：", "chosen: ");
            format!("{told}{}", title(paper, winner))
        }
        _ => in_words(result, locale).to_owned(),
    }
}

fn title<'a>(paper: &'a Paper, option: &'a str) -> &'a str {
    let Paper::Choice(options) = paper else {
        return option;
    };
    let found = options.iter().find(|o| o.id == option);
    found.map_or(option, |o| o.title.as_str())
}

/// The figures of a count in one sentence.
pub fn figures(record: &BallotRecord, paper: &Paper, locale: Locale) -> String {
    let (eligible, blank) = (record.eligible, record.abstain);
    if let Some(last) = record.rounds.last() {
        let colon = locale.pick("：", ": ");
        let counts = last
            .counts
            .iter()
            .map(|(option, votes)| format!("{}{colon}{votes}", title(paper, option)));
        let counts: Vec<String> = counts.collect();
        let counts = counts.join(locale.pick("；", "; "));
        return match locale {
            Locale::ZhCn => format!(
                "{counts}；弃权 {} 票；有表决权的成员 {} 名。",
                blank.head, eligible.head
            ),
            Locale::En => format!(
                "{counts}; abstained: {}. Members with a vote: {}.",
                blank.head, eligible.head
            ),
        };
    }
    let (yes, no) = (record.in_favour, record.against);
    match locale {
        Locale::ZhCn => format!(
            "赞成 {} 票（权重 {}），反对 {} 票（权重 {}），弃权 {} 票；有表决权的成员 {} 名（权重 {}）。",
            yes.head, yes.weight, no.head, no.weight, blank.head, eligible.head, eligible.weight
        ),
        Locale::En => format!(
            "For: {} (weight {}); against: {} (weight {}); abstained: {}. Members with a vote: {} (weight {}).",
            yes.head, yes.weight, no.head, no.weight, blank.head, eligible.head, eligible.weight
        ),
    }
}

/// An instant on the clocks of the alliance.
pub fn local(alliance: &Alliance, at: Instant) -> String {
    let here = at.to_utc().with_timezone(&alliance.time_zone);
    format!("{} ({})", here.format("%Y-%m-%d %H:%M"), alliance.time_zone)
}
