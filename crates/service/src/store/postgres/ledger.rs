//! Ledgers in PostgreSQL. What waits is asked for and appended with one statement for all workspaces: the network and the
//! disk are waited for once.

use std::collections::HashSet;

use deadpool_postgres::Object;
use futures_executor::block_on;
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;
use wire::{GENESIS, Hash};

use super::Statements;
use super::server::said;
use crate::store::sql::{Row, Sql, values};
use crate::store::{Appended, Ask, Page, Recalled, StoreError, StoredLine, TAIL};

/// The known lines, and those after them.
const TAILS: &str = "
    SELECT a.number, e.seq, e.hash, e.body
    FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS a (workspace_id, after, number)
    CROSS JOIN LATERAL (
        SELECT seq, hash, body FROM entries
        WHERE workspace_id = a.workspace_id AND seq >= a.after
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

/// Appends pages to ledgers that end where the pages begin, and says which those are: a page's first line is entered if the
/// line before it is the one that it is linked to, and nobody has entered another with its number. Of two processes the
/// later one waits there until it is known what becomes of the earlier one's. Lines are entered in the order of their
/// workspaces, so that two do not wait for each other.
macro_rules! append {
    ($($others:literal)?) => {
        concat!(
            "WITH moved AS (
                INSERT INTO entries (workspace_id, seq, hash, body)
                SELECT p.workspace_id, p.seq, p.hash, p.body
                FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[])
                    AS p (workspace_id, seq, before, hash, body)
                WHERE p.before = coalesce(
                    (SELECT hash FROM entries WHERE workspace_id = p.workspace_id AND seq = p.seq - 1), $6::bytea
                )
                ON CONFLICT DO NOTHING
                RETURNING workspace_id
            ), named AS (
                INSERT INTO names (workspace_id, key, seq)
                SELECT n.* FROM unnest($7::text[], $8::bytea[], $9::bigint[]) AS n (workspace_id, key, seq)
                JOIN moved USING (workspace_id)
            )",
            $($others,)?
            "SELECT workspace_id FROM moved"
        )
    };
}

/// For pages of one line each, as most are.
const APPEND_SINGLE: &str = append!();

/// For pages with more lines: whoever has entered the first of them has the numbers that follow.
const APPEND: &str = append!(
    ", entered AS (
        INSERT INTO entries (workspace_id, seq, hash, body)
        SELECT e.* FROM unnest($10::text[], $11::bigint[], $12::bytea[], $13::bytea[]) AS e (workspace_id, seq, hash, body)
        JOIN moved USING (workspace_id)
    )"
);

/// Holds up others who store something beside entries, in the same order as those who hold ledgers.
const LOCK: &str = "SELECT 1 FROM workspaces WHERE workspace_id = ANY($1) ORDER BY workspace_id FOR NO KEY UPDATE";

/// See [`crate::store::engine::Engine::recall`].
pub(super) async fn recall(client: &Object, asks: &[Ask]) -> Result<Vec<Recalled>, Error> {
    let mut answers: Vec<Recalled> = asks.iter().map(|_| Recalled::default()).collect();
    let workspaces: Vec<&str> = asks.iter().map(|ask| ask.workspace.as_str()).collect();
    let afters: Vec<i64> = asks.iter().map(|ask| signed(ask.after)).collect();
    let limit = i64::try_from(TAIL + 1).unwrap_or(i64::MAX);
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
        fill_tails(&mut answers, &client.query(&tails, &after).await?, asks)?;
        return Ok(answers);
    }
    let found = client.prepare_cached(FOUND).await?;
    let under: [&(dyn ToSql + Sync); 3] = [&of, &keys, &numbers];
    // Both are on their way before the first is answered. What is found is found later than the tail: it may be ahead of
    // it, and never behind.
    let (tail, found) =
        futures_util::future::try_join(client.query(&tails, &after), client.query(&found, &under)).await?;
    fill_tails(&mut answers, &tail, asks)?;
    fill(&mut answers, &found, |answer| &mut answer.found)?;
    Ok(answers)
}

fn fill_tails(answers: &mut [Recalled], rows: &[tokio_postgres::Row], asks: &[Ask]) -> Result<(), Error> {
    fill(answers, rows, |answer| &mut answer.tail)?;
    answers.iter_mut().zip(asks).for_each(|(answer, ask)| answer.leave_known(ask));
    Ok(())
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
    let columns = Columns::of(pages);
    let moved = if columns.others.workspace.is_empty() {
        client.query(&client.prepare_cached(APPEND_SINGLE).await?, &columns.of_single()).await?
    } else {
        client.query(&client.prepare_cached(APPEND).await?, &columns.of_all()).await?
    };
    let moved = moved.iter().map(|row| row.try_get(0)).collect::<Result<HashSet<&str>, _>>()?;
    Ok(pages.iter().map(|page| fate_of(moved.contains(page.workspace.as_str()))).collect())
}

