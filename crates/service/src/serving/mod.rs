//! Connections: accepted while there is room, watched, and ended.
//!
//! One that is idle, or whose request comes or goes too slowly, is ended by the [`Watch`]; whoever asks for something is
//! not kept out by those who do not. When the service stops, what has been asked is answered.

mod alarm;
mod body;
mod bounds;
mod line;
mod peer;
mod socket;
mod watch;

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, header};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch as signal};
use wire::problem::ErrorCode;

pub use bounds::{Bounds, Logged, raise_open_files};
pub(crate) use peer::Peer;
pub(crate) use watch::Watch;

use body::{Arriving, Leaving};
use line::{Line, Phase, Verdict};
use socket::Socket;
use watch::Watched;

use crate::http::Failure;

/// How long requests that are under way may take when the service stops.
const STOP_WITHIN: Duration = Duration::from_secs(5);
/// How often connections are told that the service stops.
const TELL_EVERY: Duration = Duration::from_millis(20);
/// How long nobody is accepted after the system could not.
const PAUSE: Duration = Duration::from_millis(50);
/// The media type of an answer that has no end.
const TAIL: &str = "text/event-stream";

/// Accepts connections and answers what they ask.
pub(crate) struct Server {
    pub(crate) router: Router,
    pub(crate) watch: Arc<Watch>,
    pub(crate) proxies: Arc<[IpAddr]>,
}

impl Server {
    /// Serves until `stop` is set and what was under way is answered.
    pub(crate) async fn run(self, listener: TcpListener, mut stop: signal::Receiver<bool>) {
        let room = self.watch.room();
        let places = Arc::new(Semaphore::new(room));
        let is_stopped = async move {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        tokio::select! {
            () = is_stopped => {}
            () = self.accept_all(&listener, &places) => {}
            () = self.watch.run() => {}
        }
        // Who was let in by the system before the service was told to stop is answered, too.
        while let Ok(Ok((stream, address))) = tokio::time::timeout(Duration::ZERO, listener.accept()).await {
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { break };
            self.take(stream, address, place, false);
        }
        drop(listener);
        self.end(&places, room).await;
    }

    async fn accept_all(&self, listener: &TcpListener, places: &Arc<Semaphore>) {
        loop {
            let place = match Arc::clone(places).try_acquire_owned() {
                Ok(place) => place,
                Err(_) => {
                    self.watch.hurry.notify_one();
                    match Arc::clone(places).acquire_owned().await {
                        Ok(place) => place,
                        // It is never closed.
                        Err(_) => return,
                    }
                }
            };
            match listener.accept().await {
                Ok((stream, address)) => self.take(stream, address, place, true),
                // Whoever came is gone again.
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, open = self.watch.open(), "a connection could not be accepted");
                    self.watch.give_way();
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Serves a connection beside the others.
    fn take(&self, stream: TcpStream, address: SocketAddr, place: OwnedSemaphorePermit, keeps_alive: bool) {
        // Answers are short and complete: none is to wait for more.
        let _ = stream.set_nodelay(true);
        let (router, proxies) = (self.router.clone(), Arc::clone(&self.proxies));
        let watched = self.watch.place();
        tokio::spawn(async move {
            serve(stream, address.ip(), router, &proxies, &watched, keeps_alive).await;
            drop((watched, place));
        });
    }

    /// Waits until all connections are gone: at first for what they have asked, and then no more.
    async fn end(&self, places: &Semaphore, room: usize) {
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        let all_gone = async { drop(places.acquire_many(room).await) };
        let told = async {
            // Whoever has just been answered may be asking again at this moment.
            let telling = async {
                loop {
                    self.watch.finish_all();
                    tokio::time::sleep(TELL_EVERY).await;
                }
            };
            let _: Result<(), _> = tokio::time::timeout(STOP_WITHIN, telling).await;
            tracing::warn!(open = self.watch.open(), "some requests did not end in time");
            self.watch.cut_all();
            tokio::time::sleep(PAUSE).await;
        };
        tokio::select! {
            () = all_gone => {}
            () = told => {}
        }
    }
}

async fn serve(
    stream: TcpStream,
    address: IpAddr,
    router: Router,
    proxies: &[IpAddr],
    watched: &Watched,
    keeps_alive: bool,
) {
    let line = &watched.line;
    let service = TowerToHyperService::new(router);
    let answer = service_fn(|request: Request<Incoming>| {
        let peer = Peer::of(address, proxies, request.headers());
        answer(&service, request, peer, Arc::clone(line))
    });
    let io = TokioIo::new(Socket::new(stream, Arc::clone(line)));
    let connection = http1::Builder::new().keep_alive(keeps_alive).serve_connection(io, answer);
    tokio::pin!(connection);
    loop {
        tokio::select! {
            // What goes wrong with a connection is the other side's business.
            _ = connection.as_mut() => return,
            () = line.told.notified() => match line.verdict() {
                Verdict::Stay => {}
                // It has been answered between the word and now: it is told again when it rests.
                Verdict::Finish if line.is_about_to_ask() => {}
                Verdict::Finish => connection.as_mut().graceful_shutdown(),
                Verdict::Cut => return,
            },
        }
    }
}

/// Answers a request, and notes what its connection is at.
async fn answer(
    service: &TowerToHyperService<Router>,
    request: Request<Incoming>,
    peer: Peer,
    line: Arc<Line>,
) -> Result<Response<Leaving>, Infallible> {
    line.begun(!request.body().is_end_stream());
    let mut request = request.map(|body| Body::new(Arriving::new(body, Arc::clone(&line))));
    request.extensions_mut().insert(Connection { peer, line: Arc::clone(&line) });
    let answered = service.call(request).await?;
    let media = answered.headers().get(header::CONTENT_TYPE);
    line.answered(media.is_some_and(|media| media.as_bytes().starts_with(TAIL.as_bytes())));
    Ok(answered.map(|body| Leaving::new(body, line)))
}

/// The connection that a request came on.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) peer: Peer,
    line: Arc<Line>,
}

impl Connection {
    /// Waits until the request has taken too long, and gives what is to be answered then.
    pub(crate) async fn too_late(&self) -> Failure {
        self.line.late.notified().await;
        if self.line.state().0 == Phase::Body {
            return Failure::new(ErrorCode::TooSlow, "the body did not come in time; sending it again is safe");
        }
        Failure::new(ErrorCode::Unavailable, "the answer takes too long; sending the same again is safe")
    }
}

/// Whether one connection failed, and not accepting.
fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
