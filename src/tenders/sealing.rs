//! Content at rest: quotes under a data key of their own, wrapped by the key file; commitments and
//! allocations wrapped directly. Plaintext is padded to steps of 4 KiB, so that its length tells little.
//!
//! This protects from the alliance's staff and from whoever reads the database or a backup, not from
//! whoever controls the running process together with its key file.

use anyhow::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::http::json;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::TenderId;
use crate::platform::ctx::Ctx;
use crate::platform::keys;
use crate::tenders::domain::offer::Offer;
use crate::tenders::repo::offers::Revision;

/// Where a quote's content belongs: authenticated with the ciphertext, so that rows cannot be swapped.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub tender: TenderId,
    pub round: RoundId,
    pub quote: QuoteId,
    pub number: i32,
}

impl Place {
    fn context(self) -> String {
        format!(
            "quote:{}:{}:{}:{}",
            self.tender, self.round, self.quote, self.number
        )
    }
}

/// A content as it is stored.
pub struct SealedOffer {
    pub wrapped_key: Vec<u8>,
    pub sealed_content: Vec<u8>,
    /// Keyed hash of the canonical content: equal for equal contents of one quote, useless without the key.
    pub content_mac: Vec<u8>,
}

const STEP: usize = 4096;

/// Seals a normalised content under a fresh key.
///
/// # Errors
/// When the cipher or the randomness fails.
pub fn seal_offer(ctx: &Ctx, place: Place, offer: &Offer) -> anyhow::Result<SealedOffer> {
    let text = canonical(offer)?;
    let context = place.context();
    let key = ctx.random.bytes::<32>()?;
    Ok(SealedOffer {
        wrapped_key: ctx.keys.wrap(&format!("key:{context}"), &key)?,
        sealed_content: keys::seal(&key, &context, &padded(text.clone()), &ctx.random)?,
        content_mac: mac(ctx, place.quote, &text),
    })
}

/// The keyed hash of a normalised content.
///
/// # Errors
/// When the content cannot be written.
pub fn offer_mac(ctx: &Ctx, quote: QuoteId, offer: &Offer) -> anyhow::Result<Vec<u8>> {
    Ok(mac(ctx, quote, &canonical(offer)?))
}

fn mac(ctx: &Ctx, quote: QuoteId, text: &str) -> Vec<u8> {
    ctx.keys
        .mac(&format!("quote.content:{quote}"), text.as_bytes())
        .to_vec()
}

fn canonical(offer: &Offer) -> anyhow::Result<String> {
    Ok(json::canonical(&serde_json::to_value(offer)?))
}

/// Opens the content of a revision.
///
/// # Errors
/// When the row was changed or moved, or belongs to another key file.
pub fn open_offer(ctx: &Ctx, place: Place, row: &Revision) -> anyhow::Result<Offer> {
    let context = place.context();
    let key: [u8; 32] = ctx
        .keys
        .unwrap(&format!("key:{context}"), &row.wrapped_key)?
        .try_into()
        .ok()
        .context("a data key has 32 bytes")?;
    let text = keys::open(&key, &context, &row.sealed_content)?;
    serde_json::from_slice(&text).context("a sealed quote is unreadable")
}

/// Wraps a private fact.
///
/// # Errors
/// When the cipher or the randomness fails.
pub fn wrap(ctx: &Ctx, context: &str, fact: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    let text = serde_json::to_string(fact)?;
    ctx.keys.wrap(context, &padded(text))
}

/// Unwraps what [`wrap`] wrapped under the same context.
///
/// # Errors
/// When the bytes were changed or moved, or belong to another key file.
pub fn unwrap<T: DeserializeOwned>(ctx: &Ctx, context: &str, sealed: &[u8]) -> anyhow::Result<T> {
    let text = ctx.keys.unwrap(context, sealed)?;
    serde_json::from_slice(&text).context("a sealed fact is unreadable")
}

/// JSON readers skip the spaces at the end.
fn padded(text: String) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    bytes.resize(bytes.len().next_multiple_of(STEP), b' ');
    bytes
}
