//! Packing with zstd: ids, numbers and accounts.

use crate::CacheError;

/// The quickest that also counts how often each letter occurs: ids have little else that packs.
const LEVEL: i32 = 1;

/// Most bytes that are unpacked at once: far more than a block can have.
const MOST: usize = 256 << 20;

/// The bytes, packed.
pub(crate) fn packed(plain: &[u8]) -> Result<Vec<u8>, CacheError> {
    thread_local! {
        static PACKER: std::cell::RefCell<Option<zstd::bulk::Compressor<'static>>> = const { std::cell::RefCell::new(None) };
    }
    PACKER
        .with_borrow_mut(|kept| {
            let packer = match kept.take() {
                Some(packer) => packer,
                None => zstd::bulk::Compressor::new(LEVEL)?,
            };
            kept.insert(packer).compress(plain)
        })
        .map_err(CacheError::Packing)
}

/// The bytes that were packed, which were `length`.
pub(crate) fn unpacked(packed: &[u8], length: usize) -> Result<Vec<u8>, CacheError> {
    thread_local! {
        static UNPACKER: std::cell::RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { std::cell::RefCell::new(None) };
    }
    let wrong = |error: &dyn std::fmt::Display| CacheError::damaged(format!("a piece cannot be unpacked: {error}"));
    if length > MOST {
        return Err(wrong(&"it is too long"));
    }
    let plain = UNPACKER.with_borrow_mut(|kept| {
        let unpacker = match kept.take() {
            Some(unpacker) => unpacker,
            None => zstd::bulk::Decompressor::new().map_err(CacheError::Packing)?,
        };
        kept.insert(unpacker).decompress(packed, length).map_err(|error| wrong(&error))
    })?;
    if plain.len() == length { Ok(plain) } else { Err(wrong(&"it has another length")) }
}
