//! What is wrong with a ledger: where, since when, what should be and what is.

use std::fmt;
use std::fmt::Write;

use metering::Timestamp;
use serde::{Deserialize, Serialize};

/// Where and how a ledger is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
        /// The hash that its bytes give.
        expected: String,
        /// The hash that came with it.
        found: String,
    },
    /// An entry is missing or comes twice.
    Gap {
        /// The entry that was expected.
        expected: u64,
        /// The one that came.
        got: u64,
    },
    /// The rules do not give this entry after those before it.
    Rules {
        /// The entry.
        seq: u64,
        /// What about it, as `metering` names it.
        aspect: String,
        /// What it says, and what the rules give.
        message: String,
        /// Its body.
        line: String,
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
        /// The link of the chain that this app has seen there.
        expected: String,
        /// The one that the service has now.
        found: String,
    },
    /// The balance that the service names is not what its own entries add up to.
    Balance {
        /// The last entry that both count.
        seq: u64,
        /// What the entries give.
        expected: String,
        /// What the service says.
        found: String,
    },
    /// The local copy is damaged; rebuilding it from the service helps.
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
            Self::Balance { .. } => "balance",
            Self::Cached(_) => "cached",
        }
    }

    /// The first entry that is not as it should be.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        match self {
            Self::Unreadable { seq, .. }
            | Self::Chain { seq, .. }
            | Self::Rules { seq, .. }
            | Self::Differs { seq, .. }
            | Self::Balance { seq, .. } => *seq,
            Self::Gap { expected, .. } => *expected,
            Self::Shorter { has, .. } => *has + 1,
            Self::Cached(inner) => inner.seq(),
        }
    }

    /// What should be, in words or digits.
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Unreadable { seq, .. } => format!("entry {seq}"),
            Self::Chain { expected, .. } => format!("hash {expected}"),
            Self::Gap { expected, .. } => format!("entry {expected}"),
            Self::Rules { .. } => "what the rules give".to_owned(),
            Self::Shorter { seen, .. } => format!("{seen} entries"),
            Self::Differs { expected, .. } => format!("hash {expected}"),
            Self::Balance { expected, .. } => expected.clone(),
            Self::Cached(inner) => inner.expected(),
        }
    }

    /// What is.
    #[must_use]
    pub fn found(&self) -> String {
        match self {
            Self::Unreadable { detail, .. } => detail.clone(),
            Self::Chain { found, .. } | Self::Differs { found, .. } => format!("hash {found}"),
            Self::Gap { got, .. } => format!("entry {got}"),
            Self::Rules { message, .. } => message.clone(),
            Self::Shorter { has, .. } => format!("{has} entries"),
            Self::Balance { found, .. } => found.clone(),
            Self::Cached(inner) => inner.found(),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIFFERS: &str = "the service's history differs from what this app has seen";
        match self {
            Self::Unreadable { seq, detail } => write!(f, "entry {seq} cannot be read: {detail}"),
            Self::Chain { seq, .. } => write!(f, "entry {seq} or the one before it was altered: its hash does not fit"),
            Self::Gap { expected, got } => write!(f, "entry {expected} should come next, and {got} came"),
            Self::Rules { seq, aspect, message, .. } => write!(f, "entry {seq} breaks the rules: {aspect}: {message}"),
            Self::Shorter { seen, has } => write!(f, "{DIFFERS}: it ends at entry {has}, and {seen} was seen"),
            Self::Differs { seq, .. } => write!(f, "{DIFFERS}: entry {seq} is another one"),
            Self::Balance { seq, expected, found } => {
                write!(f, "the balance at entry {seq} is not what the entries give: {found}, and they give {expected}")
            }
            Self::Cached(inner) => write!(f, "the local copy is damaged: {inner}"),
        }
    }
}

impl std::error::Error for Breach {}

/// A breach as it is kept and reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// What is wrong.
    pub breach: Breach,
    /// When it was first seen, in milliseconds since 1970.
    pub since_ms: i64,
    /// The last entry that is good, and is kept.
    pub good_seq: u64,
    /// The link of the chain at it, in hexadecimal digits.
    pub good_hash: String,
}

impl Incident {
    /// When it was first seen.
    #[must_use]
    pub const fn since(&self) -> Timestamp {
        Timestamp::from_millis(self.since_ms)
    }

    /// A report for the provider, as text: everything that is needed to find the place, and no secret.
    #[must_use]
    pub fn report(&self, workspace: &str, service: &str, now: Timestamp) -> String {
        let Self { breach, good_seq, good_hash, .. } = self;
        let mut text = String::new();
        let mut line = |name: &str, value: &dyn fmt::Display| {
            // Writing to a string does not fail.
            let _always = writeln!(text, "{name:<16} {value}");
        };
        line("Incident", &breach);
        line("Code", &breach.code());
        line("Workspace", &workspace);
        line("Service", &service);
        line("Entry", &breach.seq());
        line("First seen", &self.since());
        line("Report of", &now);
        line("Expected", &breach.expected());
        line("Found", &breach.found());
        line("Good here up to", &good_seq);
        line("Its hash", &good_hash);
        if let Breach::Rules { aspect, line: body, .. } = breach {
            line("Rule", &aspect);
            line("The entry", &body);
        }
        text.push_str(
            "\nThe desktop app checks each entry's hash (SHA-256 of the hash before it and the entry's bytes), replays the \
             metering rules over all entries, and compares what they give with what the service says. It stopped here, and \
             keeps everything that is good here.\n",
        );
        text
    }
}
