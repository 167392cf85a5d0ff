//! Controls (rule 16).

use super::{Answer, Draft, invalid, shown};
use crate::bounds::MAX_CAP;
use crate::{ControlsChange, ControlsRequest, EntryKind, Outcome, Past};

impl<P: Past> Draft<'_, P> {
    pub(super) fn change_controls(&mut self, request: &ControlsRequest) -> Answer {
        let current = &self.books.controls;
        let mut change = ControlsChange { automation: None, features: Vec::new() };
        change.automation = request.automation.filter(|wanted| *wanted != current.automation);
        for (index, (id, wanted)) in request.features.iter().enumerate() {
            if self.catalogue().feature(id).is_none() {
                return Err(invalid("features", format!("the catalogue has no feature \"{}\"", shown(id))));
            }
            if request.features.iter().take(index).any(|(other, _)| other == id) {
                return Err(invalid("features", format!("\"{id}\" is named twice")));
            }
            let before = current.feature(id);
            let mut after = before;
            after.on = wanted.on.unwrap_or(after.on);
            after.cap = wanted.cap.unwrap_or(after.cap);
            if let Some(cap) = after.cap.filter(|cap| *cap > MAX_CAP) {
                return Err(invalid("cap", format!("{cap} is not in 0..={MAX_CAP}, for \"{id}\"")));
            }
            if after != before {
                change.features.push((id.clone(), after));
            }
        }
        if change.automation.is_none() && change.features.is_empty() {
            return Err(Outcome::Unchanged);
        }
        Ok(self.record(EntryKind::ControlsChange(change)))
    }
}
