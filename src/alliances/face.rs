//! What other slices ask about alliances: may this caller do this here, and who belongs to it.

use chrono_tz::Tz;
use sea_orm::ConnectionTrait;

use crate::accounts;
use crate::accounts::Person;
use crate::alliances::domain::by_laws::ByLaws;
use crate::alliances::problems;
use crate::alliances::repo;
use crate::alliances::repo::memberships::Membership;
use crate::alliances::repo::memberships::Merchant;
use crate::kernel::access::Allow;
use crate::kernel::caller::Caller;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::money::Currency;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::kernel::time::Instant;
use crate::platform::act::Asker;

/// An alliance.
#[derive(Debug, Clone)]
pub struct Alliance {
    pub id: AllianceId,
    pub name: String,
    pub kind: String,
    pub time_zone: Tz,
    pub currency: Currency,
    pub locale: Locale,
    /// It has ended: everything can be read, nothing written.
    pub dissolved: bool,
}

/// An active member.
#[derive(Debug, Clone)]
pub struct Member {
    pub membership: MembershipId,
    pub merchant: MerchantId,
    pub name: String,
    pub locale: Locale,
    pub joined_at: Option<Instant>,
    pub ended_at: Option<Instant>,
}

/// A person to write to on behalf of a member.
#[derive(Debug, Clone)]
pub struct Contact {
    pub membership: MembershipId,
    pub merchant_name: String,
    pub person: Person,
}

/// What the caller is in one alliance.
#[derive(Debug, Clone)]
pub struct Standing {
    pub alliance: Alliance,
    pub user: UserId,
    /// Granted roles, and `member` where it acts for an active member.
    pub roles: Vec<Role>,
    /// Active memberships that it acts for.
    pub memberships: Vec<(MembershipId, MerchantId)>,
}

impl Standing {
    /// Whether the caller holds a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the caller holds one of several roles.
    pub fn is_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.is(*role))
    }

    /// The membership that the caller acts for: `wanted`, or the only one.
    ///
    /// # Errors
    /// 404 for a membership that is not the caller's; 403 without any; 422 where several could be meant.
    pub fn acting_for(&self, wanted: Option<MembershipId>) -> Result<MembershipId, Failure> {
        match (wanted, self.memberships.as_slice()) {
            (Some(id), mine) if mine.iter().any(|(m, _)| *m == id) => Ok(id),
            (Some(_), _) => Err(Refused::not_found("membership").into()),
            (None, [(only, _)]) => Ok(*only),
            (None, []) => Err(Refused::new(
                &kinds::ROLE_REQUIRED,
                "Only staff of an active member may do this.",
            )
            .into()),
            (None, _) => Err(Refused::field(
                "#/membership_id",
                "membership_ambiguous",
                "You act for several members of this alliance: name one.",
            )
            .into()),
        }
    }
}

/// An alliance by id.
///
/// # Errors
/// When the database fails or holds a zone or currency that is none.
pub async fn alliance(
    c: &impl ConnectionTrait,
    id: AllianceId,
) -> Result<Option<Alliance>, Failure> {
    let Some(row) = repo::alliance(c, id).await? else {
        return Ok(None);
    };
    let time_zone = row
        .time_zone
        .parse()
        .map_err(|_| anyhow::anyhow!("alliance {id} has the zone '{}'", row.time_zone))?;
    let currency = Currency::parse(&row.currency)
        .ok_or_else(|| anyhow::anyhow!("alliance {id} has the currency '{}'", row.currency))?;
    Ok(Some(Alliance {
        id,
        name: row.name,
        kind: row.kind,
        time_zone,
        currency,
        locale: Locale::parse(&row.locale).unwrap_or_default(),
        dissolved: row.state == DISSOLVED,
    }))
}

/// Roles, and active memberships that a person acts for.
pub type Part = (Vec<Role>, Vec<(MembershipId, MerchantId)>);

