//! Reads a message that came back: a delivery report (RFC 3464), a complaint (RFC 5965), or neither.
//!
//! Anybody can send such a message. Headers are read by the mail parser; bodies are only cut into parts,
//! to a limited depth and number, and never decoded into messages within messages.

use mail_parser::Message;
use mail_parser::MessageParser;
use mail_parser::MimeHeaders;

/// Parts within parts that are followed.
const DEPTH: usize = 10;
/// Parts that are looked at.
const PARTS: usize = 64;
/// Recipients of one report that are looked at.
const RECIPIENTS: usize = 64;
/// Longest field that is kept, in characters.
const FIELD_CHARS: usize = 300;

/// What a message is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// Neither of the others: an automatic answer, a letter, or noise.
    #[default]
    Other,
    /// `multipart/report` with a delivery status.
    DeliveryReport,
    /// `multipart/report` with feedback that calls the message unwanted.
    Complaint,
}

/// What a message that came back says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub form: Form,
    /// Addresses that it was sent to, the surest first.
    pub sent_to: Vec<String>,
    /// `Original-Envelope-Id`.
    pub envelope_id: Option<String>,
    /// `Message-ID` of the message that it is about.
    pub message_id: Option<String>,
    pub recipients: Vec<Fate>,
}

/// What became of one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fate {
    /// Addresses without their type: as it was given, and as it was in the end.
    pub addresses: Vec<String>,
    /// In lower case.
    pub action: String,
    pub status: String,
    pub diagnostic: String,
}

/// Reads a raw message. Never fails: what cannot be read is [`Form::Other`].
pub fn read(raw: &[u8]) -> Report {
    let mut report = Report::default();
    let Some(head) = headers(raw) else {
        return report;
    };
    for name in ["X-Original-To", "Delivered-To", "To"] {
        report.sent_to.extend(all(&head, name).flat_map(addresses));
    }
    let mut parts = Vec::new();
    collect(raw, DEPTH, &mut parts);
    let is = |part: &Part<'_>, kind: &str| part.media == kind;
    let status = parts.iter().find(|part| {
        is(part, "message/delivery-status") || is(part, "message/global-delivery-status")
    });
    let feedback = parts
        .iter()
        .find(|part| is(part, "message/feedback-report"));
    if !parts.iter().any(|part| is(part, "multipart/report")) {
        return report;
    }
    if let Some(feedback) = feedback {
        read_feedback(feedback.body, &mut report);
    } else if let Some(status) = status {
        read_status(status.body, &mut report);
    }
    let returned = parts.iter().find(|part| {
        [
            "message/rfc822",
            "message/global",
            "text/rfc822-headers",
            "message/global-headers",
        ]
        .contains(&part.media.as_str())
    });
    if let Some(returned) = returned.and_then(|part| headers(part.body)) {
        report.message_id = all(&returned, "Message-ID").next().map(|id| field(&id));
        report
            .sent_to
            .extend(all(&returned, "Return-Path").flat_map(addresses));
    }
    report
}

/// The headers alone: the parser is kept away from the body.
fn headers(raw: &[u8]) -> Option<Message<'_>> {
    let (head, _) = split_head(raw);
    MessageParser::new()
        .with_mime_headers()
        .default_header_raw()
        .parse_headers(head)
}

/// Every value of a header, unfolded.
fn all<'a>(message: &'a Message<'_>, name: &'a str) -> impl Iterator<Item = String> + 'a {
    message
        .headers_raw()
        .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The addresses of a header: what stands in brackets, or else what has an `@`.
fn addresses(value: String) -> Vec<String> {
    value
        .split(',')
        .take(RECIPIENTS)
        .map(|one| match (one.rfind('<'), one.rfind('>')) {
            (Some(open), Some(close)) if open < close => &one[open + 1..close],
            _ => one,
        })
        .map(str::trim)
        .filter(|one| one.contains('@') && one.len() <= 320)
        .map(str::to_owned)
        .collect()
}

struct Part<'a> {
    /// In lower case, without parameters.
    media: String,
    body: &'a [u8],
}

