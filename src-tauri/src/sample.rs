//! The credit service of the sample workspaces, embedded: an ordinary one, on a local port.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clock::Clock;
use service::{Config, Role, Running, Service};

use crate::window::PAINTED;

/// The samples' database, in the app's folder.
const DATABASE: &str = "sample.db";
/// How long the service waits for a window that may never be painted.
const PATIENCE: Duration = Duration::from_secs(2);

/// Serves the samples for as long as the app runs. On the first start it makes their history first; who asks meanwhile
/// waits.
pub(crate) async fn serve(folder: PathBuf, url: String, listener: TcpListener, token: String, clock: Clock) {
    // What was seen before is on screen first: the service would only take the processor from it. What is there for
    // the first time needs the service at once.
    if folder.join(DATABASE).exists() {
        let _either = tokio::time::timeout(PATIENCE, PAINTED.notified()).await;
    }
    match start(&folder, &url, listener, &token, clock).await {
        Ok(running) => {
            // It serves until the app ends.
            std::future::pending::<()>().await;
            drop(running);
        }
        Err(error) => {
            eprintln!("creditdeck: the sample workspaces are not available: {error}");
        }
    }
}

async fn start(
    folder: &Path,
    url: &str,
    listener: TcpListener,
    token: &str,
    clock: Clock,
) -> Result<Running, Box<dyn std::error::Error + Send + Sync>> {
    let config = Config { database: folder.join(DATABASE).into(), clock, public_url: None, webhooks: None };
    let mut service = Service::open(config).await?.alone();
    service.ensure_sample().await?;
    service.admit_to_samples(token, Role::Owner).await?;
    listener.set_nonblocking(true)?;
    let running = service.serve(tokio::net::TcpListener::from_std(listener)?).await?;
    note(folder, url, token)?;
    Ok(running)
}

/// Writes down where the samples are served, for other programs of the same person.
fn note(folder: &Path, url: &str, token: &str) -> std::io::Result<()> {
    let text = serde_json::json!({ "url": url, "token": token }).to_string();
    let (path, draft) = (folder.join("sample.json"), folder.join("sample.json.new"));
    // Another app's note may lie there with other rights.
    let _absent = std::fs::remove_file(&draft);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(&draft)?, text.as_bytes())?;
    std::fs::rename(draft, path)
}
