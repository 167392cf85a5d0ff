//! What the days of each member, channel and source add up to, by their checksums: so that an old form of one shows.

use std::collections::HashMap;

use rusqlite::Transaction;

use super::head::Head;
use super::names::Code;
use super::seal::{self, Kind};
use crate::CacheError;

/// The sum of a code's days, and the checksum of where it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Sum {
    pub(crate) of_days: u64,
    check: u64,
}

/// Reads all sums and sees that they are the newest.
pub(crate) fn read(view: &Transaction<'_>, head: &Head) -> Result<HashMap<Code, Sum>, CacheError> {
    let (mut sums, mut all) = (HashMap::new(), 0_u64);
    let mut statement = view.prepare_cached("SELECT code, sum FROM sums")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let code: Code = row.get(0)?;
        let sealed = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let bytes = seal::opened(Kind::Sum, code.into(), 0, sealed)?;
        let of_days = bytes.try_into().map_or(0, u64::from_le_bytes);
        let check = seal::borne(sealed);
        all = all.wrapping_add(check);
        sums.insert(code, Sum { of_days, check });
    }
    if all != head.sums_sum {
        return Err(CacheError::damaged("the sums of members, channels and sources are not the newest"));
    }
    Ok(sums)
}

/// Changes the sum of a code.
pub(crate) fn change(
    transaction: &Transaction<'_>,
    head: &mut Head,
    sums: &mut HashMap<Code, Sum>,
    code: Code,
    change: u64,
) -> Result<(), CacheError> {
    let sum = sums.entry(code).or_default();
    let of_days = sum.of_days.wrapping_add(change);
    let sealed = seal::seal(Kind::Sum, code.into(), 0, of_days.to_le_bytes().to_vec());
    let check = seal::borne(&sealed);
    head.sums_sum = head.sums_sum.wrapping_sub(sum.check).wrapping_add(check);
    *sum = Sum { of_days, check };
    transaction.prepare_cached("INSERT OR REPLACE INTO sums (code, sum) VALUES (?1, ?2)")?.execute((code, sealed))?;
    Ok(())
}
