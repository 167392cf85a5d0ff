//! The least: the same entries into SQLite tables without any check, as rows of codes with a rollup, and as the finished
//! blocks of a ledger's own file.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use cache::{EntryFilter, LedgerReader};
use clock::Stopwatch;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::Failure;

/// Rows of a transaction: as many as a page of the first sync has, about.
const PAGE: usize = 4_096;

struct Row {
    recorded_at: i64,
    lag: i64,
    codes: [u32; 6],
    units: i64,
    credits: i64,
}

/// The ledger as rows of codes, in memory.
fn coded(ledger: &Path) -> Result<Vec<Row>, Failure> {
    let reader = LedgerReader::open(ledger)?;
    let mut names: HashMap<String, u32> = HashMap::new();
    let mut rows = Vec::new();
    let mut after = Some(0);
    while let Some(from) = after {
        after = reader.each_match(&EntryFilter::default(), from, |row, _| {
            let next = u32::try_from(names.len()).unwrap_or(0) + 1;
            let mut code = |name: Option<&String>| name.map_or(0, |name| *names.entry(name.clone()).or_insert(next));
            let codes = [
                code(Some(&row.kind)),
                code(row.feature.as_ref()),
                code(row.member.as_ref()),
                code(row.channel.as_ref()),
                code(row.source.as_ref()),
                row.revision,
            ];
            rows.push(Row {
                recorded_at: row.recorded_at.as_millis(),
                lag: row.recorded_at.since(row.occurred_at),
                codes,
                units: row.units,
                credits: row.credits,
            });
            true
        })?;
    }
    Ok(rows)
}

fn database(path: &Path, tables: &str) -> Result<Connection, Failure> {
    let db = Connection::open(path)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.execute_batch(tables)?;
    Ok(db)
}

/// Inserts rows of codes and what they add up to by quarter of an hour and feature.
pub(crate) fn rows(ledger: &Path, path: &Path) -> Result<Value, Failure> {
    let rows = coded(ledger)?;
    let mut db = database(
        path,
        "CREATE TABLE entries (seq INTEGER PRIMARY KEY, recorded_at INTEGER, lag INTEGER, kind INTEGER, feature INTEGER,
             member INTEGER, channel INTEGER, source INTEGER, revision INTEGER, units INTEGER, credits INTEGER) STRICT;
         CREATE TABLE rollups (quarter INTEGER, feature INTEGER, credits INTEGER, actions INTEGER,
             PRIMARY KEY (quarter, feature)) STRICT, WITHOUT ROWID;",
    )?;
    let watch = Stopwatch::start();
    let mut seq = 0_i64;
    for page in rows.chunks(PAGE) {
        let transaction = db.transaction()?;
        let mut sums: BTreeMap<(i64, u32), (i64, i64)> = BTreeMap::new();
        let sql = "INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        let mut insert = transaction.prepare_cached(sql)?;
        for row in page {
            seq += 1;
            let [kind, feature, member, channel, source, revision] = row.codes;
            insert.execute(params![
                seq,
                row.recorded_at,
                row.lag,
                kind,
                feature,
                member,
                channel,
                source,
                revision,
                row.units,
                row.credits
            ])?;
            if feature != 0 {
                let sum = sums.entry(((row.recorded_at - row.lag).div_euclid(900_000), feature)).or_default();
                *sum = (sum.0 - row.credits, sum.1 + row.units);
            }
        }
        let sql = "INSERT INTO rollups VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE
                   SET credits = credits + excluded.credits, actions = actions + excluded.actions";
        let mut add = transaction.prepare_cached(sql)?;
        for ((quarter, feature), (credits, actions)) in sums {
            add.execute((quarter, feature, credits, actions))?;
        }
        drop((insert, add));
        transaction.commit()?;
    }
    let seconds = watch.elapsed().as_secs_f64();
    drop(db);
    Ok(json!({"entries": rows.len(), "seconds": seconds, "bytes": std::fs::metadata(path)?.len()}))
}

/// Inserts every row of every table of a ledger's file into the same tables, as they are.
pub(crate) fn blocks(ledger: &Path, path: &Path) -> Result<Value, Failure> {
    let entries = LedgerReader::open(ledger)?.cursor()?.seq;
    let source = Connection::open(ledger)?;
    let tables: Vec<(String, String)> = source
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let schema: Vec<&str> = tables.iter().map(|(_, sql)| sql.as_str()).collect();
    let mut db = database(path, &(schema.join(";") + ";"))?;
    let mut seconds = 0.0;
    for (table, _) in &tables {
        let mut read = source.prepare(&format!("SELECT * FROM {table}"))?;
        let columns = read.column_count();
        let marks = vec!["?"; columns].join(", ");
        let mut rows = read.query([])?;
        loop {
            // Read ahead, so that only writing is timed.
            let mut page: Vec<Vec<rusqlite::types::Value>> = Vec::new();
            while page.len() < 64
                && let Some(row) = rows.next()?
            {
                page.push((0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?);
            }
            if page.is_empty() {
                break;
            }
            let watch = Stopwatch::start();
            let transaction = db.transaction()?;
            let mut insert = transaction.prepare_cached(&format!("INSERT INTO {table} VALUES ({marks})"))?;
            for row in page {
                insert.execute(rusqlite::params_from_iter(row))?;
            }
            drop(insert);
            transaction.commit()?;
            seconds += watch.elapsed().as_secs_f64();
        }
    }
    Ok(json!({"entries": entries, "seconds": seconds}))
}
