//! The mark beside the file: what was committed last.
//!
//! SQLite's log ends for its reader where a frame is damaged, without a word: commits behind that are gone, and what is
//! left is a whole, older ledger. The mark says how far it had come. It is not waited for, so that it may be behind after
//! a crash (then it says nothing), and ahead only of a ledger that lost something.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::bytes::Reader;
use super::seal::{self, Kind};
use crate::CacheError;

/// What was committed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Committed {
    pub(crate) commits: u64,
    pub(crate) seq: u64,
}

/// An open mark.
#[derive(Debug)]
pub(crate) struct Mark(Option<File>);

/// Where the mark of a ledger's file is.
pub(crate) fn path_of(ledger: &Path) -> PathBuf {
    let mut name = ledger.as_os_str().to_owned();
    name.push("-mark");
    name.into()
}

/// Forgets what was committed to a file: it begins anew.
///
/// # Errors
/// [`CacheError::File`] when the system refuses.
pub(crate) fn forget(ledger: &Path) -> Result<(), CacheError> {
    let path = path_of(ledger);
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(CacheError::File { path, source }),
        _ => Ok(()),
    }
}

impl Mark {
    /// Opens the mark of a file, and reads it; `None` where there is none or it says nothing.
    pub(crate) fn open(ledger: &Path) -> (Self, Option<Committed>) {
        let path = path_of(ledger);
        let file = crate::file::private().read(true).open(&path).ok();
        let read = std::fs::read(&path).ok().and_then(|bytes| decode(&bytes).ok());
        (Self(file), read)
    }

    /// Notes a commit. A mark that cannot be written is behind, and says nothing.
    pub(crate) fn note(&self, committed: Committed) {
        let mut bytes = committed.commits.to_le_bytes().to_vec();
        bytes.extend_from_slice(&committed.seq.to_le_bytes());
        let sealed = seal::seal(Kind::Mark, 0, 0, bytes);
        if let Some(file) = &self.0 {
            let _behind = crate::file::write_at_start(file, &sealed);
        }
    }
}

fn decode(sealed: &[u8]) -> Result<Committed, CacheError> {
    let mut reader = Reader(seal::opened(Kind::Mark, 0, 0, sealed)?);
    Ok(Committed { commits: u64::from_le_bytes(reader.array()?), seq: u64::from_le_bytes(reader.array()?) })
}
