//! Funds: ring-fenced pots of an alliance.

use chrono::NaiveDate;
use serde_json::json;

use crate::alliances;
use crate::funds::domain::state::FundState;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::service::visible;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What a new fund is.
#[derive(Debug, Clone)]
pub struct NewFund<'a> {
    pub name: &'a str,
    pub code: &'a str,
    pub season_from: NaiveDate,
    pub season_to: NaiveDate,
    pub custodian_holder: &'a str,
    pub custodian_institution: &'a str,
    pub custodian_account_ref: &'a str,
    /// Not restricted to one purpose; one per alliance.
    pub general: bool,
}

/// Plans a fund in the alliance's currency.
///
/// # Errors
/// A season that ends before it begins; 409 `code_taken`, `general_fund_exists`.
pub async fn create(act: &Act<'_>, id: AllianceId, new: &NewFund<'_>) -> Result<Fund, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), id).await?;
    act.enter(None).await?;
    if new.season_to < new.season_from {
        let detail = "The season ends before it begins.";
        return Err(Refused::field("#/season_to", "before_season_from", detail).into());
    }
    let fund = Fund {
        id: act.fresh(),
        alliance_id: id,
        name: new.name.to_owned(),
        code: new.code.to_owned(),
        season_from: new.season_from,
        season_to: new.season_to,
        currency: standing.alliance.currency.code().to_owned(),
        custodian_holder: new.custodian_holder.to_owned(),
        custodian_institution: new.custodian_institution.to_owned(),
        custodian_account_ref: new.custodian_account_ref.to_owned(),
        general: new.general,
        state: FundState::Planned.as_str().to_owned(),
        version: 1,
        created_by: standing.user,
        created_at: act.now(),
    };
    if !repo::funds::insert(act.tx(), fund.clone()).await? {
        if new.general && repo::funds::general(act.tx(), id).await?.is_some() {
            let detail = "This alliance has a general fund.";
            return Err(Refused::new(&problems::GENERAL_FUND_EXISTS, detail).into());
        }
        let detail = format!("The code '{}' is taken in this alliance.", new.code);
        return Err(Refused::new(&problems::CODE_TAKEN, detail)
            .with("code", new.code)
            .into());
    }
    let data = json!({ "code": fund.code });
    act.record("fund.created", Some(id), fund.id.0, data)
        .await?;
    Ok(fund)
}

/// The funds of an alliance.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, id: AllianceId, page: Page) -> Result<Slice<Fund>, Failure> {
    alliances::admit(look.reader(), look.asker(), id).await?;
    Ok(repo::funds::list(look.reader(), id, page).await?)
}

/// One fund.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: FundId) -> Result<Fund, Failure> {
    Ok(visible::fund(look.reader(), look.asker(), id).await?.0)
}

/// Moves a locked fund to a state, with a new version.
///
/// # Errors
/// When the database fails.
pub async fn move_to(act: &Act<'_>, fund: &mut Fund, state: FundState) -> Result<(), Failure> {
    fund.state = state.as_str().to_owned();
    fund.version += 1;
    repo::funds::set_state(act.tx(), fund.id, &fund.state, fund.version).await?;
    let (alliance, data) = (Some(fund.alliance_id), json!({ "state": state }));
    act.record("fund.moved", alliance, fund.id.0, data).await?;
    Ok(())
}