fn collect<'a>(raw: &'a [u8], depth: usize, parts: &mut Vec<Part<'a>>) {
    if parts.len() >= PARTS {
        return;
    }
    let (_, body) = split_head(raw);
    let head = headers(raw);
    let kind = head.as_ref().and_then(|head| head.content_type());
    let media = kind.map_or_else(
        || "text/plain".to_owned(),
        |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("plain")).to_lowercase(),
    );
    let boundary = kind
        .and_then(|kind| kind.attribute("boundary"))
        .filter(|boundary| !boundary.is_empty() && media.starts_with("multipart/"))
        .map(str::to_owned);
    parts.push(Part { media, body });
    if let (Some(boundary), Some(depth)) = (boundary, depth.checked_sub(1)) {
        for part in cut(body, &boundary) {
            collect(part, depth, parts);
        }
    }
}

/// The head with the empty line at its end, and the body.
fn split_head(raw: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if line == b"\n" || line == b"\r\n" {
            break;
        }
    }
    raw.split_at(at)
}

/// The parts between the lines of a boundary (RFC 2046, 5.1.1); what follows the last one is no part.
fn cut<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut begin = None;
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let next = at + line.len();
        let rest = line
            .strip_prefix(b"--")
            .and_then(|line| line.strip_prefix(boundary.as_bytes()))
            .map(<[u8]>::trim_ascii);
        if let Some(rest @ (b"" | b"--")) = rest {
            if let Some(begin) = begin {
                parts.push(&body[begin..at]);
            }
            begin = Some(next);
            if rest == b"--" || parts.len() >= PARTS {
                return parts;
            }
        }
        at = next;
    }
    if let Some(begin) = begin {
        parts.push(&body[begin..]);
    }
    parts
}

/// Groups of fields: the first about the message, the others about one recipient each.
fn groups(body: &[u8]) -> Vec<Vec<(String, String)>> {
    let text = String::from_utf8_lossy(body);
    let mut groups = Vec::new();
    let mut group: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            if !group.is_empty() {
                groups.push(std::mem::take(&mut group));
            }
            if groups.len() > RECIPIENTS {
                return groups;
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut().filter(|(_, v)| v.len() < 4_000) {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':').filter(|_| group.len() < 64) {
            group.push((name.trim().to_lowercase(), value.trim().to_owned()));
        }
    }
    if !group.is_empty() {
        groups.push(group);
    }
    groups
}

fn value<'a>(group: &'a [(String, String)], name: &str) -> Option<&'a str> {
    group
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

fn read_status(body: &[u8], report: &mut Report) {
    report.form = Form::DeliveryReport;
    for group in groups(body) {
        if let Some(id) = value(&group, "original-envelope-id") {
            report.envelope_id = Some(field(id));
        }
        let Some(action) = value(&group, "action") else {
            continue;
        };
        report.recipients.push(Fate {
            addresses: ["original-recipient", "final-recipient"]
                .iter()
                .filter_map(|name| value(&group, name))
                .map(without_type)
                .collect(),
            action: field(action).to_lowercase(),
            status: value(&group, "status").map_or_else(String::new, status),
            diagnostic: field(value(&group, "diagnostic-code").unwrap_or_default()),
        });
    }
}

/// Feedback of the types that call a message unwanted; `not-spam` says the opposite.
fn read_feedback(body: &[u8], report: &mut Report) {
    let groups = groups(body);
    let fields = groups.concat();
    let kind = value(&fields, "feedback-type").unwrap_or_default();
    if !["abuse", "fraud", "virus", "opt-out", "other"].contains(&kind.to_lowercase().as_str()) {
        return;
    }
    report.form = Form::Complaint;
    if let Some(sender) = value(&fields, "original-mail-from") {
        report.sent_to.extend(addresses(sender.to_owned()));
    }
    if let Some(id) = value(&fields, "original-envelope-id") {
        report.envelope_id = Some(field(id));
    }
    report.recipients.push(Fate {
        addresses: value(&fields, "original-rcpt-to")
            .map(without_type)
            .into_iter()
            .collect(),
        action: field(kind).to_lowercase(),
        status: String::new(),
        diagnostic: field(value(&fields, "user-agent").unwrap_or_default()),
    });
}

/// `rfc822; mei@example.org` without its type.
fn without_type(value: &str) -> String {
    let address = value.split_once(';').map_or(value, |(_, address)| address);
    let address = address.trim().trim_start_matches('<').trim_end_matches('>');
    field(address)
}

/// The code without the comment that may follow it.
fn status(value: &str) -> String {
    field(value.split([' ', '(']).next().unwrap_or_default())
}

/// A field as it may be stored and shown.
fn field(value: &str) -> String {
    value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(FIELD_CHARS)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests;
