//! Storing pages of entries: entries, rollups and cursor together or not at all.

use std::collections::BTreeMap;

use metering::Timestamp;
use rusqlite::{OptionalExtension, Transaction};

use crate::column::{instant, signed, unsigned};
use crate::usage::{QUARTER_MS, Tally};
use crate::{Cache, CacheError, EntryHash, NewEntry, WorkspaceKey};

/// Where a workspace's cached ledger ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The last stored entry; 0 before the first.
    pub seq: u64,
    /// The link of the hash chain at that entry.
    pub hash: EntryHash,
    /// The last instant at which the app knew that it had seen everything up to here.
    pub as_of: Timestamp,
}

impl Cache {
    /// Where the workspace's ledger ends, or `None` before anything was stored.
    ///
    /// # Errors
    /// Any storage error.
    pub fn cursor(&self, workspace: WorkspaceKey) -> Result<Option<Cursor>, CacheError> {
        self.read(|view| cursor(view, workspace))
    }

    /// Stores a page of entries, the rollups that they change and the new cursor, all in one transaction. An empty
    /// page may only say that the ledger still ends there (a newer `as_of`).
    ///
    /// # Errors
    /// [`CacheError::NotNext`] when the page does not continue what is stored, [`CacheError::BadPage`] when it has a
    /// gap, goes back in time or ends elsewhere than `cursor` says, [`CacheError::UnknownWorkspace`] when the workspace
    /// was removed, or any storage error. Then nothing has changed.
    pub fn apply_page(&self, workspace: WorkspaceKey, page: &[NewEntry], cursor: &Cursor) -> Result<(), CacheError> {
        check(page, cursor)?;
        self.write(|transaction| {
            let stored = end(transaction, workspace)?;
            let first = page.first().map_or(cursor.seq + 1, |entry| entry.seq);
            if first != stored.seq + 1 {
                return Err(CacheError::NotNext { expected: stored.seq + 1, got: first });
            }
            if page.is_empty() && stored.hash.is_some_and(|hash| hash != cursor.hash) {
                return Err(CacheError::BadPage("the cursor names another entry than is stored".to_owned()));
            }
            if let Some(entry) = page.first()
                && entry.recorded_at < stored.recorded_at
            {
                return Err(back_in_time(entry));
            }
            let works = works(transaction, workspace, page)?;
            insert(transaction, workspace, page, &works)?;
            roll_up(transaction, workspace, page, &works)?;
            let sql = "INSERT INTO cursor (workspace, seq, hash, as_of) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT (workspace) DO UPDATE SET seq = ?2, hash = ?3, as_of = max(as_of, ?4)";
            let values = (workspace.0, signed(cursor.seq), cursor.hash, cursor.as_of.as_millis());
            transaction.prepare_cached(sql)?.execute(values)?;
            Ok(())
        })
    }

    /// Forgets the workspace's entries, rollups and cursor, so that they are fetched again. Connection, settings and
    /// purchases stay.
    ///
    /// # Errors
    /// Any storage error; then nothing has changed.
    pub fn forget_ledger(&self, workspace: WorkspaceKey) -> Result<(), CacheError> {
        self.write(|transaction| {
            let bodies = "DELETE FROM bodies WHERE id IN (SELECT body FROM entries WHERE workspace = ?1)";
            transaction.execute(bodies, [workspace.0])?;
            for table in ["entries", "rollups", "cursor"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE workspace = ?1"), [workspace.0])?;
            }
            Ok(())
        })
    }
}

pub(crate) fn cursor(view: &Transaction<'_>, workspace: WorkspaceKey) -> Result<Option<Cursor>, CacheError> {
    let sql = "SELECT seq, hash, as_of FROM cursor WHERE workspace = ?1";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Cursor { seq: unsigned(row.get(0)?), hash: row.get(1)?, as_of: instant(row.get(2)?) })
    };
    Ok(view.prepare_cached(sql)?.query_row([workspace.0], read).optional()?)
}

/// What a page has to continue.
struct End {
    seq: u64,
    hash: Option<EntryHash>,
    recorded_at: Timestamp,
}

fn end(transaction: &Transaction<'_>, workspace: WorkspaceKey) -> Result<End, CacheError> {
    let sql = "SELECT 1 FROM connections WHERE workspace = ?1";
    if !transaction.prepare_cached(sql)?.exists([workspace.0])? {
        return Err(CacheError::UnknownWorkspace(workspace));
    }
    let Some(stored) = cursor(transaction, workspace)? else {
        return Ok(End { seq: 0, hash: None, recorded_at: Timestamp::MIN });
    };
    let sql = "SELECT recorded_at FROM entries WHERE workspace = ?1 AND seq = ?2";
    let recorded_at: Option<i64> =
        transaction.prepare_cached(sql)?.query_row((workspace.0, signed(stored.seq)), |row| row.get(0)).optional()?;
    Ok(End { seq: stored.seq, hash: Some(stored.hash), recorded_at: recorded_at.map_or(Timestamp::MIN, instant) })
}

