//! What an alliance notes down about its members for its rules: measures, and each member's class and owner.

use std::collections::BTreeMap;
use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances::domain::measure;
use crate::alliances::domain::measure::Measure;
use crate::alliances::face;
use crate::alliances::problems;
use crate::alliances::repo::memberships;
use crate::alliances::repo::registers;
use crate::alliances::repo::registers::MeasureRow;
use crate::alliances::repo::registers::Placement;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::Currency;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Most measures that an alliance may add.
const MOST_MEASURES: usize = 100;

/// Every measure that an alliance knows, by key: the common ones, and in their place those that it defines.
///
/// # Errors
/// When the database fails.
pub async fn measures(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    currency: Currency,
) -> Result<BTreeMap<String, Measure>, Failure> {
    let common = measure::all_common(currency).into_iter();
    let own = registers::measures(c, alliance).await?;
    let own = own.into_iter().map(as_measure);
    Ok(common
        .chain(own)
        .map(|measure| (measure.key.clone(), measure))
        .collect())
}

fn as_measure(row: MeasureRow) -> Measure {
    Measure {
        key: row.key,
        unit: row.unit,
        is_money: row.is_money,
        scale: u32::try_from(row.scale).unwrap_or_default(),
        description: row.description,
        evidence_required: row.evidence_required,
    }
}

/// Defines a measure, or redefines a common one.
///
/// # Errors
/// 409 `measure_exists`; 422 for money in another currency than the alliance's, and beyond a hundred measures.
pub async fn define(act: &Act<'_>, alliance: AllianceId, new: Measure) -> Result<Measure, Failure> {
    let standing = face::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let currency = standing.alliance.currency;
    if new.is_money && (new.unit != currency.code() || new.scale != 0) {
        let detail =
            format!("Money is counted in minor units of {currency}, the alliance's currency.");
        return Err(Refused::field("#/unit", "other_currency", detail).into());
    }
    if !new.is_money && Currency::parse(&new.unit).is_some() {
        let detail = "What is counted cannot have the code of a currency.";
        return Err(Refused::field("#/unit", "currency", detail).into());
    }
    if registers::measures(act.tx(), alliance).await?.len() >= MOST_MEASURES {
        let detail = format!("An alliance defines at most {MOST_MEASURES} measures.");
        return Err(Refused::field("#/key", "too_many", detail).into());
    }
    if !insert(act, alliance, &new).await? {
        let detail = format!("This alliance has defined '{}' already.", new.key);
        return Err(Refused::new(&problems::MEASURE_EXISTS, detail)
            .with("key", new.key)
            .into());
    }
    Ok(new)
}

/// Writes a measure down; `false` where the alliance has defined its key already.
async fn insert(act: &Act<'_>, alliance: AllianceId, new: &Measure) -> Result<bool, Failure> {
    let row = MeasureRow {
        id: act.fresh(),
        alliance_id: alliance,
        key: new.key.clone(),
        unit: new.unit.clone(),
        is_money: new.is_money,
        scale: i64::from(new.scale),
        description: new.description.clone(),
        evidence_required: new.evidence_required,
        created_by: act.user()?.user,
        created_at: act.now(),
    };
    let id = row.id;
    if !registers::insert_measure(act.tx(), row).await? {
        return Ok(false);
    }
    let data = json!({ "key": new.key, "unit": new.unit });
    act.record("measure.defined", Some(alliance), id.0, data)
        .await?;
    Ok(true)
}

/// Defines measures that a rule needs and the alliance does not know; the caller was admitted by a slice above.
///
/// # Errors
/// When the database fails.
pub async fn define_missing(
    act: &Act<'_>,
    alliance: AllianceId,
    wanted: Vec<Measure>,
) -> Result<(), Failure> {
    for measure in wanted {
        insert(act, alliance, &measure).await?;
    }
    Ok(())
}

/// Every measure that the alliance knows, in the order of their keys.
///
/// # Errors
/// 404 for strangers.
pub async fn list_measures(look: &Look<'_>, alliance: AllianceId) -> Result<Vec<Measure>, Failure> {
    let standing = face::admit(look.reader(), look.asker(), alliance).await?;
    let known = measures(look.reader(), alliance, standing.alliance.currency).await?;
    Ok(known.into_values().collect())
}

/// A member's class and owner from a day on.
#[derive(Debug, Clone, Copy)]
pub struct NewPlacement<'a> {
    pub class: Option<&'a str>,
    pub owner: Option<&'a str>,
    pub valid_from: NaiveDate,
}

/// Places a member; an earlier placement holds until then.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn place(
    act: &Act<'_>,
    id: MembershipId,
    new: NewPlacement<'_>,
) -> Result<Placement, Failure> {
    let none = || Refused::not_found("membership");
    let membership = memberships::one(act.tx(), id).await?.ok_or_else(none)?;
    let alliance = membership.alliance_id;
    let standing = face::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let row = Placement {
        id: act.fresh(),
        alliance_id: alliance,
        membership_id: id,
        class: new.class.map(str::to_owned),
        owner: new.owner.map(str::to_owned),
        valid_from: new.valid_from,
        recorded_by: standing.user,
        recorded_at: act.now(),
    };
    registers::insert_placement(act.tx(), row.clone()).await?;
    let data = json!({ "class": row.class, "owner": row.owner, "valid_from": row.valid_from });
    act.record("membership.placed", Some(alliance), id.0, data)
        .await?;
    Ok(row)
}

/// The placements of a member, oldest record first.
///
/// # Errors
/// 404 for strangers, 403 for other members.
pub async fn list_placements(
    look: &Look<'_>,
    id: MembershipId,
    page: Page,
) -> Result<Slice<Placement>, Failure> {
    let none = || Refused::not_found("membership");
    let membership = memberships::one(look.reader(), id)
        .await?
        .ok_or_else(none)?;
    face::admit(look.reader(), look.asker(), membership.alliance_id).await?;
    Ok(registers::placements(look.reader(), id, page).await?)
}

/// The class and owner of every member on `day`, as known at `known_at`.
///
/// # Errors
/// When the database fails.
pub async fn placements_on(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    day: NaiveDate,
    known_at: Instant,
) -> Result<HashMap<MembershipId, Placement>, Failure> {
    Ok(registers::placements_on(c, alliance, day, known_at).await?)
}
