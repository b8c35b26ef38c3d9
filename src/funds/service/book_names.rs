//! How the books call accounts and members, and what they say of a transaction that is hidden in part.

use std::collections::HashMap;

use crate::alliances;
use crate::funds::domain::books::code;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::repo::Fund;
use crate::funds::repo::Transaction;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::platform::db::Reader;
use crate::platform::random::digest;

/// Codes and names of members by their memberships.
pub type Names = HashMap<String, (String, String)>;

/// The codes and names of those of the parties that are members.
///
/// # Errors
/// When the database fails.
pub async fn names_of<'a>(
    reader: &Reader,
    alliance: AllianceId,
    parties: impl Iterator<Item = &'a str>,
) -> Result<Names, Failure> {
    let mut ids: Vec<MembershipId> = parties.filter_map(|party| party.parse().ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    let found = alliances::member_codes(reader, alliance, &ids).await?;
    Ok(found
        .into_iter()
        .map(|m| (m.membership.to_string(), (code::member(m.number), m.name)))
        .collect())
}

/// The name of an account, and whom its last part stands for.
pub fn account_name(fund: &Fund, kind: &str, party: &str, names: &Names) -> (String, String) {
    let (component, label) = match names.get(party) {
        Some((code, name)) => (code.clone(), name.clone()),
        None if party.is_empty() => (String::new(), String::new()),
        None => (code::of_text(party, digest), party.to_owned()),
    };
    let account = match AccountKind::parse(kind) {
        Some(kind) => kind.name(&fund.code, &component),
        None => kind.to_owned(),
    };
    (account, label)
}

/// What is said of a transaction in which other members' legs are hidden: nothing that a person wrote.
pub fn narration(row: &Transaction, hidden: bool) -> String {
    if !hidden {
        return row.narration.clone();
    }
    let kind = TransactionKind::parse(&row.kind);
    kind.map_or_else(|| row.kind.clone(), |kind| kind.as_str().replace('_', " "))
}
