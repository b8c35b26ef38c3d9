//! Published rules, taken over into an alliance.

use crate::alliances;
use crate::alliances::Measure;
use crate::funds::domain::levy::LevyRefusal;
use crate::funds::domain::levy::examples;
use crate::funds::domain::levy::examples::Example;
use crate::funds::domain::plan::Method;
use crate::funds::domain::plan::Plan;
use crate::funds::domain::plan::Rate;
use crate::funds::domain::plan::Terms;
use crate::funds::service::policies;
use crate::funds::service::policies::Known;
use crate::kernel::ids::AllianceId;
use crate::kernel::money::Currency;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;

/// How an example is taken over.
#[derive(Debug, Clone)]
pub struct Taking<'a> {
    pub example: &'a str,
    /// Name of the policy; the example's own where absent.
    pub name: Option<&'a str>,
    pub terms: Terms,
    /// Whether the amounts are taken as numbers of the alliance's currency.
    pub numbers_as_they_are: bool,
}

/// An example by its name.
///
/// # Errors
/// 404.
pub fn find(name: &str) -> Result<&'static Example, Refused> {
    examples::find(name).ok_or_else(|| Refused::not_found("example"))
}

/// Makes a version of a policy from an example, and defines the measures that the alliance does not know yet.
///
/// # Errors
/// 404; 422 `rule_invalid` for an example of another currency whose numbers are not taken as they are.
pub async fn take(
    act: &Act<'_>,
    alliance: AllianceId,
    taking: &Taking<'_>,
) -> Result<Known, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let Some(example) = examples::find(taking.example) else {
        let detail = "There is no such example; list them to find its name.";
        return Err(Refused::field("#/example", "unknown", detail).into());
    };
    let currency = standing.alliance.currency;
    let mut rule = example.rule.clone();
    if rule.currency.is_some_and(|own| own != currency) {
        if !taking.numbers_as_they_are {
            let at = "/currency".to_owned();
            let reason = "other_currency";
            return Err(LevyRefusal::RuleInvalid { at, reason }.into());
        }
        rule.currency = Some(currency);
    }
    let plan = Plan {
        method: Method::Rate(Rate { rule }),
        terms: taking.terms.clone(),
    };
    define_measures(act, alliance, currency, example).await?;
    policies::check(act.tx(), &standing.alliance, &plan).await?;
    let name = taking.name.unwrap_or(&example.name);
    policies::add(act, alliance, standing.user, name, plan).await
}

async fn define_measures(
    act: &Act<'_>,
    alliance: AllianceId,
    currency: Currency,
    example: &Example,
) -> Result<(), Failure> {
    let known = alliances::measures(act.tx(), alliance, currency).await?;
    let missing = example
        .measures
        .iter()
        .filter(|m| !known.contains_key(&m.key));
    let missing = missing.map(|measure| Measure {
        key: measure.key.clone(),
        unit: measure
            .unit
            .clone()
            .unwrap_or_else(|| currency.code().to_owned()),
        is_money: measure.money,
        scale: 0,
        description: measure.description.clone(),
        evidence_required: false,
    });
    alliances::define_missing(act, alliance, missing.collect()).await
}
