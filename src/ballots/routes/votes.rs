//! Routes of votes, proxies and interests.

use actix_web::delete;
use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::ballots::domain::resolve::Cast;
use crate::ballots::repo::Proxy;
use crate::ballots::service;
use crate::ballots::service::Interest;
use crate::ballots::service::Mine;
use crate::ballots::service::Receipt;
use crate::ballots::service::Spoken;
use crate::ballots::service::Taken;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::ProxyId;
use crate::kernel::ids::UserId;
use crate::kernel::ids::VoteId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(vote)
        .service(list_votes)
        .service(appoint_proxy)
        .service(list_proxies)
        .service(revoke_proxy)
        .service(declare_interest);
}

/// A vote.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"choice": "for"}))]
struct NewVote {
    /// Needed where the caller acts for several members of the alliance.
    membership_id: Option<MembershipId>,
    /// The member that appointed the caller's, for a vote by proxy.
    on_behalf_of: Option<MembershipId>,
    /// `for`, `against` or `abstain`; in a choice the id of an option, or `abstain`.
    #[schema(max_length = 100)]
    choice: String,
}

/// What a voter of a secret ballot keeps.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct ReceiptView {
    /// Shown once. Keep it to find the vote among the published receipts.
    #[schema(max_length = 40)]
    salt: String,
    /// SHA-256 of `ballot:round:choice:salt` in hexadecimal; published after the close.
    #[schema(max_length = 64)]
    digest: String,
}

impl From<Receipt> for ReceiptView {
    fn from(receipt: Receipt) -> Self {
        Self {
            salt: receipt.salt,
            digest: receipt.digest,
        }
    }
}

/// A vote that was taken.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct VoteView {
    /// Null in a secret ballot.
    id: Option<VoteId>,
    ballot_id: BallotId,
    membership_id: MembershipId,
    /// Null in a secret ballot.
    #[schema(max_length = 100)]
    choice: Option<String>,
    /// Whether the member voted itself; null in the list of a secret ballot.
    how: Option<Cast>,
    /// What the vote weighs before a cap; null where it would tell another member's share.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    weight: Option<i64>,
    cast_by: Option<UserId>,
    cast_at: Option<Instant>,
    /// Of a secret ballot, in the first answer only.
    receipt: Option<ReceiptView>,
}

impl From<Taken> for VoteView {
    fn from(taken: Taken) -> Self {
        Self {
            id: taken.id,
            ballot_id: taken.ballot,
            membership_id: taken.membership,
            choice: taken.choice,
            how: Some(taken.how),
            weight: Some(taken.weight),
            cast_by: Some(taken.cast_by),
            cast_at: Some(taken.cast_at),
            receipt: taken.receipt.map(ReceiptView::from),
        }
    }
}

impl From<Mine> for VoteView {
    fn from(seen: Mine) -> Self {
        Self {
            id: seen.id,
            ballot_id: seen.ballot,
            membership_id: seen.membership,
            choice: seen.choice,
            how: seen.how,
            weight: seen.weight,
            cast_by: seen.cast_by,
            cast_at: seen.cast_at,
            receipt: None,
        }
    }
}

/// Vote
///
/// Staff of a member that is in the electorate, or that holds the proxy of one. Where the rule lets votes change, a
/// later vote replaces the earlier one until the close; a member's own vote always replaces its proxy's. In a secret
/// ballot no answer tells the choice; the first one brings a receipt.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)), request_body = NewVote,
    responses((status = 201, body = VoteView, description = "The vote that stands")))]
#[post("/v1/ballots/{ballot_id}/votes")]
async fn vote(call: Call, id: Path<BallotId>, body: Json<NewVote>) -> Answer {
    call.run(&body, async |act| {
        let spoken = Spoken {
            membership: body.membership_id,
            on_behalf_of: body.on_behalf_of,
            choice: &body.choice,
        };
        let view = VoteView::from(service::vote(act, *id, spoken).await?);
        let location = format!("/v1/ballots/{}/votes", *id);
        let reply = Reply::created(location, view.clone());
        if view.receipt.is_none() {
            return Ok(reply);
        }
        // Whoever has the salt can tell the choice: a stored answer must not hold it.
        let kept = VoteView {
            receipt: None,
            ..view
        };
        Ok(reply.store_instead(kept).secret())
    })
    .await
}

/// List votes
///
/// Everybody in the alliance: the caller's own, and all of them once they are no secret; of a secret ballot only
/// whether the caller's members have voted. Weights that tell what another member is billed are shown to organizers,
/// treasurers and observers, and to everybody where votes are open.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path), PageParams),
    responses((status = 200, body = ListOf<VoteView>, description = "One page")))]
