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
        catalogue_revision: fetched.catalogue.revision,
        catalogue_json: fetched.json.clone(),
    }
}
