//! A promotion with its phases, as the use cases think of it.

use chrono::NaiveDateTime;
use chrono_tz::IANA_TZDB_VERSION;
use chrono_tz::Tz;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::mandates;
use crate::platform::act::Act;
use crate::platform::db::Tx;
use crate::promotions::domain::claims;
use crate::promotions::domain::life::PromotionEvent;
use crate::promotions::domain::life::PromotionState;
use crate::promotions::domain::life::Turns;
use crate::promotions::domain::local_time;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::phases::PhaseWindow;
use crate::promotions::domain::plan;
use crate::promotions::domain::terms::Terms;
use crate::promotions::problems;
use crate::promotions::repo;
use crate::promotions::repo::Phase;
use crate::promotions::repo::Promotion;
use crate::promotions::service::entries;

/// How local times are stored.
pub const LOCAL: &str = "%Y-%m-%dT%H:%M:%S%.f";

/// A promotion and its phases in their planned order.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub row: Promotion,
    pub phases: Vec<Phase>,
}

impl Loaded {
    /// Where it stands at `now`, even if no sweep came by yet.
    ///
    /// # Errors
    /// Where the row holds no state of ours.
    pub fn state(&self, now: Instant) -> Result<PromotionState, Failure> {
        Ok(self.stored_state()?.as_of(self.turns(), now.to_utc()))
    }

    /// Where it stood when it was written last.
    pub fn stored_state(&self) -> Result<PromotionState, Failure> {
        PromotionState::parse(&self.row.state).ok_or_else(|| {
            anyhow::anyhow!(
                "promotion {} has the state '{}'",
                self.row.id,
                self.row.state
            )
            .into()
        })
    }

    /// When the clock changes it.
    pub fn turns(&self) -> Turns {
        Turns {
            main_from: self.row.main_from.to_utc(),
            main_to: self.row.main_to.to_utc(),
            settles_at: self.row.settles_at.map(Instant::to_utc),
        }
    }

    /// The instants of its phases.
    pub fn windows(&self) -> Vec<PhaseWindow<PhaseName>> {
        let window = |phase: &Phase| {
            Some(PhaseWindow {
                name: PhaseName::parse(&phase.name)?,
                start: phase.starts_at.to_utc(),
                end: phase.ends_at.to_utc(),
            })
        };
        self.phases.iter().filter_map(window).collect()
    }

    /// Its phases in local time: the truth.
    ///
    /// # Errors
    /// Where a row holds no phase of ours.
    pub fn local(&self) -> Result<Vec<LocalPhase<PhaseName>>, Failure> {
        let read = |text: &str| NaiveDateTime::parse_from_str(text, LOCAL).ok();
        let local = |phase: &Phase| {
            Some(LocalPhase {
                name: PhaseName::parse(&phase.name)?,
                from: read(&phase.local_from)?,
                to: read(&phase.local_to)?,
            })
        };
        let all: Option<Vec<_>> = self.phases.iter().map(local).collect();
        all.ok_or_else(|| {
            anyhow::anyhow!("promotion {} has a phase that is none", self.row.id).into()
        })
    }

    /// Its time zone; a promotion keeps the one that it was planned in.
    ///
    /// # Errors
    /// Where the database of time zones has lost it.
    pub fn zone(&self) -> Result<Tz, Failure> {
        Ok(local_time::zone(&self.row.time_zone)?)
    }

    /// Puts phases in the place of its own and computes every instant anew. Phases keep their ids
    /// by their places, so that calendars recognise them.
    ///
    /// # Errors
    /// `phases_invalid` with every broken rule.
    pub fn plan(&mut self, act: &Act<'_>, local: &[LocalPhase<PhaseName>]) -> Result<(), Failure> {
        let terms = self.terms()?;
        let faults = terms.faults(local);
        let windows = plan::windows(local, terms.milestones(), self.zone()?)?;
        if !faults.is_empty() {
            let detail = "The exclusions name phases that the promotion does not have.";
            return Err(Refused::new(&problems::TERMS_INVALID, detail)
                .with_errors(faults)
                .into());
        }
        let turns =
            Turns::of(&windows).ok_or_else(|| anyhow::anyhow!("checked phases have a sale"))?;
        let id = |place: usize| self.phases.get(place).map(|phase| phase.id);
        let rows = local.iter().zip(&windows).enumerate();
        self.phases = rows
            .map(|(place, (local, window))| Phase {
                id: id(place).unwrap_or_else(|| act.fresh()),
                alliance_id: self.row.alliance_id,
                promotion_id: self.row.id,
                position: i64::try_from(place).unwrap_or(i64::MAX),
                name: local.name.to_string(),
                local_from: local.from.format(LOCAL).to_string(),
                local_to: local.to.format(LOCAL).to_string(),
                starts_at: Instant::from_utc(window.start),
                ends_at: Instant::from_utc(window.end),
            })
            .collect();
        self.row.main_from = Instant::from_utc(turns.main_from);
        self.row.main_to = Instant::from_utc(turns.main_to);
        self.row.settles_at = turns.settles_at.map(Instant::from_utc);
        self.row.tzdb = IANA_TZDB_VERSION.to_owned();
        let state = self.stored_state()?;
        self.row.next_change_at = turns.next(state).map(Instant::from_utc);
        Ok(())
    }

