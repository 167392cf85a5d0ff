//! The service as a program: its settings, its log, and a system that gives it too little.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// The program, its address, and what it printed before it. It ends with the test, however that ends.
struct Program {
    child: Option<Child>,
    address: String,
    lines: Vec<String>,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_creditdeck-service"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CREDITDECK_") || name == "RUST_LOG") {
        command.env_remove(name);
    }
    command
}

impl Program {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = Vec::new();
        for line in BufReader::new(child.stdout.as_mut().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(address) = line.strip_prefix("listening on http://") {
                return Self { child: Some(child), address: address.to_owned(), lines };
            }
            lines.push(line);
        }
        let _ = child.kill();
        let _ = child.wait();
        panic!("it does not say where it listens: {lines:?}");
    }

    fn ask(&self, request: &str) -> String {
        ask(&self.address, request)
    }

    fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Ends it as an operator does, and gives what it has logged.
    fn stop(mut self) -> String {
        assert!(Command::new("kill").args(["-TERM", &self.id().to_string()]).status().unwrap().success());
        let output = self.child.take().unwrap().wait_with_output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "{}\r\nhost: localhost\r\nconnection: close\r\n\r\n", request.trim_end()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_log_tells_what_was_asked_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("credits.db").display());
    let serve = ["serve", "--database", &database, "--listen", "127.0.0.1:0", "--sample", "--log-format", "json"];
    let more = ["--log-requests", "all", "--log", "debug", "--payments", "sandbox"];
    let program = Program::start(command(&[&serve[..], &more].concat()));
    let token = program.lines.iter().find_map(|line| line.strip_prefix("owner token: ")).unwrap().to_owned();
    let bearer = format!("authorization: Bearer {token}");
    let asked = program.ask(&format!(
        "GET /v1/workspaces/northwind/balance?at=2026-01-01T00:00:00Z&hush=hush-query HTTP/1.1\r\nx-request-id: mine\r\n{bearer}"
    ));
    assert!(asked.starts_with("HTTP/1.1 400") && asked.contains("x-request-id: mine"), "{asked}");
    program.ask("GET /sandbox/checkout/hush-session HTTP/1.1");
    program.ask("GET /v1/workspaces HTTP/1.1\r\nauthorization: Bearer hush-token");
    let log = program.stop();
    let lines: Vec<Value> =
        log.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(log.lines().count(), lines.len() + 1, "but for the word about payments each is an object: {log}");
    let of = |route: &str| lines.iter().find(|line| line["route"] == route).unwrap_or_else(|| panic!("{route}: {log}"));
    let balance = of("/v1/workspaces/{workspace}/balance");
    assert_eq!(
        (&balance["method"], &balance["status"], &balance["id"], &balance["workspace"], &balance["level"]),
        (&"GET".into(), &400.into(), &"mine".into(), &"northwind".into(), &"INFO".into())
    );
    assert!(balance["ms"].as_f64().unwrap() < 10_000.0 && balance["timestamp"].is_string());
    assert_eq!(of("/sandbox/checkout/{session}")["workspace"], Value::Null);
    assert_eq!(of("/v1/workspaces")["status"], 401);
    for secret in [token.as_str(), "hush-query", "hush-session", "hush-token"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[test]
fn a_log_is_quiet_unless_something_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credits.db");
    let database = format!("sqlite:{}", path.display());
    let program = Program::start(command(&["serve", "--database", &database, "--listen", "127.0.0.1:0"]));
    assert!(program.ask("GET /healthz HTTP/1.1").starts_with("HTTP/1.1 200"));
    assert!(program.ask("GET /readyz HTTP/1.1").starts_with("HTTP/1.1 200"));
    rusqlite::Connection::open(&path).unwrap().execute_batch("ALTER TABLE settings RENAME TO gone").unwrap();
    assert!(program.ask("GET /readyz HTTP/1.1\r\nx-request-id: the-one").starts_with("HTTP/1.1 503"));
    let log = program.stop();
    assert!(!log.contains('\u{1b}'), "colours are for terminals: {log}");
    let lines: Vec<&str> = log.lines().skip(1).collect();
    assert!(!log.contains("healthz") && lines.len() == 2, "{log}");
    assert!(lines[0].contains("the store failed") && lines[0].contains("the-one"), "a failure has its request: {log}");
    assert!(lines[1].contains("a request failed") && lines[1].contains("the-one") && lines[1].contains("503"), "{log}");
}

