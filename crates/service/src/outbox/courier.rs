//! Brings the vendor what is stored for it, until it is taken.

use std::sync::Arc;
use std::time::Duration;

use metering::Timestamp;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use tokio::task::JoinSet;

use super::pause::{self, Found};
use super::signature::{sign, webhook_id};
use super::webhooks::Webhooks;
use crate::http::{App, blocking};
use crate::random;
use crate::store::{Claimed, StoreError};

/// How many are on their way at once. No two of them are of one workspace.
const AT_ONCE: usize = 16;
/// How often it is looked for what is due, while something is that nobody can have now.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often at least: another process may have stored something and died, and clocks may be set. What this process stores
/// is seen at once.
const LOOK_SELDOM: Duration = Duration::from_secs(5);
/// How long the vendor may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// How long a notice is this process's: longer than a delivery takes. If the process dies, another sends it after this.
const CLAIM_MS: i64 = 60 * 1_000;
/// The first pause before a notice is sent again; each is twice the last.
const FIRST_PAUSE_MS: i64 = 5 * 1_000;
/// The longest pause.
const LAST_PAUSE_MS: i64 = 4 * 60 * 60 * 1_000;
/// A notice that nobody has taken for so long is given up: three days.
const GIVE_UP_MS: i64 = 3 * 24 * 60 * 60 * 1_000;
/// How much of an answer is read, in bytes: what is short leaves its connection for the next.
const MAX_ANSWER: usize = 4 * 1_024;
/// How long deliveries that are under way may take when the service stops.
const STOP_WITHIN: Duration = Duration::from_secs(3);

/// Brings webhooks to the vendor.
#[derive(Clone, Debug)]
pub(crate) struct Courier {
    webhooks: Webhooks,
    http: reqwest::Client,
}

/// What the vendor has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    Taken,
    /// It wants no more.
    Gone,
    /// It was not taken, and why.
    NotTaken(String),
}

