//! `plan subscribe`, `plan cancel`, `plan trial`.

use std::sync::Arc;

use clap::{Args, Subcommand};
use clock::Clock;
use metering::{Command, Outcome};

use super::{DATABASE, Stopped, id, open_existing, say};
use crate::ledger::{Book, record};
use crate::store::{Durability, Location};

#[derive(Subcommand)]
pub(super) enum PlanCommand {
    /// Put a workspace on a plan: its first, another one, or the current one again to take a pending change back.
    Subscribe {
        #[command(flatten)]
        of: OfWorkspace,
        /// The plan's id in the workspace's catalogue.
        plan: String,
        /// Credits a period, for a plan whose allowance is by agreement.
        #[arg(long)]
        allowance: Option<u64>,
    },
    /// End a workspace's plan at its next refresh.
    Cancel(OfWorkspace),
    /// Start a workspace's trial.
    Trial(OfWorkspace),
}

#[derive(Args)]
pub(super) struct OfWorkspace {
    /// The database: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE. A service may run on it.
    #[arg(long, env = DATABASE, hide_env_values = true)]
    database: Location,
    /// The workspace's id.
    #[arg(long, value_parser = id)]
    workspace: String,
}

impl PlanCommand {
    pub(super) fn run(self) -> Result<(), Stopped> {
        match self {
            Self::Subscribe { of, plan, allowance } => change(&of, &Command::Subscribe { plan, allowance }),
            Self::Cancel(of) => change(&of, &Command::Cancel),
            Self::Trial(of) => change(&of, &Command::StartTrial),
        }
    }
}

fn change(of: &OfWorkspace, command: &Command) -> Result<(), Stopped> {
    let store = open_existing(&of.database, Durability::Full)?;
    let workspace = store
        .workspace(&of.workspace)?
        .ok_or_else(|| Stopped::wrong(format!("there is no workspace \"{}\"", of.workspace)))?;
    let mut book = Book::open(Arc::new(workspace), &store)?;
    let now = Clock::system().now();
    match book.decide(&store, command, now)? {
        Outcome::Recorded { seq } => {
            let position = book.account().position(now);
            record(&store, vec![book])?;
            say(format_args!(
                "entry {seq}: {} has {} credits available, {}",
                of.workspace,
                position.available,
                position.state.code()
            ))
        }
        Outcome::Invalid(invalid) => Err(Stopped::wrong(invalid)),
        Outcome::Refused(refusal) => Err(Stopped::wrong(format!("refused: {}", refusal.code()))),
        _ => say("it is so already: nothing was changed"),
    }
}
