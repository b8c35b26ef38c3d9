//! The refusals of this slice.

use crate::kernel::problem::Kind;

pub static WEIGHT_CAP_UNATTAINABLE: Kind = Kind::unprocessable(
    "weight_cap_unattainable",
    "Too few members have weight for this cap",
);
pub static BALLOT_RULE_INVALID: Kind =
    Kind::unprocessable("ballot_rule_invalid", "The ballot rule contradicts itself");
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

/// Every kind of this module, for the catalogue.
pub static ALL: &[&Kind] = &[
    &WEIGHT_CAP_UNATTAINABLE,
    &BALLOT_RULE_INVALID,
    &VOTER_NOT_ELIGIBLE,
    &CAST_EXCEEDS_ELIGIBLE,
    &OPTION_UNKNOWN,
    &OPTIONS_INVALID,
];
