//! The revisions of a catalogue, and which one counts when.

use std::sync::Arc;

use crate::{Catalogue, Fault, Timestamp};

/// A provider's catalogue through time: at least one revision, each with the instant from which it counts.
///
/// What an entry was priced by it keeps ([`crate::Usage::revision`]); a later revision changes nothing that is
/// recorded. A running plan keeps its allowance and its refresh rule until it is changed (our choice).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revisions {
    /// Counts from the beginning of time.
    first: Arc<Catalogue>,
    /// In order of the instants from which they count.
    later: Vec<(Timestamp, Arc<Catalogue>)>,
}

impl From<Arc<Catalogue>> for Revisions {
    /// A catalogue that was never revised.
    fn from(only: Arc<Catalogue>) -> Self {
        Self { first: only, later: Vec::new() }
    }
}

impl From<Catalogue> for Revisions {
    fn from(only: Catalogue) -> Self {
        Arc::new(only).into()
    }
}

impl Revisions {
    /// The revisions of one catalogue, in any order.
    ///
    /// # Errors
    /// [`Fault`]: that there is none, or the first of [`Revisions::faults`]. All but the lowest need
    /// [`Catalogue::counts_from`]; before the lowest one's instant it counts all the same, because something has to.
    pub fn new(mut all: Vec<Arc<Catalogue>>) -> Result<Self, Fault> {
        if let Some((_, fault)) = Self::faults(&all).into_iter().next() {
            return Err(fault);
        }
        all.sort_by_key(|one| one.revision);
        let mut all = all.into_iter();
        let Some(first) = all.next() else {
            let message = "there is no revision at all: give at least one".into();
            return Err(Fault { place: "revision".into(), message });
        };
        // A later one without an instant is a fault.
        let later = all.filter_map(|one| Some((one.counts_from?, one))).collect();
        Ok(Self { first, later })
    }

    /// Every mistake that keeps these from being the revisions of one catalogue, each with the index of the one that it
    /// is in: they are of different catalogues, two have the same number, a higher number does not count from a later
    /// instant, or the currency changes (what was paid is recorded without it).
    #[must_use]
    pub fn faults(all: &[Arc<Catalogue>]) -> Vec<(usize, Fault)> {
        let mut faults = Vec::new();
        // Where the last of those before it says from when it counts.
        let mut dated: Option<(u32, Timestamp)> = None;
        let mut before: Option<&Catalogue> = None;
        for (index, one) in by_number(all) {
            let mut fault = |place: &str, message| faults.push((index, Fault { place: place.into(), message }));
            let Catalogue { id, revision, currency, .. } = &**one;
            let twice = before.is_some_and(|before| before.revision == *revision);
            if let Some(before) = before {
                if *id != before.id {
                    fault("id", format!("\"{id}\" is another catalogue than \"{}\"", before.id));
                    continue;
                }
                if twice {
                    fault("revision", format!("{revision} is there twice: count up with every change"));
                } else if one.counts_from.is_none() {
                    fault("counts_from", format!("is missing in revision {revision}: say from when it counts"));
                }
                if *currency != before.currency {
                    let (was, number) = (&before.currency, before.revision);
                    let why = format!("what was paid is recorded without its currency, and would read as {currency}");
                    let message =
                        format!("is {currency}, and {was} in revision {number}: {why}. Give it a catalogue of its own");
                    fault("currency", message);
                }
            }
            if let Some(from) = one.counts_from {
                match dated.filter(|(_, last)| *last >= from) {
                    Some((last, _)) if last != *revision => {
                        let message = format!("revision {revision} counts from {from}, not after {last} does");
                        fault("counts_from", message);
                    }
                    Some(_) => {}
                    None => dated = Some((*revision, from)),
                }
            }
            before = Some(one);
        }
        faults
    }

    /// What is no mistake in a later revision and changes less than it seems to, each with the index of the one that it
    /// is in: a workspace keeps its time zone, and a plan that runs its refresh.
    #[must_use]
    pub fn doubts(all: &[Arc<Catalogue>]) -> Vec<(usize, Fault)> {
        let mut doubts = Vec::new();
        let mut before: Option<&Catalogue> = None;
        for (index, one) in by_number(all) {
            let mut doubt = |place: &str, message| doubts.push((index, Fault { place: place.into(), message }));
            if let Some(Catalogue { revision, time_zone, refresh, .. }) = before {
                if one.time_zone != *time_zone {
                    let is = &one.time_zone;
                    let keep = "workspaces that were created before keep theirs";
                    doubt("time_zone", format!("is {is}, and {time_zone} in revision {revision}: {keep}"));
                }
                if one.refresh != *refresh {
                    let (is, was) = (one.refresh.name(), refresh.name());
                    let keep = "plans that run keep theirs until they are changed";
                    doubt("refresh", format!("is {is}, and {was} in revision {revision}: {keep}"));
                }
            }
            before = Some(one);
        }
        doubts
    }

    /// The revision that counts at an instant.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> &Catalogue {
        self.later.iter().rev().find(|(from, _)| *from <= at).map_or(&self.first, |(_, one)| one)
    }

    /// The revision with the highest number, whether or not it counts yet.
    #[must_use]
    pub fn latest(&self) -> &Catalogue {
        self.later.last().map_or(&self.first, |(_, one)| one)
    }

    /// The revision with this number.
    #[must_use]
    pub fn numbered(&self, revision: u32) -> Option<&Catalogue> {
        self.iter().find(|one| one.revision == revision)
    }

    /// All revisions, the lowest number first.
    pub fn iter(&self) -> impl Iterator<Item = &Catalogue> {
        std::iter::once(&*self.first).chain(self.later.iter().map(|(_, one)| &**one))
    }
}

/// With their places in the list, the lowest number first.
fn by_number(all: &[Arc<Catalogue>]) -> Vec<(usize, &Arc<Catalogue>)> {
    let mut all: Vec<_> = all.iter().enumerate().collect();
    all.sort_by_key(|(_, one)| one.revision);
    all
}
