//! Where in a text a value stands.

use super::tree::{Node, Value};

/// The lines of a text.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// The byte at which each begins.
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let after_feeds = text.match_indices('\n').map(|(feed, _)| feed + 1);
        Self { text, starts: std::iter::once(0).chain(after_feeds).collect() }
    }

    /// Line and column of a byte, both from 1; columns count characters.
    pub(super) fn place(&self, byte: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        // A line can be as long as the whole text, and there can be as many places in it.
        let before = self.text.as_bytes().get(start..byte.min(self.text.len())).unwrap_or_default();
        (line, before.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count() + 1)
    }
}

/// The byte at which the value of a path like `feature[2].rate` begins; if it is not there, the table that lacks it.
pub(super) fn start_of(node: &Node, path: &str) -> usize {
    let mut current = node;
    for part in path.split('.') {
        let (name, index) = match part.split_once('[') {
            Some((name, index)) => (name, index.strip_suffix(']').and_then(|index| index.parse::<usize>().ok())),
            None => (part, None),
        };
        let Value::Table(members) = &current.value else { break };
        let Some(member) = members.iter().find(|member| member.name == name) else { break };
        current = &member.node;
        if let (Some(index), Value::List(items)) = (index, &current.value) {
            let Some(item) = items.get(index) else { break };
            current = item;
        }
    }
    current.at
}
