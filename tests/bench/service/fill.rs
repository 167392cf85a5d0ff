//! Brings a ledger to a length, by batches of reported work over one connection.

use std::net::SocketAddr;

use clock::Stopwatch;

use crate::Failure;
use crate::connection::Connection;
use crate::ids::{Ids, Order};
use crate::report::Report;
use crate::vendor::Workspace;

/// Events of a batch: the most that the service takes.
const BATCH: u64 = 1_000;
const RECORDED: &[u8] = br#""outcome":"recorded""#;

/// Reports `count` usages.
pub(crate) fn fill(address: SocketAddr, workspace: &Workspace, count: u64) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let watch = Stopwatch::start();
    runtime.block_on(async {
        let mut connection = Connection::open(address).await?;
        let (mut ids, mut report, mut done) = (Ids::new(Order::Time, 0), Report::new(), 0);
        while done < count {
            let part = BATCH.min(count - done);
            let mut number = done;
            let request = report.batch(workspace, part as usize, |text| {
                ids.write(number, text);
                number += 1;
            });
            let answer = connection.ask(request).await?;
            let recorded = answer.body.windows(RECORDED.len()).filter(|bytes| *bytes == RECORDED).count() as u64;
            if answer.status != 200 || recorded != part {
                let said: String = String::from_utf8_lossy(answer.body).chars().take(400).collect();
                return Err(format!("{recorded} of {part} were recorded: {} {said}", answer.status).into());
            }
            done += part;
            if done.is_multiple_of(1_000_000) {
                eprintln!("  {} million entries after {:.0} s", done / 1_000_000, watch.elapsed().as_secs_f64());
            }
        }
        Ok(())
    })
}