#[test]
fn what_is_set_is_printed_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("creditdeck.toml");
    std::fs::write(&file, "token_rate = 5\ntoken_burst = 6\nheader_timeout = 7\n").unwrap();
    let mut printing = command(&["serve", "--print-config", "--token-rate", "50"]);
    printing.env("CREDITDECK_CONFIG", &file).env("CREDITDECK_TOKEN_BURST", "60");
    printing.env("CREDITDECK_DATABASE", "postgres://me:hush-password@db.example/credits");
    let output = printing.output().unwrap();
    let (out, error) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success() && error.is_empty(), "{error}");
    for line in
        ["token_rate = 50 # --token-rate", "token_burst = 60 # CREDITDECK_TOKEN_BURST", "idle_timeout = 75 # default"]
    {
        assert!(out.lines().any(|one| one == line), "{out}\n  has no\n{line}");
    }
    assert!(out.contains("header_timeout = 7 # ") && out.contains("line 3, column 18"), "{out}");
    assert!(out.contains("db.example") && !out.contains("hush-password"), "{out}");

    std::fs::write(&file, "token_rate = 5\ntoken-burst = 6\n").unwrap();
    let mut wrong = command(&["serve", "--config", file.to_str().unwrap()]);
    let output = wrong.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    let expected =
        "creditdeck.toml: line 2, column 1: there is no setting \"token-burst\": \"token_burst\" is meant, perhaps\n";
    assert!(error.starts_with("error: ") && error.ends_with(expected), "{error}");
}

#[test]
fn a_service_is_set_by_a_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("database"), format!("sqlite:{}\n", path("credits.db"))).unwrap();
    let config = format!(
        "database_file = \"{}\"\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"127.0.0.1:0\"\nsample = true\nlog = \"error\"\n",
        path("database")
    );
    std::fs::write(path("ours.toml"), config).unwrap();
    let program = Program::start(command(&["serve", "--config", &path("ours.toml")]));
    assert_eq!(program.lines.iter().filter(|line| line.contains(" token: ")).count(), 3);
    let metrics = program.lines.iter().find_map(|line| line.strip_prefix("metrics on http://")).unwrap();
    let metrics = ask(metrics.strip_suffix("/metrics").unwrap(), "GET /metrics HTTP/1.1");
    assert!(metrics.contains("creditdeck_connections_most"), "{metrics}");
    assert!(program.ask("GET /metrics HTTP/1.1").starts_with("HTTP/1.1 404"));
    program.stop();
}

#[test]
#[cfg(target_os = "linux")]
fn when_the_system_gives_no_more_files_accepting_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("credits.db").display());
    let program = Program::start(command(&["serve", "--database", &database, "--listen", "127.0.0.1:0"]));
    assert!(program.ask("GET /readyz HTTP/1.1").starts_with("HTTP/1.1 200"));
    let pid = i32::try_from(program.id()).unwrap();
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count() as u64;
    let limit = |files| rlimit::prlimit(pid, rlimit::Resource::NOFILE, Some((files, 4_096)), None).unwrap();
    limit(open + 5);
    // The system lets them in, and the service cannot.
    let waiting: Vec<TcpStream> = (0..15).map(|_| TcpStream::connect(&program.address).unwrap()).collect();
    std::thread::sleep(Duration::from_millis(600));
    // Those who say nothing make room for those who do, in time.
    assert!(program.ask("GET /healthz HTTP/1.1").starts_with("HTTP/1.1 200"));
    drop(waiting);
    limit(4_096);
    for _ in 0..20 {
        assert!(program.ask("GET /readyz HTTP/1.1").starts_with("HTTP/1.1 200"));
    }
    let log = program.stop();
    assert!(log.contains("could not be accepted"), "{log}");
}

#[test]
fn a_command_asks_whether_a_service_can_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credits.db");
    let database = format!("sqlite:{}", path.display());
    let program = Program::start(command(&["serve", "--database", &database, "--listen", "127.0.0.1:0"]));
    let (url, port) = (format!("http://{}/", program.address), program.address.rsplit(':').next().unwrap().to_owned());
    let health = |arguments: &[&str], listen: &str| {
        let mut command = command(&[&["health"], arguments].concat());
        let output = command.env("CREDITDECK_LISTEN", listen).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let ready = (0, "ready\n".to_owned(), String::new());
    assert_eq!(health(&["--url", &url], ""), ready);
    assert_eq!(health(&[], &format!("0.0.0.0:{port}")), ready, "where it listens is where it is asked");
    rusqlite::Connection::open(&path).unwrap().execute_batch("ALTER TABLE settings RENAME TO gone").unwrap();
    let (status, out, error) = health(&["--url", &url], "");
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(error.starts_with("error: 503 Service Unavailable: the service cannot reach its records"), "{error}");
    program.stop();
    let (status, _, error) = health(&["--url", &url], "");
    assert!(status == 1 && error.starts_with("error: no answer: ") && error.lines().count() == 1, "{error}");
    assert_eq!(health(&["--url", "nowhere"], "").0, 2);
    assert_eq!(health(&[], "127.0.0.1:0").0, 2);
}
