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

use crate::mail::domain::letter::Attachment;
use crate::mail::repo::Delivery;
use crate::platform::ctx::Ctx;

/// A mail ready to be sent.
#[derive(Debug)]
pub struct Mime {
    pub from: Address,
    pub to: Address,
    pub bytes: Vec<u8>,
}

/// Builds the mail of a row.
///
/// # Errors
/// When a part of the row cannot stand in a mail. The mail library may also panic: the caller must expect it.
pub fn build(ctx: &Ctx, row: &Delivery, files: &[Attachment]) -> anyhow::Result<Mime> {
    let from = Mailbox::new(
        ctx.settings.mail_from.name.clone(),
        ascii_domain(&ctx.settings.mail_from.email)?,
    );
    let to = ascii_domain(&row.to_email.parse().context("the address is none")?)?;
    let name = (!row.to_name.is_empty()).then(|| row.to_name.clone());
    let mark = if ctx.sandbox { "[SANDBOX] " } else { "" };
    let mut builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(name, to.clone()))
        .subject(format!("{mark}{}", row.subject))
        .date(SystemTime::from(
            row.first_try_at.unwrap_or(row.created_at).to_utc(),
        ))
        .message_id(Some(message_id(ctx, row, from.email.domain())))
        .raw_header(raw("Auto-Submitted", "auto-generated"))
        .raw_header(raw("Content-Language", &row.locale));
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
    Ok(Mime {
        from: from.email,
        to,
        bytes: message.formatted(),
    })
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

/// Nobody without the key can guess it: replies and bounces may be matched by it.
fn message_id(ctx: &Ctx, row: &Delivery, domain: &str) -> String {
    let mac = ctx.keys.mac("mail.message_id", row.id.0.as_bytes());
    let mac = mac[..5]
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    format!("<d{}.{mac}@{domain}>", row.id.0.simple())
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
