//! What a token may do.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The role of a token in its workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads, buys, sets controls, changes the plan, reports usage.
    Owner,
    /// The same as an owner.
    Admin,
    /// Reads.
    Member,
    /// A machine that reports usage, and does nothing else.
    Meter,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Member, Self::Meter];

    /// The role as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Meter => "meter",
        }
    }

    /// Whether it buys packs, sets controls and changes the plan.
    #[must_use]
    pub const fn manages(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }

    /// Whether it makes and revokes tokens of another role: an owner all, an admin all but an owner's.
    #[must_use]
    pub const fn appoints(self, other: Self) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => !matches!(other, Self::Owner),
            Self::Member | Self::Meter => false,
        }
    }

    /// Whether it reads balances, the ledger and purchases.
    #[must_use]
    pub const fn reads(self) -> bool {
        !matches!(self, Self::Meter)
    }

    /// Whether it reports usage: a meter does nothing else, and who manages may try it out.
    #[must_use]
    pub const fn reports(self) -> bool {
        !matches!(self, Self::Member)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text is not a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRole(String);

impl fmt::Display for BadRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" is not a role: owner, admin, member or meter", self.0)
    }
}

impl std::error::Error for BadRole {}

impl FromStr for Role {
    type Err = BadRole;

    fn from_str(text: &str) -> Result<Self, BadRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| BadRole(text.chars().take(64).collect()))
    }
}
