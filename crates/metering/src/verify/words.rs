//! Entries in words, as a report names them.

use std::borrow::Cow;

use crate::{
    Allocation, EntryKind, GrantOrigin, Period, PlanChange, PlanChangeCause, PlanTerms, ReleaseCause, Timestamp,
    VoidCause,
};

/// Grants that are missing in the ledger are counted from here on: no entry has such a number.
pub(super) const SPARE: u64 = 1 << 62;

/// How many of many grants are listed.
const MOST_LISTED: usize = 20;

/// What an entry is.
pub(super) fn said(kind: &EntryKind) -> String {
    match kind {
        EntryKind::Grant(grant) => {
            let amount = credits(grant.amount);
            match &grant.origin {
                GrantOrigin::Trial(_) => format!("the trial's grant of {amount}"),
                GrantOrigin::Allowance { plan, .. } => format!("the allowance of plan \"{plan}\", {amount}"),
                GrantOrigin::Upgrade { plan } => format!("the grant of an upgrade to plan \"{plan}\", {amount}"),
                GrantOrigin::TopUp { purchase, pack, .. } => {
                    format!("pack \"{pack}\" of purchase \"{purchase}\", {amount}")
                }
            }
        }
        EntryKind::Usage(usage) => format!("usage \"{}\" of {}", usage.id, usage.source),
        EntryKind::Expiry(expiry) => format!("the expiry of {} of {}", credits(expiry.amount), grant(expiry.grant)),
        EntryKind::Void(void) => {
            let (amount, grant) = (credits(void.amount), grant(void.grant));
            match &void.cause {
                VoidCause::Refund { id, .. } => format!("refund \"{id}\", which takes {amount} of {grant}"),
                VoidCause::Dispute { id } => format!("dispute \"{id}\", which takes {amount} of {grant}"),
                VoidCause::Reinstatement { id } => format!("reinstatement \"{id}\", which gives {amount} to {grant}"),
                VoidCause::Returned => format!("the void of {amount} that returned to {grant}"),
            }
        }
        EntryKind::Amendment(amendment) => format!("the amendment of usage {}", amendment.usage),
        EntryKind::Hold(hold) => format!("hold \"{}\" of {}", hold.id, hold.source),
        EntryKind::Release(release) => match release.cause {
            ReleaseCause::Released => format!("the release of hold {}", release.hold),
            ReleaseCause::TimedOut => format!("the time-out of hold {}", release.hold),
        },
        EntryKind::PlanChange(change) => plan_change(change),
        EntryKind::ControlsChange(_) => "a change of controls".into(),
    }
}

fn plan_change(change: &PlanChange) -> String {
    let to = match &change.to {
        Some(PlanTerms { plan, allowance, .. }) => format!("plan \"{plan}\" with {}", credits(*allowance)),
        None => "no plan".into(),
    };
    match change.cause {
        PlanChangeCause::Subscribed => format!("the subscription to {to}"),
        PlanChangeCause::Upgraded => format!("the upgrade to {to}"),
        PlanChangeCause::Scheduled => format!("the change to {to} at the next refresh"),
        PlanChangeCause::TakenBack => format!("the return to {to}, which takes a pending change back"),
        PlanChangeCause::CameDue => format!("the change to {to} that came due"),
        PlanChangeCause::TrialEnded => "the end of the trial".into(),
    }
}

/// Where two entries differ: each field by its name in a ledger line, with what is said and what the rules give. Entries
/// of different types differ as a whole.
pub(super) fn differences(is: &EntryKind, given: &EntryKind) -> String {
    if is.name() != given.name() {
        return format!("it is {}, and the rules give {}", said(is), said(given));
    }
    let (is, given) = (fields(is), fields(given));
    let value = |fields: &[Field], name: &str| {
        fields.iter().find(|field| field.0 == name).map_or_else(|| "none".into(), |field| field.1.clone())
    };
    let more = is.iter().filter(|field| !given.iter().any(|other| other.0 == field.0));
    let names = given.iter().chain(more).map(|field| &field.0);
    let all = names.map(|name| (name, value(&is, name), value(&given, name)));
    let differ = all.filter(|(_, is, given)| is != given);
    differ.map(|(name, is, given)| format!("{name} is {is}, and the rules give {given}")).collect::<Vec<_>>().join("; ")
}

