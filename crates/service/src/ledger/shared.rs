//! Workspaces that another process records in, too.
//!
//! Whoever decides there without asking is mostly overtaken, and has done it in vain. Nobody says who records where: it is
//! seen by what was recorded.

use std::num::NonZeroUsize;

use lru::LruCache;

/// Of how many workspaces it is known.
const KNOWN: NonZeroUsize = NonZeroUsize::new(8_192).unwrap();
/// How many groups in which nobody else has recorded in a workspace make it one's own again.
const QUIET: u32 = 32;

/// The workspaces that others record in, and for how many more groups that is believed.
#[derive(Debug)]
pub(super) struct Shared(LruCache<String, u32>);

impl Shared {
    pub(super) fn contains(&self, workspace: &str) -> bool {
        self.0.contains(workspace)
    }

    /// Somebody else has recorded in a workspace.
    pub(super) fn note(&mut self, workspace: &str) {
        self.0.put(workspace.to_owned(), QUIET);
    }

    /// Nobody else has recorded in a workspace since the last group.
    pub(super) fn note_quiet(&mut self, workspace: &str) {
        if let Some(groups) = self.0.peek_mut(workspace) {
            *groups = groups.saturating_sub(1);
            if *groups == 0 {
                self.0.pop(workspace);
            }
        }
    }
}

impl Default for Shared {
    fn default() -> Self {
        Self(LruCache::new(KNOWN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_shared_until_it_was_quiet_for_long() {
        let mut shared = Shared::default();
        shared.note_quiet("a");
        assert!(!shared.contains("a"));
        shared.note("a");
        for _ in 1..QUIET {
            shared.note_quiet("a");
            assert!(shared.contains("a") && !shared.contains("b"));
        }
        shared.note("a");
        for groups in 1..=QUIET {
            assert!(shared.contains("a"), "{groups}");
            shared.note_quiet("a");
        }
        assert!(!shared.contains("a"));
    }
}
