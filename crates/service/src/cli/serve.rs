//! `serve`.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use clock::Clock;
use tokio::net::TcpListener;
use wire::api::Role;

use super::settings::{CONFIG, Given, Payments, SETTINGS, Settings, page};
use super::{Stopped, logging, say, say_aside};
use crate::service::{Config, Service};
use crate::serving::raise_open_files;
use crate::token::Token;

const FILE: &str = "config";
const SHOW: &str = "print_config";
const PAGE: &str = "print_page";

/// What is given on the command line.
pub(super) struct Serve {
    flags: Vec<(&'static str, String)>,
    config: Option<PathBuf>,
    instead: Option<Instead>,
}

/// What is done in place of serving.
#[derive(Clone, Copy)]
enum Instead {
    /// Print what is set.
    Show,
    /// Print docs/CONFIGURATION.md.
    Page,
}

impl Args for Serve {
    fn augment_args(command: Command) -> Command {
        let flags = SETTINGS.iter().filter_map(|setting| {
            let variable = setting.variable;
            let default = setting.default.map_or_else(String::new, |default| format!(" [default: {default}]"));
            let help = format!("{} [env: {variable}]{default}", setting.meaning);
            let flag = Arg::new(setting.key).long(setting.flag?).value_name(setting.value).help(help);
            // What is either so or not is so when it is named.
            let is_switch = setting.default == Some("false");
            Some(if is_switch { flag.num_args(0..=1).require_equals(true).default_missing_value("true") } else { flag })
        });
        let switch = |name: &'static str, flag: &'static str, help: &'static str| {
            Arg::new(name).long(flag).action(ArgAction::SetTrue).help(help)
        };
        command
            .args(flags)
            .arg(
                Arg::new(FILE)
                    .long("config")
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .help(format!("A file with settings: TOML, see docs/CONFIGURATION.md [env: {CONFIG}]")),
            )
            .arg(switch(SHOW, "print-config", "Print what is set, and where, without secrets, and end"))
            .arg(switch(PAGE, "print-page", "Print docs/CONFIGURATION.md, and end").hide(true))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Serve {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |key: &'static str| Some((key, matches.get_one::<String>(key)?.clone()));
        let flags = SETTINGS.iter().filter(|setting| setting.flag.is_some()).filter_map(|setting| given(setting.key));
        let instead = [(SHOW, Instead::Show), (PAGE, Instead::Page)];
        Ok(Self {
            flags: flags.collect(),
            config: matches.get_one(FILE).cloned(),
            instead: instead.into_iter().find(|(name, _)| matches.get_flag(name)).map(|(_, instead)| instead),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Stopped> {
        if let Some(Instead::Page) = self.instead {
            return say(page().trim_end());
        }
        let environment = |variable: &str| std::env::var(variable).ok();
        let given = Given::gather(self.flags, self.config.as_deref(), environment).map_err(Stopped::wrong)?;
        let settings = given.settings().map_err(Stopped::wrong)?;
        if let Some(Instead::Show) = self.instead {
            return say(given.shown(&settings).trim_end());
        }
        logging::begin_with(&settings.log, settings.log_format)?;
        if let Err(error) = raise_open_files() {
            tracing::warn!(%error, "the bound on open files stays as it is");
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(serve(settings))
    }
}

async fn serve(settings: Settings) -> Result<(), Stopped> {
    let Settings { database, listen, metrics_listen, public_url, webhooks, payments, is_sample, bounds, .. } = settings;
    let config = Config { database, clock: Clock::system(), public_url, webhooks };
    let mut service = Service::open(config).await?.bounded(bounds);
    let payments = match payments {
        Payments::Nobody => {
            service = service.without_payments();
            "payments are off: packs are listed, and cannot be bought"
        }
        Payments::Sandbox => "payments are the sandbox's: test payments, no money moves",
    };
    let bind = async |address| {
        let listener = TcpListener::bind(address).await;
        listener.map_err(|error| Stopped::wrong(format!("cannot listen on {address}: {error}")))
    };
    let listener = bind(listen).await?;
    if let Some(address) = metrics_listen {
        let listener = bind(address).await?;
        say(format_args!("metrics on http://{}/metrics", listener.local_addr()?))?;
        service = service.measured_on(listener);
    }
    if is_sample {
        service.ensure_sample().await?;
        for role in [Role::Owner, Role::Member, Role::Meter] {
            let token = Token::new()?;
            service.admit_to_samples(token.text(), role).await?;
            say(format_args!("{role} token: {}", token.text()))?;
        }
    }
    let running = service.serve(listener).await?;
    say_aside(payments);
    let said = say(format_args!("listening on {}", running.url()));
    if said.is_ok() {
        stop_signal().await;
    }
    running.shutdown().await;
    said
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
