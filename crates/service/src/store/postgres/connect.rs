//! Connections: encrypted, pooled, and found again after the server was away.

use std::fs::File;
use std::io::BufReader;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Server;
use crate::store::Durability;

/// Connections of a process, unless said otherwise. Each costs the server a process.
const CONNECTIONS: usize = 16;
/// How long somebody waits for a connection before the service says that it cannot record.
const WAIT: Duration = Duration::from_secs(5);
/// How long a server may be silent before a connection counts as lost.
const SILENCE: Duration = Duration::from_secs(10);

/// What every connection begins with: our own tables, statements that end, and plans that follow the keys even while the
/// tables are young and the server thinks them small. Such a plan does for every array that a statement is given: made
/// anew for each length, as the server otherwise would, plans cost a sixth of the rate on one busy workspace.
fn options(durability: Durability) -> String {
    let commit = if durability == Durability::Full { "on" } else { "off" };
    format!(
        "-c search_path=creditdeck -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s \
         -c enable_seqscan=off -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan \
         -c synchronous_commit={commit} -c timezone=UTC"
    )
}

/// A pool of connections, none of which is opened yet.
pub(super) fn pool(server: &Server, durability: Durability) -> Result<Pool, String> {
    let mut config = server.config.clone();
    let own = config.get_options().map(str::to_owned).unwrap_or_default();
    config.options(format!("{} {own}", options(durability)).trim_end().to_owned());
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(WAIT);
    }
    config.keepalives_idle(SILENCE);
    config.tcp_user_timeout(SILENCE);
    let manager = manager(config, server)?;
    let timeouts = Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: Some(WAIT) };
    let builder = Pool::builder(manager).max_size(CONNECTIONS).timeouts(timeouts).runtime(Runtime::Tokio1);
    builder.build().map_err(|error| error.to_string())
}

fn manager(config: Config, server: &Server) -> Result<Manager, String> {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    if config.get_ssl_mode() == SslMode::Disable {
        return Ok(Manager::from_config(config, NoTls, recycling));
    }
    // Installed already by somebody else in this process: that one does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = ClientConfig::builder().with_root_certificates(believed(server)?).with_no_client_auth();
    Ok(Manager::from_config(config, MakeRustlsConnect::new(tls), recycling))
}

/// Whom to believe about certificates.
fn believed(server: &Server) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = &server.authority {
        let wrong = |error: &dyn std::fmt::Display| format!("sslrootcert={}: {error}", path.display());
        let file = File::open(path).map_err(|error| wrong(&error))?;
        for certificate in CertificateDer::pem_reader_iter(BufReader::new(file)) {
            let certificate = certificate.map_err(|error| wrong(&error))?;
            roots.add(certificate).map_err(|error| wrong(&error))?;
        }
        if roots.is_empty() {
            return Err(wrong(&"has no certificate in it"));
        }
        return Ok(roots);
    }
    // What the system keeps and cannot be read is nobody that we have to believe.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok(roots)
}
