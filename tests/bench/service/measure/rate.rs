//! Decisions a second, over the least that the same machine needs for the like.

use serde_json::Value;

use super::{Bench, Kind, TURN, best, over, told};
use crate::Failure;
use crate::bare::Alone;
use crate::connection::Connection;
use crate::load::Load;
use crate::postgres::{ACCOUNTS, Database};
use crate::report::Report;
use crate::vendor::Workspace;

/// One workspace on SQLite.
pub(super) fn sqlite(bench: &Bench) -> Result<Vec<Value>, Failure> {
    let shop = bench.shop(Kind::Sqlite, "sqlite-rate", 1)?;
    let workspace = shop.workspaces.first().ok_or("no workspace")?;
    let length = answer_length(&Load::of(shop.service.address, &shop.workspaces, TURN), workspace)?.to_string();
    let hello = bench.bare(&["hello", &length])?;
    let database = bench.folder.join("debits.db");
    let debit = bench.bare(&["debit", &length, &database.to_string_lossy(), &workspace.id])?;

    let rate = |address| Load::of(address, &shop.workspaces, TURN).run()?.rate();
    let (mut greet, mut debit, mut decide) =
        (|| rate(hello.address), || rate(debit.address), || rate(shop.service.address));
    let [theirs, least, ours] = best(f64::max, [&mut greet, &mut debit, &mut decide])?;

    let mut alone = Alone::open(&bench.folder.join("alone.db"))?;
    let one = Load { connections: 1, ..Load::of(shop.service.address, &shop.workspaces, TURN) };
    let mut transact = || alone.p50(TURN);
    let mut decide = || {
        let found = one.clone().run()?;
        found.rate().map(|_| found.within(0.5))
    };
    let [bare, p50] = best(f64::min, [&mut transact, &mut decide])?;

    let name = "SQLite: durable decisions, 32 connections, over a group-commit one-row debit";
    let goal = "≥ 0.8 × a bare group-commit one-row debit over axum";
    let debited = over(name, ours, "/s", least, goal, |ratio| ratio >= 0.8);
    let name = "SQLite: durable decisions, 32 connections, over an axum \"hello\"";
    let greeted = over(name, ours, "/s", theirs, "≥ 0.3 × an axum \"hello\"", |ratio| ratio >= 0.3);
    let bare_share = told("SQLite: the bare debit, over an axum \"hello\"", least, "/s", Some(theirs));
    let name = "SQLite: one client's p50";
    let single = over(name, p50, "µs", bare, "≤ 1.5 × one durable transaction without HTTP", |ratio| ratio <= 1.5);
    Ok(vec![debited, greeted, bare_share, single])
}

/// A thousand workspaces on PostgreSQL, and a hot one.
pub(super) fn postgres(bench: &Bench) -> Result<Vec<Value>, Failure> {
    let database = Database::create("creditdeck-bench-pgbench")?;
    database.open_accounts()?;
    let shop = bench.shop(Kind::Postgres, "postgres-rate", ACCOUNTS)?;
    let hot = shop.workspaces.iter().take(1).cloned().collect();

    let mut debit = || database.bench(&bench.folder, TURN.as_secs());
    let rate = |workspaces| Load::of(shop.service.address, workspaces, TURN).run()?.rate();
    let (mut spread, mut one) = (|| rate(&shop.workspaces), || rate(&hot));
    let [theirs, spread, hot] = best(f64::max, [&mut debit, &mut spread, &mut one])?;

    let name = "PostgreSQL: decisions over 1,000 workspaces, 32 connections";
    let goal = "≥ 2 × pgbench, a conditional debit and insert a transaction, 32 clients";
    let over_bench = over(name, spread, "/s", theirs, goal, |ratio| ratio >= 2.0);
    let name = "PostgreSQL: decisions on one hot workspace, 32 connections";
    let over_spread = over(name, hot, "/s", spread, "≥ 0.8 × the rate over 1,000", |ratio| ratio >= 0.8);
    Ok(vec![over_bench, over_spread])
}

/// Bytes of the body that the service answers a report with: what is bare answers with as many.
fn answer_length(load: &Load, workspace: &Workspace) -> Result<usize, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(load.address).await?;
        let mut report = Report::new();
        let answer = connection.ask(report.one(workspace, |text| text.extend_from_slice(b"the-first-of-all"))).await?;
        if answer.status == 201 {
            return Ok(answer.body.len());
        }
        Err(format!("{}: {}", answer.status, String::from_utf8_lossy(answer.body)).into())
    })
}
