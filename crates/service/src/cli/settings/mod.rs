//! What is set for `serve`: by arguments, by the environment, by a file, in this order.

mod file;
mod page;
mod table;

use std::fmt::Display;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) use page::page;
pub(super) use table::SETTINGS;
use table::setting;

use super::logging::Format;
use crate::limit::Rate;
use crate::outbox::Webhooks;
use crate::serving::{Bounds, Logged};
use crate::store::Location;

/// The environment's variable for `--config`.
pub(super) const CONFIG: &str = "CREDITDECK_CONFIG";
/// What others call the filter of the log.
const RUST_LOG: &str = "RUST_LOG";
/// Longest time that can be set, in seconds: a day.
const LONGEST: u64 = 24 * 60 * 60;

/// What is set for `serve`.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) database: Location,
    pub(super) listen: SocketAddr,
    pub(super) metrics_listen: Option<SocketAddr>,
    pub(super) public_url: Option<String>,
    pub(super) webhooks: Option<Webhooks>,
    pub(super) payments: Payments,
    pub(super) is_sample: bool,
    pub(super) bounds: Bounds,
    pub(super) log: String,
    pub(super) log_format: Format,
}

/// Who takes money for packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payments {
    /// Nobody: none are sold.
    Nobody,
    /// The sandbox, and no money moves.
    Sandbox,
}

/// What was given, and where.
#[derive(Debug)]
pub(super) struct Given {
    values: Vec<Value>,
}

#[derive(Debug)]
struct Value {
    key: &'static str,
    text: String,
    source: Source,
}

/// Where a value is from.
#[derive(Debug)]
enum Source {
    Flag(&'static str),
    Variable(&'static str),
    File(String),
}

impl Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "--{flag}"),
            Self::Variable(variable) => f.write_str(variable),
            Self::File(place) => f.write_str(place),
        }
    }
}

