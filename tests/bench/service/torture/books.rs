//! The ledger of one workspace as it is read from the service: line after line, each checked against the one before.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use serde::Deserialize;
use wire::{GENESIS, Hash, chain};

use crate::Failure;
use crate::owner::Owner;
use crate::vendor::Workspace;

/// What is read of an entry.
#[derive(Deserialize)]
struct Entry {
    seq: u64,
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
}

/// A ledger as far as it was read. Its lines are in a file.
pub(crate) struct Books {
    pub(crate) file: PathBuf,
    lines: BufWriter<File>,
    pub(crate) last: u64,
    pub(crate) head: Hash,
    /// The entry of each usage.
    pub(crate) usages: HashMap<String, u64>,
}

impl Books {
    pub(crate) fn new(file: PathBuf) -> Result<Self, Failure> {
        let lines = BufWriter::new(File::create(&file)?);
        Ok(Self { file, lines, last: 0, head: GENESIS, usages: HashMap::new() })
    }

    /// Reads on from where it got to.
    pub(crate) async fn read_on(&mut self, owner: &Owner, workspace: &Workspace) -> Result<(), Failure> {
        loop {
            let page = owner.ledger(workspace, self.last).await?;
            if page.is_empty() {
                return Ok(self.lines.flush()?);
            }
            self.take(&page)?;
        }
    }

    /// Takes the lines that follow.
    fn take(&mut self, page: &[u8]) -> Result<(), Failure> {
        for text in page.split_inclusive(|byte| *byte == b'\n') {
            let line = wire::line::parse_line(text)?;
            let Entry { seq, kind, id } = serde_json::from_slice(line.body)?;
            if seq != self.last + 1 {
                return Err(format!("entry {seq} comes after entry {}", self.last).into());
            }
            self.head = chain(&self.head, line.body);
            if self.head != line.hash {
                return Err(format!("entry {seq} has another hash than the chain").into());
            }
            self.last = seq;
            if kind == "usage"
                && let Some(before) = self.usages.insert(id.ok_or("a usage without an id")?, seq)
            {
                return Err(format!("entries {before} and {seq} are of the same usage").into());
            }
            self.lines.write_all(text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wire::line::encode_line;

    use super::*;

    /// A ledger of usages with these numbers and ids, its hashes right.
    fn ledger(entries: &[(u64, &str)]) -> Vec<u8> {
        let (mut head, mut lines) = (GENESIS, Vec::new());
        for (seq, id) in entries {
            let body = format!(r#"{{"seq":{seq},"type":"usage","id":"{id}"}}"#);
            head = chain(&head, body.as_bytes());
            lines.extend(encode_line(&head, body.as_bytes()));
            lines.push(b'\n');
        }
        lines
    }

    fn said(page: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let mut books = Books::new(folder.path().join("ledger")).unwrap();
        books.take(page).map_or_else(|error| error.to_string(), |()| format!("{} usages", books.usages.len()))
    }

    #[test]
    fn what_does_not_follow_is_named() {
        assert_eq!(said(&ledger(&[(1, "a"), (2, "b")])), "2 usages");
        assert_eq!(said(&ledger(&[(1, "a"), (3, "b")])), "entry 3 comes after entry 1");
        assert_eq!(said(&ledger(&[(1, "a"), (2, "a")])), "entries 1 and 2 are of the same usage");
        let altered = String::from_utf8(ledger(&[(1, "a"), (2, "b")])).unwrap().replace("\"b\"", "\"c\"");
        assert_eq!(said(altered.as_bytes()), "entry 2 has another hash than the chain");
    }
}
