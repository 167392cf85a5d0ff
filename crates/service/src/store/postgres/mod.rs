//! PostgreSQL: many machines at one database.
//!
//! Nobody owns a ledger. A process decides on what it knows, and what it appends counts if the ledger still ends where the
//! process thinks (see [`ledger`]); if another has been quicker, it waits for its turn, learns what that one has recorded
//! and decides again (see [`held`]).

mod connect;
mod health;
mod held;
mod ledger;
mod schema;
mod server;

use std::fmt;
use std::num::NonZeroUsize;

use deadpool_postgres::{Object, Pool};
use futures_executor::block_on;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use wire::Hash;

use super::engine::{Appended, Ask, EachLine, Engine, Ledgers, Recalled, Work};
use super::sql::{Row, Sql, Value, values};
use super::{Durability, Page, StoreError, StoredLine};
use held::Held;
pub(super) use server::Server;
use server::said;

/// How often a transaction is tried that the database gave up to let another one through, or whose connection was lost
/// before it ended.
const TRIES: usize = 4;
/// Parts of what waits that are worked on at once, at least: one is decided while another is with the server.
const LANES: usize = 2;
/// And at most: what is divided further is committed in smaller groups, and each costs the server a statement.
const MOST_LANES: usize = 8;

/// A database on a server.
pub(super) struct Postgres {
    name: String,
    pool: Pool,
    /// Drives the connections, whoever waits for them.
    runtime: Option<Runtime>,
}

impl Postgres {
    /// See [`super::Store::connect`].
    pub(super) fn connect(server: &Server, durability: Durability) -> Result<Self, StoreError> {
        let name = server.to_string();
        let open = |message: String| StoreError::Open { database: name.clone(), message };
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("postgres")
            .enable_all()
            .build()
            .map_err(|error| open(error.to_string()))?;
        let pool = connect::pool(server, durability).map_err(open)?;
        let postgres = Self { name, pool, runtime: Some(runtime) };
        let client = postgres.client().map_err(|error| postgres.unusable(&error))?;
        schema::prepare(&client).map_err(|message| StoreError::Open { database: postgres.name.clone(), message })?;
        Ok(postgres)
    }

    fn unusable(&self, error: &StoreError) -> StoreError {
        let message = if let StoreError::Postgres(message) = error { message.clone() } else { error.to_string() };
        StoreError::Open { database: self.name.clone(), message }
    }

    /// A connection.
    fn client(&self) -> Result<Object, StoreError> {
        let _entered = self.runtime.as_ref().map(Runtime::enter);
        block_on(self.pool.get()).map_err(|error| StoreError::Postgres(said(&error)))
    }

    /// Works on a transaction, again if the database says that this may help.
    fn transact(&self, begin: &str, work: Work<'_>) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let client = self.client()?;
            let done = block_on(client.batch_execute(begin)).map_err(Failed::from).and_then(|()| {
                let mut statements = Statements { client: &client, failed: None };
                work(&mut statements)
                    .map_err(|error| Failed { error, may_be_retried: statements.failed.unwrap_or(false) })
            });
            match done {
                // What has not been committed by then may have been: trying again is for whoever knows that it is safe.
                Ok(()) => return block_on(client.batch_execute("COMMIT")).map_err(|error| Failed::from(error).error),
                Err(failed) => {
                    let is_lost = block_on(client.batch_execute("ROLLBACK")).is_err();
                    if is_lost {
                        // It goes back to no pool.
                        drop(Object::take(client));
                    }
                    if tries >= TRIES || !(failed.may_be_retried || is_lost) {
                        return Err(failed.error);
                    }
                }
            }
        }
    }
}

impl Ledgers for Postgres {
    fn recall(&self, asks: &[Ask]) -> Result<Vec<Recalled>, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let client = self.client()?;
            match block_on(ledger::recall(&client, asks)) {
                Ok(recalled) => return Ok(recalled),
                // Reading twice does no harm.
                Err(error) if tries < TRIES && client.is_closed() => drop(error),
                Err(error) => return Err(Failed::from(error).error),
            }
        }
    }

    fn append(&self, pages: &[Page]) -> Result<Vec<Appended>, StoreError> {
        let client = self.client()?;
        if !pages.iter().any(Page::has_aside) {
            return block_on(ledger::append(&client, pages)).map_err(|error| Failed::from(error).error);
        }
        block_on(client.batch_execute("BEGIN")).map_err(|error| Failed::from(error).error)?;
        held::append_and_commit(client, pages)
    }
}

