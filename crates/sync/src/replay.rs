//! From cached entries to an account.

use cache::{Cache, CacheError, EntryHash, WorkspaceKey};
use metering::{Account, Entry};
use wire::line::decode_body;
use wire::{GENESIS, Hash, chain};

use crate::Breach;

/// Entries replayed while one view of the file is open.
const STRETCH: u32 = 20_000;

/// How far a replay came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The last entry that is in the account.
    pub seq: u64,
    /// The link of the hash chain at it.
    pub hash: EntryHash,
    /// What is wrong with the entry after it, if anything is.
    pub breach: Option<Breach>,
}

/// Applies to `account` every cached entry that it does not have yet, `hash` being the link at its last one. With
/// `check_chain` the bytes are hashed again, which finds any change made to the file, and takes about twice as long.
/// `progress` hears the last entry now and then and may stop with `false`.
///
/// # Errors
/// Any storage error; the account then has what was read before it.
pub fn replay(
    cache: &Cache,
    workspace: WorkspaceKey,
    account: &mut Account,
    hash: Option<EntryHash>,
    check_chain: bool,
    mut progress: impl FnMut(u64) -> bool,
) -> Result<Replayed, CacheError> {
    let mut done = Replayed { seq: account.last_seq(), hash: hash.unwrap_or(GENESIS.0), breach: None };
    loop {
        let count = cache.entries_after(workspace, done.seq, STRETCH, |stored| {
            let result = link(stored.seq, stored.hash, stored.body, &done, check_chain).and_then(|(entry, hash)| {
                account.apply(&entry).map_err(|broken| Breach::Rules { seq: broken.seq, message: broken.message })?;
                Ok(hash)
            });
            match result {
                Ok(hash) => (done.seq, done.hash) = (stored.seq, hash),
                Err(breach) => done.breach = Some(breach),
            }
            done.breach.is_none()
        })?;
        if count < STRETCH || done.breach.is_some() || !progress(done.seq) {
            return Ok(done);
        }
    }
}

/// The entry, if it follows what is done.
fn link(seq: u64, hash: &[u8], body: &[u8], done: &Replayed, check_chain: bool) -> Result<(Entry, EntryHash), Breach> {
    let expected = done.seq + 1;
    let unreadable = |detail: String| Breach::Unreadable { seq: expected, detail };
    if seq != expected {
        return Err(Breach::Gap { expected, got: seq });
    }
    let hash: EntryHash = hash.try_into().map_err(|_| unreadable("its hash has another length".to_owned()))?;
    if check_chain && chain(&Hash(done.hash), body).0 != hash {
        return Err(Breach::Chain { seq });
    }
    let entry = decode_body(body).map_err(|error| unreadable(error.to_string()))?;
    if entry.seq != expected {
        return Err(Breach::Gap { expected, got: entry.seq });
    }
    Ok((entry, hash))
}
