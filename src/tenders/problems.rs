//! Problems of tenders, quotes and commitments.

use crate::kernel::problem::Kind;

/// The same refusal as among the members of a fund; it stands in that slice's list.
pub use crate::funds::problems::DUPLICATE_MEMBER;

pub static NO_PRICE_BREAKS: Kind =
    Kind::unprocessable("no_price_breaks", "A quote line needs at least one price");
pub static ZERO_PRICE: Kind = Kind::unprocessable("zero_price", "A price must be above zero");
pub static BREAKS_NOT_ASCENDING: Kind = Kind::unprocessable(
    "breaks_not_ascending",
    "Quantities of price breaks must rise",
);
pub static PRICE_NOT_DECREASING: Kind =
    Kind::unprocessable("price_not_decreasing", "Prices of price breaks must fall");
pub static INCREMENTAL_MUST_START_AT_ONE: Kind = Kind::unprocessable(
    "incremental_must_start_at_one",
    "Incremental brackets must start at quantity 1",
);
pub static STEPS_NOT_ORDERED: Kind = Kind::unprocessable(
    "steps_not_ordered",
    "Steps need falling limits and rising quantities",
);
pub static QUANTITY_NOT_MULTIPLE: Kind = Kind::unprocessable(
    "quantity_not_multiple",
    "A quantity must be a multiple of the order multiple",
);
pub static UNKNOWN_MEMBER: Kind =
    Kind::unprocessable("unknown_member", "The member has no commitment here");
pub static WEIGHTS_NOT_COMPLETE: Kind =
    Kind::unprocessable("weights_not_complete", "Weights must add to 10000");
pub static NO_WEIGHT: Kind =
    Kind::unprocessable("no_weight", "There is no weight to share the amount by");
pub static LENGTHS_DIFFER: Kind = Kind::unprocessable(
    "lengths_differ",
    "Lists that belong together differ in length",
);
pub static DUPLICATE_SUPPLIER: Kind =
    Kind::unprocessable("duplicate_supplier", "A supplier quotes once");
pub static DUPLICATE_QUOTE: Kind = Kind::unprocessable("duplicate_quote", "A quote is named once");
pub static DUPLICATE_ITEM: Kind = Kind::unprocessable("duplicate_item", "An item is named once");
pub static UNKNOWN_ITEM: Kind =
    Kind::unprocessable("unknown_item", "The item is not part of the tender");
pub static DUPLICATE_LINE_REF: Kind =
    Kind::unprocessable("duplicate_line_ref", "A quote has one line per item");
pub static INVALID_GTIN_CHARACTERS: Kind =
    Kind::unprocessable("invalid_gtin_characters", "A GTIN consists of digits");
pub static INVALID_GTIN_LENGTH: Kind =
    Kind::unprocessable("invalid_gtin_length", "A GTIN has 8, 12, 13 or 14 digits");
pub static INVALID_GTIN_ZERO: Kind = Kind::unprocessable("invalid_gtin_zero", "A GTIN is not zero");
pub static INVALID_GTIN_CHECK_DIGIT: Kind = Kind::unprocessable(
    "invalid_gtin_check_digit",
    "The check digit of the GTIN is wrong",
);
pub static TENDER_SEALED: Kind =
    Kind::forbidden("tender_sealed", "The quotes of this round are sealed");
pub static ROUND_NOT_OPEN: Kind = Kind::conflict("round_not_open", "The window has not opened yet");
pub static QUOTE_EXISTS: Kind =
    Kind::conflict("quote_exists", "A manufacturer quotes once per tender");
pub static COMMITMENT_EXISTS: Kind =
    Kind::conflict("commitment_exists", "A member commits once per item");
pub static ALREADY_APPROVED: Kind =
    Kind::conflict("already_approved", "You have approved this already");
pub static WINDOW_EXPIRED: Kind = Kind::conflict("window_expired", "The first approval is too old");
pub static TOO_FEW_QUOTES: Kind = Kind::conflict(
    "too_few_quotes",
    "Fewer quotes came than the tender asks for",
);
pub static ITEM_ALREADY_AWARDED: Kind =
    Kind::conflict("item_already_awarded", "An item has an award already");
pub static NOTHING_TO_AWARD: Kind =
    Kind::conflict("nothing_to_award", "The evaluation has no winner");
pub static EVALUATION_OUTDATED: Kind = Kind::conflict(
    "evaluation_outdated",
    "A quote of this evaluation has left the field",
);
pub static NO_ITEMS: Kind = Kind::unprocessable("no_items", "A tender needs at least one item");
pub static WINDOWS_INVALID: Kind =
    Kind::unprocessable("windows_invalid", "The windows do not fit each other");
pub static ORDER_NOT_BALANCED: Kind = Kind::conflict(
    "order_not_balanced",
    "Members' lines do not add up to the order",
);

/// Every kind of this module, for the catalogue.
pub static ALL: &[&Kind] = &[
    &NO_PRICE_BREAKS,
    &ZERO_PRICE,
    &BREAKS_NOT_ASCENDING,
    &PRICE_NOT_DECREASING,
    &INCREMENTAL_MUST_START_AT_ONE,
    &STEPS_NOT_ORDERED,
    &QUANTITY_NOT_MULTIPLE,
    &UNKNOWN_MEMBER,
    &WEIGHTS_NOT_COMPLETE,
    &NO_WEIGHT,
    &LENGTHS_DIFFER,
    &DUPLICATE_SUPPLIER,
    &DUPLICATE_QUOTE,
    &DUPLICATE_ITEM,
    &UNKNOWN_ITEM,
    &DUPLICATE_LINE_REF,
    &INVALID_GTIN_CHARACTERS,
    &INVALID_GTIN_LENGTH,
    &INVALID_GTIN_ZERO,
    &INVALID_GTIN_CHECK_DIGIT,
    &TENDER_SEALED,
    &ROUND_NOT_OPEN,
    &QUOTE_EXISTS,
    &COMMITMENT_EXISTS,
    &ALREADY_APPROVED,
    &WINDOW_EXPIRED,
    &TOO_FEW_QUOTES,
    &ITEM_ALREADY_AWARDED,
    &NOTHING_TO_AWARD,
    &EVALUATION_OUTDATED,
    &NO_ITEMS,
    &WINDOWS_INVALID,
    &ORDER_NOT_BALANCED,
];
