//! Where a PostgreSQL database is, and how it is talked to.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use url::Url;

/// A database on a PostgreSQL server, as a URL names it. It has the password: only [`fmt::Display`] is for people.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    pub(super) config: Config,
    /// Whom to believe about the server's certificate, beside whom the system believes.
    pub(super) authority: Option<PathBuf>,
}

impl FromStr for Server {
    type Err = String;

    /// Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?…`, with what tokio-postgres knows behind the question mark and
    /// `sslrootcert=FILE` besides. A connection to another machine is encrypted and the server's certificate checked,
    /// unless `sslmode=disable` says otherwise.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut url: Url = text.parse().map_err(|error| format!("is not a URL: {error}"))?;
        let mut authority = None;
        let mut mode = None;
        let mut others = Vec::new();
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("sslrootcert", file) => authority = Some(PathBuf::from(file)),
                ("sslmode", "disable") => mode = Some(SslMode::Disable),
                ("sslmode", "require" | "verify-ca" | "verify-full") => mode = Some(SslMode::Require),
                ("sslmode", other) => {
                    return Err(format!(
                        "sslmode is {other}, and there are require (which checks the certificate) and disable"
                    ));
                }
                _ => others.push((name.into_owned(), value.into_owned())),
            }
        }
        url.set_query(None);
        if !others.is_empty() {
            url.query_pairs_mut().extend_pairs(others);
        }
        let mut config: Config =
            url.as_str().parse().map_err(|error| format!("is not a database's URL: {}", said(&error)))?;
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
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said = |text: &str| text.parse::<Server>().unwrap_err();
        assert!(said("postgres://db.example/x?sslmode=prefer").contains("sslmode is prefer"));
        assert!(said("postgres://db.example/x?colour=red").contains("colour"));
        assert!(said("postgres:///credits").contains("names no server"));
        assert!(said("postgres://db.example:port/x").contains("is not a URL"));
    }
}
