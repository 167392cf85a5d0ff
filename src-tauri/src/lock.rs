//! One app at a time on one folder: two would write the same ledger.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// Holds a data folder for this process. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock(#[allow(dead_code, reason = "it is held, not read")] File);

/// Takes the folder, creating it where it is missing.
///
/// # Errors
/// In one line: the folder cannot be written, or another Creditdeck has it.
pub(crate) fn take(folder: &Path) -> Result<Lock, String> {
    let shown = folder.display();
    std::fs::create_dir_all(folder).map_err(|error| format!("{shown} cannot be created: {error}"))?;
    let path = folder.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => {
            Err(format!("another Creditdeck is open on {shown}: use that window, or give another --data-dir"))
        }
        Err(TryLockError::Error(error)) => Err(format!("{} cannot be locked: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_once_and_again_when_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(folder.path()).unwrap();
        assert!(take(folder.path()).unwrap_err().contains("another Creditdeck"));
        drop(first);
        take(folder.path()).unwrap();
    }
}
