//! The first sync of a workspace from a service on this machine, with all checks on.

use std::path::Path;

use clock::{Clock, Stopwatch};
use serde_json::{Value, json};
use sync::{Client, Engine, EngineConfig, Handle, State};

use crate::Failure;

/// Starts an engine as the app does.
pub(crate) fn engine(url: &str, workspace: &str, token: &str, ledger: &Path) -> Result<Handle, Failure> {
    Ok(Engine::start(EngineConfig {
        ledger: ledger.to_owned(),
        client: Client::new(url, token)?,
        workspace_id: workspace.to_owned(),
        clock: Clock::system(),
        jitter: sync::random_jitter,
    }))
}

/// Waits until everything is there and was found right.
pub(crate) async fn until_live(handle: &Handle) -> Result<u64, Failure> {
    let mut status = handle.status.clone();
    let status = status
        .wait_for(|status| {
            status.state == State::Live || matches!(status.state, State::Broken(_) | State::Offline { .. })
        })
        .await?
        .clone();
    if status.state != State::Live {
        return Err(format!("{:?}", status.state).into());
    }
    Ok(status.last_seq)
}

pub(crate) fn run(url: &str, workspace: &str, token: &str, ledger: &Path) -> Result<Value, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let watch = Stopwatch::start();
        let handle = engine(url, workspace, token, ledger)?;
        let entries = until_live(&handle).await?;
        let seconds = watch.elapsed().as_secs_f64();
        let verified = handle.status.borrow().verified.map(|verified| verified.seq);
        handle.stop().await;
        let bytes = std::fs::metadata(ledger)?.len();
        Ok(json!({
            "entries": entries, "seconds": seconds, "verified": verified, "bytes": bytes,
            "highest_memory_kib": highest_memory()?,
        }))
    })
}

/// The most memory that this process had, in KiB.
fn highest_memory() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}
