//! The raw rows of a ledger as a table for another program.

use std::io::{BufWriter, Write};
use std::path::Path;

use cache::{EntryFilter, LedgerReader};
use serde_json::{Value, json};

use crate::Failure;

pub(crate) fn run(ledger: &Path, table: &Path) -> Result<Value, Failure> {
    let reader = LedgerReader::open(ledger)?;
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(table)?);
    writeln!(out, "seq,occurred_at,feature,credits,units")?;
    let (mut after, mut failed) = (Some(0), None);
    while let Some(from) = after {
        after = reader.each_match(&EntryFilter::default(), from, |row, _| {
            let feature = row.feature.as_deref().unwrap_or_default();
            let line = (row.seq, row.occurred_at.as_millis(), feature, row.credits, row.units);
            let (seq, at, feature, credits, units) = line;
            failed = writeln!(out, "{seq},{at},{feature},{credits},{units}").err();
            failed.is_none()
        })?;
    }
    failed.map_or(Ok(()), Err)?;
    out.flush()?;
    Ok(json!({"entries": reader.cursor()?.seq}))
}
