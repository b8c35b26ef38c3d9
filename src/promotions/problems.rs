//! The refusals of this slice.

use crate::kernel::problem::Kind;

pub static YEAR_OUT_OF_RANGE: Kind =
    Kind::unprocessable("year_out_of_range", "Festivals are known from 1901 to 2100");
pub static RANGE_INVALID: Kind = Kind::unprocessable(
    "range_invalid",
    "A range runs forward, for at most ten years",
);
pub static TIME_ZONE_UNKNOWN: Kind =
    Kind::unprocessable("time_zone_unknown", "This is not an IANA time zone");
pub static FESTIVAL_UNKNOWN: Kind =
    Kind::unprocessable("festival_unknown", "The catalogue has no such festival");
pub static FESTIVAL_PROVISIONAL: Kind = Kind::unprocessable(
    "festival_provisional",
    "The date of this festival has to be confirmed",
);
pub static FESTIVAL_NOT_ONCE: Kind = Kind::unprocessable(
    "festival_not_once",
    "The festival does not come exactly once in this year",
);
pub static PHASES_INVALID: Kind =
    Kind::unprocessable("phases_invalid", "The phases break their rules");
pub static ENROLMENT_NOT_OPEN: Kind =
    Kind::conflict("enrolment_not_open", "Enrolment has not opened yet");
pub static CAPACITY_REACHED: Kind = Kind::conflict("capacity_reached", "Every place is taken");
pub static ALREADY_ENROLLED: Kind = Kind::conflict("already_enrolled", "The member has enrolled");
pub static TOO_MANY_FEEDS: Kind = Kind::conflict(
    "too_many_feeds",
    "The person has enough addresses of this calendar",
);
pub static FESTIVAL_UNCONFIRMED: Kind = Kind::conflict(
    "festival_unconfirmed",
    "The date of this festival is provisional and nobody confirmed it",
);
pub static FESTIVAL_NOT_PROVISIONAL: Kind = Kind::unprocessable(
    "festival_not_provisional",
    "The date of this festival needs no confirmation",
);
pub static DATE_NOT_NEAR: Kind =
    Kind::unprocessable("date_not_near", "The festival does not come near this date");
pub static FESTIVAL_EXISTS: Kind =
    Kind::conflict("festival_exists", "There is a festival of this name");
pub static FESTIVALS_FULL: Kind = Kind::conflict(
    "festivals_full",
    "The alliance has as many festivals of its own as it may",
);
pub static TERMS_INVALID: Kind = Kind::unprocessable(
    "terms_invalid",
    "The terms of the promotion contradict its phases",
);
pub static BUDGET_UNKNOWN: Kind = Kind::unprocessable(
    "budget_unknown",
    "The alliance has no such fund, assessment or budget line",
);
pub static BUDGET_TOO_LARGE: Kind = Kind::unprocessable(
    "budget_too_large",
    "The promotion may cost more than what pays for it",
);
pub static FUND_NOT_OPEN: Kind = Kind::conflict("fund_not_open", "The fund takes no new plans");
pub static PROMOTION_CONFLICT: Kind = Kind::conflict(
    "promotion_conflict",
    "The member takes part in another promotion at that time",
);
pub static BLACKOUT: Kind = Kind::conflict("blackout", "Nothing is sold in this time");
pub static BLACKOUTS_FULL: Kind = Kind::conflict(
    "blackouts_full",
    "There are as many blackouts as there may be",
);
pub static REPEATED: Kind = Kind::conflict("already_repeated", "The next edition exists");
pub static SKU_REPEATED: Kind = Kind::unprocessable("sku_repeated", "A product is named twice");
pub static TOO_MANY_ITEMS: Kind = Kind::unprocessable(
    "too_many_items",
    "The promotion takes fewer products of one member",
);
pub static ITEM_PHASE_UNKNOWN: Kind =
    Kind::unprocessable("item_phase_unknown", "The promotion has no such phase");
pub static ITEM_PHASES_EXCLUDED: Kind = Kind::unprocessable(
    "item_phases_excluded",
    "A product cannot be in both of these phases",
);
pub static CATEGORY_NOT_WANTED: Kind = Kind::unprocessable(
    "category_not_wanted",
    "The promotion does not take this category",
);
pub static STOCK_TOO_SMALL: Kind =
    Kind::unprocessable("stock_too_small", "The promotion asks for more stock");
pub static PRICE_MISSING: Kind = Kind::unprocessable(
    "price_missing",
    "The promotion asks for a promotional price",
);
pub static PRICE_HISTORY_MISSING: Kind = Kind::unprocessable(
    "price_history_missing",
    "The price log knows no earlier price of this product",
);
pub static PRICE_NOT_BELOW_PRIOR: Kind = Kind::unprocessable(
    "price_not_below_prior",
    "The promotional price is not below the prior price",
);
pub static DISCOUNT_TOO_SMALL: Kind = Kind::unprocessable(
    "discount_too_small",
    "The discount is smaller than the promotion asks",
);

/// Every kind of this module, for the catalogue.
pub static ALL: &[&Kind] = &[
    &YEAR_OUT_OF_RANGE,
    &RANGE_INVALID,
    &TIME_ZONE_UNKNOWN,
    &FESTIVAL_UNKNOWN,
    &FESTIVAL_PROVISIONAL,
    &FESTIVAL_NOT_ONCE,
    &PHASES_INVALID,
    &ENROLMENT_NOT_OPEN,
    &CAPACITY_REACHED,
    &ALREADY_ENROLLED,
    &TOO_MANY_FEEDS,
    &FESTIVAL_UNCONFIRMED,
    &FESTIVAL_NOT_PROVISIONAL,
    &DATE_NOT_NEAR,
    &FESTIVAL_EXISTS,
    &FESTIVALS_FULL,
    &TERMS_INVALID,
    &BUDGET_UNKNOWN,
    &BUDGET_TOO_LARGE,
    &FUND_NOT_OPEN,
    &PROMOTION_CONFLICT,
    &BLACKOUT,
    &BLACKOUTS_FULL,
    &REPEATED,
    &SKU_REPEATED,
    &TOO_MANY_ITEMS,
    &ITEM_PHASE_UNKNOWN,
    &ITEM_PHASES_EXCLUDED,
    &CATEGORY_NOT_WANTED,
    &STOCK_TOO_SMALL,
    &PRICE_MISSING,
    &PRICE_HISTORY_MISSING,
    &PRICE_NOT_BELOW_PRIOR,
    &DISCOUNT_TOO_SMALL,
];
