//! From the start of a process to the exact position and the first trend, without a network.

use std::path::Path;
use std::time::Duration;

use cache::UseOf;
use clock::{Clock, Stopwatch};
use serde_json::{Value, json};

use crate::{Failure, sync_all, trend};

pub(crate) fn run(ledger: &Path, workspace: &str) -> Result<Value, Failure> {
    let watch = Stopwatch::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        // Nobody answers there: what is shown comes from the disk.
        let handle = sync_all::engine("http://127.0.0.1:9", workspace, "none", ledger)?;
        let position = loop {
            if let Some(position) = handle.position(Clock::system().now()) {
                break position;
            }
            tokio::time::sleep(Duration::from_micros(100)).await;
        };
        let there = watch.elapsed().as_secs_f64() * 1e3;
        let reader = handle.reader().ok_or("no ledger")?;
        let days = trend::days("Europe/Berlin", reader.cursor()?.as_of)?;
        let used = reader.usage_by(UseOf::All, &days)?;
        let credits: i64 = used.iter().map(|feature| feature.total().credits).sum();
        let all = watch.elapsed().as_secs_f64() * 1e3;
        Ok(json!({"available": position.available, "credits": credits, "position_ms": there, "trend_ms": all}))
    })
}