impl Given {
    /// Gathers what arguments, the environment and the file say.
    ///
    /// # Errors
    /// One line about the file, if there is something wrong with it.
    pub(super) fn gather(
        flags: Vec<(&'static str, String)>,
        config: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let environment = |variable| environment(variable).filter(|text| !text.is_empty());
        let file = config.map(Path::to_owned).or_else(|| environment(CONFIG).map(PathBuf::from));
        let written = match &file {
            None => Vec::new(),
            Some(path) => {
                let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
                file::read(&text).map_err(|error| format!("{}: {error}", path.display()))?
            }
        };
        let mut values: Vec<Value> = Vec::new();
        for (key, text) in flags {
            let Some(flag) = setting(key).and_then(|setting| setting.flag) else { continue };
            values.push(Value { key, text, source: Source::Flag(flag) });
        }
        for table::Setting { key, variable, .. } in &SETTINGS {
            let also = if *key == "log" { environment(RUST_LOG).map(|text| (RUST_LOG, text)) } else { None };
            if let Some((variable, text)) = environment(variable).map(|text| (*variable, text)).or(also) {
                values.push(Value { key, text, source: Source::Variable(variable) });
            }
        }
        let path = file.unwrap_or_default();
        for file::Written { key, text, place } in written {
            values.push(Value { key, text, source: Source::File(format!("{}: {place}", path.display())) });
        }
        Ok(Self { values })
    }

    /// What is set. A value that cannot be is said with where it is from, and without it if it may be secret.
    ///
    /// # Errors
    /// One line about the first value that cannot be.
    pub(super) fn settings(&self) -> Result<Settings, String> {
        let seconds = |key| self.number(key, 1..=LONGEST).map(Duration::from_secs);
        let rate = |rate, burst| {
            let most = u64::from(u32::MAX);
            let part = |key| self.number(key, 0..=most).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
            Ok::<_, String>(Rate { per_second: part(rate)?, burst: part(burst)? })
        };
        Ok(Settings {
            database: self.database()?,
            listen: self.listen()?,
            metrics_listen: self.address("metrics_listen")?,
            public_url: self.text("public_url").map(str::to_owned),
            webhooks: self.webhooks()?,
            payments: self.one_of("payments", &[("none", Payments::Nobody), ("sandbox", Payments::Sandbox)])?,
            is_sample: self.one_of("sample", &[("true", true), ("false", false)])?,
            bounds: Bounds {
                connections: usize::try_from(self.number("connections", 1..=1_000_000)?).unwrap_or(usize::MAX),
                head: seconds("header_timeout")?,
                body: seconds("body_timeout")?,
                request: seconds("request_timeout")?,
                idle: seconds("idle_timeout")?,
                token_rate: rate("token_rate", "token_burst")?,
                failure_rate: rate("failure_rate", "failure_burst")?,
                proxies: self.proxies()?,
                logged: self.one_of(
                    "log_requests",
                    &[("none", Logged::Nothing), ("failures", Logged::Failures), ("all", Logged::All)],
                )?,
            },
            log: self.text("log").unwrap_or_default().to_owned(),
            log_format: self.one_of("log_format", &[("text", Format::Text), ("json", Format::Json)])?,
        })
    }

    /// Where to listen.
    ///
    /// # Errors
    /// One line, if that is no address.
    pub(super) fn listen(&self) -> Result<SocketAddr, String> {
        self.address("listen")?.ok_or_else(|| "listen: there is no address".into())
    }

    /// What holds, as a configuration file with where each is from, and without secrets.
    pub(super) fn shown(&self, settings: &Settings) -> String {
        let mut shown = String::new();
        for table::Setting { key, default, is_secret, .. } in &SETTINGS {
            let source = self.value(key).map(|value| value.source.to_string());
            let text = match (*key, self.text(key)) {
                (_, None) => None,
                ("database", Some(_)) => Some(settings.database.to_string()),
                (_, Some(_)) if *is_secret => Some("…".to_owned()),
                (_, Some(text)) => Some(text.to_owned()),
            };
            let line = match (text, source) {
                (None, _) => format!("# {key} is not set\n"),
                (Some(text), source) => {
                    let text = if default.is_some_and(is_bare) && is_bare(&text) { text } else { quoted(&text) };
                    let is_hidden = *is_secret && *key != "database";
                    let (begin, from) = (if is_hidden { "# " } else { "" }, source.unwrap_or_else(|| "default".into()));
                    format!("{begin}{key} = {text} # {from}\n")
                }
            };
            shown.push_str(&line);
        }
        shown
    }

    /// The value that counts: arguments before the environment, and that before the file.
    fn value(&self, key: &str) -> Option<&Value> {
        self.values.iter().find(|value| value.key == key)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.value(key).map(|value| value.text.as_str()).or_else(|| setting(key)?.default)
    }

    /// What is wrong with a value, and where it is from.
    fn wrong(&self, key: &str, what: impl Display) -> String {
        match self.value(key) {
            Some(Value { source: source @ Source::File(_), .. }) => format!("{source}: {key}: {what}"),
            Some(Value { source, .. }) => format!("{source}: {what}"),
            None => format!("{key}: {what}"),
        }
    }

    fn number(&self, key: &str, range: std::ops::RangeInclusive<u64>) -> Result<u64, String> {
        let number = self.text(key).and_then(|text| text.parse().ok()).filter(|number| range.contains(number));
        let needed = || self.wrong(key, format_args!("needs a whole number from {} to {}", range.start(), range.end()));
        number.ok_or_else(needed)
    }

    fn one_of<T: Copy>(&self, key: &str, known: &[(&str, T)]) -> Result<T, String> {
        let text = self.text(key).unwrap_or_default();
        known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.wrong(key, format_args!("needs one of {}", names.join(", ")))
        })
    }

    fn address(&self, key: &str) -> Result<Option<SocketAddr>, String> {
        let parsed = self.text(key).map(str::parse).transpose();
        parsed.map_err(|_| self.wrong(key, "needs an address with a port, like 127.0.0.1:8787 or [::]:8787"))
    }

    fn proxies(&self) -> Result<Vec<IpAddr>, String> {
        let texts = self.text("trusted_proxies").unwrap_or_default().split(',').map(str::trim);
        let parsed = texts.filter(|text| !text.is_empty()).map(str::parse::<IpAddr>);
        let proxies = parsed.map(|one| one.map(|address| address.to_canonical())).collect::<Result<_, _>>();
        proxies.map_err(|_| self.wrong("trusted_proxies", "needs IP addresses with commas between them"))
    }

    fn database(&self) -> Result<Location, String> {
        let (key, text) = match (self.text("database"), self.text("database_file")) {
            (Some(_), Some(_)) => return Err("database and database_file are both set: say it once".into()),
            (Some(text), None) => ("database", text.to_owned()),
            (None, Some(path)) => ("database_file", self.read("database_file", path)?),
            (None, None) => {
                return Err("which database? Say it with --database, CREDITDECK_DATABASE or --database-file".into());
            }
        };
        text.trim().parse().map_err(|error| self.wrong(key, error))
    }

    /// Where webhooks go; none, if the vendor wants to hear nothing.
    fn webhooks(&self) -> Result<Option<Webhooks>, String> {
        let (file, secret) = (self.text("webhook_secret_file"), self.text("webhook_secret"));
        let Some(url) = self.text("webhook_url") else {
            return match file {
                Some(_) => Err("a webhook secret is of no use without --webhook-url".into()),
                None => Ok(None),
            };
        };
        let secret = match (file, secret) {
            (Some(path), _) => self.read("webhook_secret_file", path)?,
            (None, Some(secret)) => secret.to_owned(),
            (None, None) => {
                let message = "--webhook-url needs a secret: name a file with --webhook-secret-file, or set \
                               CREDITDECK_WEBHOOK_SECRET";
                return Err(message.into());
            }
        };
        Webhooks::new(url, &secret).map(Some).map_err(|error| error.to_string())
    }

    fn read(&self, key: &str, path: &str) -> Result<String, String> {
        fs::read_to_string(path).map_err(|error| self.wrong(key, format_args!("{path}: {error}")))
    }
}