/// A field of an entry: its name in a ledger line, and what it says.
type Field = (Cow<'static, str>, String);

fn fields(kind: &EntryKind) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let mut say = |name: &'static str, value: String| fields.push((name.into(), value));
    match kind {
        EntryKind::Grant(one) => {
            let source = match one.origin {
                GrantOrigin::Upgrade { .. } => "upgrade",
                _ => one.source().name(),
            };
            say("origin", source.into());
            match &one.origin {
                GrantOrigin::Trial(period) => say("period", span(*period)),
                GrantOrigin::Allowance { plan, period } => {
                    say("plan", quoted(plan));
                    say("period", span(*period));
                }
                GrantOrigin::Upgrade { plan } => say("plan", quoted(plan)),
                GrantOrigin::TopUp { purchase, pack, price } => {
                    say("purchase", quoted(purchase));
                    say("pack", quoted(pack));
                    say("price", price.to_string());
                }
            }
            say("amount", one.amount.to_string());
            say("priority", one.priority.to_string());
            say("effective_at", one.effective_at.to_string());
            say("expires_at", instant(one.expires_at));
        }
        // The fields of a usage are checked one by one, and said there.
        EntryKind::Usage(_) => {}
        EntryKind::Expiry(one) => {
            say("grant", number(one.grant));
            say("amount", one.amount.to_string());
        }
        EntryKind::Void(one) => {
            say("cause", one.cause.name().into());
            match &one.cause {
                VoidCause::Refund { id, price, rest } => {
                    say("id", quoted(id));
                    say("price", price.to_string());
                    say("rest", rest.to_string());
                }
                VoidCause::Dispute { id } | VoidCause::Reinstatement { id } => say("id", quoted(id)),
                VoidCause::Returned => {}
            }
            say("purchase", quoted(&one.purchase));
            say("grant", number(one.grant));
            say("amount", one.amount.to_string());
            say("shortfall", one.shortfall.to_string());
        }
        EntryKind::Amendment(one) => {
            say("source", quoted(&one.source));
            say("id", quoted(&one.id));
            say("usage", one.usage.to_string());
            say("feature", quoted(&one.feature));
            say("amount", one.amount.to_string());
            say("allocations", listed(&one.allocations));
        }
        EntryKind::Hold(one) => {
            say("source", quoted(&one.source));
            say("id", quoted(&one.id));
            say("feature", quoted(&one.feature));
            say("units", one.units.to_string());
            say("rate", one.rate.to_string());
            say("cost", one.cost.to_string());
            say("revision", one.revision.to_string());
            say("minutes", one.minutes.to_string());
            say("allocations", listed(&one.allocations));
        }
        EntryKind::Release(one) => {
            say("hold", one.hold.to_string());
            say("cause", one.cause.name().into());
        }
        EntryKind::PlanChange(one) => {
            say("cause", one.cause.name().into());
            match &one.to {
                Some(PlanTerms { plan, allowance, ai }) => {
                    say("plan", quoted(plan));
                    say("allowance", allowance.to_string());
                    say("ai", ai.to_string());
                }
                None => say("plan", "none".into()),
            }
        }
        EntryKind::ControlsChange(one) => {
            say("automation", one.automation.map_or_else(|| "none".into(), |on| on.to_string()));
            for (feature, control) in &one.features {
                let cap = control.cap.map_or_else(|| "no cap".into(), |cap| format!("a cap of {cap}"));
                let on = if control.on { "on" } else { "off" };
                fields.push((format!("feature \"{feature}\"").into(), format!("{on} with {cap}")));
            }
        }
    }
    fields
}

fn credits(amount: u64) -> String {
    if amount == 1 { "1 credit".into() } else { format!("{amount} credits") }
}

fn grant(seq: u64) -> String {
    if seq >= SPARE { "a grant that is missing".into() } else { format!("grant {seq}") }
}

fn number(grant: u64) -> String {
    if grant >= SPARE { "one that is missing".into() } else { grant.to_string() }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn span(period: Period) -> String {
    format!("{} to {}", period.start, period.end)
}

fn instant(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "none".into(), |at| at.to_string())
}

/// The grants that pay.
pub(super) fn listed(allocations: &[Allocation]) -> String {
    if allocations.is_empty() {
        return "no grants".into();
    }
    let one = |one: &Allocation| format!("{} of {}", one.amount, grant(one.grant));
    let mut listed: Vec<String> = allocations.iter().take(MOST_LISTED).map(one).collect();
    if let Some(more) = allocations.len().checked_sub(MOST_LISTED).filter(|more| *more > 0) {
        listed.push(format!("{more} more"));
    }
    listed.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_grants_the_first_are_listed_and_the_others_counted() {
        let paying = |count: u64| (1..=count).map(|grant| Allocation { grant, amount: 5 }).collect::<Vec<_>>();
        assert_eq!(listed(&paying(0)), "no grants");
        assert_eq!(listed(&paying(2)), "5 of grant 1 and 5 of grant 2");
        assert!(listed(&paying(20)).ends_with(" and 5 of grant 19 and 5 of grant 20"));
        assert!(listed(&paying(21)).ends_with(" and 5 of grant 20 and 1 more"));
        assert!(listed(&paying(25)).ends_with(" and 5 of grant 20 and 5 more"));
    }
}