impl Courier {
    /// A courier to the vendor's address.
    pub(crate) fn new(webhooks: Webhooks) -> Result<Self, StoreError> {
        // Installed already by somebody else in this process: that one does as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(ANSWER_WITHIN)
            // Whoever answers at the address is whom the operator means: nobody in between, and nowhere else.
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("creditdeck-service/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| StoreError::Contradiction(format!("no HTTP client: {error}")))?;
        Ok(Self { webhooks, http })
    }

    /// Sends what is due until the service stops, or the vendor wants no more.
    pub(crate) async fn run(self, app: App) {
        let mut stop = app.stop.subscribe();
        let mut under_way: JoinSet<bool> = JoinSet::new();
        let mut is_gone = false;
        while !is_gone && !*stop.borrow() {
            let (claimed, pause) = claim(&app, AT_ONCE.saturating_sub(under_way.len())).await;
            for notice in claimed {
                under_way.spawn(self.clone().see_to(app.clone(), notice));
            }
            tokio::select! {
                Some(done) = under_way.join_next() => is_gone = done.unwrap_or(false),
                // What was stored since it was looked has left word.
                () = app.store.notice_came() => {}
                () = tokio::time::sleep(pause) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
        // What does not end in time is sent again, by whoever finds its claim run out.
        let ended = async { while under_way.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_WITHIN, ended).await.is_err() {
            under_way.shutdown().await;
        }
    }

    /// Does what is due; true if the vendor wants no more.
    async fn see_to(self, app: App, notice: Claimed) -> bool {
        let mut is_gone = false;
        let done = if notice.body.is_empty() {
            look(&app, notice).await
        } else {
            let answer = self.send(&notice, app.clock.now()).await;
            is_gone = answer == Answer::Gone;
            settle(&app, notice, answer).await
        };
        if let Err(error) = done {
            // It is seen to again once its claim has run out: the vendor tells by its id that it was told before.
            tracing::warn!(%error, "what became of a notice to the vendor was not stored");
        }
        is_gone
    }

    async fn send(&self, notice: &Claimed, now: Timestamp) -> Answer {
        let id = webhook_id(&notice.workspace, &notice.id);
        let headers = sign(&self.webhooks.secrets, id, &notice.body, now);
        let request = self
            .http
            .post(self.webhooks.url.clone())
            .header("webhook-id", headers.id)
            .header("webhook-timestamp", headers.timestamp)
            .header("webhook-signature", headers.signature)
            .header(CONTENT_TYPE, "application/json")
            .body(notice.body.clone());
        match request.send().await {
            Ok(mut answer) => {
                let status = answer.status();
                let mut length = 0;
                while length < MAX_ANSWER
                    && let Ok(Some(chunk)) = answer.chunk().await
                {
                    length += chunk.len();
                }
                match status {
                    StatusCode::GONE => Answer::Gone,
                    _ if status.is_success() => Answer::Taken,
                    _ => Answer::NotTaken(format!("it answered {status}")),
                }
            }
            Err(error) => Answer::NotTaken(error.without_url().to_string()),
        }
    }
}

/// Claims what is due, and says when to look again if nothing happens before.
async fn claim(app: &App, room: usize) -> (Vec<Claimed>, Duration) {
    if room == 0 {
        return (Vec::new(), LOOK_SELDOM);
    }
    let (store, now) = (Arc::clone(&app.store), app.clock.now());
    let claimed = blocking(move || {
        let claimed = store.claim_notices(now, now.plus_millis(CLAIM_MS), room)?;
        let next = if claimed.is_empty() { store.next_notice_at()? } else { Some(now) };
        Ok((claimed, next))
    });
    let (claimed, next) = claimed.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what the vendor is to be told cannot be read");
        (Vec::new(), Some(now))
    });
    // Nobody says when a clock is set that stands still.
    (claimed, if app.clock.is_fixed() { LOOK_EVERY } else { rest(now, next) })
}

/// How long to rest at `now` when the next notice is due then, if there is one.
fn rest(now: Timestamp, next: Option<Timestamp>) -> Duration {
    let left = next.map_or(LOOK_SELDOM, |next| Duration::from_millis(u64::try_from(next.since(now)).unwrap_or(0)));
    left.clamp(LOOK_EVERY, LOOK_SELDOM)
}

/// Stores what has become of a delivery.
async fn settle(app: &App, notice: Claimed, answer: Answer) -> Result<(), StoreError> {
    let (store, now) = (Arc::clone(&app.store), app.clock.now());
    let Claimed { workspace, id, attempts, since, .. } = &notice;
    let reason = match answer {
        Answer::Taken => return blocking(move || store.notice_told(&notice, now)).await,
        Answer::Gone => {
            tracing::error!("the vendor answered 410 Gone: no more webhooks are sent until the service starts again");
            "it answered 410 Gone".to_owned()
        }
        Answer::NotTaken(reason) => reason,
    };
    if now.since(*since) >= GIVE_UP_MS {
        tracing::error!(%workspace, notice = %id, attempts, %reason, "the vendor was not told, and will not be");
        return blocking(move || store.give_up_notice(&notice)).await;
    }
    tracing::warn!(%workspace, notice = %id, attempts, %reason, "the vendor was not told yet");
    let until = now.plus_millis(pause(*attempts, random::bytes()?[0]));
    blocking(move || store.put_off_notice(&notice, until)).await
}

/// Looks at a workspace whose pause may have ended.
async fn look(app: &App, notice: Claimed) -> Result<(), StoreError> {
    let Some(ledger) = app.ledgers.get(&notice.workspace).await? else { return Ok(()) };
    let workspace = notice.workspace.clone();
    let found = ledger.read(move |account, now| pause::look(&workspace, account, now)).await;
    // Somebody else says why, and it is looked again once the claim has run out.
    let Ok(Found { notices, again }) = found else { return Ok(()) };
    let store = Arc::clone(&app.store);
    blocking(move || store.looked(&notice, &notices, again)).await
}

/// How long to wait after so many attempts, in milliseconds: up to a quarter less by chance, so that what failed together
/// does not come back together.
fn pause(attempts: u32, chance: u8) -> i64 {
    let doubled = 2_i64.saturating_pow(attempts.saturating_sub(1)).saturating_mul(FIRST_PAUSE_MS);
    let longest = doubled.min(LAST_PAUSE_MS);
    longest - longest / 4 * i64::from(chance) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rests_until_the_next_is_due_and_no_longer_than_another_may_have_stored_one() {
        let now = Timestamp::from_millis(1_000_000);
        for (due_in, expected) in
            [(-9_000, 250), (0, 250), (100, 250), (1_700, 1_700), (60_000, 5_000), (i64::MAX, 5_000)]
        {
            let next = Timestamp::from_millis(1_000_000_i64.saturating_add(due_in));
            assert_eq!(rest(now, Some(next)), Duration::from_millis(expected), "due in {due_in} ms");
        }
        assert_eq!(rest(now, None), LOOK_SELDOM);
    }

    #[test]
    fn pauses_double_up_to_hours_and_differ() {
        assert_eq!([1, 2, 3, 4].map(|attempts| pause(attempts, 0)), [5_000, 10_000, 20_000, 40_000]);
        assert_eq!(pause(1, 255), 3_750);
        assert_eq!([13, 40, u32::MAX].map(|attempts| pause(attempts, 0)), [LAST_PAUSE_MS; 3]);
        assert_eq!(pause(u32::MAX, 255), LAST_PAUSE_MS / 4 * 3);
        // A notice is sent often at first and about every four hours then: some thirty times in three days.
        let tries = (1..).scan(0, |waited, attempts| {
            *waited += pause(attempts, 127);
            (*waited < GIVE_UP_MS).then_some(())
        });
        assert!((25..40).contains(&tries.count()));
    }
}