    /// Its terms beside the phases.
    ///
    /// # Errors
    /// Where the row holds none of ours.
    pub fn terms(&self) -> Result<Terms, Failure> {
        serde_json::from_value(self.row.terms.clone()).map_err(|error| {
            anyhow::anyhow!("promotion {} has broken terms: {error}", self.row.id).into()
        })
    }

    /// When the offers of its members go public: customers buy for the first time.
    pub fn public_from(&self) -> Instant {
        claims::public_from(&self.windows()).map_or(self.row.main_from, Instant::from_utc)
    }

    /// Moves it to a state and sets its next change.
    pub fn enter_state(&mut self, state: PromotionState) {
        self.row.state = state.as_str().to_owned();
        self.row.next_change_at = self.turns().next(state).map(Instant::from_utc);
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// `illegal_transition`.
    pub fn after(&self, event: PromotionEvent, now: Instant) -> Result<PromotionState, Failure> {
        Ok(self.state(now)?.after(event)?)
    }

    /// What a decision on it is about: hash of everything that members agree to.
    pub fn content_hash(&self) -> Vec<u8> {
        let phase = |phase: &Phase| json!({ "phase": phase.name, "from": phase.local_from, "to": phase.local_to });
        let row = &self.row;
        let mut content: Value = json!({
            "name": row.name,
            "description": row.description,
            "criteria": row.criteria,
            "festival": row.festival,
            "main_day": row.main_day,
            "time_zone": row.time_zone,
            "budget_fund_id": row.budget_fund_id,
            "capacity": row.capacity,
            "phases": self.phases.iter().map(phase).collect::<Vec<_>>(),
        });
        // Promotions of earlier versions have none, and what was decided on them stays decided.
        if row.terms != json!({}) {
            content["terms"] = row.terms.clone();
        }
        mandates::content_hash(&content)
    }

    /// Writes it under the version that was read, and what calendars show of it.
    ///
    /// # Errors
    /// 412 where somebody was faster.
    pub async fn save(&mut self, tx: &Tx) -> Result<(), Failure> {
        let seen = self.row.version;
        self.row.version += 1;
        if repo::save_promotion(tx, &self.row, seen).await? {
            return entries::keep_up(tx, self).await;
        }
        Err(Refused::new(
            &kinds::PRECONDITION_FAILED,
            "Somebody changed this object since you read it.",
        )
        .into())
    }
}

/// A promotion by id.
///
/// # Errors
/// When the database fails.
pub async fn find(c: &impl ConnectionTrait, id: PromotionId) -> Result<Option<Loaded>, Failure> {
    let Some(row) = repo::promotion(c, id).await? else {
        return Ok(None);
    };
    let phases = repo::phases(c, id).await?;
    Ok(Some(Loaded { row, phases }))
}

/// A promotion that nobody else changes meanwhile.
///
/// # Errors
/// 404 where there is none.
pub async fn lock(tx: &Tx, id: PromotionId) -> Result<Loaded, Failure> {
    let row = repo::lock_promotion(tx, id).await?.ok_or_else(missing)?;
    let phases = repo::phases(tx, id).await?;
    Ok(Loaded { row, phases })
}

/// A locked promotion, for a caller whose role allows the operation in its alliance.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn admit(act: &Act<'_>, id: PromotionId) -> Result<(Loaded, Standing), Failure> {
    let loaded = lock(act.tx(), id).await?;
    let standing = alliances::admit(act.tx(), act.asker(), loaded.row.alliance_id).await?;
    Ok((loaded, standing))
}

/// 404.
pub fn missing() -> Refused {
    Refused::not_found("promotion")
}
