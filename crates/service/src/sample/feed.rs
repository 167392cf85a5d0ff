//! Goes on playing a sample at its real pace while the service runs.

use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use tokio::sync::watch;

use super::embedded::Sample;
use super::import::{ImportError, resume};
use crate::ledger::Ledger;
use crate::store::Store;

/// The longest sleep: the computer itself may sleep, and the clock may be set.
const NAP: Duration = Duration::from_secs(30);
/// The pause after something failed.
const PAUSE: Duration = Duration::from_secs(5);

/// Plays the sample into its workspace as its events come due, until `stop` is set or the trace has ended.
///
/// # Errors
/// [`ImportError`] when the sample was never begun in this workspace, or with another recipe or trace.
pub(crate) async fn run(
    store: Arc<Store>,
    ledger: Arc<Ledger>,
    sample: Sample,
    clock: Clock,
    mut stop: watch::Receiver<bool>,
) -> Result<(), ImportError> {
    let id = ledger.workspace().id.clone();
    'resume: loop {
        let (reader, wanted) = (Arc::clone(&store), id.clone());
        let Some(state) = crate::http::blocking(move || reader.sample_state(&wanted)).await? else {
            return Err(ImportError::OtherSample(id));
        };
        let mut player = Box::new(resume(&sample, &id, &state)?);
        while let Some(next) = player.next_at() {
            let wait = u64::try_from(next.since(clock.now())).unwrap_or(0);
            if wait > 0 {
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(wait).min(NAP)) => continue,
                    _ = stop.wait_for(|stop| *stop) => return Ok(()),
                }
            }
            if *stop.borrow() {
                return Ok(());
            }
            match ledger.play(player).await {
                Ok(played) => player = played,
                Err(error) => {
                    tracing::warn!(workspace = %id, %error, "the sample waits");
                    tokio::select! {
                        () = tokio::time::sleep(PAUSE) => continue 'resume,
                        _ = stop.wait_for(|stop| *stop) => return Ok(()),
                    }
                }
            }
        }
        return Ok(());
    }
}
