//! What a person agrees to get by e-mail when joining.

use crate::accounts::Person;
use crate::kernel::ids::AllianceId;
use crate::kernel::problem::Failure;
use crate::mail::ConsentCategory;
use crate::mail::ConsentWay;
use crate::mail::consents;
use crate::mail::consents::Answerer;
use crate::platform::act::Act;

/// Keeps a yes to each of some categories. What was not said yes to is no answer.
///
/// # Errors
/// When the database refuses.
pub async fn on_joining(
    act: &Act<'_>,
    alliance: AllianceId,
    person: &Person,
    agreed: &[ConsentCategory],
) -> Result<(), Failure> {
    let who = Answerer {
        email: person.email.clone(),
        alliance,
        way: ConsentWay::Joining,
        actor: format!("user:{}", person.id),
        origin: None,
    };
    let answers: Vec<_> = agreed.iter().map(|category| (*category, true)).collect();
    consents::answer(act, &who, &answers).await?;
    Ok(())
}
