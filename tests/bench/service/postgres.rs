//! The PostgreSQL server that `script/with-postgres` gives: databases of our own on it, and what its own pgbench reaches.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use url::Url;

use crate::Failure;

/// Where the server is, for somebody who may do everything.
pub(crate) const SERVER: &str = "CREDITDECK_TEST_POSTGRES";
/// The program that kills it and starts it again.
pub(crate) const CONTROL: &str = "CREDITDECK_TEST_POSTGRES_CTL";

/// Accounts that pgbench debits.
pub(crate) const ACCOUNTS: u64 = 1_000;

const TABLES: &str = "
    CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL);
    CREATE TABLE debits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account bigint NOT NULL, amount bigint NOT NULL);
    INSERT INTO accounts SELECT id, 1000000000 FROM generate_series(1, 1000) AS id;
";
const DEBIT: &str = "\\set id random(1, 1000)
WITH paid AS (UPDATE accounts SET balance = balance - 1 WHERE id = :id AND balance >= 1 RETURNING id) \
INSERT INTO debits (account, amount) SELECT id, 1 FROM paid;
";

/// A database of our own. Dropped, it goes away.
pub(crate) struct Database {
    server: Url,
    name: String,
    /// What the service's command line takes.
    pub(crate) url: String,
}

impl Database {
    /// Makes one, anew if it is there.
    pub(crate) fn create(name: &str) -> Result<Self, Failure> {
        let text =
            std::env::var(SERVER).map_err(|_| format!("{SERVER} names no server: run it in script/with-postgres"))?;
        let server: Url = text.parse()?;
        let mut url = server.clone();
        url.set_path(name);
        let database = Self { server, name: name.to_owned(), url: url.into() };
        database.drop_it()?;
        sql(database.server.as_str(), &format!("CREATE DATABASE \"{name}\""))?;
        Ok(database)
    }

    fn drop_it(&self) -> Result<(), Failure> {
        sql(self.server.as_str(), &format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name))
    }

    /// Makes what pgbench debits.
    pub(crate) fn open_accounts(&self) -> Result<(), Failure> {
        sql(&self.url, TABLES)
    }

    /// Debits a second by pgbench: 32 clients, each one conditional debit and its note as one statement and one
    /// transaction at a time, prepared.
    pub(crate) fn bench(&self, folder: &Path, seconds: u64) -> Result<f64, Failure> {
        let script = folder.join("debit.sql");
        fs::write(&script, DEBIT)?;
        let mut command = Command::new(tool("pgbench"));
        command.args(["-n", "-c", "32", "-j", "2", "-M", "prepared", "-T", &seconds.to_string(), "-f"]).arg(&script);
        let said = run(command.arg(&self.url))?;
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        rate.ok_or_else(|| format!("pgbench: {said}").into())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = self.drop_it() {
            eprintln!("the database {} is left: {error}", self.name);
        }
    }
}

/// Asks the server's own script to `kill` or to `start` it.
pub(crate) fn control(what: &str) -> Result<(), Failure> {
    let program =
        std::env::var(CONTROL).map_err(|_| format!("{CONTROL} names no program: run it in script/with-postgres"))?;
    run(Command::new(program).arg(what)).map(drop)
}

fn sql(url: &str, text: &str) -> Result<(), Failure> {
    run(Command::new(tool("psql")).args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", text])).map(drop)
}

fn run(command: &mut Command) -> Result<String, Failure> {
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("{:?}: {error}", command.get_program()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{:?}: {}", command.get_program(), String::from_utf8_lossy(&output.stderr).trim()).into())
}

/// A program of PostgreSQL's: Debian keeps them by version, and only some are in the path.
fn tool(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = versions.map(|entry| entry.path()).max_by_key(version).map(|path| path.join("bin").join(name));
    newest.filter(|path| path.exists()).unwrap_or_else(|| name.into())
}
