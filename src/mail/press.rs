//! Writes the letters of campaigns when they are sent: a stencil is read and compiled once for many.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use minijinja::Environment;
use minijinja::UndefinedBehavior;
use minijinja::value::Serde;
use serde_json::Map;
use serde_json::Value;

use crate::kernel::ids::CampaignId;
use crate::mail::domain::letter;
use crate::mail::domain::wording;
use crate::mail::repo::Delivery;
use crate::mail::repo::stencils;
use crate::mail::repo::stencils::Stencil;
use crate::platform::ctx::Ctx;

/// Compiled stencils that are kept.
const KEPT: usize = 64;

/// See the module.
#[derive(Debug, Default)]
pub struct Press {
    /// The one used last is in front.
    plates: Mutex<VecDeque<Arc<Plate>>>,
}

/// A compiled stencil.
#[derive(Debug)]
struct Plate {
    campaign: CampaignId,
    locale: String,
    environment: Environment<'static>,
    shared: Map<String, Value>,
}

/// Why a letter could not be written.
#[derive(Debug)]
pub enum NotWritten {
    /// This letter cannot be, with these values.
    Unfit(String),
    /// The database does not answer: later.
    NoStencil(sea_orm::DbErr),
}

impl Press {
    /// Writes the content of a letter that has values in place of it. Equal rows give equal content.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub async fn fill(&self, ctx: &Ctx, row: &mut Delivery) -> Result<(), NotWritten> {
        let (Some(vars), Some(campaign)) = (row.vars.take(), row.campaign_id) else {
            return Ok(());
        };
        let plate = self.plate(ctx, campaign, &row.locale).await?;
        let unfit = |error: minijinja::Error| NotWritten::Unfit(format!("{error:#}"));
        let mut values = plate.shared.clone();
        if let Value::Object(own) = vars {
            values.extend(own);
        }
        values.insert("recipient_name".to_owned(), row.to_name.clone().into());
        if let Some(link_of) = ctx.registry.refusal_link {
            let link = link_of(ctx, row.id);
            values.insert("unsubscribe_link".to_owned(), link.clone().into());
            row.unsubscribe_url = Some(link);
        }
        let values = minijinja::Value::from(Serde(&values));
        let render = |part: &str| {
            let template = plate.environment.get_template(part);
            template.and_then(|t| t.render(&values)).map_err(unfit)
        };
        row.subject = render("subject")?;
        row.html = render("html")?;
        row.text = render("text")?;
        letter::check_subject(&row.subject).map_err(|error| NotWritten::Unfit(error.to_string()))
    }

    async fn plate(
        &self,
        ctx: &Ctx,
        campaign: CampaignId,
        locale: &str,
    ) -> Result<Arc<Plate>, NotWritten> {
        if let Some(known) = self.known(campaign, locale) {
            return Ok(known);
        }
        let row = stencils::find(&ctx.db.reader(), campaign, locale)
            .await
            .map_err(NotWritten::NoStencil)?
            .ok_or_else(|| NotWritten::Unfit("its campaign has no text".to_owned()))?;
        let plate = compile(campaign, locale, row)
            .map_err(|error| NotWritten::Unfit(format!("{error:#}")))?;
        let plate = Arc::new(plate);
        let mut plates = self.plates.lock().unwrap_or_else(PoisonError::into_inner);
        plates.push_front(Arc::clone(&plate));
        plates.truncate(KEPT);
        Ok(plate)
    }

    fn known(&self, campaign: CampaignId, locale: &str) -> Option<Arc<Plate>> {
        let mut plates = self.plates.lock().unwrap_or_else(PoisonError::into_inner);
        let at = plates
            .iter()
            .position(|plate| plate.campaign == campaign && plate.locale == locale)?;
        let plate = plates.remove(at)?;
        plates.push_front(Arc::clone(&plate));
        Some(plate)
    }
}

fn compile(campaign: CampaignId, locale: &str, row: Stencil) -> Result<Plate, minijinja::Error> {
    let mut environment = wording::environment();
    // What the campaign lacks may be asked for, never printed.
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.add_template_owned("subject", row.subject)?;
    environment.add_template_owned("html", row.html)?;
    environment.add_template_owned("text", row.text)?;
    let shared = match row.shared {
        Value::Object(shared) => shared,
        _ => Map::new(),
    };
    Ok(Plate {
        campaign,
        locale: locale.to_owned(),
        environment,
        shared,
    })
}
