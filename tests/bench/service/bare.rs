//! The least that a machine needs for what the service does: an axum "hello", a group-commit one-row debit over axum, and
//! one durable transaction without HTTP.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as Address, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use clock::Stopwatch;
use rusqlite::{Connection, TransactionBehavior};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::Failure;
use crate::ids::{Ids, Order};

/// Most debits that are committed together.
const GROUP: usize = 512;
const PATH: &str = "/v1/workspaces/{workspace}/usage";

const TABLES: &str = "
    CREATE TABLE accounts (id TEXT PRIMARY KEY, balance INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE debits (account TEXT NOT NULL, id TEXT NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (account, id))
        STRICT, WITHOUT ROWID;
";
const DEBIT: &str = "UPDATE accounts SET balance = balance - 1 WHERE id = ?1 AND balance >= 1";
const NOTE: &str = "INSERT INTO debits (account, id, amount) VALUES (?1, ?2, 1)";

/// What a request is answered with: so many bytes of JSON, as long as the service's own answer.
fn said(length: usize) -> Bytes {
    let dots = length.saturating_sub(r#"{"said":""}"#.len());
    format!(r#"{{"said":"{}"}}"#, ".".repeat(dots)).into()
}

fn answer(status: StatusCode, said: Bytes) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], said).into_response()
}

/// Serves "hello": takes the body, and answers.
pub(crate) fn hello(length: usize) -> Result<(), Failure> {
    let said = said(length);
    serve(Router::new().route(PATH, post(|_: Bytes| async { answer(StatusCode::CREATED, said) })))
}

/// A debit that waits to be committed.
struct Debit {
    account: String,
    id: String,
    reply: oneshot::Sender<bool>,
}

/// What is read of an event.
#[derive(Deserialize)]
struct Event {
    id: String,
}

/// Serves debits of one account: a thread takes what waits, and commits it as one transaction before it answers.
pub(crate) fn debit(length: usize, database: &Path, account: &str) -> Result<(), Failure> {
    let mut database = open(database, account)?;
    let (debits, waiting) = mpsc::channel::<Debit>();
    std::thread::spawn(move || {
        while let Ok(first) = waiting.recv() {
            let group: Vec<Debit> = std::iter::once(first).chain(waiting.try_iter()).take(GROUP).collect();
            match commit(&mut database, &group) {
                // Who does not wait any more does not hear it.
                Ok(done) => group.into_iter().zip(done).for_each(|(debit, done)| _ = debit.reply.send(done)),
                Err(error) => eprintln!("the debits were not committed: {error}"),
            }
        }
    });
    let said = said(length);
    let handle = async |Address(account): Address<String>,
                        State((debits, said)): State<(mpsc::Sender<Debit>, Bytes)>,
                        body: Bytes| {
        let Ok(Event { id }) = serde_json::from_slice(&body) else { return answer(StatusCode::BAD_REQUEST, said) };
        let (reply, done) = oneshot::channel();
        // Nobody takes it: then nobody answers, either.
        let _ = debits.send(Debit { account, id, reply });
        match done.await {
            Ok(true) => answer(StatusCode::CREATED, said),
            Ok(false) => answer(StatusCode::PAYMENT_REQUIRED, said),
            Err(_) => answer(StatusCode::SERVICE_UNAVAILABLE, said),
        }
    };
    serve(Router::new().route(PATH, post(handle)).with_state((debits, said)))
}

/// As durable as the service's own: a commit survives a power cut.
fn open(path: &Path, account: &str) -> Result<Connection, Failure> {
    let database = Connection::open(path)?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.execute_batch(TABLES)?;
    database.execute("INSERT INTO accounts VALUES (?1, 1000000000)", [account])?;
    Ok(database)
}

/// Whether each was paid for.
fn commit(database: &mut Connection, group: &[Debit]) -> rusqlite::Result<Vec<bool>> {
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut done = Vec::with_capacity(group.len());
    {
        let (mut take, mut note) = (transaction.prepare_cached(DEBIT)?, transaction.prepare_cached(NOTE)?);
        for Debit { account, id, .. } in group {
            let is_paid = take.execute([account])? == 1;
            if is_paid {
                note.execute([account, id])?;
            }
            done.push(is_paid);
        }
    }
    transaction.commit()?;
    Ok(done)
}

fn serve(router: Router) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        crate::say(format_args!("listening on http://{}", listener.local_addr()?))?;
        Ok(axum::serve(listener, router).await?)
    })
}

/// One debit after the other without HTTP, each a durable transaction by itself.
pub(crate) struct Alone {
    database: Connection,
    ids: Ids,
    number: u64,
}

impl Alone {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        Ok(Self { database: open(path, "one")?, ids: Ids::new(Order::Time, 0), number: 0 })
    }

    /// Microseconds that half of them take at most.
    pub(crate) fn p50(&mut self, duration: Duration) -> Result<f64, Failure> {
        let (watch, mut took) = (Stopwatch::start(), Vec::new());
        while watch.elapsed() < duration {
            let mut id = Vec::new();
            self.ids.write(self.number, &mut id);
            self.number += 1;
            let (reply, _) = oneshot::channel();
            let debit = Debit { account: "one".into(), id: String::from_utf8(id)?, reply };
            let one = Stopwatch::start();
            commit(&mut self.database, &[debit])?;
            took.push(one.elapsed());
        }
        took.sort_unstable();
        let middle = took.get(took.len() / 2).ok_or("no transaction was made in time")?;
        Ok(middle.as_secs_f64() * 1e6)
    }
}
