//! What a levy notice prints (fund.md 3.2): the policy and its version, the snapshot day, the sizes used, the exact
//! share and what rounding did to it, the steps, the due days, the decision, and how to dispute it.

use chrono::NaiveDate;
use serde_json::Value;
use serde_json::json;

use crate::alliances;
use crate::funds::domain::due;
use crate::funds::domain::due::Instalment;
use crate::funds::domain::exact;
use crate::funds::domain::plan::Taken;
use crate::funds::repo::Assessment;
use crate::funds::repo::AssessmentLine;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::repo::Policy;
use crate::funds::service::assessments::Assessed;
use crate::funds::service::assessments::Tax;
use crate::funds::service::issue;
use crate::funds::service::roll::Used;
use crate::funds::service::visible;
use crate::kernel::locale::Locale;
use crate::kernel::money::Currency;
use crate::kernel::money::format_minor;
use crate::kernel::problem::Failure;
use crate::kernel::rational::Exact;
use crate::kernel::role::Role;
use crate::mandates;
use crate::platform::act::Act;

/// What every notice of an assessment prints alike.
pub struct Facts<'a> {
    fund: &'a Fund,
    assessment: &'a Assessment,
    policy: &'a Policy,
    alliance: String,
    decision: String,
    treasurers: String,
    currency: Currency,
    tax: Option<Tax>,
}

impl<'a> Facts<'a> {
    /// Looks everything up once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gather(
        act: &Act<'_>,
        fund: &'a Fund,
        assessed: &'a Assessed,
    ) -> Result<Self, Failure> {
        let alliance = alliances::alliance(act.tx(), fund.alliance_id).await?;
        let treasurers =
            alliances::role_holders(act.tx(), fund.alliance_id, &[Role::Treasurer]).await?;
        let decision = match assessed.assessment.mandate_id {
            Some(id) => mandates::source_of(act.tx(), id).await?,
            None => None,
        };
        let treasurers: Vec<String> = treasurers
            .into_iter()
            .map(|person| format!("{} <{}>", person.name, person.email))
            .collect();
        Ok(Self {
            fund,
            assessment: &assessed.assessment,
            policy: &assessed.policy,
            alliance: alliance.map(|a| a.name).unwrap_or_default(),
            decision: decision.unwrap_or_default(),
            treasurers: treasurers.join(", "),
            currency: visible::currency_of(fund)?,
            tax: tax_of(&assessed.assessment)?,
        })
    }

    /// The variables of one notice's letter.
    pub fn of(&self, notice: &Notice, line: &AssessmentLine) -> Value {
        let share = exact::read(&line.exact);
        let share = share.unwrap_or_else(|| Exact::whole(line.amount_minor));
        let rounding = exact::rounding(line.amount_minor, &share);
        json!({
            "alliance": self.alliance,
            "fund": self.fund.name,
            "number": issue::number(self.fund, notice),
            "amount": format_minor(notice.amount_minor, self.currency),
            "currency": self.fund.currency,
            "budget": format_minor(self.assessment.budget_minor, self.currency),
            "due_on": self.assessment.due_on,
            "instalments": self.instalments(notice),
            "policy": self.policy.name,
            "policy_version": self.policy.number,
            "policy_id": self.policy.id,
            "snapshot_date": self.assessment.snapshot_date,
            "sizes": used_of(line),
            "steps": steps_of(line).iter().map(Taken::sentence).collect::<Vec<_>>().join("; "),
            "exact": exact::shown(&share, self.currency),
            "rounding": exact::shown(&rounding, self.currency),
            "tax": self.tax(line),
            "decision": self.decision,
            "treasurers": self.treasurers,
            "custodian": format!("{}, {}, {}", self.fund.custodian_holder,
                self.fund.custodian_institution, self.fund.custodian_account_ref),
        })
    }

    fn instalments(&self, notice: &Notice) -> String {
        let parts = parts_of(self.assessment, notice).into_iter().map(|part| {
            let amount = format_minor(part.amount_minor, self.currency);
            format!("{}: {amount}", part.due_on)
        });
        parts.collect::<Vec<_>>().join(", ")
    }

    fn tax(&self, line: &AssessmentLine) -> String {
        let Some(tax) = &self.tax else {
            return String::new();
        };
        tax_amount(tax, line).map_or_else(String::new, |amount| {
            let amount = format_minor(amount, self.currency);
            format!("\n{} {}: {amount}", tax.label, tax.rate)
        })
    }
}

/// The tax line that an assessment carries.
///
/// # Errors
/// When the database holds something else.
pub fn tax_of(assessment: &Assessment) -> Result<Option<Tax>, Failure> {
    let Some(tax) = &assessment.tax else {
        return Ok(None);
    };
    let tax = serde_json::from_value(tax.clone());
    Ok(Some(tax.map_err(|error| {
        anyhow::anyhow!("assessment {}: {error}", assessment.id)
    })?))
}

/// The tax of one member.
pub fn tax_amount(tax: &Tax, line: &AssessmentLine) -> Option<i64> {
    let own = tax.amounts.iter().find(|(id, _)| *id == line.membership_id);
    own.map(|(_, amount)| *amount)
}

/// The days on which the parts of each notice of an assessment are due.
pub fn due_days(assessment: &Assessment) -> Vec<NaiveDate> {
    let stored = assessment.instalments.clone();
    let days = stored.and_then(|days| serde_json::from_value(days).ok());
    days.unwrap_or_else(|| vec![assessment.due_on])
}

/// The parts of a notice; one where it is paid at once.
pub fn parts_of(assessment: &Assessment, notice: &Notice) -> Vec<Instalment> {
    due::parts(notice.amount_minor, &due_days(assessment)).unwrap_or_default()
}

/// The sizes behind a line; those of older lines stand in columns of their own.
pub fn used_by(line: &AssessmentLine, measure: &str) -> Vec<Used> {
    let stored = line.facts.clone();
    let used = stored.and_then(|facts| serde_json::from_value(facts).ok());
    used.unwrap_or_else(|| {
        let of = |value| Used {
            measure: measure.to_owned(),
            value,
            status: line.size_status.clone().unwrap_or_default(),
            fact_id: line.size_fact_id,
        };
        line.size.map(of).into_iter().collect()
    })
}

fn used_of(line: &AssessmentLine) -> Value {
    json!(used_by(line, ""))
}

/// The steps behind a line.
pub fn steps_of(line: &AssessmentLine) -> Vec<Taken> {
    let stored = line.steps.clone();
    stored
        .and_then(|steps| serde_json::from_value(steps).ok())
        .unwrap_or_default()
}

/// Writes the sizes of a letter in the reader's language.
pub fn translate(locale: Locale, vars: &mut Value) {
    let Some(sizes) = vars["sizes"].as_array() else {
        return;
    };
    let shown = sizes.iter().map(|size| {
        let status = match size["status"].as_str().unwrap_or_default() {
            "verified" => locale.pick("已核实", "verified"),
            "declared" => locale.pick("自行申报", "declared"),
            "estimated" => locale.pick("商会估计", "estimated"),
            _ => locale.pick("政策代用值", "put in by the policy"),
        };
        let measure = size["measure"].as_str().unwrap_or_default();
        match size["fact_id"].as_str() {
            Some(fact) => format!("{measure} {} ({status}, {fact})", size["value"]),
            None => format!("{measure} {} ({status})", size["value"]),
        }
    });
    let shown = shown.collect::<Vec<_>>().join("; ");
    vars["sizes"] = json!(shown);
}
