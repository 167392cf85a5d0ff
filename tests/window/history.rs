//! The history of the workspaces in `situations.rs`: made as it would have happened, on a clock that is moved on.

use clock::Clock;
use metering::Timestamp;
use serde_json::{Value, json};

use crate::hostile;
use crate::situations::at;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// How long before the end it begins.
const DAYS: i64 = 45;
/// At these hours work is reported, UTC: more than one, so that there is a morning and an afternoon.
const HOURS: [i64; 5] = [8, 10, 12, 14, 16];

const MEMBERS: [&str; 5] = ["Ana Ruiz", "Ben Okafor", "Chloé Martin", "Dmitri Volkov", "Emi Sato"];
const CHANNELS: [&str; 3] = ["chat", "email", "phone"];
const FEATURES_A: [&str; 3] = ["ai-reply", "command", "knowledge-sync"];
const FEATURES_B: [&str; 4] = ["reply-suggestion", "draft", "summary", "classification"];

/// Talks to the service as a provider's owner.
pub(crate) struct History {
    http: reqwest::Client,
    url: String,
    token: String,
    clock: Clock,
    /// The state of a small random generator: the same history every time.
    dice: u64,
}

/// What is used in a workspace, and how much of it at a time.
struct Work<'a> {
    features: Vec<String>,
    members: &'a [&'a str],
    channels: &'a [&'a str],
    most_units: u64,
}

impl Work<'_> {
    fn of(features: &[&str]) -> Self {
        let features = features.iter().map(ToString::to_string).collect();
        Self { features, members: &MEMBERS, channels: &CHANNELS, most_units: 1 }
    }
}

impl History {
    pub(crate) fn new(http: reqwest::Client, url: String, token: String, clock: Clock) -> Self {
        Self { http, url, token, clock, dice: 7 }
    }

    /// When it begins.
    pub(crate) fn start() -> Timestamp {
        Timestamp::from_millis(at("2026-11-19T00:00:00Z").as_millis() - DAYS * DAY)
    }

    /// Makes all of it.
    pub(crate) async fn make(mut self) {
        let hostile = Work {
            features: (0..40).map(hostile::feature).collect(),
            members: &hostile::MEMBERS,
            channels: &hostile::CHANNELS,
            most_units: 4_000,
        };
        let (a, b) = (Work::of(&FEATURES_A), Work::of(&FEATURES_B));
        // Without the most expensive feature, so that there is something left of a trial.
        let trial = Work::of(&FEATURES_A[..2]);
        let end = at(crate::situations::AT).as_millis();
        self.begin().await;
        for day in 0..=DAYS {
            // It begins on a Monday.
            let is_weekend = day % 7 > 4;
            for hour in HOURS {
                let now = Self::start().as_millis() + day * DAY + hour * HOUR;
                if now >= end {
                    break;
                }
                self.clock.set(Timestamp::from_millis(now));
                let busy = if is_weekend { 1 } else { 3 + self.roll(7) };
                self.use_of("member", &b, busy * 2).await;
                self.use_of("hostile", &hostile, busy).await;
                self.use_of("low", &b, busy).await;
                if day < 20 {
                    self.use_of("solo", &b, busy).await;
                }
                if day > 37 {
                    self.use_of("trial", &trial, busy / 2).await;
                    self.use_of("used-up", &a, busy).await;
                }
            }
            self.turn(day).await;
        }
        self.clock.set(Timestamp::from_millis(end - 30 * MINUTE));
        self.finish().await;
    }

    /// Plans that are there from the start.
    async fn begin(&self) {
        self.plan("solo", &json!({ "do": "subscribe", "plan": "growth" })).await;
        self.plan("member", &json!({ "do": "subscribe", "plan": "growth" })).await;
        self.plan("low", &json!({ "do": "subscribe", "plan": "starter" })).await;
        let most = json!({ "do": "subscribe", "plan": "most", "allowance": hostile::ALLOWANCE });
        self.plan("hostile", &most).await;
        let all = json!({ "automation": true });
        self.send(reqwest::Method::PUT, "hostile", "controls", "application/json", &all).await;
    }

