//! Entries as the cache keeps them. The only place that says which part becomes which column.

use cache::{EntryHash, NewEntry};
use metering::{Credits, Entry, EntryKind};
use wire::line::UsageLine;

/// A usage as it stands in its `body`, between the ledger balances `before` and `after` it.
pub(crate) fn usage<'a>(
    line: &UsageLine<'a>,
    hash: EntryHash,
    body: &'a [u8],
    before: Credits,
    after: Credits,
) -> NewEntry<'a> {
    NewEntry {
        seq: line.seq,
        recorded_at: line.recorded_at,
        occurred_at: line.usage.occurred_at.unwrap_or(line.recorded_at),
        kind: USAGE,
        feature: Some(line.usage.feature),
        detail: None,
        units: i64::from(line.usage.units),
        credits: signed(after) - signed(before),
        balance_after: after,
        member: line.member,
        channel: line.channel,
        source: Some(line.usage.source),
        reference: line.reference,
        revision: line.usage.revision,
        amends: None,
        hash,
        body,
    }
}

/// The name of a usage's kind.
const USAGE: &str = "usage";

/// Any entry with its exact `body`, between the ledger balances `before` and `after` it.
#[must_use]
pub fn to_cache<'a>(
    entry: &'a Entry,
    hash: EntryHash,
    body: &'a [u8],
    before: Credits,
    after: Credits,
) -> NewEntry<'a> {
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
        reference: None,
        revision: 0,
        amends: None,
        hash,
        body,
    };
    match &entry.kind {
        EntryKind::Usage(usage) => {
            new.occurred_at = usage.done_at(entry.recorded_at);
            new.feature = Some(&usage.feature);
            new.units = i64::from(usage.units);
            new.member = usage.labels.member.as_deref();
            new.channel = usage.labels.channel.as_deref();
            new.reference = usage.labels.reference.as_deref();
            new.source = Some(&usage.source);
            new.revision = usage.revision;
        }
        EntryKind::Grant(grant) => new.detail = Some(grant.source().name()),
        EntryKind::PlanChange(change) => new.detail = change.to.as_ref().map(|terms| terms.plan.as_str()),
        EntryKind::Void(void) => new.detail = Some(void.cause.name()),
        EntryKind::Amendment(amendment) => {
            new.feature = Some(&amendment.feature);
            new.source = Some(&amendment.source);
            new.amends = Some(amendment.usage);
        }
        EntryKind::Hold(hold) => {
            // Not its feature: nothing is used yet.
            new.detail = Some(&hold.feature);
            new.source = Some(&hold.source);
        }
        EntryKind::Release(release) => new.detail = Some(release.cause.name()),
        EntryKind::Expiry(_) | EntryKind::ControlsChange(_) => {}
    }
    new
}

/// Balances stay under 2^53 (rule 20), so that their difference cannot overflow.
fn signed(credits: Credits) -> i64 {
    i64::try_from(credits).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use metering::{Allocation, Expiry, Grant, GrantOrigin, Labels, PlanChange, PlanChangeCause, Timestamp, Usage};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn entry(kind: EntryKind) -> Entry {
        Entry { seq: 9, recorded_at: at(5_000), kind }
    }

    #[test]
    fn a_usage_is_dated_when_the_work_was_done_however_it_is_read() {
        let usage_entry = entry(EntryKind::Usage(Usage {
            source: "crm".into(),
            id: "job".into(),
            feature: "summary".into(),
            units: 2,
            rate: 3,
            cost: 6,
            revision: 1,
            occurred_at: Some(at(1_000)),
            labels: Labels { member: Some("ana".into()), channel: Some("chat".into()), reference: Some("T-1".into()) },
            hold: None,
            allocations: vec![Allocation { grant: 1, amount: 6 }],
        }));
        let body = wire::line::encode_body(&usage_entry);
        let new = to_cache(&usage_entry, [3; 32], &body, 100, 94);
        assert_eq!((new.seq, new.recorded_at, new.occurred_at), (9, at(5_000), at(1_000)));
        assert_eq!((new.kind, new.feature, new.units, new.revision), ("usage", Some("summary"), 2, 1));
        assert_eq!((new.credits, new.balance_after), (-6, 94));
        assert_eq!((new.member, new.channel, new.reference), (Some("ana"), Some("chat"), Some("T-1")));
        assert_eq!((new.source, new.detail, new.hash, new.body), (Some("crm"), None, [3; 32], body.as_slice()));
        let mut room = Vec::new();
        let line = wire::line::read_usage(&body, &mut room).unwrap();
        assert_eq!(usage(&line, [3; 32], &body, 100, 94), new);
    }

    #[test]
    fn other_kinds_are_no_use_of_a_feature() {
        let origin = GrantOrigin::TopUp { purchase: "p".into(), pack: "small".into(), price: 5 };
        let grant =
            entry(EntryKind::Grant(Grant { origin, amount: 50, priority: 50, effective_at: at(0), expires_at: None }));
        let new = to_cache(&grant, [0; 32], b"", 1, 51);
        assert_eq!((new.kind, new.feature, new.detail, new.credits), ("grant", None, Some("top_up"), 50));
        let expiry = entry(EntryKind::Expiry(Expiry { grant: 1, amount: 7 }));
        let new = to_cache(&expiry, [0; 32], b"", 7, 0);
        assert_eq!((new.kind, new.feature, new.detail, new.credits, new.units), ("expiry", None, None, -7, 0));
        let change = entry(EntryKind::PlanChange(PlanChange { to: None, cause: PlanChangeCause::Scheduled }));
        let new = to_cache(&change, [0; 32], b"", 7, 7);
        assert_eq!((new.kind, new.detail, new.credits, new.occurred_at), ("plan_change", None, 0, at(5_000)));
    }
}
