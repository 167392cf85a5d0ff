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
    /// [`Fault`] when there is none, they are of different catalogues, two have the same number, or a higher number
    /// does not count from a later instant. All but the lowest need [`Catalogue::counts_from`]; before the lowest one's
    /// instant it counts all the same, because something has to.
    pub fn new(mut all: Vec<Arc<Catalogue>>) -> Result<Self, Fault> {
        let fault = |place: &str, message: String| Err(Fault { place: place.into(), message });
        all.sort_by_key(|one| one.revision);
        let mut all = all.into_iter();
        let Some(first) = all.next() else {
            return fault("revision", "there is no revision at all: give at least one".into());
        };
        let mut revisions = Self::from(first);
        for next in all {
            let last = revisions.latest();
            let (id, number) = (&next.id, next.revision);
            if *id != last.id {
                return fault("id", format!("\"{id}\" is another catalogue than \"{}\"", last.id));
            }
            if number == last.revision {
                return fault("revision", format!("{number} is there twice: count up with every change"));
            }
            let Some(from) = next.counts_from else {
                return fault("counts_from", format!("is missing in revision {number}: say from when it counts"));
            };
            if last.counts_from.is_some_and(|before| before >= from) {
                let before = last.revision;
                return fault("counts_from", format!("revision {number} counts from {from}, not after {before} does"));
            }
            revisions.later.push((from, next));
        }
        Ok(revisions)
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
