//! Where a PostgreSQL database is, and how it is talked to.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use url::form_urlencoded;

/// A database on a PostgreSQL server, as a URL names it. It has the password: only [`fmt::Display`] is for people.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    pub(super) config: Config,
    /// Whom to believe about the server's certificate, beside whom the system believes.
    pub(super) authority: Option<PathBuf>,
}

/// What somebody should know whose password ends too early.
const ENCODE: &str = "cannot be read: in a user's name or password write / as %2F, ? as %3F and # as %23";

impl FromStr for Server {
    type Err = String;

    /// Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?…`, with what tokio-postgres knows behind the question mark and
    /// `sslrootcert=FILE` besides. There may be several hosts, with commas between them. A connection to another machine
    /// is encrypted and the server's certificate checked, unless `sslmode=disable` says otherwise.
    ///
    /// What is wrong is said without any part that may be a password's.
    fn from_str(text: &str) -> Result<Self, String> {
        let rest = text.split_once("://").map(|(_, rest)| rest);
        let rest = rest.ok_or("is not a URL: postgres://USER:PASSWORD@HOST/DATABASE")?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (front, database) = place.split_once('/').unwrap_or((place, ""));
        if text.contains('#') || database.contains(['/', '@']) {
            return Err(ENCODE.into());
        }
        let (who, hosts) = front.rsplit_once('@').map_or((None, front), |(who, hosts)| (Some(who), hosts));
        let mut authority = None;
        let mut mode = None;
        let mut others = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let Some((name, value)) = form_urlencoded::parse(part.as_bytes()).next() else { continue };
            match (&*name, &*value) {
                ("sslrootcert", file) => authority = Some(PathBuf::from(file)),
                ("sslmode", "disable") => mode = Some(SslMode::Disable),
                ("sslmode", "require" | "verify-ca" | "verify-full") => mode = Some(SslMode::Require),
                ("sslmode", _) => {
                    return Err("sslmode has to be require (which checks the certificate) or disable".into());
                }
                // A question mark within a password puts what follows here.
                (name, _) if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') => {
                    return Err(ENCODE.into());
                }
                _ => others.push(part),
            }
        }
        // The first @ would end the password.
        let who = who.map(|who| format!("{}@", who.replace('@', "%40"))).unwrap_or_default();
        let url = format!("postgres://{who}{hosts}/{database}?{}", others.join("&"));
        let mut config: Config = url.parse().map_err(|error| format!("is not a database's URL: {}", said(&error)))?;
        if config.get_hosts().is_empty() {
            return Err("names no server: postgres://USER@HOST/DATABASE".into());
        }
        let is_here = config.get_hosts().iter().all(is_here);
        config.ssl_mode(mode.unwrap_or(if is_here { SslMode::Disable } else { SslMode::Require }));
        if config.get_application_name().is_none() {
            config.application_name("creditdeck");
        }
        Ok(Self { config, authority })
    }
}

/// An error with what caused it, which the database's own errors keep to themselves.
pub(super) fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        for (index, host) in self.config.get_hosts().iter().enumerate() {
            let between = if index == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) => write!(f, "{between}{name}")?,
                #[cfg(unix)]
                Host::Unix(folder) => write!(f, "{between}{}", folder.display())?,
            }
            if let Some(port) = self.config.get_ports().get(index).or(self.config.get_ports().first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.config.get_dbname().or(self.config.get_user()).unwrap_or_default())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self})")
    }
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::TargetSessionAttrs;

    use super::*;

    #[test]
    fn other_machines_are_talked_to_in_private_and_passwords_are_not_shown() {
        let mode = |text: &str| text.parse::<Server>().unwrap().config.get_ssl_mode();
        assert_eq!(mode("postgres://me:secret@db.example/credits"), SslMode::Require);
        assert_eq!(mode("postgres://db.example/credits?sslmode=verify-full"), SslMode::Require);
        assert_eq!(mode("postgres://db.example/credits?sslmode=disable"), SslMode::Disable);
        for here in ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpostgresql"] {
            assert_eq!(mode(&format!("postgres://{here}/credits")), SslMode::Disable, "{here}");
        }
        let server: Server =
            "postgresql://me:secret@db.example:5433/credits?sslrootcert=/etc/ca.pem&connect_timeout=3".parse().unwrap();
        assert_eq!(
            format!("{server} {server:?}"),
            "postgres://db.example:5433/credits Server(postgres://db.example:5433/credits)"
        );
        assert_eq!(server.authority, Some("/etc/ca.pem".into()));
        assert_eq!(server.config.get_connect_timeout(), Some(&std::time::Duration::from_secs(3)));
        assert_eq!(server.config.get_password(), Some(&b"secret"[..]));
    }

    #[test]
    fn several_servers_may_be_named_each_with_its_port() {
        let server: Server =
            "postgres://me:p%40ss@h1:5433,[::1]:5434,h3/credits?target_session_attrs=read-write".parse().unwrap();
        assert_eq!(server.config.get_hosts().len(), 3);
        assert_eq!(server.config.get_ports(), [5433, 5434, 5432]);
        assert_eq!(server.config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        assert_eq!(server.config.get_password(), Some(&b"p@ss"[..]));
        assert_eq!(server.config.get_ssl_mode(), SslMode::Require, "one of them is on another machine");
        assert_eq!(server.to_string(), "postgres://h1:5433,::1:5434,h3:5432/credits");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said = |text: &str| text.parse::<Server>().unwrap_err();
        assert!(said("postgres://db.example/x?sslmode=prefer").contains("sslmode has to be require"));
        assert!(said("postgres://db.example/x?colour=red").contains("colour"));
        assert!(said("postgres:///credits").contains("names no server"));
        assert!(said("postgres://db.example:port/x").contains("invalid value for option `port`"));
        assert!(said("postgres:me").contains("is not a URL"));
    }

    #[test]
    fn what_is_wrong_is_said_without_a_part_of_the_password() {
        for password in
            ["hun/ter2", "5432/hun@ter2", "hun?ter2", "hun?ter2=x&y", "hun#ter2", "hun?sslmode=ter2", "h%FFn,ter2"]
        {
            let said = format!("postgres://me:{password}@db.example:port/credits").parse::<Server>().unwrap_err();
            assert!(!said.contains("hun") && !said.contains("ter2"), "{password}: {said}");
        }
        let server: Server = "postgres://me:hun@ter2@db.example/credits".parse().unwrap();
        assert_eq!(server.config.get_password(), Some(&b"hun@ter2"[..]));
        assert_eq!(server.to_string(), "postgres://db.example:5432/credits");
    }
}
