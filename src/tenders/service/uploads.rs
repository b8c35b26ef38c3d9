//! Quotes in files: a file replaces the lines of a quote, or merges into them, as a whole or not at all.

use std::collections::BTreeMap;
use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::kernel::ids::QuoteId;
use crate::kernel::ids::QuoteUploadId;
use crate::kernel::ids::TenderId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Asker;
use crate::platform::act::Look;
use crate::tenders::domain::bulk;
use crate::tenders::domain::bulk::Catalogue;
use crate::tenders::domain::bulk::Fault;
use crate::tenders::domain::bulk::Outcome;
use crate::tenders::domain::bulk::Parsed;
use crate::tenders::domain::bulk::diff;
use crate::tenders::domain::bulk::diff::Difference;
use crate::tenders::domain::lifecycle::QuoteState;
use crate::tenders::domain::offer::Offer;
use crate::tenders::domain::offer::OfferLine;
use crate::tenders::domain::offer::check::Wanted;
use crate::tenders::repo::offers as repo;
use crate::tenders::repo::offers::Quote;
use crate::tenders::repo::offers::Upload;
use crate::tenders::repo::tenders;
use crate::tenders::repo::tenders::Item;
use crate::tenders::sealing;
use crate::tenders::service::clock;
use crate::tenders::service::quotes;
use crate::tenders::service::quotes::place;
use crate::tenders::service::quotes::state_of;
use crate::tenders::service::viewer;

/// What a file does to the lines that a quote has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadMode {
    /// The file is the whole quote; items that it does not name are not offered.
    Replace,
    /// Its lines are replaced, others stay; `withdraw_line` takes one away.
    Merge,
}

impl UploadMode {
    /// The mode of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Replace, Self::Merge]
            .into_iter()
            .find(|mode| mode.as_str() == word)
    }

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replace => "replace",
            Self::Merge => "merge",
        }
    }
}

/// Media type of a spreadsheet.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadForm {
    Csv,
    Xlsx,
    Json,
    Rows,
}

impl UploadForm {
    /// The form of a media type.
    pub fn parse(media_type: &str) -> Option<Self> {
        match media_type {
            "text/csv" => Some(Self::Csv),
            XLSX => Some(Self::Xlsx),
            "application/json" => Some(Self::Json),
            "application/x-ndjson" => Some(Self::Rows),
            _ => None,
        }
    }
}

/// What a file is checked against, read before the file is: large files are read outside of any transaction.
pub struct Ground {
    currency: String,
    items: HashMap<String, Wanted>,
}

