//! The chain of hashes, line by line.

use metering::{Aspect, Finding};

use crate::{GENESIS, Hash, chain};

/// Checks each hash against the one before it and the entry's bytes.
pub(super) struct ChainCheck {
    previous: Hash,
    broken: Option<Broken>,
}

/// The last entry did not follow: either its bytes were altered, or its hash. The next entry tells which, for it was
/// made from the hash that was there.
struct Broken {
    /// What its bytes give.
    computed: Hash,
    /// Where it was reported.
    finding: usize,
}

impl Default for ChainCheck {
    fn default() -> Self {
        Self { previous: GENESIS, broken: None }
    }
}

impl ChainCheck {
    /// Checks the next entry: the digits of its hash, and its body.
    pub(super) fn check(&mut self, seq: u64, digits: &[u8; 64], body: &[u8], found: &mut Vec<Finding>) {
        let computed = chain(&self.previous, body);
        let broken = self.broken.take();
        if computed.to_hex() == *digits {
            if let Some(finding) = broken.and_then(|broken| found.get_mut(broken.finding)) {
                finding.message.push_str(": its bytes were altered, for the next entry follows from its hash");
            }
            self.previous = computed;
            return;
        }
        let text = std::str::from_utf8(digits).unwrap_or_default();
        let stated: Option<Hash> = text.parse().ok();
        if stated == Some(computed) {
            // In capital letters.
            self.previous = computed;
            return;
        }
        if let (Some(broken), Some(stated)) = (broken, stated)
            && chain(&broken.computed, body) == stated
        {
            if let Some(finding) = found.get_mut(broken.finding) {
                finding.message.push_str(": the hash was altered, for the next entry follows from what the bytes give");
            }
            self.previous = stated;
            return;
        }
        let message = match stated {
            Some(stated) => format!("its hash is {stated}, and its bytes give {computed}"),
            None => format!("its hash is no SHA-256 value, and its bytes give {computed}"),
        };
        self.broken = Some(Broken { computed, finding: found.len() });
        found.push(Finding::new(seq, Aspect::Chain, message));
        self.previous = stated.unwrap_or(computed);
    }

    /// A line without a readable hash: what follows from it cannot be told. The entry after it shows it, too.
    pub(super) fn lose(&mut self) {
        self.broken = None;
    }

    /// The hash after the last entry.
    pub(super) const fn head(&self) -> Hash {
        self.previous
    }
}
