//! The ledger's live tail, as server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::Stream;
use metering::MAX_TOTAL;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::watch;
use wire::api::Role;
use wire::line::LedgerEvent;
use wire::problem::{ErrorCode, Problem};

use crate::http::{App, Caller, Failure, Query, blocking};
use crate::metrics::Present;
use crate::openapi::{Operation, Topic};
use crate::routes::ledger::check_seq;
use crate::store::{Store, StoredLine};

/// Lines that are read from the store at once.
const PAGE: usize = 1_000;

/// Tells nginx, and who follows its ways, to pass each event on as it comes.
const UNBUFFERED: [(&str, &str); 1] = [("x-accel-buffering", "no")];

/// What can be asked here.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/workspaces/{workspace}/ledger/stream", "follow_ledger", tail)
            .about(
                Topic::Ledger,
                "Follow the ledger",
                "Every entry after `Last-Event-ID` (or `after`, or the beginning): first those that are there, then each as \
                 it is committed, whichever process of the service recorded it. Each comes once and in order. The stream does \
                 not end by itself; whoever lost it comes again with the last event's id. Comments every 15 seconds keep the \
                 connection alive.",
            )
            .by(Role::reads)
            .query::<After>()
            .header::<u64>("Last-Event-ID", "The `seq` of the last entry that has arrived. It counts before `after`.")
            .gives_as::<LedgerEvent>(StatusCode::OK, "text/event-stream", "The events, without end: the schema is of each.")
            .fails(&[ErrorCode::Invalid]),
    ]
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    /// The number of the entry after which to begin; from the first on, if absent.
    #[schemars(range(max = MAX_TOTAL))]
    after: Option<u64>,
}

/// `GET …/ledger/stream`: every line after `Last-Event-ID` (or `?after=`, or the beginning), first from the store and
/// then as they are committed, each once and in order. The event's id is the entry's `seq`, its data the line.
pub(super) async fn tail(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Query(After { after }): Query<After>,
) -> Result<([(&'static str, &'static str); 1], Sse<impl Stream<Item = Result<Event, Infallible>>>), Failure> {
    let ledger = caller.may(Role::reads, "read the ledger")?;
    let after = after.unwrap_or(0);
    check_seq("after", after)?;
    let last = match headers.get("last-event-id") {
        None => after,
        Some(value) => value.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(|| {
            let problem = Problem::new(ErrorCode::Malformed, "Last-Event-ID is not the seq of an entry");
            Failure::from(problem.at_field("Last-Event-ID"))
        })?,
    };
    check_seq("Last-Event-ID", last)?;
    let tail = Tail {
        store: Arc::clone(&app.store),
        workspace: ledger.workspace().id.clone(),
        last,
        waiting: VecDeque::new(),
        // Followed before the store is read: what is committed meanwhile is news.
        news: ledger.follow(),
        stop: app.stop.subscribe(),
        _present: Present::new(&app.metrics.tails),
    };
    let events = futures_util::stream::unfold(tail, |mut tail| async move {
        let line = tail.next().await?;
        let text = String::from_utf8(line.encode()).unwrap_or_default();
        let event = Event::default().id(line.seq.to_string()).event("entry").data(text);
        Some((Ok(event), tail))
    });
    Ok((UNBUFFERED, Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))))
}

struct Tail {
    store: Arc<Store>,
    workspace: String,
    /// The last entry that was sent.
    last: u64,
    waiting: VecDeque<StoredLine>,
    news: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    /// It is one of those that are open.
    _present: Present,
}

impl Tail {
    /// The next line; `None` ends the stream, and the reader comes again with `Last-Event-ID`.
    async fn next(&mut self) -> Option<StoredLine> {
        loop {
            if let Some(line) = self.waiting.pop_front() {
                self.last = line.seq;
                return Some(line);
            }
            self.news.borrow_and_update();
            self.read().await?;
            if self.waiting.is_empty() {
                tokio::select! {
                    changed = self.news.changed() => changed.ok()?,
                    _ = self.stop.wait_for(|stop| *stop) => return None,
                }
            }
        }
    }

    async fn read(&mut self) -> Option<()> {
        let (store, workspace, after) = (Arc::clone(&self.store), self.workspace.clone(), self.last);
        match blocking(move || store.lines(&workspace, after, PAGE)).await {
            Ok(lines) => {
                self.waiting.extend(lines);
                Some(())
            }
            Err(error) => {
                tracing::error!(%error, "the tail cannot be read");
                None
            }
        }
    }
}
