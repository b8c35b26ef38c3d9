//! Names of scope entries as small numbers.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::promotions::domain::conflicts::Claim;
use crate::promotions::domain::conflicts::EVERYTHING;

/// Number of the entry that covers everything.
pub const ALL: u32 = 0;
/// Number of the list that every claim with a scope is in.
pub const ANY: u32 = 1;
/// The number of the first name.
const FIRST: u32 = 2;

/// A place of the table in which nothing is.
const EMPTY: u32 = u32::MAX;
/// Entries of a scope that are looked through one by one.
const SHORT: usize = 16;
/// Places of a table at first; a power of two.
const PLACES: usize = 4_096;

/// The scopes of all claims with their entries as numbers, each number once.
pub struct Scopes {
    entries: Vec<u32>,
    /// Where the entries of a claim begin; one more than claims.
    starts: Vec<u32>,
    /// Different entries, the two special ones included.
    pub count: usize,
    /// Whether somebody covers everything.
    pub everybody: bool,
}

impl Scopes {
    /// The scopes of `claims`.
    pub fn of(claims: &[Claim]) -> Self {
        let mut names = Names::default();
        let mut entries: Vec<u32> = Vec::with_capacity(2 * claims.len());
        let mut starts = Vec::with_capacity(claims.len() + 1);
        let mut everybody = false;
        for claim in claims {
            let first = entries.len();
            starts.push(short(first));
            for entry in &claim.scope {
                let number = if entry == EVERYTHING {
                    everybody = true;
                    ALL
                } else {
                    names.number(entry)
                };
                // Most scopes are short: looking through one is cheaper than sorting it.
                let own = &entries[first..];
                if own.len() > SHORT || !own.contains(&number) {
                    entries.push(number);
                }
            }
            if entries.len() - first > SHORT {
                let mut own = entries.split_off(first);
                own.sort_unstable();
                own.dedup();
                entries.append(&mut own);
            }
        }
        starts.push(short(entries.len()));
        Self {
            entries,
            starts,
            count: names.names.len() + FIRST as usize,
            everybody,
        }
    }

    /// Numbers of the entries of a claim.
    pub fn entries(&self, claim: u32) -> &[u32] {
        let claim = claim as usize;
        &self.entries[self.starts[claim] as usize..self.starts[claim + 1] as usize]
    }
}

/// Memory ends long before this many entries.
fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// An open table of names. The hash is kept beside each name, so that a lookup reads the text of the name that it
/// finds and of no other, and growing reads none.
struct Names<'a> {
    /// Keyed anew in each process: nobody chooses names that collide.
    hasher: RandomState,
    places: Vec<u32>,
    hashes: Vec<u64>,
    names: Vec<&'a str>,
}

impl Default for Names<'_> {
    fn default() -> Self {
        Self {
            hasher: RandomState::default(),
            places: vec![EMPTY; PLACES],
            hashes: Vec::new(),
            names: Vec::new(),
        }
    }
}

impl<'a> Names<'a> {
    fn number(&mut self, name: &'a str) -> u32 {
        let hash = self.hasher.hash_one(name);
        let mut place = self.place(hash);
        loop {
            let found = self.places[place];
            if found == EMPTY {
                break;
            }
            let index = found as usize;
            if self.hashes[index] == hash && self.names[index] == name {
                return found + FIRST;
            }
            place = (place + 1) % self.places.len();
        }
        let fresh = short(self.names.len());
        self.places[place] = fresh;
        self.hashes.push(hash);
        self.names.push(name);
        if 2 * self.names.len() > self.places.len() {
            self.grow();
        }
        fresh + FIRST
    }

    fn place(&self, hash: u64) -> usize {
        // The number of places is a power of two, and small.
        usize::try_from(hash & (self.places.len() as u64 - 1)).unwrap_or(0)
    }

    fn grow(&mut self) {
        self.places = vec![EMPTY; 4 * self.places.len()];
        for (number, hash) in (0_u32..).zip(&self.hashes) {
            let mut place = self.place(*hash);
            while self.places[place] != EMPTY {
                place = (place + 1) % self.places.len();
            }
            self.places[place] = number;
        }
    }
}
