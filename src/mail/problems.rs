//! The problems of mail.

use crate::kernel::problem::Kind;

pub static MAIL_ADDRESS_INVALID: Kind = Kind::unprocessable(
    "mail_address_invalid",
    "Mail cannot be sent to this address",
);
pub static MAIL_NAME_INVALID: Kind = Kind::unprocessable(
    "mail_name_invalid",
    "The recipient's name cannot stand in a mail",
);
pub static MAIL_SUBJECT_INVALID: Kind =
    Kind::unprocessable("mail_subject_invalid", "The subject cannot stand in a mail");
pub static MAIL_LINK_INVALID: Kind =
    Kind::unprocessable("mail_link_invalid", "A link of the mail is no web address");
pub static MAIL_ATTACHMENT_INVALID: Kind =
    Kind::unprocessable("mail_attachment_invalid", "A file cannot go with the mail");
pub static MAIL_TEMPLATE_INVALID: Kind =
    Kind::unprocessable("mail_template_invalid", "The mail cannot be written");

pub static HOOK_SIGNATURE_INVALID: Kind = Kind::new(
    401,
    "hook_signature_invalid",
    "The message is not signed by its sender",
);

/// Every kind of this slice, for the catalogue.
pub static ALL: &[&Kind] = &[
    &MAIL_ADDRESS_INVALID,
    &MAIL_NAME_INVALID,
    &MAIL_SUBJECT_INVALID,
    &MAIL_LINK_INVALID,
    &MAIL_ATTACHMENT_INVALID,
    &MAIL_TEMPLATE_INVALID,
    &HOOK_SIGNATURE_INVALID,
];
