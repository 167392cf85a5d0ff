//! Entries and workspaces as the cache keeps them. The only place that says which part becomes which column.

use cache::{EntryHash, NewEntry, WorkspaceMeta};
use metering::{Credits, Entry, EntryKind};
use wire::api::WorkspaceBody;

use crate::FetchedCatalogue;

/// The entry with its exact `body`, between the ledger balances `before` and `after` it.
#[must_use]
pub fn to_cache(entry: &Entry, hash: EntryHash, body: &[u8], before: Credits, after: Credits) -> NewEntry {
    let mut new = NewEntry {
        seq: entry.seq,
        recorded_at: entry.recorded_at,
        occurred_at: entry.recorded_at,
        kind: entry.kind.name(),
        feature: None,
        detail: None,
        units: 0,
        credits: signed(after) - signed(before),
        balance_after: after,
        member: None,
        channel: None,
        source: None,
        amends: None,
        hash,
        body: body.to_vec(),
    };
    match &entry.kind {
        EntryKind::Usage(usage) => {
            new.occurred_at = usage.done_at(entry.recorded_at);
            new.feature = Some(usage.feature.clone());
            new.units = i64::from(usage.units);
            new.member = usage.labels.member.clone();
            new.channel = usage.labels.channel.clone();
            new.source = Some(usage.source.clone());
        }
        EntryKind::Grant(grant) => new.detail = Some(grant.source().name().to_owned()),
        EntryKind::PlanChange(change) => new.detail = change.to.as_ref().map(|terms| terms.plan.clone()),
        EntryKind::Void(void) => new.detail = Some(void.cause.name().to_owned()),
        EntryKind::Amendment(amendment) => {
            new.feature = Some(amendment.feature.clone());
            new.source = Some(amendment.source.clone());
            new.amends = Some(amendment.usage);
        }
        EntryKind::Hold(hold) => {
            // Not its feature: nothing is used yet.
            new.detail = Some(hold.feature.clone());
            new.source = Some(hold.source.clone());
        }
        EntryKind::Release(release) => new.detail = Some(release.cause.name().to_owned()),
        EntryKind::Expiry(_) | EntryKind::ControlsChange(_) => {}
    }
    new
}

/// Balances stay under 2^53 (rule 20), so that their difference cannot overflow.
fn signed(credits: Credits) -> i64 {
    i64::try_from(credits).unwrap_or(i64::MAX)
}

/// A workspace as the service describes it, with its catalogue.
pub(crate) fn meta(body: &WorkspaceBody, fetched: &FetchedCatalogue) -> WorkspaceMeta {
    WorkspaceMeta {
        id: body.id.clone(),
        name: body.name.clone(),
        provider: body.provider.clone(),
        time_zone: body.time_zone.clone(),
        currency: body.currency.clone(),
        role: body.role.as_str().to_owned(),
        catalogue_revision: fetched.revisions.latest().revision,
        catalogue_json: fetched.json.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use metering::{Allocation, Expiry, Grant, GrantOrigin, Labels, PlanChange, PlanChangeCause, Timestamp, Usage};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn converted(kind: EntryKind, before: Credits, after: Credits) -> NewEntry {
        to_cache(&Entry { seq: 9, recorded_at: at(5_000), kind }, [3; 32], b"{}", before, after)
    }

    #[test]
    fn a_usage_is_dated_when_the_work_was_done() {
        let usage = Usage {
            source: "crm".into(),
            id: "job".into(),
            feature: "summary".into(),
            units: 2,
            rate: 3,
            cost: 6,
            revision: 1,
            occurred_at: Some(at(1_000)),
            labels: Labels { member: Some("ana".into()), channel: Some("chat".into()), reference: None },
            hold: None,
            allocations: vec![Allocation { grant: 1, amount: 6 }],
        };
        let new = converted(EntryKind::Usage(usage), 100, 94);
        assert_eq!((new.seq, new.recorded_at, new.occurred_at), (9, at(5_000), at(1_000)));
        assert_eq!((new.kind, new.feature.as_deref(), new.units), ("usage", Some("summary"), 2));
        assert_eq!((new.credits, new.balance_after), (-6, 94));
        assert_eq!((new.member.as_deref(), new.channel.as_deref()), (Some("ana"), Some("chat")));
        assert_eq!((new.source.as_deref(), new.detail), (Some("crm"), None));
        assert_eq!((new.hash, new.body.as_slice()), ([3; 32], b"{}".as_slice()));
    }

    #[test]
    fn other_kinds_are_no_use_of_a_feature() {
        let origin = GrantOrigin::TopUp { purchase: "p".into(), pack: "small".into(), price: 5 };
        let grant = Grant { origin, amount: 50, priority: 50, effective_at: at(0), expires_at: None };
        let new = converted(EntryKind::Grant(grant), 1, 51);
        assert_eq!((new.kind, new.feature, new.detail.as_deref(), new.credits), ("grant", None, Some("top_up"), 50));
        let new = converted(EntryKind::Expiry(Expiry { grant: 1, amount: 7 }), 7, 0);
        assert_eq!((new.kind, new.feature, new.detail, new.credits, new.units), ("expiry", None, None, -7, 0));
        let change = PlanChange { to: None, cause: PlanChangeCause::Scheduled };
        let new = converted(EntryKind::PlanChange(change), 7, 7);
        assert_eq!((new.kind, new.detail, new.credits, new.occurred_at), ("plan_change", None, 0, at(5_000)));
    }
}