    /// What happens once, on the evening of a day.
    async fn turn(&self, day: i64) {
        match day {
            // A pack of before is kept on a plan without AI, which counts from the first of November on.
            12 => self.buy("solo", "boost-2500").await,
            20 => self.plan("solo", &json!({ "do": "subscribe", "plan": "solo" })).await,
            15 => self.buy("member", "boost-1000").await,
            30 => self.buy("hostile", "pack").await,
            36 => self.plan("trial", &json!({ "do": "start_trial" })).await,
            37 => self.plan("used-up", &json!({ "do": "subscribe", "plan": "starter" })).await,
            _ => {}
        }
    }

    /// How it stands at the end.
    async fn finish(&self) {
        self.plan("fresh", &json!({ "do": "subscribe", "plan": "growth" })).await;
        self.leave("low", "summary", 280).await;
        self.leave("used-up", "ai-reply", 0).await;
    }

    /// Uses all but so many of the credits at once.
    async fn leave(&self, workspace: &str, feature: &str, left: u64) {
        let available = self.get(workspace, "balance").await["available"].as_u64().unwrap();
        let event = json!({
            "specversion": "1.0", "type": wire::event::TYPE, "source": "importer", "id": "the-rest",
            "data": { "feature": feature, "units": available - left, "reference": "import-2026-11" },
        });
        self.send(reqwest::Method::POST, workspace, "usage", wire::event::STRUCTURED, &event).await;
    }

    /// Reports so many pieces of work of the last minute.
    async fn use_of(&mut self, workspace: &str, work: &Work<'_>, pieces: u64) {
        let now = self.clock.now().as_millis();
        let events: Vec<Value> = (0..pieces)
            .map(|piece| {
                let millis = now - 50_000 + i64::try_from(piece * 50_000 / pieces).unwrap();
                let number = self.roll(9_000) + 1_000;
                json!({
                    "specversion": "1.0", "type": wire::event::TYPE, "source": "helpdesk",
                    "id": format!("{now}-{piece}"), "time": Timestamp::from_millis(millis).to_string(),
                    "data": {
                        // The first of a list is used most.
                        "feature": work.features[self.roll_low(work.features.len())],
                        "units": 1 + self.roll(work.most_units),
                        "member": work.members[self.roll_low(work.members.len())],
                        "channel": work.channels[self.roll_low(work.channels.len())],
                        "reference": format!("conversation-{number}"),
                    },
                })
            })
            .collect();
        if !events.is_empty() {
            self.send(reqwest::Method::POST, workspace, "usage", wire::event::BATCH, &json!(events)).await;
        }
    }

    /// A number below `most`.
    fn roll(&mut self, most: u64) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % most
    }

    /// A place in a list; the first ones come more often.
    fn roll_low(&mut self, length: usize) -> usize {
        let length = u64::try_from(length).unwrap();
        let (one, other) = (self.roll(length), self.roll(length));
        usize::try_from(one.min(other)).unwrap()
    }

    async fn plan(&self, workspace: &str, change: &Value) {
        self.send(reqwest::Method::POST, workspace, "plan", "application/json", change).await;
    }

    /// Buys a pack and pays for it on the test page, as a browser would.
    async fn buy(&self, workspace: &str, pack: &str) {
        let before = self.get(workspace, "balance").await["top_up"].as_u64().unwrap();
        let asked = json!({ "id": format!("{workspace}-{pack}"), "pack": pack });
        let bought = self.send(reqwest::Method::POST, workspace, "purchases", "application/json", &asked).await;
        let url = bought["checkout_url"].as_str().unwrap();
        let page = self.http.get(url).send().await.unwrap().text().await.unwrap();
        let mut actions = page.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let pay =
            reqwest::Url::parse(url).unwrap().join(actions.find(|action| action.ends_with("pay")).unwrap()).unwrap();
        self.http.post(pay).send().await.unwrap();
        for _ in 0..400 {
            if self.get(workspace, "balance").await["top_up"].as_u64().unwrap() > before {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("{workspace} was not credited with {pack}");
    }

    async fn get(&self, workspace: &str, what: &str) -> Value {
        let url = format!("{}/v1/workspaces/{workspace}/{what}", self.url);
        let text = self.http.get(url).bearer_auth(&self.token).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Sends something, which has to be taken.
    async fn send(&self, method: reqwest::Method, workspace: &str, what: &str, media: &str, body: &Value) -> Value {
        let url = format!("{}/v1/workspaces/{workspace}/{what}", self.url);
        let request = self.http.request(method, url).bearer_auth(&self.token).header("content-type", media);
        let answer = request.body(body.to_string()).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{workspace} {what}: {status}: {text}");
        serde_json::from_str(&text).unwrap()
    }
}
