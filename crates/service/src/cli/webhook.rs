//! `webhook secret`, and what `serve` is told about webhooks.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Stopped, say};
use crate::outbox::{Webhooks, new_secret};

/// The environment's variable for the secret: it has no place among a process's arguments.
const SECRET: &str = "CREDITDECK_WEBHOOK_SECRET";

#[derive(Subcommand)]
pub(super) enum WebhookCommand {
    /// Print a new secret to sign webhooks with. It is kept nowhere: give it to "serve" and to the receiver.
    Secret,
}

impl WebhookCommand {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let Self::Secret = self;
        say(new_secret()?)
    }
}

#[derive(Args)]
pub(super) struct WebhookFlags {
    /// Where the vendor is told of thresholds, depletion, recovery and purchases: https://…, or http://… on this machine.
    /// The secret comes from a file, or from the variable CREDITDECK_WEBHOOK_SECRET.
    #[arg(long, value_name = "URL", env = "CREDITDECK_WEBHOOK_URL", hide_env_values = true)]
    webhook_url: Option<String>,
    /// The file with the secret that webhooks are signed with. Two with a space between them both sign, while a receiver
    /// goes from one to the other.
    #[arg(long, value_name = "FILE", env = "CREDITDECK_WEBHOOK_SECRET_FILE")]
    webhook_secret_file: Option<PathBuf>,
}

impl WebhookFlags {
    /// Where webhooks go; none, if the vendor wants to hear nothing.
    pub(super) fn webhooks(self) -> Result<Option<Webhooks>, Stopped> {
        let Self { webhook_url, webhook_secret_file } = self;
        let Some(url) = webhook_url else {
            return match webhook_secret_file {
                Some(_) => Err(Stopped::wrong("a webhook secret is of no use without --webhook-url")),
                None => Ok(None),
            };
        };
        let secret = match webhook_secret_file {
            Some(path) => std::fs::read_to_string(&path)
                .map_err(|error| Stopped::wrong(format!("{}: {error}", path.display())))?,
            None => std::env::var(SECRET).map_err(|_| {
                Stopped::wrong(format!(
                    "--webhook-url needs a secret: name a file with --webhook-secret-file, or set {SECRET}"
                ))
            })?,
        };
        Webhooks::new(&url, &secret).map(Some).map_err(Stopped::wrong)
    }
}
