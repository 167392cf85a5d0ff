//! From stored entries to an account.

use cache::{CacheError, LedgerReader};
use metering::{Account, Terms};
use wire::line::decode_body;

/// Entries replayed while one view of the file is open.
const STRETCH: u32 = 16_384;

/// The account that the stored entries make up to entry `last`: the kept one, if there is one that can be used, with what came after it.
/// They were checked when they were stored, and the file says whether they are the same.
///
/// # Errors
/// [`CacheError::Unusable`] if they are not, or any other storage error.
pub(crate) fn open(reader: &LedgerReader, terms: Terms, last: u64) -> Result<Account, CacheError> {
    let kept = reader.snapshot()?.filter(|(seq, _)| *seq <= last);
    let kept = kept.and_then(|(_, bytes)| wire::snapshot::decode(&bytes).ok());
    let restored = kept.and_then(|kept| Account::restore(terms.clone(), kept).ok());
    let mut account = restored.unwrap_or_else(|| Account::new(terms));
    loop {
        let after = account.last_seq();
        let mut wrong = None;
        let stretch = u32::try_from(last.saturating_sub(after)).map_or(STRETCH, |left| left.min(STRETCH));
        let count = reader.entries_after(after, stretch, |stored| {
            let result = decode_body(stored.body)
                .map_err(|error| format!("entry {} cannot be read: {error}", stored.seq))
                .and_then(|entry| account.apply(&entry).map_err(|broken| broken.to_string()));
            wrong = result.err();
            wrong.is_none()
        })?;
        if let Some(what) = wrong {
            let path = reader.path().to_owned();
            return Err(CacheError::Unusable { path, reason: cache::Unusable::Corrupt(what) });
        }
        if count < stretch || account.last_seq() >= last {
            return Ok(account);
        }
    }
}
