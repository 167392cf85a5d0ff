//! Ledgers in PostgreSQL. What waits is asked for and appended with one statement for all workspaces: the network and the
//! disk are waited for once.

use deadpool_postgres::Object;
use futures_executor::block_on;
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;
use wire::Hash;

use super::Statements;
use super::server::said;
use crate::store::sql::{Row, Sql, values};
use crate::store::{Appended, Ask, Page, Recalled, StoreError, StoredLine, TAIL};

/// The lines after the known ones. A ledger that has not moved costs a look at its head.
const TAILS: &str = "
    SELECT a.number, e.seq, e.hash, e.body
    FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS a (workspace_id, after, number)
    JOIN heads h ON h.workspace_id = a.workspace_id AND h.seq > a.after
    CROSS JOIN LATERAL (
        SELECT seq, hash, body FROM entries
        WHERE workspace_id = a.workspace_id AND seq > a.after
        ORDER BY seq LIMIT $3
    ) e
    ORDER BY a.number, e.seq";

/// The lines under keys.
const FOUND: &str = "
    SELECT a.number, e.seq, e.hash, e.body
    FROM unnest($1::text[], $2::bytea[], $3::bigint[]) AS a (workspace_id, key, number)
    CROSS JOIN LATERAL (SELECT seq FROM names WHERE workspace_id = a.workspace_id AND key = a.key) n
    CROSS JOIN LATERAL (
        SELECT seq, hash, body FROM entries WHERE workspace_id = a.workspace_id AND seq = n.seq
    ) e";

/// Appends pages whose ledgers end where the pages begin, and says which those are. Heads are taken in the order of
/// the pages, which is that of their workspaces, so that two processes do not wait for each other.
const APPEND: &str = "
    WITH moved AS (
        UPDATE heads h SET seq = p.seq, hash = p.hash
        FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[]) AS p (workspace_id, after, seq, hash)
        WHERE h.workspace_id = p.workspace_id AND h.seq = p.after
        RETURNING h.workspace_id
    ), entered AS (
        INSERT INTO entries (workspace_id, seq, hash, body)
        SELECT e.* FROM unnest($5::text[], $6::bigint[], $7::bytea[], $8::bytea[]) AS e (workspace_id, seq, hash, body)
        JOIN moved USING (workspace_id)
    ), named AS (
        INSERT INTO names (workspace_id, key, seq)
        SELECT n.* FROM unnest($9::text[], $10::bytea[], $11::bigint[]) AS n (workspace_id, key, seq)
        JOIN moved USING (workspace_id)
    )
    SELECT workspace_id FROM moved";

/// Whether a ledger ends where it is thought to, and nobody else moves it until this transaction ends.
const LOCK: &str = "SELECT 1 FROM heads WHERE workspace_id = $1 AND seq = $2 FOR UPDATE";

