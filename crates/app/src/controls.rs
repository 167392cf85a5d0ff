//! What may run, and how much of it: how it stands, what a change would do, and changing it.

use std::collections::BTreeMap;
use std::sync::Arc;

use cache::{EntryFilter, LedgerReader};
use metering::{Account, Controls, EntryKind, FeatureControl, MAX_CAP, Timestamp};
use wire::api::{ControlsPatch, FeaturePatch, Named};

use crate::connect::{random_id, service};
use crate::outlook::Outlook;
use crate::view::{self, ControlsPreview, ControlsWish};
use crate::{App, AppError, manages, storage};

/// Changes that are looked through for when a feature was set last.
const LOOKED_AT: u32 = 200;

impl App {
    /// The controls in force.
    ///
    /// # Errors
    /// As [`App::overview`].
    pub fn controls(&self, workspace: &str) -> Result<view::Controls, AppError> {
        let connection = self.connection(workspace)?;
        let may_change = manages(&self.summary(&connection)?.role);
        self.with_ledger(connection.workspace, |account, ledger, now| {
            let since = last_changes(ledger)?;
            Ok(shown(account, account.controls(), &since, may_change, now))
        })
    }

    /// What a change of controls would do to how long the credits last, without making it.
    ///
    /// # Errors
    /// As [`App::overview`], or `bad_cap`.
    pub fn preview_controls(&self, workspace: &str, wish: &ControlsWish) -> Result<ControlsPreview, AppError> {
        let key = self.connection(workspace)?.workspace;
        let wanted = patch(wish)?;
        self.with_ledger(key, |account, ledger, now| {
            let available = account.position(now).available;
            let as_it_is = Outlook::new(ledger, account, account.controls(), now)?;
            let then = Outlook::new(ledger, account, &changed(account.controls(), &wanted), now)?;
            Ok(ControlsPreview {
                now: as_it_is.lasts(available),
                then: then.lasts(available),
                expected_now: as_it_is.expected(),
                expected_then: then.expected(),
            })
        })
    }

    /// Changes controls at the service, once, and gives them as they then are.
    ///
    /// # Errors
    /// As [`App::overview`], `bad_cap`, `role` if this person may not, or what the service refuses.
    pub async fn set_controls(
        self: &Arc<Self>,
        workspace: &str,
        wish: &ControlsWish,
    ) -> Result<view::Controls, AppError> {
        let connection = self.connection(workspace)?;
        let key = connection.workspace;
        if !manages(&self.summary(&connection)?.role) {
            let advice = "Ask an owner or admin of the workspace.";
            return Err(AppError::new("role", "Your role may not change what runs.", advice));
        }
        let wanted = patch(wish)?;
        let client = self.client(key)?;
        let answer = client.change_controls(&connection.workspace_id, &random_id("c-")?, &wanted).await;
        let now_set = answer.map_err(|error| service(&error))?;
        let features = now_set.features.0.into_iter();
        let controls = Controls {
            automation: now_set.automation,
            features: features.map(|(id, one)| (id, FeatureControl { on: one.on, cap: one.cap })).collect(),
        };
        // The entry arrives like any other, a moment later; until then the service's answer says what holds.
        self.with_ledger(key, |account, ledger, now| Ok(shown(account, &controls, &last_changes(ledger)?, true, now)))
    }
}

/// The wish as the service takes it.
fn patch(wish: &ControlsWish) -> Result<ControlsPatch, AppError> {
    let mut features = Vec::with_capacity(wish.features.len());
    for (id, wish) in &wish.features {
        let cap = wish.cap.map(|cap| cap.credits);
        if let Some(Some(cap)) = cap.filter(|cap| cap.is_some_and(|cap| cap > MAX_CAP)) {
            let message = format!("A cap of {cap} credits is more than can be counted.");
            return Err(AppError::new("bad_cap", message, format!("Choose one of at most {MAX_CAP}, or none.")));
        }
        features.push((id.clone(), FeaturePatch { on: wish.on, cap }));
    }
    Ok(ControlsPatch { automation: wish.automation, features: Named(features) })
}

/// The controls after a change.
fn changed(controls: &Controls, wish: &ControlsPatch) -> Controls {
    let mut changed = controls.clone();
    changed.automation = wish.automation.unwrap_or(changed.automation);
    for (id, wish) in &wish.features.0 {
        let before = changed.feature(id);
        let after = FeatureControl { on: wish.on.unwrap_or(before.on), cap: wish.cap.unwrap_or(before.cap) };
        changed.features.retain(|(known, _)| known != id);
        changed.features.push((id.clone(), after));
    }
    changed
}

/// When each feature was set last, as far back as is looked.
fn last_changes(ledger: &LedgerReader) -> Result<BTreeMap<String, Timestamp>, AppError> {
    let filter = EntryFilter { kinds: vec!["controls_change".to_owned()], ..EntryFilter::default() };
    let mut since = BTreeMap::new();
    for row in ledger.search(&filter, None, LOOKED_AT).map_err(storage)?.rows {
        let Some(body) = ledger.body(row.seq).map_err(storage)? else { continue };
        let Ok(entry) = wire::line::decode_body(&body) else { continue };
        let EntryKind::ControlsChange(change) = entry.kind else { continue };
        for (id, _) in change.features {
            // The newest comes first.
            since.entry(id).or_insert(row.recorded_at);
        }
    }
    Ok(since)
}

fn shown(
    account: &Account,
    controls: &Controls,
    since: &BTreeMap<String, Timestamp>,
    may_change: bool,
    now: Timestamp,
) -> view::Controls {
    let position = account.position(now);
    let feature = |feature: &metering::Feature| {
        let FeatureControl { on, cap } = controls.feature(&feature.id);
        view::FeatureControl {
            feature: feature.id.clone(),
            name: feature.name.clone(),
            group: feature.group.clone(),
            on,
            cap,
            used: position.features.iter().find(|one| one.feature == feature.id).map_or(0, |one| one.used),
            needs_automation: feature.automation,
            since: since.get(&feature.id).map(|at| at.as_millis()),
        }
    };
    let features = account.catalogue(now).features.iter().map(feature).collect();
    view::Controls { may_change, automation: controls.automation, features }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{CapWish, FeatureWish};

    #[test]
    fn a_change_leaves_what_it_does_not_name() {
        let capped = FeatureControl { on: true, cap: Some(5) };
        let before = Controls { automation: true, features: vec![("a".to_owned(), capped)] };
        let wish = |on, cap| ControlsWish {
            automation: None,
            features: BTreeMap::from([("a".to_owned(), FeatureWish { on, cap })]),
        };
        let after = |wish: &ControlsWish| changed(&before, &patch(wish).unwrap());
        let off = after(&wish(Some(false), None));
        assert_eq!(off.feature("a"), FeatureControl { on: false, cap: Some(5) });
        assert!(off.automation);
        let lifted = after(&wish(None, Some(CapWish { credits: None })));
        assert_eq!(lifted.feature("a"), FeatureControl { on: true, cap: None });
        assert_eq!(after(&ControlsWish::default()), before);
    }

    #[test]
    fn a_cap_beyond_counting_is_said() {
        let cap = Some(CapWish { credits: Some(MAX_CAP + 1) });
        let features = BTreeMap::from([("a".to_owned(), FeatureWish { on: None, cap })]);
        assert_eq!(patch(&ControlsWish { automation: None, features }).unwrap_err().code, "bad_cap");
    }
}
