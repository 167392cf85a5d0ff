//! The file itself.

use std::fs;
use std::path::Path;

/// Creates the file if need be and lets nobody but its owner read it: it holds the payment secret, who may do what and
/// who did what. SQLite gives the log beside it the same mode; one that is left from before gets it here. A file that is
/// there is never opened and closed, since that would let go of the locks that this process holds on it.
pub(super) fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        match fs::set_permissions(&name, mode) {
            Err(error) if suffix.is_empty() || error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
