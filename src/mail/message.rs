//! A queued letter as the bytes of a mail. The same letter gives the same bytes each time: identifier,
//! date and boundary come from its row, so that a second copy is recognised as one.

use std::time::SystemTime;

use anyhow::Context;
use lettre::Address;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::MultiPart;
use lettre::message::MultiPartKind;
use lettre::message::SinglePart;
use lettre::message::header::ContentType;
use lettre::message::header::HeaderName;
use lettre::message::header::HeaderValue;

use crate::kernel::locale::Locale;
use crate::mail::domain::letter;
use crate::mail::domain::letter::Attachment;
use crate::mail::domain::letter::Category;
use crate::mail::repo::Delivery;
use crate::mail::returns;
use crate::platform::ctx::Ctx;
use crate::platform::registry::Letterhead;

/// A mail ready to be sent.
#[derive(Debug)]
pub struct Mime {
    /// Sender of the envelope: where it comes back to.
    pub from: Address,
    pub to: Address,
    pub bytes: Vec<u8>,
}

impl Mime {
    /// The mail as it is laid into a mailbox: with the sender of the envelope on top (RFC 5321, 4.4).
    pub fn laid_down(&self) -> Vec<u8> {
        let mut bytes = format!("Return-Path: <{}>\r\n", self.from).into_bytes();
        bytes.extend_from_slice(&self.bytes);
        bytes
    }
}

/// Builds the mail of a row, under the letterhead of its alliance.
///
/// # Errors
/// When a part of the row cannot stand in a mail. The mail library may also panic: the caller must expect it.
pub fn build(
    ctx: &Ctx,
    row: &Delivery,
    files: &[Attachment],
    head: Option<&Letterhead>,
) -> anyhow::Result<Mime> {
    let own = &ctx.settings.mail_from;
    let from = ascii_domain(&own.email)?;
    let name = head
        .map(|head| plain(&head.name))
        .or_else(|| own.name.clone());
    let to = ascii_domain(&row.to_email.parse().context("the address is none")?)?;
    let to_name = (!row.to_name.is_empty()).then(|| row.to_name.clone());
    let mut builder = Message::builder()
        .from(Mailbox::new(name, from.clone()))
        .to(Mailbox::new(to_name, to.clone()))
        .subject(subject(ctx, row, head))
        .date(SystemTime::from(
            row.first_try_at.unwrap_or(row.created_at).to_utc(),
        ))
        .message_id(Some(returns::message_id(ctx, row.id, from.domain())))
        .raw_header(raw("Auto-Submitted", "auto-generated"))
        .raw_header(raw("Content-Language", &row.locale))
        .raw_header(raw("List-Id", &list_id(ctx, row, from.domain())))
        .raw_header(raw("Feedback-ID", &feedback_id(row)));
    if let Some(address) = head.and_then(|head| head.reply_to.as_deref()) {
        let address = ascii_domain(&address.parse().context("the address for answers is none")?)?;
        builder = builder.reply_to(Mailbox::new(None, address));
    }
    if let Some(link) = &row.unsubscribe_url {
        builder = builder
            .raw_header(raw("List-Unsubscribe", &format!("<{link}>")))
            .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let parts = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(format!("part-{}", row.id.0.simple()))
        .singlepart(SinglePart::plain(row.text.clone()))
        .singlepart(SinglePart::html(row.html.clone()));
    let message = builder.multipart(with_files(row, parts, files)?)?;
    let sender = match returns::return_address(ctx, row.id) {
        Some(address) => address.parse().context("the return address is none")?,
        None => from,
    };
    Ok(Mime {
        from: sender,
        to,
        bytes: message.formatted(),
    })
}

/// The subject, marked where it advertises and China's rules for e-mail apply, and in the sandbox.
fn subject(ctx: &Ctx, row: &Delivery, head: Option<&Letterhead>) -> String {
    let locale = Locale::parse(&row.locale).unwrap_or_default();
    let bound = head.is_some_and(|head| head.marks_advertising);
    let advertises = Category::parse(&row.category).is_some_and(Category::advertises);
    let subject = letter::marked(&row.subject, advertises, locale, bound);
    let sandbox = if ctx.sandbox { "[SANDBOX] " } else { "" };
    format!("{sandbox}{subject}")
}

/// `<digest.01890a5dac96774bbcceb302099a8057.guild.example>` (RFC 2919): one list per alliance and category.
fn list_id(ctx: &Ctx, row: &Delivery, from_domain: &str) -> String {
    let domain = ctx
        .settings
        .mail
        .list_domain
        .as_deref()
        .unwrap_or(from_domain);
    let category = row.category.replace('_', "-");
    match row.alliance_id {
        Some(alliance) => format!("<{category}.{}.{domain}>", alliance.0.simple()),
        None => format!("<{category}.{domain}>"),
    }
}

/// What large receivers count complaints by: campaign, category, alliance, sender.
fn feedback_id(row: &Delivery) -> String {
    let campaign = row
        .campaign_id
        .map_or_else(|| "0".to_owned(), |id| id.0.simple().to_string());
    let alliance = row
        .alliance_id
        .map_or_else(|| "0".to_owned(), |id| id.0.simple().to_string());
    format!("{campaign}:{}:{alliance}:guildhall", row.category)
}

/// A name as it may stand in a header: the mail library panics on control characters.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// The text in both forms, and beside it the files.
fn with_files(row: &Delivery, parts: MultiPart, files: &[Attachment]) -> anyhow::Result<MultiPart> {
    if files.is_empty() {
        return Ok(parts);
    }
    let mut mixed = MultiPart::builder()
        .kind(MultiPartKind::Mixed)
        .boundary(format!("mixed-{}", row.id.0.simple()))
        .multipart(parts);
    for file in files {
        let media =
            ContentType::parse(&file.media_type).context("the media type of a file is none")?;
        let part = lettre::message::Attachment::new(file.file_name.clone());
        mixed = mixed.singlepart(part.body(file.body.clone(), media));
    }
    Ok(mixed)
}

/// The address with its domain as servers without SMTPUTF8 take it.
fn ascii_domain(address: &Address) -> anyhow::Result<Address> {
    if address.domain().is_ascii() {
        return Ok(address.clone());
    }
    let domain = url::Host::parse(address.domain()).context("the domain of the address is none")?;
    Address::new(address.user(), domain.to_string()).context("the address is none")
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