impl Engine for Postgres {
    fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let client = self.client()?;
            let mut statements = Statements { client: &client, failed: None };
            match statements.query(sql, parameters) {
                Ok(rows) => return Ok(rows),
                // Reading twice does no harm.
                Err(error) if tries >= TRIES || !statements.failed.unwrap_or(false) => return Err(error),
                Err(_) => {}
            }
        }
    }

    fn read(&self, work: Work<'_>) -> Result<(), StoreError> {
        self.transact("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work)
    }

    fn write(&self, work: Work<'_>) -> Result<(), StoreError> {
        self.transact("BEGIN", work)
    }

    fn hold(&self, workspaces: &[&str]) -> Result<Option<Box<dyn Ledgers + '_>>, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match Held::take(self.client()?, workspaces) {
                Ok(held) => return Ok(Some(Box::new(held))),
                Err(failed) if tries >= TRIES || !failed.may_be_retried => return Err(failed.error),
                Err(_) => {}
            }
        }
    }

    fn is_far(&self) -> bool {
        true
    }

    fn each_line(&self, workspace: &str, after: u64, limit: usize, each: &mut EachLine<'_>) -> Result<(), StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        for row in self.query(ledger::LINES, values![workspace, after, limit])? {
            let StoredLine { seq, hash, body } = ledger::line(&row)?;
            each(seq, hash, &body);
        }
        Ok(())
    }

    fn head(&self, workspace: &str) -> Result<(u64, Hash), StoreError> {
        ledger::head(&self.query(ledger::HEAD, values![workspace])?)
    }

    /// As many as there are processors.
    fn lanes(&self) -> usize {
        std::thread::available_parallelism().map_or(LANES, NonZeroUsize::get).clamp(LANES, MOST_LANES)
    }

    fn heads(&self, workspaces: &[String]) -> Result<Vec<(String, u64)>, StoreError> {
        let client = self.client()?;
        block_on(ledger::heads(&client, workspaces)).map_err(|error| Failed::from(error).error)
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Postgres({})", self.name)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Wherever it is dropped, nobody has to wait for it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An error, and whether the same may go well another time.
struct Failed {
    error: StoreError,
    may_be_retried: bool,
}

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Self {
        let gave_way = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED];
        let may_be_retried = error.is_closed() || error.code().is_some_and(|code| gave_way.contains(code));
        Self { error: StoreError::Postgres(said(&error)), may_be_retried }
    }
}

/// A connection within a transaction, seen as [`Sql`].
struct Statements<'a> {
    client: &'a Object,
    /// Whether what failed may be tried again, once something has.
    failed: Option<bool>,
}

impl Statements<'_> {
    fn note(&mut self, error: tokio_postgres::Error) -> StoreError {
        let Failed { error, may_be_retried } = error.into();
        self.failed = Some(may_be_retried);
        error
    }
}

impl Sql for Statements<'_> {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        let done = block_on(async {
            let statement = self.client.prepare_cached(sql).await?;
            let typed = typed(parameters, statement.params());
            self.client.execute(&statement, &borrowed(&typed)).await
        });
        done.map_err(|error| self.note(error))
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let rows = block_on(async {
            let statement = self.client.prepare_cached(sql).await?;
            let typed = typed(parameters, statement.params());
            self.client.query(&statement, &borrowed(&typed)).await?.iter().map(row).collect::<Result<Vec<Row>, _>>()
        });
        rows.map_err(|error| self.note(error))
    }
}

type Parameter<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// Values in the types that the statement takes them in.
fn typed<'a>(values: &'a [Value], types: &[Type]) -> Vec<Parameter<'a>> {
    let of_type = |(value, of): (&'a Value, &Type)| -> Parameter<'a> {
        match value {
            Value::Number(number) => Box::new(*number),
            Value::Text(text) => Box::new(text.as_str()),
            Value::Bytes(bytes) => Box::new(bytes.as_slice()),
            Value::Null if *of == Type::INT8 => Box::new(None::<i64>),
            Value::Null if *of == Type::BYTEA => Box::new(None::<&[u8]>),
            Value::Null => Box::new(None::<&str>),
        }
    };
    values.iter().zip(types).map(of_type).collect()
}

fn borrowed<'a>(parameters: &'a [Parameter<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    parameters.iter().map(|parameter| &**parameter as &(dyn ToSql + Sync)).collect()
}

fn row(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    let column = |(index, column): (usize, &tokio_postgres::Column)| {
        Ok(match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map_or(Value::Null, Value::Number),
            Type::INT4 => {
                row.try_get::<_, Option<i32>>(index)?.map_or(Value::Null, |number| Value::Number(number.into()))
            }
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index)?.map_or(Value::Null, Value::Bytes),
            _ => row.try_get::<_, Option<String>>(index)?.map_or(Value::Null, Value::Text),
        })
    };
    row.columns().iter().enumerate().map(column).collect::<Result<_, _>>().map(Row)
}
