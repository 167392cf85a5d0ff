//! `serve`.

use std::net::SocketAddr;

use clap::Args;
use clock::Clock;
use tokio::net::TcpListener;
use wire::api::Role;

use super::webhook::WebhookFlags;
use super::{DATABASE, Stopped, say, say_aside};
use crate::service::{Config, Service};
use crate::store::Location;
use crate::token::Token;

#[derive(Args)]
pub(super) struct Serve {
    /// The database: sqlite:PATH, which is made if it is not there, or postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(long, env = DATABASE, hide_env_values = true)]
    database: Location,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Where buyers' browsers reach the service, if that is elsewhere. Without it, a service that listens on a loopback
    /// address answers to no name but localhost and the like.
    #[arg(long)]
    public_url: Option<String>,
    #[command(flatten)]
    webhooks: WebhookFlags,
    /// Make the sample workspaces, keep them going, and print tokens for them.
    #[arg(long)]
    sample: bool,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let webhooks = self.webhooks.webhooks()?;
            let config =
                Config { database: self.database, clock: Clock::system(), public_url: self.public_url, webhooks };
            let mut service = Service::open(config).await?;
            let listener = TcpListener::bind(self.listen)
                .await
                .map_err(|error| Stopped::wrong(format!("cannot listen on {}: {error}", self.listen)))?;
            if self.sample {
                service.ensure_sample().await?;
                for role in [Role::Owner, Role::Member, Role::Meter] {
                    let token = Token::new()?;
                    service.admit_to_samples(token.text(), role).await?;
                    say(format_args!("{role} token: {}", token.text()))?;
                }
            }
            let running = service.serve(listener).await?;
            say_aside("payments are the sandbox's: test payments, no money moves");
            let said = say(format_args!("listening on {}", running.url()));
            if said.is_ok() {
                stop_signal().await;
            }
            running.shutdown().await;
            said
        })
    }
}

/// Waits until somebody asks the process to end.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
