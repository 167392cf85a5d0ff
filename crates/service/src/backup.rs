//! Backups: everything that a database keeps as one file of lines, whichever database it is, and back into an empty one.
//!
//! A backup is taken while services run. Taking it in checks every ledger as it goes, entry by entry, and can stop at an
//! instant: since ledgers only grow, any backup can bring back any instant before it.

mod row;

use std::io::{BufRead, Write};
use std::sync::Arc;

use metering::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use wire::Hash;

use crate::ledger::Book;
use crate::store::sql::Value;
use crate::store::{Kept, Store, StoreError, StoredLine, Table};

/// The version of the form.
const VERSION: u32 = 1;
/// How many entries are taken in as one transaction.
const PAGE: usize = 5_000;
/// How many rows are put back as one transaction.
const ROWS: usize = 1_000;

/// Why a backup is not made, or not taken in.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database failed, or a ledger in the backup is not what it was.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The file cannot be written or read.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// The file is no backup, or not all of one.
    #[error("line {line}: {message}")]
    Line {
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        message: String,
    },
    /// There is something in the database already.
    #[error("the database is not empty: take the backup in to a new one")]
    NotEmpty,
}

/// What a backup, or taking one in, came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backed {
    /// Workspaces.
    pub workspaces: u64,
    /// Entries of their ledgers.
    pub entries: u64,
}

/// A line of a backup.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line<'a> {
    /// The first: which form the file is in.
    CreditdeckBackup { version: u32 },
    /// A row of a table.
    Row { table: String, values: Vec<row::Cell> },
    /// An entry of the workspace whose row came last.
    Entry {
        hash: Hash,
        #[serde(borrow)]
        body: &'a RawValue,
    },
    /// The last: a digest of all bytes before it.
    End { sha256: Hash },
}

/// Writes everything that a database keeps.
///
/// # Errors
/// [`BackupError`] when the database fails or nothing can be written.
pub fn write(store: &Store, out: &mut dyn Write) -> Result<Backed, BackupError> {
    let mut backed = Backed::default();
    let mut digest = Sha256::new();
    let mut failure = None;
    let mut line = |out: &mut dyn Write, line: &Line<'_>| -> std::io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        digest.update(&text);
        out.write_all(&text)
    };
    line(out, &Line::CreditdeckBackup { version: VERSION })?;
    let done = store.dump(&mut |kept| {
        let written = match kept {
            Kept::Row { table, values } => {
                backed.workspaces += u64::from(table.name == "workspaces");
                let values = values.into_iter().map(row::Cell::from).collect();
                line(out, &Line::Row { table: table.name.into(), values })
            }
            Kept::Entry { workspace, line: StoredLine { seq, hash, body } } => {
                backed.entries += 1;
                let corrupt = |message: String| StoreError::Corrupt { workspace: workspace.clone(), message };
                let text = std::str::from_utf8(&body).map_err(|error| corrupt(format!("entry {seq}: {error}")))?;
                let body: &RawValue =
                    serde_json::from_str(text).map_err(|error| corrupt(format!("entry {seq}: {error}")))?;
                line(out, &Line::Entry { hash, body })
            }
        };
        written.map_err(|error| {
            let message = error.to_string();
            failure = Some(error);
            StoreError::Contradiction(message)
        })
    });
    if let Some(error) = failure {
        return Err(error.into());
    }
    done?;
    let sha256 = Hash(digest.finalize().into());
    serde_json::to_writer(&mut *out, &Line::End { sha256 }).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(backed)
}

