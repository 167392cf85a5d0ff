//! A client that reports work under ids of its own, and repeats what was not answered until it is.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::told::{Receipt, Told};
use crate::Failure;
use crate::connection::Connection;
use crate::random::Random;
use crate::report::Report;
use crate::vendor::Workspace;

/// Clients of a workspace. The last of them reports batches.
const CLIENTS: usize = 4;
/// Most events of a batch.
const BATCH: u64 = 20;
/// How long an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// How long a client waits before it asks again what could not be answered.
const PAUSE: Duration = Duration::from_millis(5);
/// How long all clients together may take for what they have begun, once the service is there to stay.
const END_WITHIN: Duration = Duration::from_secs(120);

/// Where the service listens; none while it does not run.
pub(super) type Whereabouts = watch::Sender<Option<SocketAddr>>;

/// Clients at work.
pub(super) struct Clients {
    is_over: Arc<AtomicBool>,
    all: Vec<JoinHandle<()>>,
}

impl Clients {
    /// Starts [`CLIENTS`] in each workspace. To be called within a runtime.
    pub(super) fn start(at: &Whereabouts, workspaces: &[(Workspace, Arc<Told>)], seed: u64) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let mut all = Vec::new();
        for (workspace, told) in workspaces {
            for number in 0..CLIENTS {
                let client = Client {
                    at: at.subscribe(),
                    workspace: workspace.clone(),
                    told: Arc::clone(told),
                    is_over: Arc::clone(&is_over),
                    name: format!("client-{number}"),
                    most: if number + 1 == CLIENTS { BATCH } else { 1 },
                    random: Random::new(seed ^ (number as u64)),
                    connection: None,
                };
                all.push(tokio::spawn(client.run()));
            }
        }
        Self { is_over, all }
    }

    /// Lets each have the answer that it waits for, and go.
    pub(super) async fn end(self) -> Result<(), Failure> {
        self.is_over.store(true, Ordering::Relaxed);
        let all = async {
            for one in self.all {
                one.await?;
            }
            Ok::<_, Failure>(())
        };
        timeout(END_WITHIN, all).await.map_err(|_| "clients still wait for an answer, and the service runs")?
    }
}

struct Client {
    at: watch::Receiver<Option<SocketAddr>>,
    workspace: Workspace,
    told: Arc<Told>,
    is_over: Arc<AtomicBool>,
    name: String,
    /// Most events that it reports at once.
    most: u64,
    random: Random,
    connection: Option<Connection>,
}

/// What came of a request.
enum Came {
    /// The status and the body.
    Answer(u16, Vec<u8>),
    /// There was nobody to send it to.
    Unsent,
    /// It was sent, and not answered.
    Unanswered,
}

/// An answer to a batch.
#[derive(Deserialize)]
struct Batch {
    answers: Vec<Each>,
}

#[derive(Deserialize)]
struct Each {
    status: u16,
    answer: Option<Receipt>,
}

impl Client {
    async fn run(mut self) {
        let (mut report, mut next) = (Report::new(), 0_u64);
        while !self.is_over.load(Ordering::Relaxed) {
            let count = 1 + self.random.below(self.most);
            let ids: Vec<String> = (next..next + count).map(|number| format!("{}-{number:08}", self.name)).collect();
            next += count;
            let request = if self.most == 1 {
                report.one(&self.workspace, |text| text.extend_from_slice(ids.concat().as_bytes()))
            } else {
                let mut ids = ids.iter();
                report.batch(&self.workspace, ids.len(), |text| {
                    text.extend(ids.next().into_iter().flat_map(|id| id.bytes()));
                })
            };
            if let Err(error) = self.until_acknowledged(request, &ids).await {
                self.told.wrong(error.to_string());
                return;
            }
        }
    }

    /// Sends a request until it is acknowledged.
    async fn until_acknowledged(&mut self, request: &[u8], ids: &[String]) -> Result<(), Failure> {
        let mut is_doubtful = false;
        loop {
            match self.ask(request).await {
                Came::Answer(status @ (200 | 201), body) => {
                    if let Some(receipts) = self.receipts(status, &body, ids.len())? {
                        for (id, receipt) in ids.iter().zip(&receipts) {
                            self.told.acknowledged(id, receipt, is_doubtful);
                        }
                        return Ok(());
                    }
                    is_doubtful = true;
                }
                // A commit whose answer got lost on its way to the service is in doubt, too.
                Came::Answer(503, _) => {
                    self.told.unavailable();
                    is_doubtful = true;
                }
                Came::Answer(status, body) => {
                    return Err(format!("{status} {}", String::from_utf8_lossy(&body)).into());
                }
                Came::Unsent => {}
                Came::Unanswered => {
                    self.told.unanswered();
                    is_doubtful = true;
                    continue;
                }
            }
            // A service that has come back in the meantime is not waited for.
            let _ = timeout(PAUSE, self.at.changed()).await;
        }
    }

    /// The answer to each event; none if it was not taken for the time being.
    fn receipts(&self, status: u16, body: &[u8], count: usize) -> Result<Option<Vec<Receipt>>, Failure> {
        let read = |error| format!("{status} {error}: {}", String::from_utf8_lossy(body));
        if self.most == 1 {
            return Ok(Some(vec![serde_json::from_slice(body).map_err(read)?]));
        }
        let Batch { answers } = serde_json::from_slice(body).map_err(read)?;
        if answers.iter().any(|each| each.status == 503) {
            self.told.unavailable();
            return Ok(None);
        }
        let receipts: Vec<Receipt> = answers.into_iter().filter_map(|each| each.answer).collect();
        if receipts.len() == count {
            return Ok(Some(receipts));
        }
        Err(format!("not an answer for each of {count} events: {}", String::from_utf8_lossy(body)).into())
    }

    async fn ask(&mut self, request: &[u8]) -> Came {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => match self.connect().await {
                Ok(connection) => connection,
                Err(_) => return Came::Unsent,
            },
        };
        match timeout(ANSWER_WITHIN, connection.ask(request)).await {
            Ok(Ok(answer)) => {
                let came = Came::Answer(answer.status, answer.body.to_vec());
                self.connection = Some(connection);
                came
            }
            Ok(Err(_)) | Err(_) => Came::Unanswered,
        }
    }

    async fn connect(&mut self) -> io::Result<Connection> {
        let at = *self.at.borrow_and_update();
        Connection::open(at.ok_or(io::ErrorKind::NotConnected)?).await
    }
}
