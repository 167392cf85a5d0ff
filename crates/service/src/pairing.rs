//! Pairing codes: typed by people, good once, for ten minutes.

use metering::Timestamp;
use sha2::{Digest, Sha256};
use wire::api::PairWish;

use crate::random;
use crate::store::{Access, NewToken, Store, StoreError};
use crate::token::Token;

/// How long a code is good.
pub(crate) const LIFE_MS: i64 = 10 * 60 * 1_000;
/// Letters and digits that nobody takes for one another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code: 50 random bits, for as many tries as ten minutes allow.
const LENGTH: usize = PairWish::CODE_LENGTH;

/// A new code for a workspace, known to the store from now on, and until when it is good.
///
/// # Errors
/// [`StoreError`] when there is no such workspace, or the database fails.
pub(crate) fn issue(store: &Store, access: &Access, now: Timestamp) -> Result<(String, Timestamp), StoreError> {
    let letter = |byte: &u8| LETTERS.get(usize::from(byte % 32)).map_or('0', |letter| char::from(*letter));
    let mut code: String = random::bytes()?.iter().take(LENGTH).map(letter).collect();
    let expires_at = now.plus_millis(LIFE_MS);
    store.create_pairing(&digest(&code), access, expires_at, now)?;
    code.insert(LENGTH / 2, '-');
    Ok((code, expires_at))
}

/// Turns a code into a token for a device; `None` if the code is good for nothing.
///
/// # Errors
/// [`StoreError`] when the database fails: the code can still be used then.
pub(crate) fn redeem(
    store: &Store,
    code: &str,
    device: &str,
    now: Timestamp,
) -> Result<Option<(Token, Access)>, StoreError> {
    let Some(code) = PairWish::code(code) else { return Ok(None) };
    let token = Token::new()?;
    let new = NewToken { digest: Token::digest(token.text()), name: device, expires_at: None };
    Ok(store.redeem(&digest(&code), &new, now)?.map(|access| (token, access)))
}

fn digest(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}
