//! Each request has an id, is counted, and has a line in the log if an operator wants one.
//!
//! Nothing that stands in an address or a header is written down but the workspace and the id: an address may hold a
//! checkout's secret, and a header a token.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use clock::{Clock, Stopwatch};

use crate::host;
use crate::http::Failure;
use crate::metrics::{Asked, Metrics, Template};
use crate::random;
use crate::serving::{Connection, Logged};
use crate::store::StoreError;

/// The header with a request's id, on the way in and on the way out.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id that is taken over.
const LONGEST: usize = 128;
/// From when on a request counts as slow.
const SLOW: Duration = Duration::from_secs(1);
/// What addresses of a workspace begin with.
const WORKSPACES: &str = "/v1/workspaces/";

tokio::task_local! {
    /// The id of the request that is worked on.
    static ID: HeaderValue;
}

/// Notes requests.
#[derive(Debug)]
pub(crate) struct Journal {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) logged: Logged,
    /// Whether nobody from elsewhere is let through.
    pub(crate) is_for_this_machine: bool,
    ids: Ids,
}

impl Journal {
    /// # Errors
    /// [`StoreError::Randomness`] when the operating system gives no random bytes.
    pub(crate) fn new(metrics: Arc<Metrics>, logged: Logged, clock: Clock) -> Result<Self, StoreError> {
        Ok(Self { metrics, logged, is_for_this_machine: false, ids: Ids::new(clock)? })
    }

    /// Why a request is not let through.
    fn refuses(&self, request: &Request) -> Option<Failure> {
        let foreign = self.is_for_this_machine.then(|| host::is_foreign(request.headers())).flatten();
        foreign.or_else(|| host::has_zero_byte(request.uri().path()))
    }

    fn note(&self, asked: &Asked, id: &HeaderValue, workspace: Option<&str>, status: StatusCode, took: Duration) {
        let is_failure = status.is_server_error() || took >= SLOW;
        let (method, route) = (asked.method, asked.route.as_str());
        let (status, ms, id) = (status.as_u16(), took.as_secs_f64() * 1e3, id.to_str().unwrap_or_default());
        match self.logged {
            Logged::Nothing => {}
            Logged::Failures | Logged::All if is_failure => {
                tracing::warn!(method, route, status, ms, id, workspace, "a request failed or was slow");
            }
            Logged::Failures => {}
            Logged::All => tracing::info!(method, route, status, ms, id, workspace, "a request"),
        }
    }
}

/// Answers a request, if it may be and does not take too long, and notes it. All of it is one layer: each costs every
/// request its share.
pub(crate) async fn noted(State(journal): State<Arc<Journal>>, request: Request, next: Next) -> Response {
    let clock = Stopwatch::start();
    let asked = Asked::new(Template(request.extensions().get::<MatchedPath>().cloned()), request.method());
    let id = journal.ids.of(request.headers());
    // It is written down only with what has gone wrong, and then there is time for it.
    let path = request.uri().clone();
    let connection = request.extensions().get::<Connection>().cloned();
    let refused = journal.refuses(&request);
    let answer = async {
        if let Some(failure) = refused {
            return failure.into_response();
        }
        let Some(connection) = connection else { return next.run(request).await };
        tokio::select! {
            biased;
            response = next.run(request) => response,
            failure = connection.too_late() => {
                let mut response = failure.into_response();
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                response
            }
        }
    };
    let mut response = ID.scope(id.clone(), answer).await;
    let took = clock.elapsed();
    journal.metrics.requests.count(asked.clone(), response.status(), took);
    journal.note(&asked, &id, workspace(path.path()), response.status(), took);
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The id of the request that is worked on, for what is written down of it; none outside of one.
pub(crate) fn id() -> Option<String> {
    ID.try_with(|id| id.to_str().ok().map(str::to_owned)).ok().flatten()
}

/// What a problem document calls the request that it answers; none outside of one.
pub(crate) fn instance() -> Option<String> {
    id().map(|id| format!("urn:creditdeck:request:{id}"))
}

/// The workspace that an address is about.
fn workspace(path: &str) -> Option<&str> {
    path.strip_prefix(WORKSPACES)?.split('/').next().filter(|id| (1..=LONGEST).contains(&id.len()))
}

/// Makes ids that no other process makes: UUIDs of version 7 (RFC 9562).
#[derive(Debug)]
struct Ids {
    clock: Clock,
    /// 64 bits that are this process's own, and how many ids were made of them.
    own: u64,
    made: AtomicU64,
}

impl Ids {
    fn new(clock: Clock) -> Result<Self, StoreError> {
        let own = random::bytes()?.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
        Ok(Self { clock, own, made: AtomicU64::new(0) })
    }

    /// The id that a request brings, if it can stand in a line of a log, or a new one.
    fn of(&self, headers: &HeaderMap) -> HeaderValue {
        let is_sane = |value: &&HeaderValue| {
            let good = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
            (1..=LONGEST).contains(&value.len()) && value.as_bytes().iter().all(good)
        };
        headers.get(REQUEST_ID).filter(is_sane).cloned().unwrap_or_else(|| self.next())
    }

    fn next(&self) -> HeaderValue {
        let time = self.clock.now().as_millis();
        // One after the other, from where nobody else begins: 62 bits beside the version and the variant.
        let number = self.own.wrapping_add(self.made.fetch_add(1, Ordering::Relaxed));
        let (high, low) = (number >> 48 & 0x0fff, number & 0x3fff_ffff_ffff_ffff | 1 << 63);
        let text = format!(
            "{:08x}-{:04x}-7{high:03x}-{:04x}-{:012x}",
            time >> 16 & 0xffff_ffff,
            time & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff,
        );
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("none"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_over_if_it_is_sane() {
        let ids = Ids::new(Clock::fixed("2026-06-03T09:00:00Z".parse().unwrap())).unwrap();
        let of = |id: &[u8]| {
            let headers = HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_bytes(id).unwrap())]);
            ids.of(&headers).to_str().unwrap().to_owned()
        };
        for sane in ["a", "req-1_2.3:4", &"x".repeat(LONGEST)] {
            assert_eq!(of(sane.as_bytes()), sane);
        }
        for other in ["", " ", "a b", "a\"b", "a=b", "{}", "é", &"x".repeat(LONGEST + 1)] {
            assert_eq!(of(other.as_bytes()).len(), 36, "{other}");
        }
    }

    #[test]
    fn ids_are_uuids_of_version_7_and_never_the_same() {
        let ids = Ids::new(Clock::fixed("2026-06-03T09:00:00Z".parse().unwrap())).unwrap();
        let made: std::collections::BTreeSet<String> =
            (0..10_000).map(|_| ids.of(&HeaderMap::new()).to_str().unwrap().to_owned()).collect();
        assert_eq!(made.len(), 10_000);
        for id in made {
            let parts: Vec<&str> = id.split('-').collect();
            assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
            assert_eq!(&id[..13], "019e8cb6-0680", "{id}");
            assert!(parts[2].starts_with('7') && parts[3].starts_with(['8', '9', 'a', 'b']), "{id}");
        }
    }

    #[test]
    fn the_workspace_stands_in_the_address() {
        assert_eq!(workspace("/v1/workspaces/acme/usage"), Some("acme"));
        assert_eq!(workspace("/v1/workspaces/acme"), Some("acme"));
        assert_eq!(workspace("/v1/workspaces"), None);
        assert_eq!(workspace("/v1/workspaces/"), None);
        assert_eq!(workspace("/sandbox/checkout/secret"), None);
    }
}
