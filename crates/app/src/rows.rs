//! Entries as lists show them.

use cache::{EntryRow, LedgerReader};
use metering::{Catalogue, Entry, EntryKind};

use crate::view::LedgerRow;
use crate::words::words;
use crate::{AppError, storage};

/// A stored entry as a list shows it.
///
/// # Errors
/// A cache that cannot be read, or `damaged` for an entry that is none.
pub(crate) fn row(ledger: &LedgerReader, catalogue: &Catalogue, row: &EntryRow) -> Result<LedgerRow, AppError> {
    let body = ledger.body(row.seq).map_err(storage)?;
    let entry = body.and_then(|body| wire::line::decode_body(&body).ok());
    Ok(of_entry(catalogue, row, &entry.ok_or_else(|| damaged(row.seq))?))
}

/// An entry that was read, as a list shows it.
#[must_use]
pub(crate) fn of_entry(catalogue: &Catalogue, row: &EntryRow, entry: &Entry) -> LedgerRow {
    let words = words(catalogue, &entry.kind);
    let reference = match &entry.kind {
        EntryKind::Usage(usage) => usage.labels.reference.clone(),
        _ => None,
    };
    LedgerRow {
        seq: row.seq,
        kind: words.kind,
        title: words.title,
        detail: words.detail,
        group: row.feature.as_deref().and_then(|id| catalogue.feature(id)).map(|feature| feature.group.clone()),
        feature: row.feature.clone(),
        units: row.units.unsigned_abs(),
        member: row.member.clone(),
        channel: row.channel.clone(),
        source: row.source.clone(),
        reference,
        occurred_at: row.occurred_at.as_millis(),
        recorded_at: row.recorded_at.as_millis(),
        amount: row.credits,
        balance_after: row.balance_after,
    }
}

/// What a person is told when an entry is not what was stored.
pub(crate) fn damaged(seq: u64) -> AppError {
    let advice = "Build the local copy anew in Settings: everything is fetched from the service.";
    AppError::new("damaged", "The local copy of the ledger is damaged.", advice)
        .detail(format!("entry {seq} is not readable"))
}
