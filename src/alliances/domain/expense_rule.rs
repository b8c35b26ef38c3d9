//! How many people must approve an expense, by its amount (fund.md 3.2: n of m, as the by-laws say).

use serde::Deserialize;
use serde::Serialize;

use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::role::Role;

/// From an amount on, so many approvals by people who hold one of these roles.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, garde::Validate, utoipa::ToSchema,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"from_minor": 1_000_000, "approvals": 2, "roles": ["treasurer"]}))]
pub struct ExpenseTier {
    /// Lower bound, included, in minor units of the alliance's currency.
    #[garde(range(min = 0, max = MAX_AMOUNT))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub from_minor: i64,
    /// Approvals by different people, none of whom asked for the money.
    #[garde(range(min = 1, max = 10))]
    #[schema(minimum = 1, maximum = 10)]
    pub approvals: u32,
    /// Whose approvals count: `organizer`, `treasurer`. Without any, both.
    #[garde(custom(approvers))]
    #[serde(default)]
    #[schema(max_items = 2)]
    pub roles: Vec<Role>,
}

/// Who approves by default.
pub const APPROVERS: [Role; 2] = [Role::Organizer, Role::Treasurer];

/// What one expense needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpenseRule {
    pub approvals: u32,
    pub roles: Vec<Role>,
}

/// The rule of the highest tier that begins at or below `amount_minor`; without one, one second person.
pub fn rule_for(tiers: &[ExpenseTier], amount_minor: i64) -> ExpenseRule {
    let reached = tiers.iter().filter(|tier| tier.from_minor <= amount_minor);
    match reached.max_by_key(|tier| tier.from_minor) {
        Some(tier) => ExpenseRule {
            approvals: tier.approvals,
            roles: or_both(&tier.roles),
        },
        None => ExpenseRule {
            approvals: 1,
            roles: APPROVERS.to_vec(),
        },
    }
}

fn or_both(roles: &[Role]) -> Vec<Role> {
    if roles.is_empty() {
        APPROVERS.to_vec()
    } else {
        roles.to_vec()
    }
}

#[expect(
    clippy::ptr_arg,
    reason = "garde hands a validator the field's own type"
)]
fn approvers(roles: &Vec<Role>, _: &()) -> garde::Result {
    if roles.iter().all(|role| APPROVERS.contains(role)) {
        Ok(())
    } else {
        Err(garde::Error::new("only organizers and treasurers approve"))
    }
}

/// Passes tiers of which each begins above the one before it.
///
/// # Errors
/// For any other list.
#[expect(
    clippy::ptr_arg,
    reason = "garde hands a validator the field's own type"
)]
pub fn ascending(tiers: &Vec<ExpenseTier>, _: &()) -> garde::Result {
    let rising = tiers
        .windows(2)
        .all(|pair| matches!(pair, [low, high] if low.from_minor < high.from_minor));
    if rising && tiers.len() <= 20 {
        Ok(())
    } else {
        Err(garde::Error::new(
            "at most 20 tiers, each from a higher amount than the one before",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tier(from_minor: i64, approvals: u32, roles: &[Role]) -> ExpenseTier {
        ExpenseTier {
            from_minor,
            approvals,
            roles: roles.to_vec(),
        }
    }

    #[test]
    fn the_highest_tier_that_the_amount_reaches_counts() {
        let tiers = [
            tier(0, 1, &[]),
            tier(1_000, 2, &[]),
            tier(5_000, 3, &[Role::Treasurer]),
        ];
        assert_eq!(rule_for(&tiers, 999).approvals, 1);
        assert_eq!(rule_for(&tiers, 1_000).approvals, 2);
        assert_eq!(rule_for(&tiers, 4_999).roles, APPROVERS);
        assert_eq!(rule_for(&tiers, 5_000).roles, [Role::Treasurer]);
        assert_eq!(rule_for(&tiers[1..], 10).approvals, 1);
        assert_eq!(rule_for(&[], 10).roles, APPROVERS);
    }

    #[test]
    fn tiers_that_do_not_rise_and_strange_approvers_are_refused() {
        use garde::Validate;
        assert!(ascending(&vec![tier(0, 1, &[]), tier(0, 2, &[])], &()).is_err());
        assert!(ascending(&vec![tier(0, 1, &[]), tier(1, 2, &[])], &()).is_ok());
        assert!(tier(0, 1, &[Role::Observer]).validate().is_err());
        assert!(tier(0, 0, &[]).validate().is_err());
    }
}