/// Takes a backup in: all of it, or what there was at an instant.
///
/// # Errors
/// [`BackupError`] when the database is not empty or fails, or the file is no whole backup. What was taken in until then
/// stays in the database, which is of no use.
pub fn restore(store: &Store, file: &mut dyn BufRead, until: Option<Timestamp>) -> Result<Backed, BackupError> {
    if !store.is_empty()? {
        return Err(BackupError::NotEmpty);
    }
    let mut restoring =
        Restoring { store, until, book: None, is_over: false, rows: Vec::new(), backed: Backed::default() };
    let (mut digest, mut text, mut number) = (Sha256::new(), Vec::new(), 0);
    loop {
        number += 1;
        text.clear();
        file.read_until(b'\n', &mut text)?;
        let wrong = |message: String| BackupError::Line { line: number, message };
        if text.is_empty() {
            return Err(wrong("the file ends before its end: it is not all there".into()));
        }
        let line: Line<'_> = serde_json::from_slice(&text)
            .map_err(|error| wrong(format!("is no line of a backup: {}", wire::problem::json_error(&error))))?;
        match line {
            Line::CreditdeckBackup { version } if number == 1 && version == VERSION => {}
            Line::CreditdeckBackup { version } if number == 1 => {
                return Err(wrong(format!("the backup is of version {version}, and this program knows {VERSION}")));
            }
            Line::CreditdeckBackup { .. } => return Err(wrong("a backup begins within the backup".into())),
            _ if number == 1 => return Err(wrong("this is no backup".into())),
            Line::Row { table, values } => {
                let table = Table::named(&table).ok_or_else(|| wrong(format!("there is no table \"{table}\"")))?;
                if values.len() != table.columns.len() {
                    let message =
                        format!("{} has {} columns, and this row {}", table.name, table.columns.len(), values.len());
                    return Err(wrong(message));
                }
                let values = values.into_iter().map(Value::try_from).collect::<Result<_, _>>();
                restoring.row(table, values.map_err(wrong)?)?;
            }
            Line::Entry { hash, body } => restoring.entry(hash, body.get().as_bytes())?,
            Line::End { sha256 } => {
                if sha256 != Hash(digest.finalize().into()) {
                    return Err(wrong("the file was changed since it was written: its digest does not fit".into()));
                }
                restoring.finish()?;
                return Ok(restoring.backed);
            }
        }
        digest.update(&text);
    }
}

/// A backup that is being taken in.
struct Restoring<'a> {
    store: &'a Store,
    until: Option<Timestamp>,
    /// Of the workspace whose row came last.
    book: Option<Book>,
    /// Whether its entries have come past the instant.
    is_over: bool,
    rows: Vec<(&'static Table, Vec<Value>)>,
    backed: Backed,
}

impl Restoring<'_> {
    fn row(&mut self, table: &'static Table, mut values: Vec<Value>) -> Result<(), BackupError> {
        if table.name == "workspaces" {
            self.finish()?;
            let id = match values.first() {
                Some(Value::Text(id)) => id.clone(),
                _ => String::new(),
            };
            self.store.put_back(&[(table, values)])?;
            let workspace = self
                .store
                .workspace(&id)?
                .ok_or_else(|| StoreError::Contradiction(format!("workspace \"{id}\" was stored and is not there")))?;
            self.book = Some(Book::open(Arc::new(workspace), self.store)?);
            self.is_over = false;
            self.backed.workspaces += 1;
            return Ok(());
        }
        if let Some(until) = self.until
            && !row::as_of(table, &mut values, until, self.book.as_ref().map_or(0, |book| book.account().last_seq()))
        {
            return Ok(());
        }
        self.rows.push((table, values));
        if self.rows.len() >= ROWS {
            self.flush()?;
        }
        Ok(())
    }

    fn entry(&mut self, hash: Hash, body: &[u8]) -> Result<(), BackupError> {
        let Some(book) = &mut self.book else {
            return Err(StoreError::Contradiction("an entry comes before its workspace".into()).into());
        };
        if self.is_over {
            return Ok(());
        }
        let seq = book.account().last_seq() + 1;
        if let Some(until) = self.until {
            let entry = wire::line::decode_body(body)
                .map_err(|error| StoreError::Contradiction(format!("entry {seq} cannot be read: {error}")))?;
            if entry.recorded_at > until {
                self.is_over = true;
                return Ok(());
            }
        }
        book.take_in(StoredLine { seq, hash, body: body.to_vec() })?;
        self.backed.entries += 1;
        if book.waiting() >= PAGE {
            book.commit(self.store)?;
        }
        Ok(())
    }

    /// Stores what still waits.
    fn finish(&mut self) -> Result<(), BackupError> {
        if let Some(mut book) = self.book.take() {
            book.commit(self.store)?;
        }
        self.flush()
    }

    fn flush(&mut self) -> Result<(), BackupError> {
        self.store.put_back(&self.rows)?;
        self.rows.clear();
        Ok(())
    }
}
