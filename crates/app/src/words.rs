//! Entries in words.

use metering::{Catalogue, EntryKind, GrantOrigin, PlanChangeCause, ReleaseCause, VoidCause};

use crate::view;

/// What to call an entry.
pub(crate) struct Words {
    pub(crate) kind: view::EntryKind,
    pub(crate) title: String,
    pub(crate) detail: Option<String>,
}

/// What an entry is, for people.
#[must_use]
pub(crate) fn words(catalogue: &Catalogue, kind: &EntryKind) -> Words {
    let feature_name = |id: &str| catalogue.feature(id).map_or_else(|| id.to_owned(), |one| one.name.clone());
    let plan_name = |id: &str| catalogue.plan(id).map_or_else(|| id.to_owned(), |plan| plan.name.clone());
    let (kind, title, detail) = match kind {
        EntryKind::Usage(usage) => {
            let name = feature_name(&usage.feature);
            (view::EntryKind::Usage, name, (usage.units > 1).then(|| format!("{} ×", usage.units)))
        }
        EntryKind::Grant(grant) => {
            let (title, detail) = match &grant.origin {
                GrantOrigin::Trial(_) => ("Trial started".to_owned(), None),
                GrantOrigin::Allowance { plan, .. } => ("Allowance".to_owned(), Some(plan_name(plan))),
                GrantOrigin::Upgrade { plan } => ("Upgrade".to_owned(), Some(plan_name(plan))),
                GrantOrigin::TopUp { purchase, pack, .. } => (
                    catalogue.pack(pack).map_or_else(|| pack.clone(), |pack| pack.name.clone()),
                    Some(format!("Purchase {purchase}")),
                ),
            };
            (view::EntryKind::Grant, title, detail)
        }
        EntryKind::Expiry(expiry) => {
            (view::EntryKind::Expiry, "Expired".to_owned(), Some(format!("what was left of entry {}", expiry.grant)))
        }
        EntryKind::Void(void) => {
            let title = match void.cause {
                VoidCause::Refund { .. } => "Refunded pack taken back",
                VoidCause::Dispute { .. } => "Disputed pack taken back",
                VoidCause::Reinstatement { .. } => "Dispute won: pack given back",
                VoidCause::Returned => "Taken back for a refund or dispute",
            };
            let purchase = format!("Purchase {}", void.purchase);
            let owed = (void.shortfall > 0).then(|| format!("{} spent before", void.shortfall));
            let detail: Vec<String> = [Some(purchase), owed].into_iter().flatten().collect();
            (view::EntryKind::Void, title.to_owned(), Some(detail.join(" · ")))
        }
        EntryKind::Amendment(amendment) => {
            let detail = format!("Failed work of entry {}", amendment.usage);
            (view::EntryKind::Amendment, format!("{} given back", feature_name(&amendment.feature)), Some(detail))
        }
        EntryKind::Hold(hold) => {
            let detail = format!("{} credits for {} minutes at most", hold.cost, hold.minutes);
            (view::EntryKind::Hold, format!("{} reserved", feature_name(&hold.feature)), Some(detail))
        }
        EntryKind::Release(release) => {
            let title = match release.cause {
                ReleaseCause::Released => "Reservation released",
                ReleaseCause::TimedOut => "Reservation timed out",
            };
            (view::EntryKind::Release, title.to_owned(), Some(format!("of entry {}", release.hold)))
        }
        EntryKind::PlanChange(change) => {
            let to = change.to.as_ref().map_or_else(|| "no plan".to_owned(), |terms| plan_name(&terms.plan));
            let title = match change.cause {
                PlanChangeCause::Subscribed => format!("Subscribed to {to}"),
                PlanChangeCause::Upgraded => format!("Upgraded to {to}"),
                PlanChangeCause::Scheduled => format!("Change to {to} at the next refresh"),
                PlanChangeCause::TakenBack => format!("Stays on {to}"),
                PlanChangeCause::CameDue => format!("Changed to {to}"),
                PlanChangeCause::TrialEnded => "Trial ended".to_owned(),
            };
            (view::EntryKind::PlanChange, title, None)
        }
        EntryKind::ControlsChange(change) => {
            let mut detail: Vec<String> = Vec::new();
            if let Some(on) = change.automation {
                detail.push(format!("automation {}", if on { "on" } else { "off" }));
            }
            for (id, control) in &change.features {
                let name = catalogue.feature(id).map_or(id.as_str(), |feature| feature.name.as_str());
                let cap = control.cap.map_or_else(String::new, |cap| format!(", cap {cap}"));
                detail.push(format!("{name} {}{cap}", if control.on { "on" } else { "off" }));
            }
            (view::EntryKind::ControlsChange, "Controls changed".to_owned(), Some(detail.join(" · ")))
        }
    };
    Words { kind, title, detail }
}
