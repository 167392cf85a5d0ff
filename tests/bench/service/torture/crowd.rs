//! A crowd that wants nothing good (connections that say nothing, wrong tokens, bodies of 100 MB, requests that drip in)
//! around a few who report work. The service stays up, and answers those.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clock::Stopwatch;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::kills::Watched;
use super::told::Told;
use crate::Failure;
use crate::connection::Connection;
use crate::ids::{self, Ids};
use crate::owner::Owner;
use crate::report::Report;
use crate::vendor::{VAST, Vendor, Workspace};

const METERS: u64 = 4;
const GUESSERS: u64 = 16;
const WHALES: u64 = 4;
const DRIPPERS: u64 = 64;
/// How long they are at it: longer than a request's head may take to come.
const FOR: Duration = Duration::from_secs(15);
/// Bytes of a body that is too long, and of what is sent of it at once.
const BODY: usize = 100_000_000;
const PIECE: usize = 64 * 1024;
/// How long any of them waits for what has to come.
const WAIT: Duration = Duration::from_secs(30);

/// `idle` connections say nothing all the while.
pub(super) fn run(vendor: &Vendor, idle: usize) -> Result<String, Failure> {
    let mut watched = Watched::make(vendor, 1, VAST)?;
    let mut service = vendor.start()?;
    let (workspace, told) = watched.clients().into_iter().next().ok_or("no workspace")?;
    let address = service.address;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let said = runtime.block_on(async {
        let mut silent = Vec::with_capacity(idle);
        for _ in 0..idle {
            silent.push(Connection::open(address).await?);
        }
        let meters = (0..METERS).map(|number| tokio::spawn(meter(address, workspace.clone(), Arc::clone(&told), number)));
        let guessers = (0..GUESSERS).map(|number| tokio::spawn(guesser(address, number)));
        let whales = (0..WHALES).map(|number| tokio::spawn(whale(address, workspace.clone(), number % 2 == 0)));
        let drippers = (0..DRIPPERS).map(|_| tokio::spawn(dripper(address)));
        let all: (Vec<_>, Vec<_>, Vec<_>, Vec<_>) =
            (meters.collect(), guessers.collect(), whales.collect(), drippers.collect());
        let (mut took, mut guesses, mut refused, mut bodies) = (Vec::new(), 0, 0, 0);
        for one in all.0 {
            took.extend(one.await??);
        }
        for one in all.1 {
            let (unknown, put_off) = one.await??;
            guesses += unknown + put_off;
            refused += put_off;
        }
        for one in all.2 {
            bodies += one.await??;
        }
        for one in all.3 {
            one.await??;
        }
        let memory = service.memory()?.proportional / 1e6;
        let mut open = 0;
        for mut connection in silent {
            open += usize::from(connection.ask(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.is_ok());
        }
        watched.at_the_end(vendor, &Owner::new(address)?).await?;
        took.sort_unstable();
        let within = |hundredths: usize| took.get((took.len() * hundredths / 100).min(took.len() - 1));
        let [half, most, worst] = [50, 99, 100].map(|part| within(part).copied().unwrap_or(Duration::MAX).as_millis());
        Ok::<_, Failure>(format!(
            "{idle} idle connections, {guesses} wrong tokens ({refused} of them put off), {bodies} bodies of {} MB refused, \
             {DRIPPERS} slow clients cut off; meanwhile {} usages recorded, each answered, half within {half} ms, 99 of 100 \
             within {most} ms, all within {worst} ms; {memory:.0} MB; {open} of the idle ones are answered after it; the \
             ledger verifies",
            BODY / 1_000_000,
            took.len(),
        ))
    })?;
    if !service.is_alive()? {
        return Err("the service has ended".into());
    }
    Ok(said)
}

/// Reports work, and gives how long each answer took.
async fn meter(
    address: SocketAddr,
    workspace: Workspace,
    told: Arc<Told>,
    number: u64,
) -> Result<Vec<Duration>, Failure> {
    let mut connection = timeout(WAIT, Connection::open(address)).await??;
    let (mut ids, mut report) = (Ids::new(ids::Order::Time, number), Report::new());
    let (mut took, watch) = (Vec::new(), Stopwatch::start());
    while watch.elapsed() < FOR {
        let mut id = Vec::new();
        ids.write(took.len() as u64, &mut id);
        let asked = Stopwatch::start();
        let request = report.one(&workspace, |text| text.extend_from_slice(&id));
        let answer = timeout(WAIT, connection.ask(request)).await.map_err(|_| "a report was not answered")??;
        took.push(asked.elapsed());
        if answer.status != 201 {
            return Err(format!("a report: {} {}", answer.status, String::from_utf8_lossy(answer.body)).into());
        }
        told.acknowledged(&String::from_utf8(id)?, &serde_json::from_slice(answer.body)?, false);
    }
    Ok(took)
}

/// Tries tokens, and gives how many were unknown and how many put off.
async fn guesser(address: SocketAddr, number: u64) -> Result<(u64, u64), Failure> {
    let mut connection = timeout(WAIT, Connection::open(address)).await??;
    let (mut unknown, mut put_off, watch) = (0, 0, Stopwatch::start());
    while watch.elapsed() < FOR {
        let token = format!("cdk_{number:016x}{:048x}", unknown + put_off);
        let request = format!(
            "GET /v1/workspaces/ws-000001/balance HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        match timeout(WAIT, connection.ask(request.as_bytes())).await??.status {
            401 => unknown += 1,
            429 => put_off += 1,
            status => return Err(format!("a wrong token was answered with {status}").into()),
        }
    }
    Ok((unknown, put_off))
}

/// Sends bodies that are too long, and gives how many were refused.
async fn whale(address: SocketAddr, workspace: Workspace, says_how_long: bool) -> Result<u64, Failure> {
    let (mut refused, watch) = (0, Stopwatch::start());
    let length = if says_how_long { format!("content-length: {BODY}") } else { "transfer-encoding: chunked".into() };
    let head = format!(
        "POST /v1/workspaces/{}/usage HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
         content-type: application/cloudevents+json\r\n{length}\r\n\r\n",
        workspace.id, workspace.meter
    );
    let piece = match says_how_long {
        true => vec![b' '; PIECE],
        false => [format!("{PIECE:x}\r\n").as_bytes(), &vec![b' '; PIECE], b"\r\n"].concat(),
    };
    while watch.elapsed() < FOR {
        let mut stream = timeout(WAIT, TcpStream::connect(address)).await??;
        let (mut reading, mut writing) = stream.split();
        writing.write_all(head.as_bytes()).await?;
        let swallowed = async {
            for _ in 0..BODY / PIECE {
                // It is not listened to any more: the answer says why.
                if writing.write_all(&piece).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let mut status = [0; 12];
        tokio::select! {
            read = timeout(WAIT, reading.read_exact(&mut status)) => read??,
            () = swallowed => return Err("a body of 100 MB was taken".into()),
        };
        if !status.ends_with(b" 413") {
            return Err(format!("a body of 100 MB: {}", String::from_utf8_lossy(&status)).into());
        }
        refused += 1;
    }
    Ok(refused)
}

/// Sends a head byte by byte until it is not listened to any more.
async fn dripper(address: SocketAddr) -> Result<(), Failure> {
    let mut stream = timeout(WAIT, TcpStream::connect(address)).await??;
    let (mut reading, mut writing) = stream.split();
    let drops = async {
        for byte in b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ".iter().chain(std::iter::repeat(&b'x')) {
            if writing.write_all(&[*byte]).await.is_err() {
                std::future::pending::<()>().await;
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    let mut said = Vec::new();
    tokio::select! {
        // What is sent after the end is answered with a reset.
        ended = timeout(WAIT, reading.read_to_end(&mut said)) => {
            drop(ended.map_err(|_| "a head that drips in is waited for")?);
        }
        () = drops => {}
    }
    if said.is_empty() { Ok(()) } else { Err(format!("half a head: {}", String::from_utf8_lossy(&said)).into()) }
}
