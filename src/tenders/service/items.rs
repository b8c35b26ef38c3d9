//! Use cases of items: what a tender wants.

use serde_json::json;

use crate::kernel::ids::ItemId;
use crate::kernel::ids::TenderId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::tenders::domain::gtin::Gtin;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::domain::offer::MAX_LINES;
use crate::tenders::repo::tenders as repo;
use crate::tenders::repo::tenders::Item;
use crate::tenders::service::tenders::mine;
use crate::tenders::service::tenders::require;
use crate::tenders::service::viewer;
use crate::tenders::views::ItemDraft;

/// Adds items to a draft, all or none.
///
/// # Errors
/// 404, 403; every item at fault in `errors`; `illegal_transition` once it is published.
pub async fn add_items(
    act: &Act<'_>,
    id: TenderId,
    drafts: &[ItemDraft],
) -> Result<Vec<Item>, Failure> {
    let present = mine(act, id).await?;
    act.enter(None).await?;
    let known = repo::items(act.tx(), id).await?;
    let errors = check_items(drafts, &known);
    if !errors.is_empty() {
        return Err(Refused::fields(errors).into());
    }
    require(
        &present,
        "add_items",
        present.state()? == TenderState::Draft,
    )?;
    let items: Vec<Item> = drafts
        .iter()
        .map(|draft| Item {
            id: act.fresh::<ItemId>(),
            alliance_id: present.tender.alliance_id,
            tender_id: id,
            line_ref: draft.line_ref.clone(),
            title: draft.title.clone(),
            unit_code: draft.unit_code.clone(),
            expected_quantity: draft.expected_quantity,
            order_multiple: draft.order_multiple.unwrap_or(1),
            gtin: draft
                .gtin
                .as_deref()
                .and_then(|text| Gtin::parse(text).ok())
                .map(|gtin| gtin.as_str().to_owned()),
        })
        .collect();
    repo::insert_items(act.tx(), items.clone()).await?;
    let facts = json!({ "count": items.len() });
    let alliance = Some(present.tender.alliance_id);
    act.record("tender.items_added", alliance, id.0, facts)
        .await?;
    Ok(items)
}

fn check_items(drafts: &[ItemDraft], known: &[Item]) -> Vec<FieldError> {
    let mut errors = vec![];
    if drafts.is_empty() || drafts.len() + known.len() > MAX_LINES {
        let detail = "A tender has from 1 to 50,000 items.";
        errors.push(FieldError::new("#/items", "out_of_range", detail));
        return errors;
    }
    let mut seen: std::collections::HashSet<&str> =
        known.iter().map(|item| item.line_ref.as_str()).collect();
    for (index, draft) in drafts.iter().enumerate() {
        let mut add = |field: &str, code: &str, detail: &str| {
            let pointer = format!("#/items/{index}/{field}");
            errors.push(FieldError::new(pointer, code, detail));
        };
        if !(1..=40).contains(&draft.line_ref.chars().count()) {
            add(
                "line_ref",
                "out_of_range",
                "A reference has 1 to 40 characters.",
            );
        }
        if !seen.insert(draft.line_ref.as_str()) {
            add(
                "line_ref",
                "duplicate_line_ref",
                "A reference names one item.",
            );
        }
        let code = draft.unit_code.as_bytes();
        let coded = (2..=3).contains(&code.len())
            && code
                .iter()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !coded {
            add(
                "unit_code",
                "unknown_unit_code",
                "A unit is a UN/ECE Rec 20 code.",
            );
        }
        let range = 1..=crate::tenders::domain::exact::MAX_QUANTITY;
        if !range.contains(&draft.expected_quantity) {
            add(
                "expected_quantity",
                "out_of_range",
                "A quantity is at least 1.",
            );
        }
        if !range.contains(&draft.order_multiple.unwrap_or(1)) {
            add(
                "order_multiple",
                "out_of_range",
                "A multiple is at least 1.",
            );
        }
        if let Some(Err(error)) = draft.gtin.as_deref().map(Gtin::parse) {
            add("gtin", error.kind().code, &error.to_string());
        }
    }
    errors
}

/// One page of items.
///
/// # Errors
/// 404.
pub async fn list_items(look: &Look<'_>, id: TenderId, page: Page) -> Result<Slice<Item>, Failure> {
    viewer::see(look.reader(), look.asker(), id).await?;
    Ok(repo::page_of_items(look.reader(), id, page).await?)
}
