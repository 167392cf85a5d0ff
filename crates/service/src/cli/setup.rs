//! `workspace create`, `token create`.

use std::path::PathBuf;
use std::sync::Arc;

use chrono_tz::Tz;
use clap::{Args, Subcommand};
use clock::Clock;
use metering::Terms;
use wire::api::Role;

use super::{Stopped, database, id, open, open_existing, print, say};
use crate::catalogues;
use crate::store::{Access, Durability, Workspace};
use crate::token::Token;

#[derive(Subcommand)]
pub(super) enum WorkspaceCommand {
    /// Make a workspace. The same again changes nothing.
    Create(CreateWorkspace),
}

#[derive(Args)]
pub(super) struct CreateWorkspace {
    /// The database: sqlite:PATH. It is made if it is not there.
    #[arg(long, value_parser = database)]
    database: PathBuf,
    /// The workspace's id: what stands in addresses.
    #[arg(long, value_parser = id)]
    id: String,
    /// Its name, for people.
    #[arg(long)]
    name: String,
    /// The catalogue that it is kept under: a, b, or a file.
    #[arg(long)]
    catalogue: String,
    /// IANA name of its billing time zone; the catalogue's, if left out.
    #[arg(long)]
    time_zone: Option<String>,
}

impl WorkspaceCommand {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let Self::Create(CreateWorkspace { database, id, name, catalogue, time_zone }) = self;
        let catalogue = catalogues::find(&catalogue).map_err(Stopped::wrong)?;
        let zone = time_zone.as_ref().unwrap_or(&catalogue.time_zone);
        let zone: Tz = zone
            .parse()
            .map_err(|_| Stopped::wrong(format!("\"{zone}\" is not an IANA time zone like Europe/Berlin")))?;
        if name.trim().is_empty() || name.len() > 256 {
            return Err(Stopped::wrong(format!("a name has 1 to 256 bytes, this one has {}", name.len())));
        }
        let store = open(&database, Durability::Full)?;
        let provider = catalogue.name.clone();
        let workspace = Workspace { id, name, terms: Terms::new(Arc::new(catalogue), zone) };
        store.create_workspace(&workspace, Clock::system().now())?;
        say(format_args!("workspace {}: {} on {provider}, {}", workspace.id, workspace.name, zone.name()))
    }
}

#[derive(Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token and print it: this once, since only its hash is kept.
    Create(CreateToken),
}

#[derive(Args)]
pub(super) struct CreateToken {
    /// The database: sqlite:PATH.
    #[arg(long, value_parser = database)]
    database: PathBuf,
    /// The workspace's id.
    #[arg(long, value_parser = id)]
    workspace: String,
    /// What the token may do: owner, admin, member or meter.
    #[arg(long)]
    role: Role,
    /// What the token is for, for people.
    #[arg(long)]
    name: String,
}

impl TokenCommand {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let Self::Create(CreateToken { database, workspace, role, name }) = self;
        let store = open_existing(&database, Durability::Full)?;
        let access = Access { workspace, role };
        let token = Token::issue(&store, &access, &name, Clock::system().now())?;
        // Even a pipe that was closed is told of: nobody can ever see this token again.
        print(token.text()).map_err(|error| Stopped {
            message: format!(
                "cannot write: {error}: a token was made and could not be shown, so that nobody can use it; run the same \
                 command again to make another"
            ),
            status: 1,
        })
    }
}
