//! Ledgers in SQLite. One transaction appends to all workspaces that wait: the disk is waited for once.

use lru::LruCache;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use wire::{GENESIS, Hash};

use super::{Statements, signed, unsigned};
use crate::store::engine::EachLine;
use crate::store::{Appended, Ask, Page, Recalled, StoreError, StoredLine, TAIL};

/// See [`crate::store::engine::Engine::recall`].
pub(super) fn recall(db: &Connection, ask: &Ask) -> Result<Recalled, StoreError> {
    let mut recalled = Recalled::default();
    each_line(db, &ask.workspace, ask.after.saturating_sub(1), TAIL + 1, &mut |seq, hash, body| {
        recalled.tail.push(StoredLine { seq, hash, body: body.to_vec() });
    })?;
    recalled.leave_known(ask);
    let mut query = db.prepare_cached(
        "SELECT e.seq, e.hash, e.body FROM names n JOIN entries e ON e.workspace_id = n.workspace_id AND e.seq = n.seq
         WHERE n.workspace_id = ?1 AND n.key = ?2",
    )?;
    for key in &ask.keys {
        for line in query.query_map(params![ask.workspace, key.0], line)? {
            recalled.found.push(line?);
        }
    }
    Ok(recalled)
}

/// Appends a page, unless its ledger has moved on. What is known of the last entries of ledgers is kept up.
pub(super) fn append(
    db: &Transaction<'_>,
    page: &Page,
    heads: &mut LruCache<String, (u64, Hash)>,
) -> Result<Appended, StoreError> {
    let known = heads.get(&page.workspace).copied();
    let (last, hash) = known.map_or_else(|| head(db, &page.workspace), Ok)?;
    if (last, hash) != (page.after, page.before) {
        return Ok(Appended::Overtaken);
    }
    if !page.lines.iter().zip(last + 1..).all(|(line, seq)| line.seq == seq) {
        let message = format!("entries for workspace \"{}\" do not follow entry {last}", page.workspace);
        return Err(StoreError::Contradiction(message));
    }
    let mut insert =
        db.prepare_cached("INSERT INTO entries (workspace_id, seq, body, hash) VALUES (?1, ?2, ?3, ?4)")?;
    for line in &page.lines {
        insert.execute(params![page.workspace, signed(line.seq), line.body, line.hash.0])?;
    }
    let mut name = db.prepare_cached("INSERT INTO names (workspace_id, key, seq) VALUES (?1, ?2, ?3)")?;
    for (key, seq) in &page.keys {
        name.execute(params![page.workspace, key.0, signed(*seq)])?;
    }
    page.store_aside(&mut Statements(db))?;
    let last = page.lines.last().map_or((last, hash), |line| (line.seq, line.hash));
    heads.put(page.workspace.clone(), last);
    Ok(Appended::Whole)
}

/// See [`crate::store::Store::each_line`].
pub(super) fn each_line(
    db: &Connection,
    workspace: &str,
    after: u64,
    limit: usize,
    each: &mut EachLine<'_>,
) -> Result<(), StoreError> {
    let mut query = db.prepare_cached(
        "SELECT seq, hash, body FROM entries WHERE workspace_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = query.query(params![workspace, signed(after), limit])?;
    while let Some(row) = rows.next()? {
        let body = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        each(unsigned(row.get(0)?), Hash(row.get(1)?), body);
    }
    Ok(())
}

/// See [`crate::store::Store::head`].
pub(super) fn head(db: &Connection, workspace: &str) -> Result<(u64, Hash), StoreError> {
    let sql = "SELECT seq, hash FROM entries WHERE workspace_id = ?1 ORDER BY seq DESC LIMIT 1";
    let head = db
        .prepare_cached(sql)?
        .query_row([workspace], |row| Ok((unsigned(row.get(0)?), Hash(row.get(1)?))))
        .optional()?;
    Ok(head.unwrap_or((0, GENESIS)))
}

fn line(row: &Row<'_>) -> rusqlite::Result<StoredLine> {
    Ok(StoredLine { seq: unsigned(row.get(0)?), hash: Hash(row.get(1)?), body: row.get(2)? })
}
