//! What a service that is served takes from others before it takes no more.

use std::net::IpAddr;
use std::time::Duration;

use crate::limit::Rate;

/// Most connections that are open at once, if nobody says otherwise and the system gives as many.
const CONNECTIONS: usize = 10_000;
/// Files and sockets that are not connections to the service: databases, payments, webhooks.
const OTHER_FILES: usize = 256;
/// Fewest connections, however few files the system gives.
const FEWEST: usize = 16;

/// What a service that is served takes from others before it takes no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Most connections that are open at once. The system's bound on open files may make it fewer.
    pub connections: usize,
    /// How long a request's head may take to come.
    pub head: Duration,
    /// How long a request may take until its body has come, too.
    pub body: Duration,
    /// How long a request may take until its answer is gone, unless that is the tail of a ledger.
    pub request: Duration,
    /// How long a connection stays open while nothing is asked.
    pub idle: Duration,
    /// How fast each token may ask.
    pub token_rate: Rate,
    /// How fast each address may fail to be let in.
    pub failure_rate: Rate,
    /// Proxies whose word is believed about whom they ask for (`X-Forwarded-For`).
    pub proxies: Vec<IpAddr>,
    /// Which requests have a line in the log.
    pub logged: Logged,
}

/// Which requests have a line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logged {
    /// None.
    Nothing,
    /// Those that the service failed, and those that took a second or longer.
    Failures,
    /// All.
    All,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            request: Duration::from_secs(120),
            idle: Duration::from_secs(75),
            token_rate: Rate { per_second: 10_000, burst: 20_000 },
            failure_rate: Rate { per_second: 20, burst: 100 },
            proxies: Vec::new(),
            logged: Logged::Failures,
        }
    }
}

impl Bounds {
    /// As many connections as there can be with what the system gives to this process.
    #[must_use]
    pub(super) fn room(&self) -> usize {
        let files = open_files().unwrap_or(usize::MAX);
        self.connections.min(files.saturating_sub(OTHER_FILES)).max(FEWEST)
    }
}

/// Lets this process have as many files and connections open as its system allows, and gives their number.
///
/// # Errors
/// The system's, when it does not say what it allows.
pub fn raise_open_files() -> std::io::Result<u64> {
    rlimit::increase_nofile_limit(u64::MAX)
}

/// How many files this process may have open; none, where nobody knows.
fn open_files() -> Option<usize> {
    #[cfg(unix)]
    {
        let (soft, _) = rlimit::getrlimit(rlimit::Resource::NOFILE).ok()?;
        usize::try_from(soft).ok()
    }
    #[cfg(not(unix))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_follows_from_what_the_system_gives() {
        let files = open_files().unwrap_or(usize::MAX);
        let room = |connections| Bounds { connections, ..Bounds::default() }.room();
        assert_eq!(room(1), FEWEST);
        assert_eq!(room(20), 20.min(files.saturating_sub(OTHER_FILES)).max(FEWEST));
        assert_eq!(room(usize::MAX), files.saturating_sub(OTHER_FILES).max(FEWEST));
    }
}
