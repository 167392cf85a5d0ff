//! The real window, driven as a person would: one WebDriver, one data folder and one set of XDG folders a test.

use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::Capabilities;
use thirtyfour::prelude::*;

/// How long anything on screen may take before a test gives up. Generous: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// The app's program: cargo tells a test, and whoever else drives the window says it in `CREDITDECK_PROGRAM`.
fn program() -> PathBuf {
    let told = std::env::var_os("CREDITDECK_PROGRAM").map(PathBuf::from);
    told.or_else(|| option_env!("CARGO_BIN_EXE_creditdeck").map(PathBuf::from)).expect("CREDITDECK_PROGRAM is set")
}

/// Where an app keeps everything, so that one can be closed and opened again on the same data.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The app's own folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// What the sample's service says of itself while the app runs: its address, and the token that it lets in.
    pub(crate) async fn sample(&self) -> Sample {
        let path = self.data().join("sample.json");
        for _ in 0..1_200 {
            if let Ok(text) = std::fs::read_to_string(&path)
                && let Ok(value) = serde_json::from_str::<Value>(&text)
            {
                let text = |name: &str| value[name].as_str().unwrap().to_owned();
                return Sample { url: text("url"), token: text("token") };
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} was not written", path.display());
    }

    /// Where the stand-in browser writes the addresses that the app opens.
    pub(crate) fn opened(&self) -> PathBuf {
        self.0.path().join("opened")
    }

    /// The environment of an app that lives here. What opens addresses for it notes them and opens nothing.
    pub(crate) fn environment(&self) -> Vec<(&'static str, OsString)> {
        let tools = self.0.path().join("tools");
        let opener = tools.join("xdg-open");
        if !opener.exists() {
            use std::os::unix::fs::PermissionsExt;
            std::fs::create_dir_all(&tools).unwrap();
            std::fs::write(&opener, format!("#!/bin/sh\necho \"$1\" >> '{}'\n", self.opened().display())).unwrap();
            std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let mut path = tools.into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"]
            .into_iter()
            .map(|name| (name, self.0.path().join(name).into_os_string()))
            .chain([("PATH", path)])
            .collect()
    }

    /// The app without a driver, for tests that end it the hard way.
    pub(crate) fn spawn(&self) -> Child {
        let mut command = Command::new(program());
        command.arg("--data-dir").arg(self.data()).envs(self.environment());
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap()
    }
}

/// The sample's service, as another program on this computer may use it.
pub(crate) struct Sample {
    pub(crate) url: String,
    pub(crate) token: String,
}

impl Sample {
    /// Reports one usage, and gives the status and the answer.
    pub(crate) async fn report(&self, workspace: &str, id: &str, feature: &str, units: u64) -> (u16, Value) {
        let event = json!({
            "specversion": "1.0", "type": wire::event::TYPE, "source": "test", "id": id,
            "data": { "feature": feature, "units": units },
        });
        let answer = self
            .request(reqwest::Method::POST, workspace, "usage")
            .header("content-type", wire::event::STRUCTURED)
            .body(event.to_string())
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    /// What the service answers to a read.
    pub(crate) async fn read(&self, workspace: &str, what: &str) -> String {
        self.request(reqwest::Method::GET, workspace, what).send().await.unwrap().text().await.unwrap()
    }

    fn request(&self, method: reqwest::Method, workspace: &str, what: &str) -> reqwest::RequestBuilder {
        web().request(method, format!("{}/v1/workspaces/{workspace}/{what}", self.url)).bearer_auth(&self.token)
    }
}

/// Every client of this process, the driver's too, needs to be told once what encrypts.
fn choose_tls() {
    // Another test may have been first.
    let _already = rustls::crypto::ring::default_provider().install_default();
}

/// A client for pages and services on this computer.
pub(crate) fn web() -> reqwest::Client {
    choose_tls();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Ends the driver, and with it the app, when a test ends however it ends.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        // The app and its web processes, which the driver does not end with itself.
        let started = descendants(self.0.id());
        for process in &started {
            let _gone = Command::new("kill").args(["-KILL", &process.to_string()]).stderr(Stdio::null()).status();
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
        // A process lets go of its data folder when it is gone, not when it is told to go.
        let lives = |process: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
        };
        for _ in 0..400 {
            if !started.iter().any(lives) {
                break;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
    }
}

/// Every process that a process has started, and those that they have.
pub(crate) fn descendants(parent: u32) -> Vec<u32> {
    let of = |entry: std::fs::DirEntry| {
        let process: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name in brackets may hold anything; the parent is the second word after it.
        let ppid: u32 = stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?;
        (ppid == parent).then_some(process)
    };
    let children: Vec<u32> = std::fs::read_dir("/proc").unwrap().flatten().filter_map(of).collect();
    let below: Vec<u32> = children.iter().flat_map(|child| descendants(*child)).collect();
    children.into_iter().chain(below).collect()
}

/// The script of a selector's first element that is not in a room behind the one on screen.
fn on_screen(selector: &str) -> String {
    format!(
        "([...document.querySelectorAll({})].find(one => !one.closest('[data-room][aria-hidden]')) ?? null)",
        json!(selector)
    )
}

/// An open window.
pub(crate) struct Window {
    /// Never dropped: that would wait for the session to end, on the very thread that has to end it.
    pub(crate) driver: ManuallyDrop<WebDriver>,
    _process: Driver,
}

impl Window {
    /// Opens the app on a home and waits until its first position is on screen.
    pub(crate) async fn open(home: &Home) -> Self {
        let window = Self::start(home, &[]).await;
        window.wait_for("html[data-painted=true]").await;
        window
    }

    /// The same on a clock that stands still, where the sample does not go on by itself: for tests that count credits.
    pub(crate) async fn open_still(home: &Home) -> Self {
        let window = Self::start(home, &["--at", "2026-11-19T14:02:00Z"]).await;
        window.wait_for("html[data-painted=true]").await;
        window
    }

    /// Opens the app with further arguments and waits for nothing.
    pub(crate) async fn start(home: &Home, arguments: &[&str]) -> Self {
        Self::start_with(home, arguments, &[]).await
    }

    /// The same for pictures: drawn by one thread on the processor, letters come out the same every time.
    pub(crate) async fn start_to_picture(home: &Home, arguments: &[&str]) -> Self {
        let drawn = [("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1"), ("WEBKIT_SKIA_CPU_PAINTING_THREADS", "0")];
        Self::start_with(home, arguments, &drawn).await
    }

    async fn start_with(home: &Home, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        choose_tls();
        assert!(
            std::env::var_os("DISPLAY").is_some(),
            "the window needs a display: run script/test, or script/headless cargo test"
        );
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(home.environment())
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver is installed by script/bootstrap test");
        let process = Driver(process);
        let mut all = vec!["--data-dir".to_owned(), home.data().display().to_string()];
        all.extend(arguments.iter().map(ToString::to_string));
        let mut wanted = Capabilities::new();
        wanted.set("browserName", "wry").unwrap();
        let options = json!({ "binary": program(), "args": all });
        wanted.set("webkitgtk:browserOptions", options).unwrap();
        let address = format!("http://127.0.0.1:{port}");
        let mut tries = 0;
        let driver = loop {
            match WebDriver::new(&address, wanted.clone()).await {
                Ok(driver) => break driver,
                Err(error) if tries > 50 => panic!("no session with the window: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
            tries += 1;
        };
        Self { driver: ManuallyDrop::new(driver), _process: process }
    }

    /// Runs a script in the page.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.driver.execute(script, vec![]).await.unwrap().json().clone()
    }

    /// Waits until a selector is there, in the room that is on screen or around it.
    pub(crate) async fn wait_for(&self, selector: &str) {
        let script = format!("return {} !== null", on_screen(selector));
        self.wait_until(&script, |found| *found == json!(true)).await;
    }

    /// Waits until what a script returns is as wanted, and gives it back.
    pub(crate) async fn wait_until(&self, script: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let value = self.run(script).await;
            if wanted(&value) {
                return value;
            }
            if tokio::time::Instant::now() > deadline {
                let page = self.run("return document.body.innerText").await;
                panic!(
                    "waited in vain; the last answer of\n{script}\nwas {value}\nthe page says:\n{}",
                    page.as_str().unwrap_or("")
                );
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// What a person would see of a selector.
    pub(crate) async fn find(&self, selector: &str) -> WebElement {
        self.driver.execute(&format!("return {}", on_screen(selector)), vec![]).await.unwrap().element().unwrap()
    }

    /// Clicks what a person would click.
    pub(crate) async fn click(&self, selector: &str) {
        self.wait_for(selector).await;
        self.find(selector).await.click().await.unwrap();
    }

    /// Types into a field.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// The text of something on screen.
    pub(crate) async fn text(&self, selector: &str) -> String {
        self.wait_for(selector).await;
        let script = format!("return {}.innerText", on_screen(selector));
        self.run(&script).await.as_str().unwrap_or_default().to_owned()
    }

    /// The big number: credits available.
    pub(crate) async fn available(&self) -> u64 {
        let script = "return document.querySelector('[data-testid=available]')?.dataset.value ?? null";
        let value = self.wait_until(script, Value::is_string).await;
        value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no number: {value}"))
    }

    /// Waits until the big number is this one.
    pub(crate) async fn wait_for_available(&self, credits: u64) {
        let script = "return document.querySelector('[data-testid=available]')?.dataset.value ?? null";
        self.wait_until(script, |value| value.as_str() == Some(credits.to_string().as_str())).await;
    }

    /// Chooses a workspace in the switcher.
    pub(crate) async fn choose(&self, name: &str) {
        self.click("[data-testid=switcher]").await;
        let script = format!(
            "const found = [...document.querySelectorAll('[role=option],[role=menuitemradio],[role=menuitem]')]\
             .find(one => one.innerText.includes({})); found?.click(); return Boolean(found)",
            json!(name)
        );
        self.wait_until(&script, |found| *found == json!(true)).await;
        // In a narrow window the name is there to be read out only.
        let script = "return document.querySelector('[data-testid=switcher]').textContent";
        self.wait_until(script, |shown| shown.as_str().is_some_and(|shown| shown.contains(name))).await;
    }

    /// Two frames later what the page has is what a picture shows.
    pub(crate) async fn settle(&self) {
        self.run_later("requestAnimationFrame(() => requestAnimationFrame(() => done(true)))").await;
    }

    /// Runs a script that calls `done` with its answer some time later.
    ///
    /// The answer is left in the page and fetched from there: the driver's own waiting now and then answers that it
    /// cannot read what came back.
    pub(crate) async fn run_later(&self, script: &str) -> Value {
        self.run(&format!("window.__answers = []; const done = answer => window.__answers.push(answer); {script}"))
            .await;
        let answers = self.wait_until("return window.__answers", |answers| *answers != json!([])).await;
        answers[0].clone()
    }
}
