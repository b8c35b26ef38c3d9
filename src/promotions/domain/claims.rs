//! What a promotion claims of a member's year: its selling windows, and with which scope.

use chrono::DateTime;
use chrono::Utc;

use crate::promotions::domain::conflicts;
use crate::promotions::domain::phases::PhaseKind;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::phases::PhaseWindow;
use crate::promotions::domain::terms::Terms;

/// The windows in which customers buy: deposits and sales. Only these clash with others and with blackouts.
pub fn selling(windows: &[PhaseWindow<PhaseName>]) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let sells = |window: &&PhaseWindow<PhaseName>| {
        matches!(window.name.kind, PhaseKind::Main | PhaseKind::Deposit)
    };
    let windows = windows.iter().filter(sells);
    windows.map(|window| (window.start, window.end)).collect()
}

/// When offers go public: the first window in which customers buy.
pub fn public_from(windows: &[PhaseWindow<PhaseName>]) -> Option<DateTime<Utc>> {
    selling(windows).into_iter().map(|(start, _)| start).min()
}

/// What a member's part in a promotion claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub windows: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    pub exclusive: bool,
    pub scope: Vec<String>,
}

impl Part {
    /// An exclusive promotion claims all of its scope; another one only the products that the member brings,
    /// or its scope where none are told yet.
    pub fn of(
        terms: &Terms,
        windows: &[PhaseWindow<PhaseName>],
        products: impl IntoIterator<Item = (String, Option<String>)>,
    ) -> Self {
        let mut scope: Vec<String> = products
            .into_iter()
            .flat_map(|(sku, category)| [Some(sku), category])
            .flatten()
            .collect();
        if terms.exclusive || scope.is_empty() {
            scope.clone_from(&terms.scope);
        }
        Self {
            windows: selling(windows),
            exclusive: terms.exclusive,
            scope,
        }
    }

    /// The first time that both claim, and why they cannot share it; `None` if they can.
    pub fn clash(&self, other: &Self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let apart = !(self.exclusive || other.exclusive)
            || !conflicts::scopes_meet(&self.scope, &other.scope);
        if apart {
            return None;
        }
        overlap(&self.windows, &other.windows)
    }
}

/// The first overlap of two sets of half-open windows.
pub fn overlap(
    ours: &[(DateTime<Utc>, DateTime<Utc>)],
    theirs: &[(DateTime<Utc>, DateTime<Utc>)],
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let pairs = ours
        .iter()
        .flat_map(|a| theirs.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))));
    pairs.filter(|(from, to)| from < to).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promotions::domain::vectors;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour)
    }

    fn part(exclusive: bool, scope: &[&str], products: &[(&str, &str)]) -> Part {
        let terms = Terms {
            exclusive,
            scope: scope.iter().map(|s| (*s).to_owned()).collect(),
            ..Terms::default()
        };
        let main = PhaseWindow {
            name: PhaseName::parse("main").expect("a name"),
            start: at(10),
            end: at(20),
        };
        let products = products
            .iter()
            .map(|(sku, category)| ((*sku).to_owned(), Some((*category).to_owned())));
        Part::of(&terms, &[main], products)
    }

    #[test]
    fn an_exclusive_promotion_claims_its_scope_and_another_the_products_brought() {
        let tea = part(true, &["tea"], &[]);
        let all_with_noodles = part(false, &["*"], &[("N-1", "noodles")]);
        let all_with_tea = part(false, &["*"], &[("T-1", "tea")]);
        let all = part(false, &["*"], &[]);
        assert_eq!(tea.clash(&all_with_noodles), None);
        assert_eq!(tea.clash(&all_with_tea), Some((at(10), at(20))));
        assert_eq!(tea.clash(&all), Some((at(10), at(20))));
        assert_eq!(all.clash(&all_with_tea), None, "neither is exclusive");
    }

    #[test]
    fn parts_clash_where_the_published_conflicts_say_so() {
        for case in vectors::cases("conflict") {
            let promotions = case["given"]["promotions"].as_array().expect("a list");
            let part = |index: usize| {
                let given = &promotions[index];
                let instant = |key: &str| given[key].as_str()?.parse::<DateTime<Utc>>().ok();
                let scope = given["scope"].as_array().expect("a scope").iter();
                Part {
                    windows: instant("start").zip(instant("end")).into_iter().collect(),
                    exclusive: given["exclusive"] == true,
                    scope: scope
                        .filter_map(|s| s.as_str().map(str::to_owned))
                        .collect(),
                }
            };
            let mut found = Vec::new();
            for a in 0..promotions.len() {
                for b in a + 1..promotions.len() {
                    if let Some((from, to)) = part(a).clash(&part(b)) {
                        let (a, b) = (&promotions[a]["id"], &promotions[b]["id"]);
                        found.push(serde_json::json!({"a": a, "b": b, "from": from, "to": to}));
                    }
                }
            }
            assert_eq!(
                case["expect"]["conflicts"],
                serde_json::json!(found),
                "{}",
                case["id"]
            );
        }
    }
}
