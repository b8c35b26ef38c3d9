//! A member's sizes by measure, held small: an alliance may have a hundred thousand members, and most policies ask for
//! one measure.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::kernel::rational::Exact;

/// Exact sizes: minor units for money, whole or decimal units for counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sizes(Vec<(Arc<str>, Exact)>);

impl Sizes {
    /// The size in a measure.
    pub fn get(&self, measure: &str) -> Option<&Exact> {
        let found = self.0.iter().find(|(key, _)| &**key == measure);
        found.map(|(_, size)| size)
    }

    /// Sets the size in a measure; the key is shared between members.
    pub fn insert(&mut self, measure: Arc<str>, size: Exact) {
        match self.0.iter_mut().find(|(key, _)| *key == measure) {
            Some((_, known)) => *known = size,
            None => {
                self.0.reserve_exact(1);
                self.0.push((measure, size));
            }
        }
    }
}

impl From<BTreeMap<String, Exact>> for Sizes {
    fn from(sizes: BTreeMap<String, Exact>) -> Self {
        let shared = sizes.into_iter().map(|(key, size)| (key.into(), size));
        Self(shared.collect())
    }
}

impl<const N: usize> From<[(String, Exact); N]> for Sizes {
    fn from(sizes: [(String, Exact); N]) -> Self {
        BTreeMap::from(sizes).into()
    }
}

impl<'de> Deserialize<'de> for Sizes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(|sizes: BTreeMap<String, Exact>| sizes.into())
    }
}
