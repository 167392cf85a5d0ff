//! Tokens, and the one-time codes that become one.

use metering::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::Role;
use crate::instant;

/// A wish for a token: `POST …/tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenWish {
    /// What it may do.
    pub role: Role,
    /// What it is for, for people, 1..=256 bytes.
    pub name: String,
    /// Until when it is good; for ever, if absent.
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A new token: the only time that its text is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenAnswer {
    /// What goes behind `Authorization: Bearer`.
    pub token: String,
    /// Its id.
    pub id: String,
}

/// A token as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenBody {
    /// Its id.
    pub id: String,
    /// What it may do.
    pub role: Role,
    /// What it is for, for people.
    pub name: String,
    /// When it was made.
    #[serde(with = "instant")]
    pub created_at: Timestamp,
    /// Until when it is good; for ever, if absent.
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    #[serde(with = "instant::option", default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// A workspace's tokens, newest first: `GET …/tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokensBody {
    /// The tokens, those that have expired and those that were revoked among them.
    pub tokens: Vec<TokenBody>,
}

/// A wish for a pairing code: `POST …/pairings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairingWish {
    /// What the device will be allowed to do.
    pub role: Role,
}

/// A pairing code: good once, for ten minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairingAnswer {
    /// The code, as it is typed into the app.
    pub code: String,
    /// Until when it is good.
    #[serde(with = "instant")]
    pub expires_at: Timestamp,
}

/// A device that shows a code: `POST /v1/pair`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairWish {
    /// The code. Case, spaces and hyphens do not matter.
    pub code: String,
    /// The device's name, for people, 1..=256 bytes: the token is listed under it.
    pub device: String,
}

/// What a code became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairAnswer {
    /// The device's token: the only time that its text is shown.
    pub token: String,
    /// The workspace that it is for.
    pub workspace: String,
    /// What it may do there.
    pub role: Role,
}
