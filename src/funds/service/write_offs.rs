//! Write-offs: an overdue debt is given up by a decision of the alliance. The member's arrears stay on record.

use serde_json::json;

use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::letters;
use crate::funds::repo::Notice;
use crate::funds::service::dues;
use crate::funds::service::issue;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::post;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::problem::Failure;
use crate::mandates;
use crate::mandates::Matter;
use crate::platform::act::Act;

/// What a decision on a write-off decides: whose debt, and how much of it.
pub fn content_hash(row: &Notice) -> Vec<u8> {
    mandates::content_hash(&json!({
        "notice_id": row.id,
        "fund_id": row.fund_id,
        "membership_id": row.membership_id,
        "amount_minor": dues::owed(row).due(),
    }))
}

/// Gives up what is due on an overdue notice.
///
/// # Errors
/// 409 where it is not overdue, and `mandate_missing` where nobody decided exactly that.
pub async fn write_off(act: &Act<'_>, id: LevyNoticeId) -> Result<Notice, Failure> {
    let (mut fund, mut row, standing) = dues::to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    dues::require_event(&row, "write_off")?;
    let (alliance, hash) = (row.alliance_id, content_hash(&row));
    let mandate = mandates::consume(act, alliance, Matter::WriteOff, row.id.0, &hash).await?;
    let (was, mut owed) = (dues::state_of(&row)?, dues::owed(&row));
    let amount = owed.due();
    let today = dues::today(act, &standing);
    let party = row.membership_id.to_string();
    let entry = Entry {
        kind: TransactionKind::WriteOff,
        document: row.id.0,
        mandate: Some(mandate),
        effective: today,
        narration: format!("Write-off of {}", issue::number(&fund, &row)),
        legs: vec![
            Leg::new(AccountKind::WriteOff, party.clone(), amount),
            Leg::new(AccountKind::Receivable, party, -amount),
        ],
    };
    journal::post(act, &fund, entry).await?;
    owed.written_off += amount;
    row.write_off_mandate_id = Some(mandate);
    dues::settle(act, &mut row, was, owed, today).await?;
    dues::follow(act, &mut fund).await?;
    let data = json!({ "fund_id": fund.id, "amount_minor": amount, "mandate_id": mandate });
    act.record("levy_notice.written_off", Some(alliance), row.id.0, data)
        .await?;
    let mut vars = post::notice_facts(act, &fund, &row).await?;
    vars["amount"] = post::amount(&fund, amount)?;
    let key = format!("levy-written-off:{}", row.id);
    let text = &letters::WRITTEN_OFF;
    post::to_member(act, &fund, row.membership_id, text, &vars, &key).await?;
    Ok(row)
}