/// Whether a value stands in TOML as it is.
fn is_bare(text: &str) -> bool {
    text == "true" || text == "false" || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(flags: &[(&'static str, &str)], variables: &[(&str, &str)], file: Option<&str>) -> Result<Given, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("creditdeck.toml");
        fs::write(&path, file.unwrap_or_default()).unwrap();
        let flags = flags.iter().map(|(key, text)| (*key, (*text).to_owned())).collect();
        let environment =
            |wanted: &str| variables.iter().find(|(name, _)| *name == wanted).map(|(_, text)| (*text).to_owned());
        Given::gather(flags, file.map(|_| path.as_path()), environment)
    }

    fn settings(flags: &[(&'static str, &str)], variables: &[(&str, &str)], file: Option<&str>) -> Settings {
        given(flags, variables, file).unwrap().settings().unwrap()
    }

    const DATABASE: (&str, &str) = ("CREDITDECK_DATABASE", "sqlite:credits.db");

    #[test]
    fn defaults_are_those_of_a_service_in_a_program() {
        let settings = settings(&[], &[DATABASE], None);
        assert_eq!(settings.bounds, Bounds::default());
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8787");
        assert_eq!((settings.metrics_listen, settings.public_url, settings.is_sample), (None, None, false));
        assert_eq!(settings.payments, Payments::Nobody, "credits for nothing have to be asked for");
        assert_eq!((settings.log.as_str(), settings.log_format), ("warn,service=info", Format::Text));
        assert!(settings.webhooks.is_none());
    }

    #[test]
    fn an_argument_counts_before_the_environment_and_that_before_the_file() {
        let file = Some("idle_timeout = 1\nheader_timeout = 1\nbody_timeout = 1\nlog = \"error\"");
        let variables =
            [DATABASE, ("CREDITDECK_IDLE_TIMEOUT", "2"), ("CREDITDECK_HEADER_TIMEOUT", "2"), ("CREDITDECK_LISTEN", "")];
        let Settings { bounds, listen, log, .. } = settings(&[("idle_timeout", "3")], &variables, file);
        let seconds = [bounds.idle, bounds.head, bounds.body, bounds.request].map(|time| time.as_secs());
        assert_eq!(seconds, [3, 2, 1, 120]);
        assert_eq!(listen.port(), 8787, "an empty variable says nothing");
        assert_eq!(log, "error");
        assert_eq!(settings(&[], &[DATABASE, (RUST_LOG, "debug")], file).log, "debug");
        let both = [DATABASE, (RUST_LOG, "debug"), ("CREDITDECK_LOG", "info")];
        assert_eq!(settings(&[], &both, file).log, "info");
        assert_eq!(settings(&[("log", "trace")], &both, file).log, "trace");
    }

    #[test]
    fn the_file_may_be_named_by_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ours.toml");
        fs::write(&path, "database = \"sqlite:x.db\"\nsample = true").unwrap();
        let named = |variable: &str| (variable == CONFIG).then(|| path.to_str().unwrap().to_owned());
        assert!(Given::gather(Vec::new(), None, named).unwrap().settings().unwrap().is_sample);
    }

    #[test]
    fn what_cannot_be_is_said_with_where_it_is_from() {
        let wrong = |flags: &[(&'static str, &str)], variables: &[(&str, &str)], file: Option<&str>| {
            let given = given(flags, &[&[DATABASE], variables].concat(), file).and_then(|given| given.settings());
            given.unwrap_err().rsplit('/').next().unwrap().to_owned()
        };
        assert_eq!(
            wrong(&[("listen", "here")], &[], None),
            "--listen: needs an address with a port, like 127.0.0.1:8787 or [::]:8787"
        );
        assert_eq!(
            wrong(&[], &[("CREDITDECK_TOKEN_RATE", "-1")], None),
            "CREDITDECK_TOKEN_RATE: needs a whole number from 0 to 4294967295"
        );
        assert_eq!(
            wrong(&[], &[], Some("\nheader_timeout = 0")),
            "creditdeck.toml: line 2, column 18: header_timeout: needs a whole number from 1 to 86400"
        );
        assert_eq!(
            wrong(&[], &[], Some("log_format = 'yaml'")),
            "creditdeck.toml: line 1, column 14: log_format: needs one of text, json"
        );
        assert_eq!(
            wrong(&[], &[], Some("lisen = 'x'")),
            "creditdeck.toml: line 1, column 1: there is no setting \"lisen\": \"listen\" is meant, perhaps"
        );
        assert!(wrong(&[("trusted_proxies", "10.0.0.1, proxy")], &[], None).starts_with("--trusted-proxies: needs IP"));
        assert!(wrong(&[("database_file", "x")], &[], None).contains("both set"));
        assert!(wrong(&[("webhook_url", "https://vendor.example")], &[], None).contains("needs a secret"));
        let none = given(&[], &[], None).unwrap().settings().unwrap_err();
        assert!(none.starts_with("which database?"), "{none}");
        let missing = Given::gather(Vec::new(), Some(Path::new("/nowhere.toml")), |_| None).unwrap_err();
        assert!(missing.starts_with("/nowhere.toml: No such file"), "{missing}");
    }

    #[test]
    fn a_database_may_be_named_by_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "postgres://me:hunter2@db.example/credits\n").unwrap();
        let given = given(&[("database_file", path.to_str().unwrap())], &[], None).unwrap();
        let settings = given.settings().unwrap();
        assert!(matches!(settings.database, Location::Postgres(_)));
        assert!(!given.shown(&settings).contains("hunter2"));
        fs::write(&path, "postgres://me:hunter2@/?x").unwrap();
        let error = given.settings().unwrap_err();
        assert!(error.starts_with("--database-file: ") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn what_is_shown_is_a_file_without_secrets() {
        let secret = crate::new_webhook_secret().unwrap();
        let file = format!(
            "database = \"postgres://me:hunter2@db.example/credits\"\nwebhook_secret = \"{secret}\"\n\
             webhook_url = \"https://vendor.example/hooks/s3cret\"\nlog = \"a \\\"b\\\"\"\nsample = true\n"
        );
        let before = given(&[("connections", "7")], &[("CREDITDECK_LOG_FORMAT", "json")], Some(&file)).unwrap();
        let settings = before.settings().unwrap();
        let shown = before.shown(&settings);
        for word in ["hunter2", &secret[6..], "s3cret"] {
            assert!(!shown.contains(word), "{shown}");
        }
        for line in [
            "connections = 7 # --connections\n",
            "log_format = \"json\" # CREDITDECK_LOG_FORMAT\n",
            "sample = true # ",
            "idle_timeout = 75 # default\n",
            "# public_url is not set\n",
            "db.example",
        ] {
            assert!(shown.contains(line), "{shown}\n  has no\n{line}");
        }
        let again = given(&[], &[], Some(&shown)).unwrap().settings().unwrap();
        assert_eq!((again.bounds, again.log, again.log_format), (settings.bounds, settings.log, Format::Json));
    }
}
