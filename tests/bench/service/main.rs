//! Measures the credit service as a vendor runs it, and tortures it. It knows the service by its command line and by HTTP
//! alone, so that whatever the service is made of, the same is asked of it.
//!
//! - `bench-service measure SERVICE FOLDER RESULT.json`: the measures of `script/bench service`.
//! - `bench-service load ADDRESS WORKSPACE TOKEN CONNECTIONS SECONDS time|count|none`: a load on a service that runs here. A
//!   number stands for so many workspaces: ws-000001 and on.
//! - `bench-service bare hello LENGTH`, `bare debit LENGTH DATABASE ACCOUNT`, `bare transaction DATABASE`,
//!   `bare pgbench FOLDER`: the least that the machine needs for the like.
//! - `bench-service torture …`: see `torture/mod.rs`.

mod bare;
mod connection;
mod fill;
mod ids;
mod load;
mod measure;
mod owner;
mod postgres;
mod process;
mod random;
mod report;
mod torture;
mod vendor;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use load::{Load, Until};
use measure::Bench;
use postgres::Database;
use vendor::Workspace;

type Failure = Box<dyn Error + Send + Sync>;

const USAGE: &str = "usage: bench-service measure SERVICE FOLDER RESULT.json \
    | load ADDRESS WORKSPACE TOKEN CONNECTIONS SECONDS time|count|none \
    | bare hello LENGTH | bare debit LENGTH DATABASE ACCOUNT | bare transaction DATABASE \
    | bare pgbench FOLDER \
    | torture SERVICE FOLDER sqlite|postgres KILLS | torture SERVICE FOLDER postgres-restarts RESTARTS \
    | torture SERVICE FOLDER race sqlite|postgres | torture SERVICE FOLDER crowd sqlite|postgres IDLE";

/// Prints a line.
fn say(line: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// A number from the environment.
fn size(name: &str, default: u64) -> Result<u64, Failure> {
    match std::env::var(name) {
        Ok(text) => text.parse().map_err(|_| format!("{name}: \"{text}\" is no whole number").into()),
        Err(_) => Ok(default),
    }
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["measure", service, folder, result] => {
            std::fs::create_dir_all(folder)?;
            let bench = Bench {
                service: std::fs::canonicalize(service)?,
                folder: std::fs::canonicalize(folder)?,
                workspaces: size("CREDITDECK_WORKSPACES", 100_000)?,
                entries: size("CREDITDECK_ENTRIES", 10_000_000)?,
            };
            bench.measure(&std::env::var("CREDITDECK_PARTS").unwrap_or_default(), Path::new(result))
        }
        ["load", address, workspace, token, connections, seconds, ids] => {
            let ids_of = workspace.parse().map_or_else(|_| vec![(*workspace).into()], vendor::named);
            let of = |id| Workspace { id, meter: (*token).into(), owner: (*token).into() };
            let workspaces: Vec<Workspace> = ids_of.into_iter().map(of).collect();
            let until = Until::Passed(Duration::from_secs(seconds.parse()?));
            let load = Load {
                connections: connections.parse()?,
                until,
                ids: ids.parse()?,
                ..Load::of(address.parse()?, &workspaces.into(), Duration::ZERO)
            };
            Ok(say(load.run()?.told())?)
        }
        ["bare", "hello", length] => bare::hello(length.parse()?),
        ["bare", "debit", length, database, account] => bare::debit(length.parse()?, Path::new(database), account),
        ["bare", "transaction", database] => {
            let p50 = bare::Alone::open(Path::new(database))?.p50(Duration::from_secs(3))?;
            Ok(say(format_args!("{p50:.0} µs"))?)
        }
        ["bare", "pgbench", folder] => {
            let database = Database::create("creditdeck-bench-pgbench")?;
            database.open_accounts()?;
            let rate = database.bench(Path::new(folder), 3)?;
            Ok(say(format_args!("{rate:.0} a second"))?)
        }
        ["torture", service, folder, rest @ ..] => torture::run(Path::new(service), Path::new(folder), rest),
        _ => Err(USAGE.into()),
    }
}
