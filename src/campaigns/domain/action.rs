//! What a schedule does when it fires, as data: a kind and what it refers to.

use serde::Deserialize;
use serde::Serialize;

use crate::campaigns::domain::state::CampaignAudience;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::PromotionId;
use crate::kernel::ids::TemplateId;
use crate::kernel::problem::FieldError;

crate::words! {
    /// What happens at each fire.
    pub enum ActionKind {
        /// Sends a campaign: a new one of a template, or one that is prepared.
        Campaign = "campaign",
        /// Reminds members of levy notices that are overdue or fall due soon.
        Reminder = "reminder",
        /// Tells members what is coming up.
        Digest = "digest",
    }
}

crate::words! {
    /// What people do to a schedule.
    pub enum ScheduleEvent {
        /// It fires no more until it is resumed.
        Pause = "pause",
        /// It fires again from now on; nothing is made up for.
        Resume = "resume",
        /// It is gone.
        Delete = "delete",
    }
}

impl ActionKind {
    /// The kind of the job that does it.
    pub const fn job(self) -> &'static str {
        match self {
            Self::Campaign => "schedule.campaign",
            Self::Reminder => "schedule.reminder",
            Self::Digest => "schedule.digest",
        }
    }

    /// How many days it looks ahead where nothing else is said, and at most.
    const fn days(self) -> (i64, i64) {
        match self {
            Self::Campaign => (0, 0),
            Self::Reminder => (7, 60),
            Self::Digest => (7, 31),
        }
    }
}

/// What a schedule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "digest", "days": 7}))]
pub struct Action {
    pub kind: ActionKind,
    /// The version of a template that each fire sends anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<TemplateId>,
    /// To whom; default is everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<CampaignAudience>,
    /// What the mail is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion_id: Option<PromotionId>,
    /// A prepared campaign, which has to be approved when the time comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<CampaignId>,
    /// How many days ahead a reminder (0 to 60) or a digest (1 to 31) looks; default 7.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 60)]
    pub days: Option<i64>,
}

impl Action {
    /// Days that it looks ahead.
    pub fn looks_ahead(&self) -> i64 {
        self.days.unwrap_or(self.kind.days().0)
    }

    /// Everything that does not fit together.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, code: &str, detail: &str| {
            faults.push(FieldError::new(format!("#/action/{field}"), code, detail));
        };
        if self.kind == ActionKind::Campaign {
            if self.template_id.is_some() == self.campaign_id.is_some() {
                let detail = "Name a template, or a prepared campaign.";
                fault("template_id", "one_of_two", detail);
            }
            if self.campaign_id.is_some()
                && (self.audience.is_some() || self.promotion_id.is_some())
            {
                let detail = "A prepared campaign knows its audience and its promotion.";
                fault("audience", "not_here", detail);
            }
            if self.days.is_some() {
                fault("days", "not_here", "A campaign looks at no days ahead.");
            }
            return faults;
        }
        for (field, given) in [
            ("template_id", self.template_id.is_some()),
            ("audience", self.audience.is_some()),
            ("promotion_id", self.promotion_id.is_some()),
            ("campaign_id", self.campaign_id.is_some()),
        ] {
            if given {
                fault(field, "not_here", "Only campaigns have this.");
            }
        }
        let least = i64::from(self.kind == ActionKind::Digest);
        let (_, most) = self.kind.days();
        if !(least..=most).contains(&self.looks_ahead()) {
            fault("days", "invalid_value", &format!("{least} to {most} days"));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_action_has_what_its_kind_needs_and_nothing_else() {
        let codes = |value: serde_json::Value| {
            let action: Action = serde_json::from_value(value).expect("an action");
            let faults = action.faults();
            faults
                .iter()
                .map(|f| format!("{} {}", f.pointer, f.code))
                .collect::<Vec<_>>()
        };
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let fine = [
            json!({"kind": "campaign", "template_id": id}),
            json!({"kind": "campaign", "template_id": id, "audience": "all_members", "promotion_id": id}),
            json!({"kind": "campaign", "campaign_id": id}),
            json!({"kind": "reminder", "days": 0}),
            json!({"kind": "digest"}),
        ];
        for action in fine {
            assert!(codes(action.clone()).is_empty(), "{action}");
        }
        for (action, fault) in [
            (
                json!({"kind": "campaign"}),
                "#/action/template_id one_of_two",
            ),
            (
                json!({"kind": "campaign", "template_id": id, "campaign_id": id}),
                "#/action/template_id one_of_two",
            ),
            (
                json!({"kind": "campaign", "campaign_id": id, "audience": "enrolled"}),
                "#/action/audience not_here",
            ),
            (
                json!({"kind": "campaign", "campaign_id": id, "days": 1}),
                "#/action/days not_here",
            ),
            (
                json!({"kind": "reminder", "days": 61}),
                "#/action/days invalid_value",
            ),
            (
                json!({"kind": "digest", "days": 0}),
                "#/action/days invalid_value",
            ),
            (
                json!({"kind": "digest", "promotion_id": id}),
                "#/action/promotion_id not_here",
            ),
        ] {
            assert_eq!(codes(action.clone()), [fault], "{action}");
        }
    }
}
