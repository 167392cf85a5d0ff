//! The database's backup before there is one: what a service keeps of a new workspace, with a ledger put in.

use std::io::Write;

use metering::Entry;
use serde_json::Value;
use service::backup;
use service::store::{Access, Durability, NewToken, Store, Workspace};
use sha2::{Digest, Sha256};
use wire::api::Role;
use wire::line::{encode_body, encode_line};
use wire::{GENESIS, Hash, chain};

use crate::Failure;
use crate::life::Life;

/// The lines of a backup that stand around a workspace's entries.
pub(crate) struct Frame {
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Frame {
    /// Has a service make the workspace and an owner's token in a database of its own, and write the backup of that.
    pub(crate) fn of(workspace: &Workspace, token: &str, made_at: metering::Timestamp) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let store = Store::open(&folder.path().join("new.db"), Durability::Normal)?;
        store.create_workspace(workspace, made_at)?;
        let token = NewToken { digest: Sha256::digest(token).into(), name: "bench", expires_at: None };
        let access = Access { workspace: workspace.id.clone(), role: Role::Owner };
        store.create_token(&token, &[access], made_at)?;
        let mut text = Vec::new();
        backup::write(&store, &mut text)?;
        let (mut before, mut after, mut is_after) = (Vec::new(), Vec::new(), false);
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let read: Value = serde_json::from_slice(line)?;
            // There is another end when entries are in it.
            if read.get("end").is_none() {
                if is_after { &mut after } else { &mut before }.extend_from_slice(line);
            }
            // Entries stand behind the row of their workspace.
            is_after |= read.pointer("/row/table").is_some_and(|table| table == "workspaces");
        }
        Ok(Self { before, after })
    }

    /// Writes the backup with the entries of a life. Gives the number and the hash of the last one; `each` is told the number
    /// of every one.
    pub(crate) fn write(
        self,
        life: Life,
        out: &mut impl Write,
        mut each: impl FnMut(u64),
    ) -> Result<(u64, Hash), Failure> {
        let (mut digest, mut last) = (Sha256::new(), (0, GENESIS));
        let mut put = |bytes: &[u8]| {
            digest.update(bytes);
            out.write_all(bytes)
        };
        put(&self.before)?;
        let mut line = Vec::new();
        life.live(&mut |entry: &Entry| {
            let body = encode_body(entry);
            last = (entry.seq, chain(&last.1, &body));
            line.clear();
            line.extend_from_slice(b"{\"entry\":");
            line.extend_from_slice(&encode_line(&last.1, &body));
            line.extend_from_slice(b"}\n");
            put(&line)?;
            each(entry.seq);
            Ok(())
        })?;
        put(&self.after)?;
        let end = Hash(digest.finalize().into());
        writeln!(out, "{{\"end\":{{\"sha256\":\"{end}\"}}}}")?;
        out.flush()?;
        Ok(last)
    }
}
