//! Tokens, and the one-time codes that become one.

use metering::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Role;
use crate::instant;
use crate::schema::NAME;

/// Longest name of a token or a device, in bytes.
pub const MAX_NAME_LENGTH: usize = 256;

/// A wish for a token: `POST …/tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenWish {
    /// What it may do.
    pub role: Role,
    /// What it is for, for people, 1..=256 bytes in one line.
    #[schemars(length(min = 1, max = MAX_NAME_LENGTH), regex(pattern = NAME))]
    pub name: String,
    /// Until when it is good; for ever, if absent.
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<instant::Instant>")]
    pub expires_at: Option<Timestamp>,
}

/// A new token: the only time that its text is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenAnswer {
    /// What goes behind `Authorization: Bearer`.
    pub token: String,
    /// Its id.
    pub id: String,
}

/// A token as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenBody {
    /// Its id.
    pub id: String,
    /// What it may do.
    pub role: Role,
    /// What it is for, for people.
    pub name: String,
    /// When it was made.
    #[serde(with = "instant")]
    #[schemars(with = "instant::Instant")]
    pub created_at: Timestamp,
    /// Until when it is good; for ever, if absent.
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<instant::Instant>")]
    pub expires_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<instant::Instant>")]
    pub revoked_at: Option<Timestamp>,
}

/// A workspace's tokens, newest first: `GET …/tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokensBody {
    /// The tokens, those that have expired and those that were revoked among them.
    pub tokens: Vec<TokenBody>,
}

/// A wish for a pairing code: `POST …/pairings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairingWish {
    /// What the device will be allowed to do.
    pub role: Role,
}

/// A pairing code: good once, for ten minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PairingAnswer {
    /// The code, as it is typed into the app.
    pub code: String,
    /// Until when it is good.
    #[serde(with = "instant")]
    #[schemars(with = "instant::Instant")]
    pub expires_at: Timestamp,
}

/// A device that shows a code: `POST /v1/pair`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairWish {
    /// The code. Case, spaces and hyphens do not matter.
    #[schemars(length(min = 1))]
    pub code: String,
    /// The device's name, for people, 1..=256 bytes in one line: the token is listed under it.
    #[schemars(length(min = 1, max = MAX_NAME_LENGTH), regex(pattern = NAME))]
    pub device: String,
}

impl PairWish {
    /// How many letters a code has.
    pub const CODE_LENGTH: usize = 10;

    /// A code as it was made, however it was typed: upper case, without spaces and hyphens, and with the digits that some
    /// letters are taken for. `None` for what cannot be a code.
    #[must_use]
    pub fn code(typed: &str) -> Option<String> {
        let letters = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let alike = |letter: char| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        };
        let code: String = letters.take(Self::CODE_LENGTH + 1).map(alike).collect();
        (code.len() == Self::CODE_LENGTH && code.chars().all(|letter| letter.is_ascii_alphanumeric())).then_some(code)
    }
}

/// What a code became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PairAnswer {
    /// The device's token: the only time that its text is shown.
    pub token: String,
    /// The workspace that it is for.
    pub workspace: String,
    /// What it may do there.
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        for typed in ["10ABC-DEFGH", "10abcdefgh", " lO ABC\tdefgh ", "i0-abc-defgh"] {
            assert_eq!(PairWish::code(typed).as_deref(), Some("10ABCDEFGH"), "{typed}");
        }
        for other in ["", "10ABC-DEFG", "10ABC-DEFGHJ", "10ABC_DEFG", "10ABCDEFGé", "cdk_0123456789"] {
            assert_eq!(PairWish::code(other), None, "{other}");
        }
    }
}
