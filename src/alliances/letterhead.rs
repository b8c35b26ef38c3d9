//! How an alliance appears in its mail: under its name, with an organizer who reads the answers.

use crate::alliances::domain::country_pack::CountryPack;
use crate::alliances::face;
use crate::kernel::ids::AllianceId;
use crate::kernel::problem::Failure;
use crate::kernel::role::Role;
use crate::platform::ctx::Ctx;
use crate::platform::registry::Letterhead;
use crate::platform::registry::Letterheads;

/// What this slice tells the mail.
pub const LETTERHEADS: Letterheads = Letterheads {
    run: |ctx, alliance| Box::pin(async move { letterhead(&ctx, alliance).await }),
};

async fn letterhead(ctx: &Ctx, id: AllianceId) -> Result<Option<Letterhead>, Failure> {
    let reader = ctx.db.reader();
    let Some(alliance) = face::alliance(&reader, id).await? else {
        return Ok(None);
    };
    let organizers = face::role_holders(&reader, id, &[Role::Organizer]).await?;
    let pack = face::by_laws(&reader, id).await?.country_pack;
    // The one who has been there longest: ids grow with time.
    let first = organizers.into_iter().min_by_key(|person| person.id);
    Ok(Some(Letterhead {
        name: alliance.name,
        reply_to: first.map(|person| person.email),
        marks_advertising: pack == CountryPack::Cn,
        asks_for_consent: pack.asks_for_consent(),
    }))
}
