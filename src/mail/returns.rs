//! Messages that come back: whose they are, what they say, and what follows.
//!
//! Anybody can send one. It has an effect only where it names a delivery with a MAC of this installation,
//! or its envelope id together with its address; everything else is kept as a trace and changes nothing.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::TimeDelta;
use serde_json::json;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BounceId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::problem::Failure;
use crate::mail::domain::bounce;
use crate::mail::domain::bounce::BounceKind;
use crate::mail::domain::refusal::RefusalSource;
use crate::mail::domain::report;
use crate::mail::domain::report::Fate;
use crate::mail::domain::report::Form;
use crate::mail::domain::report::Report;
use crate::mail::domain::verp;
use crate::mail::domain::verp::Told;
use crate::mail::repo::bounces;
use crate::mail::repo::bounces::Addressed;
use crate::mail::repo::bounces::Bounce;
use crate::mail::repo::counts;
use crate::mail::repo::refusals;
use crate::mail::repo::suppressions;
use crate::mail::repo::suppressions::Refused;
use crate::platform::act::Act;
use crate::platform::act::perform_as_system;
use crate::platform::ctx::Ctx;
use crate::platform::random::digest;

/// Largest message that is read, in bytes.
pub const MOST_BYTES: usize = 1 << 20;
/// As much of a message about one of ours is kept as evidence, in bytes.
const EVIDENCE_BYTES: usize = 256 * 1024;
/// As much of any other is kept as a trace, in bytes.
const TRACE_BYTES: usize = 8 * 1024;
/// Keeps the MACs of return addresses and of identifiers apart from others.
const VERP: &str = "mail.verp";
const MESSAGE_ID: &str = "mail.message_id";

/// How a message came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// `POST /hooks/bounce`.
    Hook,
    /// The mailbox.
    Imap,
}

impl Channel {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Hook => "hook",
            Self::Imap => "imap",
        }
    }
}

/// The address that a delivery comes back to; `None` where no domain is set for it.
pub fn return_address(ctx: &Ctx, delivery: DeliveryId) -> Option<String> {
    let domain = ctx.settings.mail.bounce_domain.as_ref()?;
    let mac = ctx.keys.mac(VERP, delivery.0.as_bytes());
    let local = verp::local_part(ctx.settings.mail.bounce_delimiter, delivery, &mac);
    Some(format!("{local}@{domain}"))
}

/// The identifier of a delivery's message, in angle brackets: the same for every copy, and nobody without
/// the key can guess it.
pub fn message_id(ctx: &Ctx, delivery: DeliveryId, domain: &str) -> String {
    let mac = ctx.keys.mac(MESSAGE_ID, delivery.0.as_bytes());
    format!("<{}@{domain}>", verp::message_id(delivery, &mac))
}

/// Whose message came back.
enum Whose {
    Ours(Addressed),
    Nobodys,
    /// It claims a delivery and has no proof of it.
    Forged,
}

/// Takes a message that came back, once: the same bytes again change nothing. Answers what it was.
///
/// # Errors
/// When the database fails.
pub async fn take(ctx: &Ctx, channel: Channel, raw: &[u8]) -> Result<BounceKind, Failure> {
    // The parser of a stranger's bytes costs this message at most.
    let report = std::panic::catch_unwind(|| report::read(raw)).unwrap_or_default();
    let sha256 = digest(raw);
    perform_as_system(ctx, "take_bounce", async |act| {
        let whose = match report.form {
            Form::Other => Whose::Nobodys,
            Form::DeliveryReport | Form::Complaint => whose(act, &report).await?,
        };
        let (addressed, kind, fate) = match whose {
            Whose::Nobodys if report.form == Form::Other => (None, BounceKind::Ignored, None),
            Whose::Nobodys => (None, BounceKind::Unmatched, report.recipients.first()),
            Whose::Forged => (None, BounceKind::Forged, report.recipients.first()),
            Whose::Ours(delivery) => {
                let (kind, fate) = judge(&report, &delivery);
                (Some(delivery), kind, fate)
            }
        };
        let status = fate.map(|fate| fate.status.clone()).unwrap_or_default();
        let diagnostic = fate.map(|fate| fate.diagnostic.clone()).unwrap_or_default();
        let most = if addressed.is_some() {
            EVIDENCE_BYTES
        } else {
            TRACE_BYTES
        };
        let row = Bounce {
            id: act.fresh(),
            sha256: sha256.clone(),
            received_at: act.now(),
            source: channel.as_str().to_owned(),
            delivery_id: addressed.as_ref().map(|delivery| delivery.id),
            alliance_id: addressed.as_ref().and_then(|delivery| delivery.alliance_id),
            email: addressed
                .as_ref()
                .map(|delivery| delivery.to_email.to_lowercase()),
            kind: kind.as_str().to_owned(),
            status: (!status.is_empty()).then(|| status.clone()),
            diagnostic: (!diagnostic.is_empty()).then(|| diagnostic.clone()),
            raw: raw[..raw.len().min(most)].to_vec(),
        };
        let id = row.id;
        if !bounces::keep(act.tx(), row).await? {
            return Ok(kind);
        }
        match addressed {
            Some(delivery) => follow(act, id, &delivery, kind, &status, &diagnostic).await?,
            None => tracing::info!(%kind, "a message came back that belongs to none of ours"),
        }
        Ok(kind)
    })
    .await
}