/// See [`crate::store::engine::Engine::recall`].
pub(super) async fn recall(client: &Object, asks: &[Ask]) -> Result<Vec<Recalled>, Error> {
    let mut answers: Vec<Recalled> = asks.iter().map(|_| Recalled::default()).collect();
    let workspaces: Vec<&str> = asks.iter().map(|ask| ask.workspace.as_str()).collect();
    let afters: Vec<i64> = asks.iter().map(|ask| signed(ask.after)).collect();
    let limit = i64::try_from(TAIL).unwrap_or(i64::MAX);
    let (mut of, mut keys, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for (number, ask) in (1_i64..).zip(asks) {
        for key in &ask.keys {
            of.push(ask.workspace.as_str());
            keys.push(key.0.as_slice());
            numbers.push(number);
        }
    }
    let tails = client.prepare_cached(TAILS).await?;
    let after: [&(dyn ToSql + Sync); 3] = [&workspaces, &afters, &limit];
    if keys.is_empty() {
        fill(&mut answers, &client.query(&tails, &after).await?, |answer| &mut answer.tail)?;
        return Ok(answers);
    }
    let found = client.prepare_cached(FOUND).await?;
    let under: [&(dyn ToSql + Sync); 3] = [&of, &keys, &numbers];
    // Both are on their way before the first is answered. What is found is found later than the tail: it may be ahead of
    // it, and never behind.
    let (tail, found) =
        futures_util::future::try_join(client.query(&tails, &after), client.query(&found, &under)).await?;
    fill(&mut answers, &tail, |answer| &mut answer.tail)?;
    fill(&mut answers, &found, |answer| &mut answer.found)?;
    Ok(answers)
}

fn fill(
    answers: &mut [Recalled],
    rows: &[tokio_postgres::Row],
    part: fn(&mut Recalled) -> &mut Vec<StoredLine>,
) -> Result<(), Error> {
    for row in rows {
        let number = usize::try_from(row.try_get::<_, i64>(0)?).unwrap_or(0);
        let Some(answer) = number.checked_sub(1).and_then(|index| answers.get_mut(index)) else { continue };
        let hash: [u8; 32] = row.try_get::<_, &[u8]>(2)?.try_into().unwrap_or_default();
        let seq = u64::try_from(row.try_get::<_, i64>(1)?).unwrap_or(0);
        part(answer).push(StoredLine { seq, hash: Hash(hash), body: row.try_get(3)? });
    }
    Ok(())
}

/// Appends the lines of pages.
pub(super) async fn append(client: &Object, pages: &[Page]) -> Result<Vec<Appended>, Error> {
    let statement = client.prepare_cached(APPEND).await?;
    let columns = Columns::of(pages);
    let moved = client.query(&statement, &columns.parameters()).await?;
    let moved = moved.iter().map(|row| row.try_get(0)).collect::<Result<Vec<&str>, _>>()?;
    Ok(pages.iter().map(|page| fate_of(moved.contains(&page.workspace.as_str()))).collect())
}

/// Appends pages with what goes along with them, within a transaction that has begun.
pub(super) fn append_with_aside(client: &Object, pages: &[Page]) -> Result<Vec<Appended>, StoreError> {
    let mut statements = Statements { client, failed: None };
    let failed = |error: Error| StoreError::Postgres(said(&error));
    let mut appended = block_on(append(client, pages)).map_err(failed)?;
    for (page, fate) in pages.iter().zip(&mut appended) {
        if page.lines.is_empty() {
            // Nothing was locked for it.
            let db: &mut dyn Sql = &mut statements;
            *fate = fate_of(db.finds(LOCK, values![&page.workspace, page.after])?);
        }
        if *fate == Appended::Whole {
            page.store_aside(&mut statements)?;
        }
    }
    Ok(appended)
}

const fn fate_of(is_moved: bool) -> Appended {
    if is_moved { Appended::Whole } else { Appended::Overtaken }
}

/// See [`crate::store::Store::lines`].
pub(super) fn lines(
    db: &mut dyn Sql,
    workspace: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredLine>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = "SELECT seq, hash, body FROM entries WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let line = |row: &Row| Ok(StoredLine { seq: row.get(0)?, hash: Hash(row.get(1)?), body: row.get(2)? });
    db.query(sql, values![workspace, after, limit])?.iter().map(line).collect()
}

/// See [`crate::store::Store::head`]; `None` if there is no such workspace.
pub(super) fn head(db: &mut dyn Sql, workspace: &str) -> Result<Option<(u64, Hash)>, StoreError> {
    let row = db.first("SELECT seq, hash FROM heads WHERE workspace_id = $1", values![workspace])?;
    row.map(|row| Ok((row.get(0)?, Hash(row.get(1)?)))).transpose()
}

/// See [`crate::store::engine::Engine::heads`].
pub(super) async fn heads(client: &Object, workspaces: &[String]) -> Result<Vec<(String, u64)>, Error> {
    let sql = "SELECT workspace_id, seq FROM heads WHERE workspace_id = ANY($1)";
    let rows = client.query(&client.prepare_cached(sql).await?, &[&workspaces]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, u64::try_from(row.try_get::<_, i64>(1)?).unwrap_or(0)))).collect()
}

/// Pages by columns, as the statement takes them.
#[derive(Default)]
struct Columns<'a> {
    pages: OfPages<'a>,
    lines: OfLines<'a>,
    keys: OfKeys<'a>,
}

#[derive(Default)]
struct OfPages<'a> {
    workspace: Vec<&'a str>,
    after: Vec<i64>,
    seq: Vec<i64>,
    hash: Vec<&'a [u8]>,
}

#[derive(Default)]
struct OfLines<'a> {
    workspace: Vec<&'a str>,
    seq: Vec<i64>,
    hash: Vec<&'a [u8]>,
    body: Vec<&'a [u8]>,
}

#[derive(Default)]
struct OfKeys<'a> {
    workspace: Vec<&'a str>,
    key: Vec<&'a [u8]>,
    seq: Vec<i64>,
}

impl<'a> Columns<'a> {
    fn of(all: &'a [Page]) -> Self {
        let mut columns = Self::default();
        let Self { pages, lines, keys } = &mut columns;
        let mut all: Vec<&Page> = all.iter().collect();
        all.sort_unstable_by(|one, other| one.workspace.cmp(&other.workspace));
        for page in all {
            let workspace = page.workspace.as_str();
            let Some(last) = page.lines.last() else { continue };
            pages.workspace.push(workspace);
            pages.after.push(signed(page.after));
            pages.seq.push(signed(last.seq));
            pages.hash.push(&last.hash.0);
            for line in &page.lines {
                lines.workspace.push(workspace);
                lines.seq.push(signed(line.seq));
                lines.hash.push(&line.hash.0);
                lines.body.push(&line.body);
            }
            for (key, seq) in &page.keys {
                keys.workspace.push(workspace);
                keys.key.push(&key.0);
                keys.seq.push(signed(*seq));
            }
        }
        columns
    }

    fn parameters(&self) -> [&(dyn ToSql + Sync); 11] {
        let Self { pages, lines, keys } = self;
        [
            &pages.workspace,
            &pages.after,
            &pages.seq,
            &pages.hash,
            &lines.workspace,
            &lines.seq,
            &lines.hash,
            &lines.body,
            &keys.workspace,
            &keys.key,
            &keys.seq,
        ]
    }
}

/// PostgreSQL's integers are signed. The rules keep every number under 2^53.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
