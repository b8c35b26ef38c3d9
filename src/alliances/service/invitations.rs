//! Invitations by mail: to a merchant's owner as member, or to a person for a role.

use serde_json::json;

use crate::accounts;
use crate::accounts::Person;
use crate::alliances::domain::invitation::InvitationError;
use crate::alliances::domain::invitation::InvitationEvent;
use crate::alliances::domain::invitation::InvitationState;
use crate::alliances::domain::invitation::LIFETIME;
use crate::alliances::domain::invitation::MOST_A_DAY;
use crate::alliances::domain::membership::MembershipError;
use crate::alliances::domain::membership::MembershipState;
use crate::alliances::domain::roles::GrantedRole;
use crate::alliances::face;
use crate::alliances::letters;
use crate::alliances::repo;
use crate::alliances::repo::grants::Grant;
use crate::alliances::repo::invitations;
use crate::alliances::repo::invitations::Invitation;
use crate::alliances::service::admissions;
use crate::alliances::service::dissolving;
use crate::alliances::service::memberships;
use crate::alliances::service::notes;
use crate::alliances::service::notes::About;
use crate::alliances::service::roles;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::InvitationId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::Recipient;
use crate::merchants;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::platform::links;

/// Kind of the links that invite.
pub const JOIN: &str = "invitation.join";

/// Whom to invite to what.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub email: &'a str,
    pub role: Role,
    /// Name of the merchant to found where the person acts for none.
    pub merchant_name: Option<&'a str>,
    pub locale: Locale,
}

/// Invites by mail.
///
/// # Errors
/// 404, 403; a merchant's name for another role than member; `already_invited`; 429.
pub async fn invite(
    act: &Act<'_>,
    alliance: AllianceId,
    wanted: Wanted<'_>,
) -> Result<Invitation, Failure> {
    let standing = face::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    if wanted.role != Role::Member && wanted.merchant_name.is_some() {
        let detail = "Only a member has a merchant.";
        return Err(Refused::field("#/merchant_name", "not_for_this_role", detail).into());
    }
    if !act.ctx.sandbox {
        let day = act.in_seconds(-86_400);
        if invitations::count_since(act.tx(), alliance, day).await? >= MOST_A_DAY {
            return Err(InvitationError::TooMany.into());
        }
    }
    let row = Invitation {
        id: act.fresh(),
        alliance_id: alliance,
        email: wanted.email.to_lowercase(),
        role: wanted.role.as_str().to_owned(),
        merchant_name: wanted.merchant_name.map(str::to_owned),
        locale: wanted.locale.as_str().to_owned(),
        state: InvitationState::Open.as_str().to_owned(),
        membership_id: None,
        invited_by: standing.user.0,
        version: 1,
        created_at: act.now(),
        expires_at: act.now().plus(LIFETIME),
    };
    if !invitations::insert(act.tx(), &row).await? {
        return Err(InvitationError::Already.into());
    }
    // The journal is for good and names no address.
    let data = json!({ "role": row.role });
    act.record("invitation.sent", Some(alliance), row.id.0, data)
        .await?;
    let inviter = accounts::person(act.tx(), standing.user).await?;
    let inviter = inviter.map(|person| person.name).unwrap_or_default();
    send(act, &row, wanted, &standing.alliance.name, &inviter).await?;
    Ok(row)
}

async fn send(
    act: &Act<'_>,
    row: &Invitation,
    wanted: Wanted<'_>,
    alliance: &str,
    inviter: &str,
) -> Result<(), Failure> {
    let payload = json!({ "invitation_id": row.id });
    let secret = links::create(act.ctx, act.tx(), JOIN, payload, LIFETIME).await?;
    let vars = json!({
        "alliance": alliance,
        "inviter": inviter,
        "role": letters::role_word(wanted.role, wanted.locale),
        "link": links::address(act.ctx, &secret),
    });
    let content = mail::compose(&letters::INVITATION, wanted.locale, &vars)?;
    let to = Recipient {
        email: row.email.clone(),
        name: String::new(),
        locale: wanted.locale,
    };
    let letter = Letter {
        alliance: Some(row.alliance_id),
        ..Letter::new(to, Category::Invitation, content)
    };
    mail::send(act, &letter).await?;
    Ok(())
}

/// The invitations of an alliance.
///
/// # Errors
/// 404, 403.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Invitation>, Failure> {
    face::admit(look.reader(), look.asker(), alliance).await?;
    Ok(invitations::page(look.reader(), alliance, page).await?)
}

/// An invitation, for organizers and for whom it is addressed to.
///
/// # Errors
/// 404 for everybody else.
pub async fn read(look: &Look<'_>, id: InvitationId) -> Result<Invitation, Failure> {
    let hidden = || Refused::not_found("invitation");
    let row = invitations::one(look.reader(), id)
        .await?
        .ok_or_else(hidden)?;
    let caller = &look.asker().caller;
    let user = caller.user().ok_or_else(hidden)?.user;
    let person = accounts::person(look.reader(), user).await?;
    let standing = face::standing(look.reader(), caller, row.alliance_id).await?;
    let invited = person.is_some_and(|person| is_for(&row, &person));
    if invited || standing.is_some_and(|s| s.is(Role::Organizer)) {
        Ok(row)
    } else {
        Err(hidden().into())
    }
}

fn is_for(row: &Invitation, person: &Person) -> bool {
    row.email == person.email.to_lowercase()
}

