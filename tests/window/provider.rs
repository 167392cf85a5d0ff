//! A provider's own credit service, as a program of its own.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::web;

/// The service's program, which is built beside the app's.
fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_creditdeck")).with_file_name("creditdeck-service")
}

/// A running service with one workspace.
pub(crate) struct Provider {
    process: Child,
    folder: TempDir,
    pub(crate) url: String,
    pub(crate) token: String,
}

pub(crate) const WORKSPACE: &str = "acme";

impl Provider {
    /// Makes a workspace on the first catalogue and serves it.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("credits.db").display());
        let database = ["--database", database.as_str()];
        run(&[&["workspace", "create"], &database[..], &["--id", WORKSPACE, "--name", "Acme", "--catalogue", "a"]]
            .concat());
        let create =
            [&["token", "create"], &database[..], &["--workspace", WORKSPACE, "--role", "owner", "--name", "test"]];
        let said = run(&create.concat());
        let token = said.split_whitespace().last().unwrap().to_owned();
        let (process, url) = serve(database[1], "127.0.0.1:0");
        Self { process, folder, url, token }
    }

    /// A code that lets a device in once.
    pub(crate) fn pairing_code(&self) -> String {
        let database = format!("sqlite:{}", self.folder.path().join("credits.db").display());
        run(&["pair", "create", "--database", &database, "--workspace", WORKSPACE, "--role", "admin"]).trim().to_owned()
    }

    /// Ends the service the hard way.
    pub(crate) fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Gives the last entry another hash, past the service and past what guards its ledger: as whoever has the database in
    /// hand could rewrite history. The service must not run.
    pub(crate) fn rewrite_the_last_entry(&self) {
        let db = rusqlite::Connection::open(self.folder.path().join("credits.db")).unwrap();
        let guards: Vec<String> = db
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'entries'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        guards.iter().for_each(|guard| db.execute_batch(&format!("DROP TRIGGER {guard}")).unwrap());
        let rewrite = "UPDATE entries SET hash = randomblob(32) WHERE seq = (SELECT max(seq) FROM entries)";
        assert_eq!(db.execute(rewrite, []).unwrap(), 1);
    }

    /// Serves the same again at the same address.
    pub(crate) fn restart(&mut self) {
        let database = format!("sqlite:{}", self.folder.path().join("credits.db").display());
        let address = self.url.trim_start_matches("http://").to_owned();
        self.process = serve(&database, &address).0;
    }

    /// Sends something to the workspace, which has to take it.
    pub(crate) async fn send(&self, method: reqwest::Method, what: &str, media: &str, body: &Value) -> Value {
        let url = format!("{}/v1/workspaces/{WORKSPACE}/{what}", self.url);
        let request = web().request(method, url).bearer_auth(&self.token).header("content-type", media);
        let answer = request.body(body.to_string()).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{status}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The position that the service has.
    pub(crate) async fn balance(&self) -> Value {
        let url = format!("{}/v1/workspaces/{WORKSPACE}/balance", self.url);
        let text = web().get(url).bearer_auth(&self.token).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Subscribes to a plan with a large allowance and uses so many credits of it, one by one.
    pub(crate) async fn fill(&self, usages: usize) {
        let plan = json!({ "do": "subscribe", "plan": "enterprise", "allowance": 10_000_000 });
        self.send(reqwest::Method::POST, "plan", "application/json", &plan).await;
        for batch in 0..usages.div_ceil(1_000) {
            let events: Vec<Value> = (0..1_000.min(usages - batch * 1_000))
                .map(|number| {
                    json!({
                        "specversion": "1.0", "type": wire::event::TYPE, "source": "fill",
                        "id": format!("{batch}-{number}"), "data": { "feature": "ai-reply" },
                    })
                })
                .collect();
            self.send(reqwest::Method::POST, "usage", wire::event::BATCH, &json!(events)).await;
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // A test may have ended it already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts the service and reads the address that it listens on.
fn serve(database: &str, listen: &str) -> (Child, String) {
    let mut process = Command::new(program())
        .args(["serve", "--database", database, "--listen", listen, "--payments", "sandbox"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the service is built with the app: cargo build --workspace");
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.split_whitespace().find(|word| word.starts_with("http://"));
    let url = url.unwrap_or_else(|| panic!("no address in: {line}")).trim_end_matches('/').to_owned();
    (process, url)
}

/// Runs a command of the service, which has to succeed, and gives what it printed.
fn run(arguments: &[&str]) -> String {
    let output = Command::new(program()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
