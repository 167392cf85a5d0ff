//! Files that people take for a ledger.

use std::io;

use super::Source;

/// What these bytes are, if they begin as something else does that a ledger was put into.
///
/// # Errors
/// What keeps `source` from being read.
pub fn foreign<S: Source + ?Sized>(source: &S) -> io::Result<Option<&'static str>> {
    let mut start = [0; 4];
    let read = loop {
        match source.read_at(0, &mut start) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    Ok(match start.get(..read).unwrap_or_default() {
        [0x1f, 0x8b, ..] => Some("packed by gzip: unpack it first"),
        [b'P', b'K', 3, 4] => Some("a ZIP archive: unpack it first"),
        [0x28, 0xb5, 0x2f, 0xfd] => Some("packed by zstd: unpack it first"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Some("UTF-16 text, and a ledger is UTF-8: have its bytes written as they are sent")
        }
        [b'[', ..] => Some("a JSON array, and a ledger has a line for each entry"),
        _ => None,
    })
}
