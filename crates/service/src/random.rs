//! Random bytes for tokens, sessions and secrets.

use crate::store::StoreError;

/// 32 bytes from the operating system.
pub(crate) fn bytes() -> Result<[u8; 32], StoreError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Randomness(error.to_string()))?;
    Ok(bytes)
}

/// 64 hexadecimal digits: 256 bits that nobody guesses.
pub(crate) fn text() -> Result<String, StoreError> {
    Ok(wire::Hash(bytes()?).to_string())
}
