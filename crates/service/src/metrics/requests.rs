//! What was asked, by the address's template: never by what stands in it.

use std::hash::{Hash, Hasher};
use std::time::Duration;

use axum::extract::MatchedPath;
use axum::http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// The template of an address that leads somewhere, like `/v1/workspaces/{workspace}/balance`.
#[derive(Clone, Debug)]
pub(crate) struct Template(pub(crate) Option<MatchedPath>);

impl Template {
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_ref().map_or("none", MatchedPath::as_str)
    }
}

impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Template {}

impl Hash for Template {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl EncodeLabelValue for Template {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        EncodeLabelValue::encode(&self.as_str(), encoder)
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Asked {
    pub(crate) route: Template,
    pub(crate) method: &'static str,
}

impl Asked {
    pub(crate) fn new(route: Template, method: &Method) -> Self {
        // Anybody can make up a method, and nobody is to make up a label.
        let known = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
        let method = known.into_iter().find(|one| *one == method.as_str()).unwrap_or("other");
        Self { route, method }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    #[prometheus(flatten)]
    asked: Asked,
    status: u16,
}

/// What was asked and answered.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    answered: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram>,
}

impl Requests {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let seconds: fn() -> Histogram = || Histogram::new(exponential_buckets(0.000_5, 2.0, 14));
        let requests = Self { answered: Family::default(), seconds: Family::new_with_constructor(seconds) };
        registry.register("requests", "Requests that were answered", requests.answered.clone());
        registry.register(
            "request_seconds",
            "How long a request took until its answer began, without what it waited to be read",
            requests.seconds.clone(),
        );
        requests
    }

    /// Counts one.
    pub(crate) fn count(&self, asked: Asked, status: StatusCode, took: Duration) {
        self.seconds.get_or_create(&asked).observe(took.as_secs_f64());
        self.answered.get_or_create(&Answered { asked, status: status.as_u16() }).inc();
    }
}
