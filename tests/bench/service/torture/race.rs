//! More work than there are credits, by many clients at once: exactly what is paid for is recorded.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::kills::Watched;
use super::told::Told;
use crate::Failure;
use crate::connection::Connection;
use crate::ids::{self, Ids};
use crate::owner::Owner;
use crate::report::Report;
use crate::vendor::{FEW, FEW_CREDITS, Vendor, Workspace};

const CLIENTS: u64 = 64;
const REQUESTS: u64 = 20_000;

/// `processes` services on one store, which share the clients.
pub(super) fn run(vendor: &Vendor, processes: usize) -> Result<String, Failure> {
    let mut watched = Watched::make(vendor, 1, FEW)?;
    let services = (0..processes).map(|_| vendor.start()).collect::<Result<Vec<_>, _>>()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let sent = Arc::new(AtomicU64::new(0));
        let mut all = Vec::new();
        for ((workspace, told), number) in watched.clients().into_iter().cycle().zip(0..CLIENTS) {
            let service = services.get(number as usize % processes).ok_or("there is no service")?;
            all.push(tokio::spawn(client(service.address, workspace, told, Arc::clone(&sent), number)));
        }
        for one in all {
            one.await??;
        }
        for service in &services {
            watched.at_the_end(vendor, &Owner::new(service.address)?).await?;
        }
        Ok::<_, Failure>(())
    })?;
    let tally = watched.tally();
    if (tally.recorded, tally.refused) != (FEW_CREDITS, REQUESTS - FEW_CREDITS) {
        return Err(format!("of {REQUESTS} requests for {FEW_CREDITS} credits: {tally:?}").into());
    }
    let services = if processes == 1 { "one service".to_owned() } else { format!("{processes} services") };
    Ok(format!(
        "{CLIENTS} clients of {services}, {FEW_CREDITS} credits, {REQUESTS} requests: {} recorded, {} refused; credits are \
         conserved, and the ledger verifies",
        tally.recorded, tally.refused
    ))
}

async fn client(
    address: SocketAddr,
    workspace: Workspace,
    told: Arc<Told>,
    sent: Arc<AtomicU64>,
    number: u64,
) -> Result<(), Failure> {
    let mut connection = Connection::open(address).await?;
    let (mut ids, mut report) = (Ids::new(ids::Order::Time, number), Report::new());
    loop {
        let number = sent.fetch_add(1, Ordering::Relaxed);
        if number >= REQUESTS {
            return Ok(());
        }
        let mut id = Vec::new();
        ids.write(number, &mut id);
        let answer = connection.ask(report.one(&workspace, |text| text.extend_from_slice(&id))).await?;
        match answer.status {
            201 => told.acknowledged(&String::from_utf8(id)?, &serde_json::from_slice(answer.body)?, false),
            402 => told.refused(),
            status => told.wrong(format!("{status} {}", String::from_utf8_lossy(answer.body))),
        }
    }
}
