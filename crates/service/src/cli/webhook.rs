//! `webhook secret`.

use clap::Subcommand;

use super::{Stopped, say};
use crate::outbox::new_secret;

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
