//! How the app stands with the service.

use std::fmt;

use metering::Timestamp;

use crate::ClientError;

/// How the app stands with the service, and how old what it shows is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// What the engine is at.
    pub state: State,
    /// The last instant at which the app knew to have seen everything that the service had recorded. `None` before
    /// it ever did.
    pub as_of: Option<Timestamp>,
    /// The last entry that is in the account.
    pub last_seq: u64,
}

/// What the engine is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It replays what is cached, and gets in touch.
    Connecting,
    /// It fetches what is missing.
    CatchingUp {
        /// Entries that are there.
        done: u64,
        /// Entries that the service has.
        of: u64,
    },
    /// Everything is there, and what is appended arrives at once.
    Live,
    /// There is no agreement now; it tries again by itself.
    Offline {
        /// Since when.
        since: Timestamp,
        /// What is in the way.
        obstacle: Obstacle,
    },
    /// The ledger cannot be continued; it does not try again by itself. What was good is still there.
    Broken(Breach),
    /// The engine has ended.
    Stopped,
}

/// What keeps the app from agreeing with the service, for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The service, or the way to it.
    Service(ClientError),
    /// This device: the cache cannot be written or read.
    Cache(String),
}

impl Obstacle {
    /// The stable code that user interfaces switch on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Service(error) => error.code(),
            Self::Cache(_) => "cache",
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(error) => error.fmt(f),
            Self::Cache(message) => f.write_str(message),
        }
    }
}

/// Where and how a ledger is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    /// A line is not an entry.
    Unreadable {
        /// The entry that was expected there.
        seq: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// An entry's hash does not follow from the entry before it and its own bytes: one of them was altered.
    Chain {
        /// The entry.
        seq: u64,
    },
    /// An entry is missing or comes twice.
    Gap {
        /// The entry that was expected.
        expected: u64,
        /// The one that came.
        got: u64,
    },
    /// The rules do not allow the entry after those before it.
    Rules {
        /// The entry.
        seq: u64,
        /// What is wrong with it.
        message: String,
    },
    /// The service's history differs from what this app has seen: it has fewer entries.
    Shorter {
        /// The last entry that this app has seen.
        seen: u64,
        /// The last entry that the service has.
        has: u64,
    },
    /// The service's history differs from what this app has seen: it has another entry in the place of one.
    Differs {
        /// The entry.
        seq: u64,
    },
    /// The cached ledger is damaged; rebuilding it from the service helps.
    Cached(Box<Breach>),
}

impl Breach {
    /// The stable code that user interfaces switch on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::Chain { .. } => "chain",
            Self::Gap { .. } => "gap",
            Self::Rules { .. } => "rules",
            Self::Shorter { .. } => "shorter",
            Self::Differs { .. } => "differs",
            Self::Cached(_) => "cached",
        }
    }

    /// The first entry that is not as it should be.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        match self {
            Self::Unreadable { seq, .. } | Self::Chain { seq } | Self::Rules { seq, .. } | Self::Differs { seq } => {
                *seq
            }
            Self::Gap { expected, .. } => *expected,
            Self::Shorter { has, .. } => *has + 1,
            Self::Cached(inner) => inner.seq(),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIFFERS: &str = "the service's history differs from what this app has seen";
        match self {
            Self::Unreadable { seq, detail } => write!(f, "entry {seq} cannot be read: {detail}"),
            Self::Chain { seq } => write!(f, "entry {seq} or the one before it was altered: its hash does not fit"),
            Self::Gap { expected, got } => write!(f, "entry {expected} should come next, and {got} came"),
            Self::Rules { seq, message } => write!(f, "entry {seq} breaks the rules: {message}"),
            Self::Shorter { seen, has } => write!(f, "{DIFFERS}: it ends at entry {has}, and {seen} was seen"),
            Self::Differs { seq } => write!(f, "{DIFFERS}: entry {seq} is another one"),
            Self::Cached(inner) => write!(f, "the local copy is damaged: {inner}"),
        }
    }
}

impl std::error::Error for Breach {}