#[get("/v1/ballots/{ballot_id}/votes")]
async fn list_votes(call: Call, id: Path<BallotId>) -> Answer {
    let page = call.page()?;
    let slice = service::votes(&call.look(), *id, page).await?;
    Ok(call.list(slice.map(VoteView::from)))
}

/// An appointment.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"holder_id": "01890a5d-ac96-774b-bcce-b302099a8057"}))]
struct NewProxy {
    /// Who is represented; needed where the caller acts for several members of the alliance.
    membership_id: Option<MembershipId>,
    /// The member that votes for it.
    holder_id: MembershipId,
}

/// An appointment that was made.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ProxyView {
    id: ProxyId,
    ballot_id: BallotId,
    principal_id: MembershipId,
    holder_id: MembershipId,
    appointed_by: UserId,
    appointed_at: Instant,
    /// When a later appointment took its place, it was revoked, or one of the two left; null while it stands.
    replaced_at: Option<Instant>,
}

impl From<Proxy> for ProxyView {
    fn from(row: Proxy) -> Self {
        Self {
            id: row.id,
            ballot_id: row.ballot_id,
            principal_id: row.principal_id,
            holder_id: row.holder_id,
            appointed_by: row.appointed_by,
            appointed_at: row.appointed_at,
            replaced_at: row.replaced_at,
        }
    }
}

/// Appoint a proxy
///
/// Staff of a member, for it, until the deadline of the ballot's rule. A later appointment replaces an earlier one.
/// The holder is another member that appointed nobody itself, and holds no more than the rule allows.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)), request_body = NewProxy,
    responses((status = 201, body = ProxyView, description = "The appointment")))]
#[post("/v1/ballots/{ballot_id}/proxies")]
async fn appoint_proxy(call: Call, id: Path<BallotId>, body: Json<NewProxy>) -> Answer {
    call.run(&body, async |act| {
        let row = service::appoint(act, *id, body.membership_id, body.holder_id).await?;
        let location = format!("/v1/ballots/{}/proxies", *id);
        Ok(Reply::created(location, ProxyView::from(row)))
    })
    .await
}

/// List proxies
///
/// Organizers, treasurers and observers see all, replaced ones included; members those that they gave or hold.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path), PageParams),
    responses((status = 200, body = ListOf<ProxyView>, description = "One page")))]
#[get("/v1/ballots/{ballot_id}/proxies")]
async fn list_proxies(call: Call, id: Path<BallotId>) -> Answer {
    let page = call.page()?;
    let slice = service::list_proxies(&call.look(), *id, page).await?;
    Ok(call.list(slice.map(ProxyView::from)))
}

/// Revoke a proxy
///
/// Staff of the principal, as long as votes are taken; nobody takes the holder's place. A vote that the holder cast
/// stands until the principal votes itself.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path), ("proxy_id" = ProxyId, Path)),
    responses((status = 204, description = "Revoked")))]
#[delete("/v1/ballots/{ballot_id}/proxies/{proxy_id}")]
async fn revoke_proxy(call: Call, ids: Path<(BallotId, ProxyId)>) -> Answer {
    let (ballot, proxy) = *ids;
    call.run_to_end(async |act| service::revoke(act, ballot, proxy).await)
        .await
}

/// An interest.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"membership_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "note": "Our owner's sister bids."}))]
struct NewInterest {
    /// The member; organizers name any, others one of their own.
    membership_id: Option<MembershipId>,
    /// What the interest is.
    #[garde(custom(text::paragraph), length(chars, min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    note: String,
}

/// A declared interest.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct InterestView {
    ballot_id: BallotId,
    membership_id: MembershipId,
    #[schema(max_length = 1000)]
    note: String,
}

impl From<Interest> for InterestView {
    fn from(interest: Interest) -> Self {
        Self {
            ballot_id: interest.ballot,
            membership_id: interest.membership,
            note: interest.note,
        }
    }
}

/// Declare an interest
///
/// Staff of a member for it, or an organizer for any member, before the ballot opens. The member has no vote on this
/// ballot, is left out of every base, and the record names it.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)), request_body = NewInterest,
    responses((status = 201, body = InterestView, description = "The interest")))]
#[post("/v1/ballots/{ballot_id}/interests")]
async fn declare_interest(call: Call, id: Path<BallotId>, body: Json<NewInterest>) -> Answer {
    call.run(&body, async |act| {
        let interest = service::declare_interest(act, *id, body.membership_id, &body.note).await?;
        let location = format!("/v1/ballots/{}", *id);
        Ok(Reply::created(location, InterestView::from(interest)))
    })
    .await
}