/// Answers an invitation as the person it is addressed to, or takes it back as organizer.
///
/// # Errors
/// 404 for strangers; 403 for the wrong side; `illegal_transition`; `deadline_passed`; `already_member`.
pub async fn answer(
    act: &Act<'_>,
    id: InvitationId,
    event: InvitationEvent,
) -> Result<Invitation, Failure> {
    let hidden = || Refused::not_found("invitation");
    let row = invitations::lock(act.tx(), id).await?.ok_or_else(hidden)?;
    let user = act.caller().user().ok_or_else(hidden)?.user;
    let person = accounts::person(act.tx(), user).await?;
    let invited = person.filter(|person| is_for(&row, person));
    let standing = face::standing(act.tx(), act.caller(), row.alliance_id).await?;
    let organizer = standing.is_some_and(|s| s.is(Role::Organizer));
    if invited.is_none() && !organizer {
        return Err(hidden().into());
    }
    let allowed = match event {
        InvitationEvent::Accept | InvitationEvent::Decline => invited.is_some(),
        InvitationEvent::Revoke => organizer,
        InvitationEvent::Expire => false,
    };
    if !allowed {
        let detail = "The invited person answers, an organizer takes back.";
        return Err(Refused::new(&kinds::ROLE_REQUIRED, detail).into());
    }
    act.enter(Some(row.version)).await?;
    answer_in(act, row, event, invited.as_ref()).await
}

/// Lets an event happen to a locked invitation; `invited` has to be there for an acceptance.
///
/// # Errors
/// `illegal_transition`, `deadline_passed`, `already_member`.
pub async fn answer_in(
    act: &Act<'_>,
    mut row: Invitation,
    event: InvitationEvent,
    invited: Option<&Person>,
) -> Result<Invitation, Failure> {
    let next = state_of(&row)?.after(event)?;
    let in_time = row.expires_at > act.now() || event == InvitationEvent::Expire;
    if !in_time {
        return Err(InvitationError::Over.into());
    }
    if let (InvitationEvent::Accept, Some(person)) = (event, invited) {
        row.membership_id = join(act, &row, person).await?;
    }
    next.as_str().clone_into(&mut row.state);
    row.version += 1;
    invitations::update(act.tx(), &row).await?;
    let data = json!({ "role": row.role, "membership_id": row.membership_id, "user_id": invited.map(|p| p.id) });
    let action = format!("invitation.{next}");
    act.record(&action, Some(row.alliance_id), row.id.0, data)
        .await?;
    let text = match event {
        InvitationEvent::Accept => &letters::INVITATION_ACCEPTED,
        InvitationEvent::Decline => &letters::INVITATION_DECLINED,
        InvitationEvent::Revoke | InvitationEvent::Expire => return Ok(row),
    };
    if let Some(alliance) = repo::alliance(act.tx(), row.alliance_id).await? {
        let about = About {
            invited: &row.email,
            ..About::alliance(&alliance)
        };
        notes::tell_organizers(act, about, text).await?;
    }
    Ok(row)
}

fn state_of(row: &Invitation) -> Result<InvitationState, Failure> {
    InvitationState::parse(&row.state).ok_or_else(|| {
        anyhow::anyhow!("invitation {} has the state '{}'", row.id, row.state).into()
    })
}

/// The role that an invitation is for.
///
/// # Errors
/// When the row holds a word that is no role.
pub fn role_of(row: &Invitation) -> Result<Role, Failure> {
    Role::parse(&row.role)
        .ok_or_else(|| anyhow::anyhow!("invitation {} is for '{}'", row.id, row.role).into())
}

async fn join(
    act: &Act<'_>,
    row: &Invitation,
    person: &Person,
) -> Result<Option<MembershipId>, Failure> {
    dissolving::hold(act, row.alliance_id).await?;
    if let Some(role) = GrantedRole::of(role_of(row)?) {
        let grant = Grant {
            id: act.fresh(),
            alliance_id: row.alliance_id,
            user_id: person.id,
            role: role.as_str().to_owned(),
            granted_by: row.invited_by,
            created_at: act.now(),
        };
        // Who was granted the role meanwhile holds it: that is what was asked for.
        roles::add(act, &grant).await?;
        return Ok(None);
    }
    let merchant = merchant_for(act, row, person).await?;
    let live = repo::memberships::lock_live(act.tx(), row.alliance_id, merchant).await?;
    let membership = match live {
        Some(live) => live,
        None => {
            let state = MembershipState::Invited;
            memberships::insert(act, row.alliance_id, merchant, state).await?
        }
    };
    let member = admissions::let_in(act, membership, Some(UserId(row.invited_by))).await?;
    Ok(Some(member.id))
}

/// The merchant that joins: the person's one of the wanted name, else their first that is no member here;
/// a new one where they act for none.
async fn merchant_for(
    act: &Act<'_>,
    row: &Invitation,
    person: &Person,
) -> Result<MerchantId, Failure> {
    let mine = merchants::merchants_of(act.tx(), person.id).await?;
    if mine.is_empty() {
        let name = row.merchant_name.as_deref().unwrap_or(&person.name);
        return merchants::found_merchant_in(act, person.id, name, person.locale).await;
    }
    let mut free = Vec::new();
    for id in mine {
        let live = repo::memberships::lock_live(act.tx(), row.alliance_id, id).await?;
        let joined = live.is_some_and(|m| matches!(m.state.as_str(), "active" | "suspended"));
        if !joined && let Some(merchant) = merchants::merchant(act.tx(), id).await? {
            free.push(merchant);
        }
    }
    let named = free
        .iter()
        .find(|merchant| Some(merchant.name.as_str()) == row.merchant_name.as_deref());
    named
        .or(free.first())
        .map(|merchant| merchant.id)
        .ok_or_else(|| MembershipError::AlreadyMember.into())
}
