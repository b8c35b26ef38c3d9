//! Templates: saved in immutable versions, checked before anybody can use them.

use serde_json::json;

use crate::alliances;
use crate::campaigns::domain::purpose::CampaignCategory;
use crate::campaigns::domain::template;
use crate::campaigns::domain::template::Wordings;
use crate::campaigns::problems::TEMPLATE_CATEGORY_FIXED;
use crate::campaigns::repo;
use crate::campaigns::repo::Template;
use crate::kernel::ids::AllianceId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Saves the next version under a name, the first one where the name is new.
///
/// # Errors
/// 422 with the field of each fault; 409 for another category than that of the first version.
pub async fn create(
    act: &Act<'_>,
    alliance: AllianceId,
    name: &str,
    category: CampaignCategory,
    wordings: &Wordings,
) -> Result<Template, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    refuse_faults(wordings)?;
    let last = repo::newest_template(act.tx(), alliance, name).await?;
    if let Some(last) = last.as_ref().filter(|t| t.category != category.as_str()) {
        return Err(Refused::new(
            &TEMPLATE_CATEGORY_FIXED,
            "Save the template under another name.",
        )
        .with("category", last.category.as_str())
        .into());
    }
    let row = Template {
        id: act.fresh(),
        alliance_id: alliance,
        name: name.to_owned(),
        number: last.map_or(1, |last| last.number + 1),
        category: category.as_str().to_owned(),
        locales: serde_json::to_value(wordings).map_err(anyhow::Error::new)?,
        created_by: standing.user,
        created_at: act.now(),
    };
    if !repo::insert_template(act.tx(), row.clone()).await? {
        return Err(Refused::new(
            &kinds::CONFLICT,
            "Somebody saved a version of this template at the same moment.",
        )
        .into());
    }
    let facts = json!({ "name": row.name, "number": row.number, "category": row.category });
    act.record("template.saved", Some(alliance), row.id.0, facts)
        .await?;
    Ok(row)
}

fn refuse_faults(wordings: &Wordings) -> Result<(), Refused> {
    let faults = template::check(wordings);
    if faults.is_empty() {
        return Ok(());
    }
    Err(Refused::fields(
        faults
            .into_iter()
            .map(|(pointer, fault)| {
                FieldError::new(
                    format!("#/locales/{pointer}"),
                    fault.code(),
                    fault.to_string(),
                )
            })
            .collect(),
    ))
}

/// The versions of every template of an alliance.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Template>, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    Ok(repo::templates(look.reader(), alliance, page).await?)
}

/// The wording of a saved version.
///
/// # Errors
/// When the row does not hold one.
pub fn wordings(row: &Template) -> Result<Wordings, Failure> {
    serde_json::from_value(row.locales.clone()).map_err(|error| anyhow::Error::new(error).into())
}
