//! The chain of hashes, line by line.

use metering::{Aspect, Finding};

use super::MAX_TOLD;
use super::lines::Block;
use crate::line::{decode_body, parse_line, read_head, split_line};
use crate::{GENESIS, Hash, chain};

/// Checks each hash against the one before it and the entry's bytes. It looks at nothing else, so that it can run beside
/// the rules.
pub(super) struct ChainCheck {
    previous: Hash,
    broken: Option<Broken>,
    /// Where the line begins that is checked.
    offset: u64,
    lines: u64,
    /// Each with the place of its line: the first of them.
    pub(super) found: Vec<(u64, Finding)>,
    /// How many more there are.
    pub(super) more: u64,
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
        Self { previous: GENESIS, broken: None, offset: 0, lines: 0, found: Vec::new(), more: 0 }
    }
}

impl ChainCheck {
    /// Checks the lines of a block that the next one does not begin with.
    pub(super) fn block(&mut self, block: &Block<'_>) {
        block.own_lines().for_each(|(offset, line)| self.line(offset, line));
    }

    fn line(&mut self, offset: u64, line: &[u8]) {
        self.offset = offset;
        self.lines += 1;
        match split_line(line) {
            Some((digits, body)) => self.check(digits, body),
            None => match parse_line(line) {
                Ok(line) => self.check(&line.hash.to_hex(), line.body),
                // A line without a readable hash: what follows from it cannot be told. The entry after it shows it, too.
                Err(_) => self.broken = None,
            },
        }
    }

    /// Checks the next entry: the digits of its hash, and its body.
    fn check(&mut self, digits: &[u8; 64], body: &[u8]) {
        let computed = chain(&self.previous, body);
        let broken = self.broken.take();
        if computed.to_hex() == *digits {
            if let Some((_, finding)) = broken.and_then(|broken| self.found.get_mut(broken.finding)) {
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
            if let Some((_, finding)) = self.found.get_mut(broken.finding) {
                finding.message.push_str(": the hash was altered, for the next entry follows from what the bytes give");
            }
            self.previous = stated;
            return;
        }
        let message = match stated {
            Some(stated) => format!("its hash is {stated}, and its bytes give {computed}"),
            None => format!("its hash is no SHA-256 value, and its bytes give {computed}"),
        };
        self.broken = Some(Broken { computed, finding: self.found.len() });
        if self.found.len() < MAX_TOLD {
            // The number that the entry says it has; its line's, if it says none.
            let said = read_head(body).map(|head| head.seq).or_else(|| Some(decode_body(body).ok()?.seq));
            self.found.push((self.offset, Finding::new(said.unwrap_or(self.lines), Aspect::Chain, message)));
        } else {
            self.more += 1;
        }
        self.previous = stated.unwrap_or(computed);
    }

    /// The hash after the last entry.
    pub(super) const fn head(&self) -> Hash {
        self.previous
    }
}
