//! From a report of work to the new position in the app: the service decides, commits and tells, the app checks and stores.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, Stopwatch};
use serde_json::{Value, json};

use crate::sync_all::{engine, until_live};
use crate::{Failure, quantile};

const REPORTS: usize = 1_000;

pub(crate) fn run(url: &str, workspace: &str, token: &str, ledger: &Path) -> Result<Value, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let handle = Arc::new(engine(url, workspace, token, ledger)?);
        until_live(&handle).await?;
        // Somebody who is connected already.
        let http = reqwest::Client::builder().no_proxy().build()?;
        let (mut since_answer, mut since_report) = (Vec::new(), Vec::new());
        // The database is kept from run to run, and takes an id once.
        let run = Clock::system().now().as_millis();
        for number in 0..REPORTS {
            let event = json!({
                "specversion": "1.0", "type": wire::event::TYPE, "source": "live", "id": format!("live-{run}-{number}"),
                "data": {"feature": "ai-reply"},
            });
            let request = http
                .post(format!("{url}/v1/workspaces/{workspace}/usage"))
                .bearer_auth(token)
                .header("content-type", wire::event::STRUCTURED)
                .body(event.to_string());
            let before = handle.with_account(metering::Account::last_seq).ok_or("no account")?;
            let watch = Stopwatch::start();
            let waiting = tokio::spawn({
                let handle = Arc::clone(&handle);
                async move {
                    while handle.with_account(metering::Account::last_seq).is_none_or(|seq| seq <= before) {
                        tokio::time::sleep(Duration::from_micros(200)).await;
                    }
                    watch.elapsed().as_secs_f64() * 1e3
                }
            });
            let answer = request.send().await?;
            let answered = watch.elapsed().as_secs_f64() * 1e3;
            if answer.status() != 201 {
                return Err(format!("{}: {}", answer.status(), answer.text().await?).into());
            }
            let arrived = tokio::time::timeout(Duration::from_secs(5), waiting).await??;
            // The commit came ahead of the answer, so that this is a little less than it took since then; the time since
            // the report is more.
            since_answer.push((arrived - answered).max(0.0));
            since_report.push(arrived);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(json!({
            "reports": REPORTS, "since_report_p50_ms": quantile(&mut since_report, 0.5),
            "since_report_p99_ms": quantile(&mut since_report, 0.99), "since_answer_p99_ms": quantile(&mut since_answer, 0.99),
        }))
    })
}
