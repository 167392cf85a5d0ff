//! The command line: serve, set up, import, simulate, verify.

mod arguments;
mod backup;
mod catalogue;
mod health;
mod import;
mod logging;
mod plan;
mod serve;
mod settings;
mod simulate;
mod token;
mod verify;
mod webhook;
mod workspace;

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use metering::Timestamp;

use crate::store::{Durability, Location, Store, StoreError};

/// The environment's variable for `--database`: a password has no place among a process's arguments.
const DATABASE: &str = "CREDITDECK_DATABASE";

/// What a script can go by. The commands that answer a question say more.
const STATUSES: &str = "Exit status: 0 when it is done, 1 when it failed, 2 when what was given is wrong. \
    What went wrong is said on standard error.";
const VERIFY_STATUSES: &str = "Exit status: 0 when every entry follows from the rules, 1 when there are findings, \
    2 when the ledger or the catalogue cannot be read.";

/// The credit service: metering in front of a store, over HTTP.
#[derive(Parser)]
#[command(name = "creditdeck-service", version, about, disable_help_subcommand = true, after_help = STATUSES)]
struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Answer requests on an address, which is printed.
    Serve(serve::Serve),
    /// Ask a running service whether it can work.
    Health(health::Health),
    /// Workspaces.
    #[command(subcommand)]
    Workspace(workspace::WorkspaceCommand),
    /// Access tokens.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Pairing codes for devices.
    #[command(subcommand)]
    Pair(token::PairCommand),
    /// The plan of a workspace.
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    /// Signed webhooks to the vendor.
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
    /// Play a usage trace into a workspace.
    Import(import::Import),
    /// Write everything that the database keeps into a file, while services run.
    Backup(backup::Backup),
    /// Take a backup in to an empty database: all of it, or what there was at an instant.
    Restore(backup::Restore),
    /// Write a workspace's ledger and catalogue into a folder.
    Export(backup::Export),
    /// Bring a database's tables to this version.
    Migrate(backup::Migrate),
    /// Run a scenario of the metering rules and print an answer a step.
    #[command(after_help = simulate::STATUSES)]
    Simulate(simulate::Simulate),
    /// Check a ledger: the chain of hashes, and that the rules made every entry.
    #[command(after_help = VERIFY_STATUSES)]
    Verify(verify::Verify),
    /// Catalogues.
    #[command(subcommand)]
    Catalogue(catalogue::CatalogueCommand),
}

/// Why a command ends: one line for people, and the exit status.
struct Stopped {
    message: String,
    status: u8,
}

impl Stopped {
    /// What was given is wrong: status 2.
    fn wrong(message: impl Display) -> Self {
        Self { message: message.to_string(), status: 2 }
    }
}

impl<E: std::error::Error> From<E> for Stopped {
    /// What was to be done failed: status 1.
    fn from(error: E) -> Self {
        Self { message: error.to_string(), status: 1 }
    }
}

/// Reads the command line and does what it says. The exit status is 0, 1 when something failed and 2 when what was
/// given is wrong; then one line on standard error says what.
#[must_use]
pub fn run() -> ExitCode {
    let command = match Arguments::try_parse() {
        Ok(Arguments { command }) => command,
        Err(error) => return arguments::not_understood(&error),
    };
    // What a service logs is among its settings.
    if !matches!(command, What::Serve(_)) {
        logging::begin();
    }
    let done = match command {
        What::Serve(command) => command.run(),
        What::Health(command) => command.run(),
        What::Workspace(command) => command.run(),
        What::Token(command) => command.run(),
        What::Pair(command) => command.run(),
        What::Plan(command) => command.run(),
        What::Webhook(command) => command.run(),
        What::Import(command) => command.run(),
        What::Backup(command) => command.run(),
        What::Restore(command) => command.run(),
        What::Export(command) => command.run(),
        What::Migrate(command) => command.run(),
        What::Simulate(command) => command.run(),
        What::Verify(command) => command.run(),
        What::Catalogue(command) => command.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stopped { message, status }) => {
            say_aside(format_args!("error: {}", one_line(&message)));
            ExitCode::from(status)
        }
    }
}

/// Opens a database for a command that ends by itself.
fn open(location: &Location, durability: Durability) -> Result<Store, StoreError> {
    Store::connect(location, durability)
}

/// The same for a command that is of no use on a new database: a path with a slip in it makes none.
fn open_existing(location: &Location, durability: Durability) -> Result<Store, Stopped> {
    match location {
        // What cannot be looked at cannot be opened, and then that says why.
        Location::Sqlite(path) if matches!(path.try_exists(), Ok(false)) => {
            Err(Stopped::wrong(format!("{}: there is no such database", path.display())))
        }
        _ => Ok(open(location, durability)?),
    }
}

fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|error: metering::BadInstant| error.to_string())
}

/// An id that can stand in an address: letters, digits, `-`, `_` and `.`, 64 at most.
fn id(text: &str) -> Result<String, String> {
    let good = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if (1..=64).contains(&text.len()) && text.chars().all(good) && !text.starts_with('.') {
        return Ok(text.to_owned());
    }
    Err("an id has 1 to 64 letters, digits, \"-\", \"_\" or \".\", and does not begin with \".\"".into())
}

/// One line, whatever the message quotes.
fn one_line(message: &str) -> String {
    message.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// Prints a line. Whoever closed the other end does not want to read any more; an answer that is lost in any other way
/// was not given.
fn say(line: impl Display) -> Result<(), Stopped> {
    match print(line) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Stopped { message: format!("cannot write: {error}"), status: 1 })
        }
        _ => Ok(()),
    }
}

/// Prints a line, and says whether it has left this process.
fn print(line: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Prints a line on standard error, where nobody takes it for an answer.
fn say_aside(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
