//! Usages that are there twice.

use std::collections::{HashMap, HashSet};

use super::finding::known_id;
use super::{Aspect, Finding};
use crate::UsageView;
use crate::keyed::Keyed;

/// Finds usages whose id was recorded before (rule 14), on a second look at the ledger: the first one only collects
/// hashes, so that tens of millions of ids need not be kept.
#[derive(Debug)]
pub struct Repeats {
    keys: Keyed,
    /// The hashes that occur more than once.
    doubtful: HashSet<u64>,
    first: HashMap<(String, String), u64>,
}

impl Repeats {
    pub(super) fn new(keys: Keyed, mut marks: Vec<u64>) -> Self {
        marks.sort_unstable();
        let twice = marks.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        Self { keys, doubtful: twice.collect(), first: HashMap::new() }
    }

    /// Whether no id can be there twice: then there is no need for a second look.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.doubtful.is_empty()
    }

    /// Looks at a usage once more, in the order of the ledger.
    pub fn check(&mut self, seq: u64, usage: &UsageView<'_>) -> Option<Finding> {
        if !self.doubtful.contains(&self.keys.hash(usage.source, usage.id)) {
            return None;
        }
        let key = (usage.source.to_owned(), usage.id.to_owned());
        if let Some(first) = self.first.get(&key) {
            return Some(Finding::new(seq, Aspect::Twice, known_id(usage.id, usage.source, *first)));
        }
        self.first.insert(key, seq);
        None
    }
}
