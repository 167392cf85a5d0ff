//! Pairing codes: typed by people, good once, for ten minutes.

use metering::Timestamp;
use sha2::{Digest, Sha256};

use crate::random;
use crate::store::{Access, NewToken, Store, StoreError};
use crate::token::Token;

/// How long a code is good.
pub(crate) const LIFE_MS: i64 = 10 * 60 * 1_000;
/// Letters and digits that nobody takes for one another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code: 50 random bits, for as many tries as ten minutes allow.
const LENGTH: usize = 10;

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
    let token = Token::new()?;
    let new = NewToken { digest: Token::digest(token.text()), name: device, expires_at: None };
    Ok(store.redeem(&digest(&plain(code)), &new, now)?.map(|access| (token, access)))
}

/// A code as it was made, however it was typed.
fn plain(code: &str) -> String {
    let letters = code.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let alike = |letter: char| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    };
    letters.take(LENGTH + 1).map(alike).collect()
}

fn digest(code: &str) -> [u8; 32] {
    Sha256::digest(code.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        for typed in ["10ABC-DEFGH", "10abcdefgh", " lO ABC\tdefgh ", "i0-abc-defgh"] {
            assert_eq!(plain(typed), "10ABCDEFGH", "{typed}");
        }
        assert_ne!(plain("10ABC-DEFGHJ"), "10ABCDEFGH");
    }
}
