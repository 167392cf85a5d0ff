//! Whether what was acknowledged is kept: the service is killed again and again under load, or its PostgreSQL is, or two
//! services share one workspace that has not enough credits; and whether a crowd that wants nothing good keeps others out.
//!
//! - `torture SERVICE FOLDER sqlite|postgres KILLS`
//! - `torture SERVICE FOLDER postgres-restarts RESTARTS`
//! - `torture SERVICE FOLDER race sqlite|postgres`
//! - `torture SERVICE FOLDER crowd sqlite|postgres IDLE`
//!
//! `CREDITDECK_SEED` sets what is random. When things happen depends on the machine, too: a seed brings back the times that
//! were chosen, and not always what went wrong.

mod books;
mod check;
mod client;
mod crowd;
mod kills;
mod race;
mod restarts;
mod told;

use std::path::Path;

use clock::Clock;

use crate::postgres::Database;
use crate::vendor::Vendor;
use crate::{Failure, say, size};

pub(crate) fn run(service: &Path, folder: &Path, arguments: &[&str]) -> Result<(), Failure> {
    let seed = size("CREDITDECK_SEED", Clock::system().now().as_millis().unsigned_abs())?;
    let service = std::fs::canonicalize(service)?;
    let on = |store: &str| -> Result<(Vendor, Option<Database>), Failure> {
        let folder = folder.join(store);
        match store {
            "sqlite" => Ok((Vendor::on_sqlite(&service, &folder)?, None)),
            "postgres" => {
                let database = Database::create("creditdeck-torture")?;
                Ok((Vendor::new(&service, &folder, database.url.clone())?, Some(database)))
            }
            _ => Err(format!("there is no store \"{store}\": sqlite or postgres").into()),
        }
    };
    match arguments {
        ["race", store] => {
            let (vendor, _database) = on(store)?;
            say(format_args!("{store}: {}", race::run(&vendor, if *store == "postgres" { 2 } else { 1 })?))?;
        }
        ["crowd", store, idle] => {
            let (vendor, _database) = on(store)?;
            say(format_args!("{store}: {}", crowd::run(&vendor, idle.parse()?)?))?;
        }
        ["postgres-restarts", count] => {
            say(format_args!("CREDITDECK_SEED={seed}"))?;
            let (vendor, _database) = on("postgres")?;
            say(format_args!("postgres: {}", restarts::run(&vendor, count.parse()?, seed)?))?;
        }
        [store, count] => {
            say(format_args!("CREDITDECK_SEED={seed}"))?;
            let (vendor, _database) = on(store)?;
            say(format_args!("{store}: {}", kills::run(&vendor, count.parse()?, seed)?))?;
        }
        _ => return Err(crate::USAGE.into()),
    }
    Ok(())
}