impl Ground {
    /// Of a quote that the caller may write.
    ///
    /// # Errors
    /// 404 and 403.
    pub async fn of(look: &Look<'_>, id: QuoteId) -> Result<Self, Failure> {
        let (quote, tender, viewer) = quotes::find(look.reader(), look.asker(), id).await?;
        viewer::acting(&viewer, &look.asker().caller, Some(quote.manufacturer_id))?;
        Ok(Self {
            currency: tender.currency,
            items: quotes::wanted(look.reader(), quote.tender_id).await?,
        })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Every fault of every line.
    pub fn read(&self, form: UploadForm, bytes: &[u8]) -> Outcome {
        let catalogue = Catalogue {
            currency: &self.currency,
            items: &self.items,
        };
        match form {
            UploadForm::Csv => bulk::csv::parse(bytes, &catalogue),
            UploadForm::Xlsx => bulk::xlsx::parse(bytes, &catalogue),
            UploadForm::Json => bulk::json::parse(bytes, &catalogue),
            UploadForm::Rows => bulk::json::parse_rows(bytes, &catalogue),
        }
    }
}

/// Takes a file that was read: its lines become the next revision, or its errors are kept and nothing else.
///
/// # Errors
/// 404, 403; `deadline_passed`, `round_not_open`, `illegal_transition`; rules that the whole content breaks.
pub async fn take(
    act: &Act<'_>,
    id: QuoteId,
    mode: UploadMode,
    read: &Outcome,
) -> Result<Upload, Failure> {
    let (mut quote, present) = quotes::own(act, id).await?;
    act.enter(None).await?;
    let round = quotes::require_on_time(act, &present)?;
    quotes::require_state(
        &quote,
        "upload",
        &[QuoteState::Draft, QuoteState::Submitted],
    )?;
    let parsed = match read {
        Ok(parsed) => parsed,
        Err(faults) => return refuse(act, &quote, mode, faults).await,
    };
    let before = content(act.tx(), act, &quote).await?;
    let offer = Offer {
        lines: joined(&before, mode, parsed),
        ..before
    }
    .normalised();
    let submits = state_of(&quote)? == QuoteState::Submitted;
    quotes::check(act, &present.tender, &offer, submits).await?;
    let known = repo::revision(act.tx(), &quote).await?;
    let mac = sealing::offer_mac(act.ctx, id, &offer)?;
    let same = known.is_some_and(|row| row.content_mac == mac);
    if !same {
        quote.revision += 1;
        quote.version += 1;
        quote.received_at = act.now();
        quotes::add_revision(act, &quote, round, &offer).await?;
        repo::save_quote(act.tx(), &quote).await?;
        quotes::note(act, &quote, "quote.revised").await?;
    }
    let row = Upload {
        status: if same { "unchanged" } else { "applied" }.to_owned(),
        line_count: count(offer.lines.len()),
        revision: Some(quote.revision),
        ..blank(act, &quote, mode)
    };
    repo::insert_upload(act.tx(), row.clone()).await?;
    Ok(row)
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

fn blank(act: &Act<'_>, quote: &Quote, mode: UploadMode) -> Upload {
    Upload {
        id: act.fresh(),
        alliance_id: quote.alliance_id,
        quote_id: quote.id,
        mode: mode.as_str().to_owned(),
        status: "invalid".to_owned(),
        line_count: 0,
        fault_count: 0,
        sealed_faults: None,
        revision: None,
        received_at: act.now(),
    }
}

fn context(row: &Upload) -> String {
    format!("quote_upload:{}:{}", row.quote_id, row.id)
}

/// Errors repeat what stands in cells, prices among them: they are sealed as the quote is.
async fn refuse(
    act: &Act<'_>,
    quote: &Quote,
    mode: UploadMode,
    faults: &[Fault],
) -> Result<Upload, Failure> {
    let mut row = Upload {
        fault_count: count(faults.len()),
        ..blank(act, quote, mode)
    };
    row.sealed_faults = Some(sealing::wrap(act.ctx, &context(&row), &faults)?);
    repo::insert_upload(act.tx(), row.clone()).await?;
    quotes::note(act, quote, "quote.upload_refused").await?;
    Ok(row)
}

async fn content(c: &impl ConnectionTrait, act: &Act<'_>, quote: &Quote) -> Result<Offer, Failure> {
    let row = repo::revision(c, quote)
        .await?
        .ok_or_else(|| clock::broken("a quote without content"))?;
    Ok(sealing::open_offer(act.ctx, place(quote), &row)?)
}

fn joined(before: &Offer, mode: UploadMode, parsed: &Parsed) -> Vec<OfferLine> {
    let mut lines: BTreeMap<&str, &OfferLine> = BTreeMap::new();
    if mode == UploadMode::Merge {
        lines.extend(before.lines.iter().map(|l| (l.line_ref.as_str(), l)));
    }
    for name in &parsed.withdrawn {
        lines.remove(name.as_str());
    }
    lines.extend(parsed.lines.iter().map(|l| (l.line_ref.as_str(), l)));
    lines.into_values().cloned().collect()
}

/// An upload of the caller's manufacturer, with its errors.
///
/// # Errors
/// 404 for everybody else.
pub async fn show(look: &Look<'_>, id: QuoteUploadId) -> Result<(Upload, Vec<Fault>), Failure> {
    let none = || Failure::from(Refused::not_found("upload"));
    let row = repo::upload(look.reader(), id).await?.ok_or_else(none)?;
    let (quote, _, viewer) = quotes::find(look.reader(), look.asker(), row.quote_id)
        .await
        .map_err(|_| none())?;
    if !viewer.manufacturers.contains(&quote.manufacturer_id) {
        return Err(none());
    }
    viewer::require_scope(&look.asker().caller, "quotes:write")?;
    let faults = match &row.sealed_faults {
        Some(sealed) => sealing::unwrap(look.ctx, &context(&row), sealed)?,
        None => vec![],
    };
    Ok((row, faults))
}

/// What changed between two revisions, for whoever may read the quote's content.
///
/// # Errors
/// 404 for a revision that is none; as reading the quote.
pub async fn difference(
    look: &Look<'_>,
    id: QuoteId,
    (base, number): (i32, i32),
) -> Result<Difference, Failure> {
    let (quote, _, viewer) = quotes::find(look.reader(), look.asker(), id).await?;
    if viewer.manufacturers.contains(&quote.manufacturer_id) {
        // A link may be forwarded: it writes, and reads no prices.
        viewer::binding(&viewer, &look.asker().caller, quote.manufacturer_id)?;
    } else {
        // Only what evaluators may read, and only once they may.
        crate::tenders::service::quote_reading::read(look, id).await?;
    }
    let before = lines(look, &quote, base).await?;
    let after = lines(look, &quote, number).await?;
    Ok(diff::compare(&before, &after))
}

async fn lines(
    look: &Look<'_>,
    quote: &Quote,
    number: i32,
) -> Result<Vec<serde_json::Value>, Failure> {
    let row = repo::revision_numbered(look.reader(), quote.id, number)
        .await?
        .ok_or_else(|| Refused::not_found("revision"))?;
    let place = sealing::Place {
        number,
        ..place(quote)
    };
    let offer = sealing::open_offer(look.ctx, place, &row)?;
    let lines = offer.lines.iter().map(serde_json::to_value);
    lines
        .collect::<Result<_, _>>()
        .map_err(|error| anyhow::Error::new(error).into())
}

/// The items of a tender, for whoever may see it: what a template is filled with.
///
/// # Errors
/// 404 for strangers.
pub async fn items(look: &Look<'_>, id: TenderId) -> Result<(String, Vec<Item>), Failure> {
    let asker: &Asker = look.asker();
    let (tender, _) = viewer::see(look.reader(), asker, id).await?;
    let items = tenders::items(look.reader(), id).await?;
    Ok((tender.currency, items))
}

/// All errors as CSV: one row each, cells that look like formulas made harmless.
///
/// # Errors
/// When memory cannot be written to: never.
pub fn error_table(faults: &[Fault], values: bool) -> Result<Vec<u8>, Failure> {
    let write = || -> Result<Vec<u8>, csv::Error> {
        let mut bytes = Vec::new();
        let mut writer = csv::Writer::from_writer(&mut bytes);
        writer.write_record(["line", "field", "code", "value"])?;
        for fault in faults {
            let value = fault.value.as_deref().filter(|_| values);
            let line = fault.line.map(|line| line.to_string()).unwrap_or_default();
            let field = fault.field.clone().unwrap_or_default();
            let value = bulk::template::harmless(value.unwrap_or_default().to_owned());
            writer.write_record([
                line,
                bulk::template::harmless(field),
                fault.code.clone(),
                value,
            ])?;
        }
        writer.flush()?;
        drop(writer);
        Ok(bytes)
    };
    write().map_err(|error| anyhow::Error::new(error).into())
}