/// Whether the page is a stretch of a ledger that ends where `cursor` says.
fn check(page: &[NewEntry], cursor: &Cursor) -> Result<(), CacheError> {
    for pair in page.windows(2) {
        let [one, next] = pair else { continue };
        if one.seq.checked_add(1) != Some(next.seq) {
            return Err(CacheError::BadPage(format!("entry {} follows entry {}", next.seq, one.seq)));
        }
        if next.recorded_at < one.recorded_at {
            return Err(back_in_time(next));
        }
    }
    match page.last() {
        Some(last) if last.seq != cursor.seq || last.hash != cursor.hash => {
            Err(CacheError::BadPage(format!("it ends at entry {}, the cursor at {}", last.seq, cursor.seq)))
        }
        _ => Ok(()),
    }
}

fn back_in_time(entry: &NewEntry) -> CacheError {
    CacheError::BadPage(format!("entry {} was recorded before the one ahead of it", entry.seq))
}

/// The work that an entry counts as, or that it takes out again.
#[derive(Clone, Copy)]
struct Work {
    occurred_at: Timestamp,
    units: i64,
}

/// The work of each entry of the page. An amendment takes out what the usage counted that it amends: as many units,
/// when they were done. The usage is stored, or stands in the same page.
fn works(transaction: &Transaction<'_>, workspace: WorkspaceKey, page: &[NewEntry]) -> Result<Vec<Work>, CacheError> {
    let mut stored =
        transaction.prepare_cached("SELECT occurred_at, units FROM entries WHERE workspace = ?1 AND seq = ?2")?;
    let mut work = |entry: &NewEntry| -> Result<Work, CacheError> {
        let own = |entry: &NewEntry| Work { occurred_at: entry.occurred_at, units: entry.units };
        let Some(usage) = entry.amends else { return Ok(own(entry)) };
        let here = page.binary_search_by_key(&usage, |other| other.seq).ok().and_then(|index| page.get(index));
        let amended = match here {
            Some(usage) => Some(own(usage)),
            None => stored
                .query_row((workspace.0, signed(usage)), |row| {
                    Ok(Work { occurred_at: instant(row.get(0)?), units: row.get(1)? })
                })
                .optional()?,
        };
        Ok(amended.map_or_else(|| own(entry), |work| Work { units: work.units.saturating_neg(), ..work }))
    };
    page.iter().map(&mut work).collect()
}

fn insert(
    transaction: &Transaction<'_>,
    workspace: WorkspaceKey,
    page: &[NewEntry],
    works: &[Work],
) -> Result<(), CacheError> {
    let mut bodies = transaction.prepare_cached("INSERT INTO bodies (hash, body) VALUES (?1, ?2)")?;
    let mut entries = transaction.prepare_cached(
        "INSERT INTO entries (workspace, seq, recorded_at, occurred_at, kind, feature, detail, units, credits,
                              balance_after, member, channel, source, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    for (entry, work) in page.iter().zip(works) {
        bodies.execute((entry.hash, &entry.body))?;
        entries.execute((
            workspace.0,
            signed(entry.seq),
            entry.recorded_at.as_millis(),
            work.occurred_at.as_millis(),
            entry.kind,
            &entry.feature,
            &entry.detail,
            work.units,
            entry.credits,
            signed(entry.balance_after),
            &entry.member,
            &entry.channel,
            &entry.source,
            transaction.last_insert_rowid(),
        ))?;
    }
    Ok(())
}

/// Adds the page's use of features to the quarters that the work was done in. Summed here first: a page touches few
/// quarters and each costs one statement.
fn roll_up(
    transaction: &Transaction<'_>,
    workspace: WorkspaceKey,
    page: &[NewEntry],
    works: &[Work],
) -> Result<(), CacheError> {
    let mut sums: BTreeMap<(i64, &str), Tally> = BTreeMap::new();
    for (entry, work) in page.iter().zip(works) {
        if let Some(feature) = &entry.feature {
            let quarter = work.occurred_at.as_millis().div_euclid(QUARTER_MS);
            let sum = sums.entry((quarter, feature)).or_default();
            sum.add(Tally { credits: entry.credits.saturating_neg(), actions: work.units });
        }
    }
    let mut rollups = transaction.prepare_cached(
        "INSERT INTO rollups (workspace, quarter, feature, credits, actions) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (workspace, quarter, feature)
         DO UPDATE SET credits = credits + excluded.credits, actions = actions + excluded.actions",
    )?;
    for ((quarter, feature), sum) in sums {
        rollups.execute((workspace.0, quarter, feature, sum.credits, sum.actions))?;
    }
    Ok(())
}
