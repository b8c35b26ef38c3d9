//! Levy policies: a name may have many versions, and none of them ever changes.

use serde::Deserialize;
use serde::Serialize;
use serde_json::json;

use crate::alliances;
use crate::funds::repo;
use crate::funds::repo::Policy;
use crate::funds::service::visible;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Bounds of one member that differ from those of the policy.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, garde::Validate, utoipa::ToSchema,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = LevyBounds)]
pub struct Bounds {
    /// Whose bounds.
    pub membership_id: MembershipId,
    /// Least amount in minor units; the policy's where absent.
    #[garde(range(min = 0, max = 9_007_199_254_740_991))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub floor_minor: Option<i64>,
    /// Largest amount in minor units; the policy's where absent.
    #[garde(range(min = 0, max = 9_007_199_254_740_991))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub cap_minor: Option<i64>,
}

/// What a new version says.
#[derive(Debug, Clone)]
pub struct NewPolicy<'a> {
    pub name: &'a str,
    pub measure: &'a str,
    pub accept_declared: bool,
    pub quantum_minor: i64,
    pub floor_minor: Option<i64>,
    pub cap_minor: Option<i64>,
    pub overrides: &'a [Bounds],
}

/// The overrides that a policy holds.
///
/// # Errors
/// When the database holds something else.
pub fn overrides(policy: &Policy) -> Result<Vec<Bounds>, Failure> {
    serde_json::from_value(policy.overrides.clone())
        .map_err(|error| anyhow::anyhow!("overrides of policy {}: {error}", policy.id).into())
}

/// Adds a version: the first of a new name, or the next of a known one.
///
/// # Errors
/// 404 for a member of another alliance, 409 `conflict` where somebody else adds a version at this moment.
pub async fn create(
    act: &Act<'_>,
    alliance: AllianceId,
    new: &NewPolicy<'_>,
) -> Result<Policy, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    for bounds in new.overrides {
        visible::membership(act.tx(), alliance, bounds.membership_id).await?;
    }
    let row = Policy {
        id: act.fresh(),
        alliance_id: alliance,
        name: new.name.to_owned(),
        number: repo::policies::newest(act.tx(), alliance, new.name).await? + 1,
        measure: new.measure.to_owned(),
        accept_declared: new.accept_declared,
        quantum_minor: new.quantum_minor,
        floor_minor: new.floor_minor,
        cap_minor: new.cap_minor,
        overrides: json!(new.overrides),
        created_by: standing.user,
        created_at: act.now(),
    };
    if !repo::policies::insert(act.tx(), row.clone()).await? {
        let detail = "Another version of this policy was added at this moment; try again.";
        return Err(Refused::new(&kinds::CONFLICT, detail).into());
    }
    let data = json!({ "name": row.name, "number": row.number });
    act.record("levy_policy.created", Some(alliance), row.id.0, data)
        .await?;
    Ok(row)
}

/// The versions of all policies.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Policy>, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    Ok(repo::policies::list(look.reader(), alliance, page).await?)
}

/// One version.
///
/// # Errors
/// 404.
pub async fn read(
    look: &Look<'_>,
    alliance: AllianceId,
    id: LevyPolicyId,
) -> Result<Policy, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    repo::policies::find(look.reader(), alliance, id)
        .await?
        .ok_or_else(|| Refused::not_found("levy policy").into())
}