/// Appends pages with what goes along with them, within a transaction that has begun.
pub(super) fn append_with_aside(client: &Object, pages: &[Page]) -> Result<Vec<Appended>, StoreError> {
    let failed = |error: Error| StoreError::Postgres(said(&error));
    let aside: Vec<&str> = pages.iter().filter(|page| page.has_aside()).map(|page| page.workspace.as_str()).collect();
    block_on(lock(client, &aside)).map_err(failed)?;
    let mut statements = Statements { client, failed: None };
    let mut appended = block_on(append(client, pages)).map_err(failed)?;
    for (page, fate) in pages.iter().zip(&mut appended) {
        if page.lines.is_empty() {
            let last = head(&statements.query(HEAD, values![&page.workspace])?)?;
            *fate = fate_of(last == (page.after, page.before));
        }
        if *fate == Appended::Whole {
            page.store_aside(&mut statements)?;
        }
    }
    Ok(appended)
}

/// Waits until nobody else holds ledgers, and holds them until the transaction ends.
pub(super) async fn lock(client: &Object, workspaces: &[&str]) -> Result<(), Error> {
    client.query(&client.prepare_cached(LOCK).await?, &[&workspaces]).await.map(drop)
}

const fn fate_of(is_moved: bool) -> Appended {
    if is_moved { Appended::Whole } else { Appended::Overtaken }
}

/// See [`crate::store::Store::lines`].
pub(super) const LINES: &str =
    "SELECT seq, hash, body FROM entries WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";

/// A line of [`LINES`].
pub(super) fn line(row: &Row) -> Result<StoredLine, StoreError> {
    Ok(StoredLine { seq: row.get(0)?, hash: Hash(row.get(1)?), body: row.get(2)? })
}

/// See [`crate::store::Store::head`].
pub(super) const HEAD: &str = "SELECT seq, hash FROM entries WHERE workspace_id = $1 ORDER BY seq DESC LIMIT 1";

/// The number and hash of the last entry, as [`HEAD`] gives them.
pub(super) fn head(rows: &[Row]) -> Result<(u64, Hash), StoreError> {
    rows.first().map_or(Ok((0, GENESIS)), |row| Ok((row.get(0)?, Hash(row.get(1)?))))
}

/// See [`crate::store::engine::Engine::heads`].
pub(super) async fn heads(client: &Object, workspaces: &[String]) -> Result<Vec<(String, u64)>, Error> {
    let sql = "
        SELECT a.workspace_id, e.seq FROM unnest($1::text[]) AS a (workspace_id)
        CROSS JOIN LATERAL (
            SELECT seq FROM entries WHERE workspace_id = a.workspace_id ORDER BY seq DESC LIMIT 1
        ) e";
    let rows = client.query(&client.prepare_cached(sql).await?, &[&workspaces]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, u64::try_from(row.try_get::<_, i64>(1)?).unwrap_or(0)))).collect()
}

/// Pages by columns, as the statements take them.
#[derive(Default)]
struct Columns<'a> {
    /// What the first line of each page is linked to.
    before: Vec<&'a [u8]>,
    /// The first line of each page.
    first: OfLines<'a>,
    /// The lines behind those.
    others: OfLines<'a>,
    keys: OfKeys<'a>,
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

impl<'a> OfLines<'a> {
    fn push(&mut self, workspace: &'a str, line: &'a StoredLine) {
        self.workspace.push(workspace);
        self.seq.push(signed(line.seq));
        self.hash.push(&line.hash.0);
        self.body.push(&line.body);
    }
}

impl<'a> Columns<'a> {
    fn of(pages: &'a [Page]) -> Self {
        let mut columns = Self::default();
        let Self { before, first, others, keys } = &mut columns;
        let mut pages: Vec<&Page> = pages.iter().collect();
        pages.sort_unstable_by(|one, other| one.workspace.cmp(&other.workspace));
        for page in pages {
            let workspace = page.workspace.as_str();
            let Some((head, rest)) = page.lines.split_first() else { continue };
            before.push(&page.before.0);
            first.push(workspace, head);
            rest.iter().for_each(|line| others.push(workspace, line));
            for (key, seq) in &page.keys {
                keys.workspace.push(workspace);
                keys.key.push(&key.0);
                keys.seq.push(signed(*seq));
            }
        }
        columns
    }

    fn of_single(&self) -> [&(dyn ToSql + Sync); 9] {
        let Self { before, first, keys, .. } = self;
        [
            &first.workspace,
            &first.seq,
            before,
            &first.hash,
            &first.body,
            &GENESIS_BYTES,
            &keys.workspace,
            &keys.key,
            &keys.seq,
        ]
    }

    fn of_all(&self) -> [&(dyn ToSql + Sync); 13] {
        let [a, b, c, d, e, f, g, h, i] = self.of_single();
        let others = &self.others;
        [a, b, c, d, e, f, g, h, i, &others.workspace, &others.seq, &others.hash, &others.body]
    }
}

/// What the first line of a ledger is linked to.
const GENESIS_BYTES: &[u8] = &GENESIS.0;

/// PostgreSQL's integers are signed. The rules keep every number under 2^53.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