/// What part a caller has in an alliance; `None` where it has none, or the alliance does not exist.
///
/// # Errors
/// When the database fails.
pub async fn part_of(
    c: &impl ConnectionTrait,
    caller: &Caller,
    id: AllianceId,
) -> Result<Option<Part>, Failure> {
    let Some(user) = caller.user().map(|user| user.user) else {
        return Ok(None);
    };
    let (mut roles, memberships) = repo::standing(c, id, user).await?;
    if roles.is_empty() && memberships.is_empty() {
        return Ok(None);
    }
    let active: Vec<_> = memberships
        .into_iter()
        .filter(|(.., state)| state == "active")
        .map(|(membership, merchant, _)| (membership, merchant))
        .collect();
    if !active.is_empty() {
        roles.push(Role::Member);
    }
    Ok(Some((roles, active)))
}

/// What a person is in an alliance; `None` where it is nothing there, or the alliance does not exist.
///
/// # Errors
/// When the database fails.
pub async fn standing(
    c: &impl ConnectionTrait,
    caller: &Caller,
    id: AllianceId,
) -> Result<Option<Standing>, Failure> {
    let (Some(user), Some((roles, memberships))) = (caller.user(), part_of(c, caller, id).await?)
    else {
        return Ok(None);
    };
    Ok(alliance(c, id).await?.map(|alliance| Standing {
        alliance,
        user: user.user,
        roles,
        memberships,
    }))
}

/// The state of an alliance that has ended.
pub(super) const DISSOLVED: &str = "dissolved";

/// Why nothing is written in it.
pub(super) const ENDED: &str = "Its members dissolved it; it can still be read.";

/// Passes a caller whose role allows the operation of `asker`'s rule in the alliance `id`.
///
/// # Errors
/// 404 for strangers, as if the alliance did not exist; 403 `role_required` for the wrong role. Writes in a
/// dissolved alliance are refused later, by [`Act::enter`](crate::platform::act::Act::enter).
pub async fn admit(
    c: &impl ConnectionTrait,
    asker: &Asker,
    id: AllianceId,
) -> Result<Standing, Failure> {
    let standing = standing(c, &asker.caller, id)
        .await?
        .ok_or_else(|| Refused::not_found("object"))?;
    asker.within(id);
    if standing.alliance.dissolved {
        asker.bar(&problems::ALLIANCE_DISSOLVED, ENDED);
    }
    match asker.rule.allow {
        Allow::Roles(roles) if !standing.is_any(roles) => {
            let needed: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
            Err(Refused::new(
                &kinds::ROLE_REQUIRED,
                format!(
                    "This needs the role {} in the alliance.",
                    needed.join(" or ")
                ),
            )
            .with("roles", needed)
            .into())
        }
        _ => Ok(standing),
    }
}

/// The active members, in the order of their memberships.
///
/// # Errors
/// When the database fails.
pub async fn active_members(
    c: &impl ConnectionTrait,
    id: AllianceId,
) -> Result<Vec<Member>, Failure> {
    let rows = repo::active_members(c, id).await?;
    Ok(rows.into_iter().map(as_member).collect())
}

/// The memberships that rest: in no good standing, and not gone.
///
/// # Errors
/// When the database fails.
pub async fn suspended_members(
    c: &impl ConnectionTrait,
    id: AllianceId,
) -> Result<Vec<MembershipId>, Failure> {
    Ok(repo::memberships::suspended(c, id).await?)
}

/// A member of an alliance by its membership, whatever its state.
///
/// # Errors
/// When the database fails.
pub async fn member(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: MembershipId,
) -> Result<Option<Member>, Failure> {
    let rows = repo::memberships_by_id(c, alliance, &[id]).await?;
    Ok(rows.into_iter().next().map(as_member))
}

/// Members of an alliance by their memberships, whatever their states, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn members_by_id(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    ids: &[MembershipId],
) -> Result<Vec<Member>, Failure> {
    let rows = repo::memberships_by_id(c, alliance, ids).await?;
    Ok(rows.into_iter().map(as_member).collect())
}

