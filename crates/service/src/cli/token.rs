//! `token create`, `token list`, `token revoke`, `pair create`.

use clap::{Args, Subcommand};
use clock::Clock;
use metering::Timestamp;
use wire::api::Role;

use super::{DATABASE, Stopped, id, open_existing, print, say};
use crate::pairing;
use crate::store::{Access, Durability, Location, Store};
use crate::token::Token;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How many workspaces are read at once.
const READ: u32 = 1_000;

#[derive(Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token and print it: this once, since only its hash is kept.
    Create(CreateToken),
    /// List the tokens of a workspace, newest first, a line each: id, role, made, until when it is good, name.
    List(OfWorkspace),
    /// Revoke a token of a workspace. Services that run believe it for some seconds more.
    Revoke {
        #[command(flatten)]
        of: OfWorkspace,
        /// The token's id, as `token list` says it.
        token: String,
    },
}

#[derive(Subcommand)]
pub(super) enum PairCommand {
    /// Make a pairing code and print it: typed into the app within ten minutes, it becomes the device's token, once.
    Create {
        #[command(flatten)]
        of: OfWorkspace,
        /// What the device may do: owner, admin, member or meter.
        #[arg(long)]
        role: Role,
    },
}

#[derive(Args)]
pub(super) struct OfWorkspace {
    /// The database: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(long, env = DATABASE, hide_env_values = true)]
    database: Location,
    /// The workspace's id.
    #[arg(long, value_parser = id)]
    workspace: String,
}

#[derive(Args)]
pub(super) struct CreateToken {
    /// The database: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(long, env = DATABASE, hide_env_values = true)]
    database: Location,
    /// The workspace's id.
    #[arg(long, value_parser = id, required_unless_present = "all_workspaces")]
    workspace: Option<String>,
    /// One token for all workspaces that there are now: for a vendor's own machine that reports for all of them.
    #[arg(long, conflicts_with = "workspace")]
    all_workspaces: bool,
    /// What the token may do: owner, admin, member or meter.
    #[arg(long)]
    role: Role,
    /// What the token is for, for people.
    #[arg(long)]
    name: String,
    /// It is good for so many days; for ever, if left out.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    days: Option<u16>,
}

impl TokenCommand {
    pub(super) fn run(self) -> Result<(), Stopped> {
        match self {
            Self::Create(create) => create.run(),
            Self::List(of) => list(&of),
            Self::Revoke { of, token } => revoke(&of, &token),
        }
    }
}

impl CreateToken {
    fn run(self) -> Result<(), Stopped> {
        let Self { database, workspace, all_workspaces, role, name, days } = self;
        let store = open_existing(&database, Durability::Full)?;
        let now = Clock::system().now();
        let workspaces = if all_workspaces { all(&store)? } else { workspace.into_iter().collect() };
        let accesses: Vec<Access> = workspaces.into_iter().map(|workspace| Access { workspace, role }).collect();
        if accesses.is_empty() {
            return Err(Stopped::wrong("there is no workspace yet"));
        }
        let expires_at = days.map(|days| now.plus_millis(i64::from(days) * DAY_MS));
        let token = Token::issue(&store, &accesses, &name, expires_at, now)?;
        // Even a pipe that was closed is told of: nobody can ever see this token again.
        print(token.text()).map_err(|error| lost(&error, "token"))
    }
}

impl PairCommand {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let Self::Create { of, role } = self;
        let store = open_existing(&of.database, Durability::Full)?;
        let access = Access { workspace: of.workspace, role };
        let (code, _) = pairing::issue(&store, &access, Clock::system().now())?;
        print(code).map_err(|error| lost(&error, "code"))
    }
}

fn lost(error: &std::io::Error, what: &str) -> Stopped {
    Stopped {
        message: format!(
            "cannot write: {error}: a {what} was made and could not be shown, so that nobody can use it; run the same \
             command again to make another"
        ),
        status: 1,
    }
}

fn all(store: &Store) -> Result<Vec<String>, Stopped> {
    let mut ids: Vec<String> = Vec::new();
    loop {
        let some = store.workspaces(ids.last().map_or("", String::as_str), READ)?;
        if some.is_empty() {
            return Ok(ids);
        }
        ids.extend(some.into_iter().map(|one| one.id));
    }
}

fn list(of: &OfWorkspace) -> Result<(), Stopped> {
    let store = open_existing(&of.database, Durability::Full)?;
    check_workspace(&store, &of.workspace)?;
    let now = Clock::system().now();
    for token in store.tokens(&of.workspace)? {
        let until = match (token.revoked_at, token.expires_at) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(end)) if end <= now => format!("expired {end}"),
            (None, Some(end)) => format!("until {end}"),
            (None, None) => "for ever".to_owned(),
        };
        say(format_args!("{}\t{}\t{}\t{until}\t{}", token.id, token.role, token.created_at, token.name))?;
    }
    Ok(())
}

fn revoke(of: &OfWorkspace, token: &str) -> Result<(), Stopped> {
    let store = open_existing(&of.database, Durability::Full)?;
    check_workspace(&store, &of.workspace)?;
    let now: Timestamp = Clock::system().now();
    if store.revoke_token(&of.workspace, token, now)? {
        return say(format_args!("token {token} is revoked"));
    }
    Err(Stopped::wrong(format!("workspace \"{}\" has no token \"{token}\": see token list", of.workspace)))
}

fn check_workspace(store: &Store, id: &str) -> Result<(), Stopped> {
    match store.workspace(id)? {
        Some(_) => Ok(()),
        None => Err(Stopped::wrong(format!("there is no workspace \"{id}\""))),
    }
}
