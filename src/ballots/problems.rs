//! The refusals of this slice.

use crate::kernel::problem::Kind;

pub static WEIGHT_CAP_UNATTAINABLE: Kind = Kind::unprocessable(
    "weight_cap_unattainable",
    "Too few members have weight for this cap",
);
pub static VOTER_NOT_ELIGIBLE: Kind = Kind::unprocessable(
    "voter_not_eligible",
    "A vote comes from outside the electorate",
);
pub static CAST_EXCEEDS_ELIGIBLE: Kind = Kind::unprocessable(
    "cast_exceeds_eligible",
    "More was cast than the electorate holds",
);
pub static OPTION_UNKNOWN: Kind =
    Kind::unprocessable("option_unknown", "A vote names no option of this ballot");
pub static OPTIONS_INVALID: Kind = Kind::unprocessable(
    "options_invalid",
    "The options of this ballot cannot be told apart",
);
pub static NOTICE_TOO_SHORT: Kind =
    Kind::unprocessable("notice_too_short", "The by-laws ask for a longer notice");
pub static CLOSES_BEFORE_OPENING: Kind = Kind::unprocessable(
    "closes_before_opening",
    "The ballot would close before it opens",
);
pub static SUBJECT_NOT_READY: Kind = Kind::conflict(
    "subject_not_ready",
    "The subject of the ballot cannot be decided on",
);
pub static SUBJECT_AT_VOTE: Kind =
    Kind::conflict("subject_at_vote", "Members vote on this subject already");
pub static BALLOT_STILL_OPEN: Kind =
    Kind::conflict("ballot_still_open", "The ballot cannot close yet");
pub static BALLOT_NOT_OPEN: Kind =
    Kind::conflict("ballot_not_open", "The ballot takes no votes yet");
pub static ALREADY_VOTED: Kind = Kind::conflict("already_voted", "This member has voted");
pub static NOT_AN_ELECTOR: Kind = Kind::forbidden("not_an_elector", "This member has no vote here");

pub static PRINCIPAL_VOTED: Kind =
    Kind::conflict("principal_voted", "The principal voted in person");
pub static NO_PROXY: Kind = Kind::forbidden("no_proxy", "You hold no proxy of this member");
pub static PROXIES_NOT_ALLOWED: Kind =
    Kind::conflict("proxies_not_allowed", "This ballot allows no proxies");
pub static PROXY_TO_SELF: Kind =
    Kind::unprocessable("proxy_to_self", "A member cannot be its own proxy");
pub static PROXY_LATE: Kind = Kind::conflict("proxy_late", "The deadline for proxies has passed");
pub static PROXY_CHAINED: Kind = Kind::conflict("proxy_chained", "A proxy is not passed on");
pub static PROXY_LIMIT: Kind = Kind::conflict(
    "proxy_limit",
    "The holder has as many proxies as the rule allows",
);
pub static ELECTORATE_FROZEN: Kind = Kind::conflict(
    "electorate_frozen",
    "The electorate was fixed at the opening",
);
pub static ALREADY_EXTENDED: Kind =
    Kind::conflict("already_extended", "The ballot was extended already");
pub static EXTENSION_OUT_OF_RANGE: Kind = Kind::unprocessable(
    "extension_out_of_range",
    "The extension is too short or too long",
);
pub static BALLOT_NEVER_OPENED: Kind =
    Kind::conflict("ballot_never_opened", "The ballot was never open");
pub static BALLOT_ALREADY_FOLLOWED: Kind = Kind::conflict(
    "ballot_already_followed",
    "This happens once, and it happened",
);
pub static REPEAT_NOT_ALLOWED: Kind =
    Kind::conflict("repeat_not_allowed", "This ballot is not repeated");
pub static OTHER_RESULT: Kind =
    Kind::conflict("other_result", "The declared result does not allow this");
pub static QUESTION_FIXED: Kind =
    Kind::conflict("question_fixed", "The question was fixed at the opening");
pub static PROXY_ENDED: Kind = Kind::conflict("proxy_ended", "This appointment has ended already");
pub static NOT_THE_CHAIR: Kind = Kind::forbidden("not_the_chair", "Only the chair may do this");

/// Every kind of this module, for the catalogue.
pub static ALL: &[&Kind] = &[
    &WEIGHT_CAP_UNATTAINABLE,
    &VOTER_NOT_ELIGIBLE,
    &CAST_EXCEEDS_ELIGIBLE,
    &OPTION_UNKNOWN,
    &OPTIONS_INVALID,
    &NOTICE_TOO_SHORT,
    &CLOSES_BEFORE_OPENING,
    &SUBJECT_NOT_READY,
    &SUBJECT_AT_VOTE,
    &BALLOT_STILL_OPEN,
    &BALLOT_NOT_OPEN,
    &ALREADY_VOTED,
    &NOT_AN_ELECTOR,
    &PRINCIPAL_VOTED,
    &NO_PROXY,
    &PROXIES_NOT_ALLOWED,
    &PROXY_TO_SELF,
    &PROXY_LATE,
    &PROXY_CHAINED,
    &PROXY_LIMIT,
    &ELECTORATE_FROZEN,
    &ALREADY_EXTENDED,
    &EXTENSION_OUT_OF_RANGE,
    &BALLOT_NEVER_OPENED,
    &BALLOT_ALREADY_FOLLOWED,
    &REPEAT_NOT_ALLOWED,
    &OTHER_RESULT,
    &QUESTION_FIXED,
    &PROXY_ENDED,
    &NOT_THE_CHAIR,
];