/// The surest word first: the address it was sent to, the envelope id, the identifier.
async fn whose(act: &Act<'_>, report: &Report) -> Result<Whose, Failure> {
    let mail = &act.ctx.settings.mail;
    let mut claims = false;
    if let Some(domain) = &mail.bounce_domain {
        for address in &report.sent_to {
            match verp::read(address, mail.bounce_delimiter, domain) {
                Some(Told::Delivery(id, mac)) if is_mac(act.ctx, VERP, id, &mac) => {
                    return known(act, id).await;
                }
                Some(_) => claims = true,
                None => {}
            }
        }
    }
    if claims {
        // Who makes up an address is not believed the rest.
        return Ok(Whose::Forged);
    }
    if let Some(id) = report
        .envelope_id
        .as_deref()
        .and_then(verp::read_envelope_id)
        && let Whose::Ours(delivery) = known(act, id).await?
        && names(report, &delivery.to_email)
    {
        return Ok(Whose::Ours(delivery));
    }
    match report.message_id.as_deref().and_then(verp::read_message_id) {
        Some((id, mac)) if is_mac(act.ctx, MESSAGE_ID, id, &mac) => known(act, id).await,
        Some(_) => Ok(Whose::Forged),
        None => Ok(Whose::Nobodys),
    }
}

fn is_mac(ctx: &Ctx, purpose: &str, id: DeliveryId, claimed: &str) -> bool {
    ctx.keys
        .macs(purpose, id.0.as_bytes())
        .iter()
        .any(|mac| verify_slices_are_equal(verp::cut(mac).as_bytes(), claimed.as_bytes()).is_ok())
}

async fn known(act: &Act<'_>, id: DeliveryId) -> Result<Whose, Failure> {
    let found = bounces::addressed(act.tx(), id).await?;
    Ok(found.map_or(Whose::Nobodys, Whose::Ours))
}

/// Whether a report speaks of an address.
fn names(report: &Report, email: &str) -> bool {
    report
        .recipients
        .iter()
        .flat_map(|fate| &fate.addresses)
        .any(|address| address.eq_ignore_ascii_case(email))
}

/// The fate of the delivery's own address where it is named, else the first that failed.
fn judge<'a>(report: &'a Report, delivery: &Addressed) -> (BounceKind, Option<&'a Fate>) {
    if report.form == Form::Complaint {
        return (BounceKind::Complaint, report.recipients.first());
    }
    let own = |fate: &&Fate| {
        fate.addresses
            .iter()
            .any(|address| address.eq_ignore_ascii_case(&delivery.to_email))
    };
    let fates = &report.recipients;
    let fate = fates
        .iter()
        .find(own)
        .or_else(|| fates.iter().find(|fate| fate.action == "failed"))
        .or_else(|| fates.first());
    let kind = match fate {
        Some(fate) if fate.action == "failed" => {
            bounce::judge(&fate.status, &fate.diagnostic).unwrap_or(BounceKind::Ignored)
        }
        Some(fate) if fate.action == "delayed" => BounceKind::Delayed,
        _ => BounceKind::Ignored,
    };
    (kind, fate)
}

/// What follows for the delivery and for the address.
async fn follow(
    act: &Act<'_>,
    id: BounceId,
    delivery: &Addressed,
    kind: BounceKind,
    status: &str,
    diagnostic: &str,
) -> Result<(), Failure> {
    if kind.is_failure() {
        let reason: String = format!("{kind}: {diagnostic}").chars().take(200).collect();
        if bounces::mark(act.tx(), delivery, status, &reason).await?
            && let Some(campaign) = delivery.campaign_id
        {
            counts::bounced(act.tx(), campaign, &delivery.state).await?;
        }
    }
    let facts = json!({ "kind": kind, "status": status, "delivery_id": delivery.id });
    act.record("bounce.taken", delivery.alliance_id, id.0, facts)
        .await?;
    let refused = consequence(act, id, delivery, kind).await?;
    let Some(refused) = refused else {
        return Ok(());
    };
    if let Some(row) = suppressions::suppress(act.tx(), act.fresh(), &refused).await? {
        let facts =
            json!({ "reason": refused.reason, "source": refused.source, "evidence_id": id });
        act.record("suppression.added", delivery.alliance_id, row.id.0, facts)
            .await?;
    }
    Ok(())
}

/// The refusal that a bounce brings about.
async fn consequence(
    act: &Act<'_>,
    id: BounceId,
    delivery: &Addressed,
    kind: BounceKind,
) -> Result<Option<Refused>, Failure> {
    let email = delivery.to_email.to_lowercase();
    let everywhere = |reason: &str| Refused {
        evidence: Some(id),
        found_in: delivery.alliance_id,
        ..Refused::everywhere(&email, reason, RefusalSource::Bounce)
    };
    Ok(match kind {
        BounceKind::Hard => Some(everywhere("hard bounce")),
        BounceKind::Soft => {
            let recent = refusals::note_return(act.tx(), &email, delivery.id).await?;
            recent.too_often().then(|| Refused {
                expires_at: Some(act.now().plus(TimeDelta::days(bounce::PAUSE_DAYS))),
                ..everywhere("soft bounces")
            })
        }
        BounceKind::Refused => {
            let count = bounces::count_refusals(act.tx(), &email, bounce::REFUSALS_DAYS).await?;
            (count >= bounce::REFUSALS).then(|| everywhere("refused repeatedly"))
        }
        BounceKind::Complaint => Some(complaint(id, &email, delivery.alliance_id)),
        BounceKind::Policy
        | BounceKind::Delayed
        | BounceKind::Ignored
        | BounceKind::Unmatched
        | BounceKind::Forged => None,
    })
}

/// Whoever complains about an alliance's mail gets no more of what may be refused.
fn complaint(id: BounceId, email: &str, alliance: Option<AllianceId>) -> Refused {
    Refused {
        alliance,
        evidence: Some(id),
        found_in: alliance,
        ..Refused::everywhere(email, "complaint", RefusalSource::Complaint)
    }
}
