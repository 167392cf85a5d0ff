//! How the app stands with the service.

use std::fmt;
use std::path::PathBuf;

use metering::Timestamp;

use crate::{ClientError, Incident};

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
    /// The last time that the service and the replayed rules agreed.
    pub verified: Option<Verified>,
    /// What happened to the local copy, for a person to know.
    pub notices: Vec<Notice>,
    /// How far the service's clock is ahead of this computer's, in milliseconds; 0 where they differ by no more than
    /// answers take.
    pub skew_ms: i64,
}

impl Status {
    /// Before anything is known.
    pub(crate) const NEW: Self =
        Self { state: State::Connecting, as_of: None, last_seq: 0, verified: None, notices: Vec::new(), skew_ms: 0 };

    /// The status of a workspace that cannot be followed, for a reason known beforehand.
    #[must_use]
    pub fn offline(obstacle: Obstacle) -> Self {
        Self { state: State::Offline { since: Timestamp::MIN, obstacle }, ..Self::NEW }
    }

    /// The status of a workspace that nothing follows.
    #[must_use]
    pub fn stopped() -> Self {
        Self { state: State::Stopped, ..Self::NEW }
    }
}

/// The replayed position was the service's, at the same entry, and every entry up to there followed from the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The last entry that was compared.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
}

/// What happened to the local copy of a ledger. Nothing is lost: the service has it all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It could not be used, was set aside, and is fetched anew.
    SetAside {
        /// Where it is now.
        path: PathBuf,
        /// What was wrong with it.
        reason: String,
    },
    /// Its newest entries were gone from the disk when the app started, and are fetched again.
    Lost {
        /// The last entry that was left.
        seq: u64,
        /// The last entry that there had been.
        was: u64,
    },
}

/// What the engine is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It replays what is cached, and gets in touch.
    Connecting,
    /// It fetches what is missing.
    CatchingUp(Progress),
    /// A person stopped it on the way.
    Paused(Progress),
    /// Everything is there, and what is appended arrives at once.
    Live,
    /// There is no agreement now; it tries again by itself.
    Offline {
        /// Since when.
        since: Timestamp,
        /// What is in the way.
        obstacle: Obstacle,
    },
    /// The ledger cannot be continued. What was good is still there. It looks again now and then.
    Broken(Box<Incident>),
    /// The engine has ended.
    Stopped,
}

/// How far fetching has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Entries that are there.
    pub done: u64,
    /// Entries that the service has.
    pub of: u64,
    /// How many a second came of late; `None` until that can be told.
    pub per_second: Option<u64>,
    /// How long the rest may take, in milliseconds; `None` until that can be told.
    pub left_ms: Option<u64>,
}

/// What keeps the app from agreeing with the service, for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The service, or the way to it.
    Service(ClientError),
    /// This device: the disk is full. What is stored stays; fetching goes on when there is room.
    DiskFull,
    /// This device: the cache cannot be written or read.
    Cache(String),
}

impl Obstacle {
    /// The stable code that user interfaces switch on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Service(error) => error.code(),
            Self::DiskFull => "disk_full",
            Self::Cache(_) => "cache",
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(error) => error.fmt(f),
            Self::DiskFull => f.write_str("the disk is full"),
            Self::Cache(message) => f.write_str(message),
        }
    }
}