/// An active member of an alliance by its membership.
///
/// # Errors
/// When the database fails.
pub async fn active_member(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: MembershipId,
) -> Result<Option<Member>, Failure> {
    let rows = repo::memberships_by_id(c, alliance, &[id]).await?;
    let active = rows.into_iter().find(|(row, _)| row.state == "active");
    Ok(active.map(as_member))
}

/// The memberships of a merchant in all alliances, suspended ones included.
///
/// # Errors
/// When the database fails.
pub async fn memberships_of(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
) -> Result<Vec<(MembershipId, AllianceId)>, Failure> {
    Ok(repo::memberships::living_of_merchant(c, merchant).await?)
}

pub(super) fn as_member((membership, merchant): (Membership, Merchant)) -> Member {
    Member {
        membership: membership.id,
        merchant: merchant.id,
        name: merchant.name,
        locale: Locale::parse(&merchant.locale).unwrap_or_default(),
        joined_at: membership.joined_at,
        ended_at: membership.ended_at,
    }
}

/// The people to write to for every active member.
///
/// # Errors
/// When the database fails.
pub async fn contacts(c: &impl ConnectionTrait, id: AllianceId) -> Result<Vec<Contact>, Failure> {
    let members = active_members(c, id).await?;
    contacts_for(c, members).await
}

/// The people to write to for up to `limit` active members after the membership `after`, and the last of
/// these memberships: `None` once there are no more. For walks that must not hold all of them at once.
///
/// # Errors
/// When the database fails.
pub async fn contacts_after(
    c: &impl ConnectionTrait,
    id: AllianceId,
    after: Option<MembershipId>,
    limit: u64,
) -> Result<(Vec<Contact>, Option<MembershipId>), Failure> {
    let rows = repo::active_members_after(c, id, after, limit).await?;
    let members: Vec<Member> = rows.into_iter().map(as_member).collect();
    let last = members.last().map(|member| member.membership);
    Ok((contacts_for(c, members).await?, last))
}

/// The people to write to for one membership.
///
/// # Errors
/// When the database fails.
pub async fn contacts_of(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: MembershipId,
) -> Result<Vec<Contact>, Failure> {
    let member = member(c, alliance, id).await?;
    contacts_for(c, member.into_iter().collect()).await
}

async fn contacts_for(
    c: &impl ConnectionTrait,
    members: Vec<Member>,
) -> Result<Vec<Contact>, Failure> {
    let merchants: Vec<MerchantId> = members.iter().map(|m| m.merchant).collect();
    let staff = repo::staff_of_merchants(c, &merchants).await?;
    let users: Vec<UserId> = staff.iter().map(|s| s.user_id).collect();
    let people: std::collections::HashMap<_, _> = accounts::people(c, &users)
        .await?
        .into_iter()
        .map(|person| (person.id, person))
        .collect();
    let mut contacts = Vec::new();
    for member in members {
        for post in staff.iter().filter(|s| s.merchant_id == member.merchant) {
            if let Some(person) = people.get(&post.user_id) {
                contacts.push(Contact {
                    membership: member.membership,
                    merchant_name: member.name.clone(),
                    person: person.clone(),
                });
            }
        }
    }
    Ok(contacts)
}

/// The people who hold one of several granted roles.
///
/// # Errors
/// When the database fails.
pub async fn role_holders(
    c: &impl ConnectionTrait,
    id: AllianceId,
    roles: &[Role],
) -> Result<Vec<Person>, Failure> {
    let users = repo::role_holders(c, id, roles).await?;
    accounts::people(c, &users).await
}

/// The by-laws in force.
///
/// # Errors
/// When the database fails.
pub async fn by_laws(c: &impl ConnectionTrait, id: AllianceId) -> Result<ByLaws, Failure> {
    Ok(repo::by_laws(c, id).await?)
}
