//! Who looks at a tender: people of its alliance, or manufacturers that it invited. Others get 404.

use sea_orm::ConnectionTrait;

use crate::alliances;
use crate::alliances::Standing;
use crate::kernel::caller::Caller;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::TenderId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::merchants;
use crate::platform::act::Asker;
use crate::tenders::repo::tenders as repo;
use crate::tenders::repo::tenders::Tender;

/// Who evaluates; observers read the same.
pub const EVALUATORS: [Role; 3] = [Role::Organizer, Role::Treasurer, Role::Observer];

/// What the caller is to one tender.
pub struct Viewer {
    /// Its standing in the alliance that runs the tender.
    pub standing: Option<Standing>,
    /// Invited manufacturers that it acts for.
    pub manufacturers: Vec<ManufacturerId>,
}

impl Viewer {
    /// Whether the caller evaluates, or observes those who do.
    pub fn is_evaluator(&self) -> bool {
        self.standing
            .as_ref()
            .is_some_and(|s| s.is_any(&EVALUATORS))
    }
}

/// A tender that the caller may see, and what the caller is to it.
///
/// # Errors
/// 404 for strangers, for members while it is a draft, and for manufacturers that are not invited.
pub async fn see(
    c: &impl ConnectionTrait,
    asker: &Asker,
    id: TenderId,
) -> Result<(Tender, Viewer), Failure> {
    let none = || Failure::from(Refused::not_found("tender"));
    let tender = repo::tender(c, id).await?.ok_or_else(none)?;
    let viewer = look_at(c, &asker.caller, &tender).await?;
    let draft = tender.state == "draft";
    let sees = match &viewer.standing {
        Some(_) if draft => viewer.is_evaluator(),
        Some(_) => true,
        None => !draft && !viewer.manufacturers.is_empty(),
    };
    if sees {
        Ok((tender, viewer))
    } else {
        Err(none())
    }
}

/// What the caller is to a tender, whatever its state.
///
/// # Errors
/// When the database fails.
pub async fn look_at(
    c: &impl ConnectionTrait,
    caller: &Caller,
    tender: &Tender,
) -> Result<Viewer, Failure> {
    Ok(Viewer {
        standing: alliances::standing(c, caller, tender.alliance_id).await?,
        manufacturers: invited(c, caller, tender.id).await?,
    })
}

async fn invited(
    c: &impl ConnectionTrait,
    caller: &Caller,
    tender: TenderId,
) -> Result<Vec<ManufacturerId>, Failure> {
    let mine = match caller {
        Caller::User(user) => merchants::manufacturers_of(c, user.user).await?,
        Caller::ApiKey { manufacturer, .. } | Caller::Link { manufacturer, .. } => {
            vec![*manufacturer]
        }
        Caller::Anonymous | Caller::System => vec![],
    };
    let rows = repo::invited(c, tender, &mine).await?;
    Ok(rows
        .into_iter()
        .filter(|row| match caller {
            // A link opens its own tender only.
            Caller::Link { invitation, .. } => row.id == *invitation,
            _ => true,
        })
        .map(|row| row.manufacturer_id)
        .collect())
}

/// Passes who may bind `manufacturer`: its staff or its key. A mailed link quotes, it does not sign.
///
/// # Errors
/// 403 for everybody else.
pub fn binding(
    viewer: &Viewer,
    caller: &Caller,
    manufacturer: ManufacturerId,
) -> Result<(), Failure> {
    acting(viewer, caller, Some(manufacturer))?;
    if matches!(caller, Caller::Link { .. }) {
        let detail = "Answer with an account or a key of the manufacturer.";
        return Err(Refused::new(&kinds::ROLE_REQUIRED, detail).into());
    }
    Ok(())
}

/// The manufacturer for which the caller acts in a tender: `wanted`, or the only one.
///
/// # Errors
/// 403 for people of the alliance and keys without the scope; 422 where several could be meant.
pub fn acting(
    viewer: &Viewer,
    caller: &Caller,
    wanted: Option<ManufacturerId>,
) -> Result<ManufacturerId, Failure> {
    let refuse = |detail: &str| Failure::from(Refused::new(&kinds::ROLE_REQUIRED, detail));
    let found = match (wanted, viewer.manufacturers.as_slice()) {
        (Some(id), mine) if mine.contains(&id) => id,
        (Some(_), [_, ..]) => return Err(refuse("You do not act for this manufacturer here.")),
        (None, [only]) => *only,
        (None, [_, _, ..]) => {
            return Err(Refused::field(
                "#/manufacturer_id",
                "manufacturer_ambiguous",
                "You act for several manufacturers that are invited: name one.",
            )
            .into());
        }
        (_, []) => {
            return Err(refuse(
                "Only an invited manufacturer quotes, through its staff, key or link.",
            ));
        }
    };
    require_scope(caller, "quotes:write")?;
    Ok(found)
}

/// Keys need a scope; people and links need none.
///
/// # Errors
/// 403 `scope_required`.
pub fn require_scope(caller: &Caller, scope: &str) -> Result<(), Failure> {
    match caller {
        Caller::ApiKey { scopes, .. } if !scopes.iter().any(|s| s == scope) => Err(Refused::new(
            &kinds::SCOPE_REQUIRED,
            format!("This key needs the scope '{scope}'."),
        )
        .into()),
        _ => Ok(()),
    }
}
