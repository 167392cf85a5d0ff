//! Measures the real window on a large workspace: how long a start takes, a change of rooms and ranges, a new entry, how
//! many frames scrolling the ledger has, memory, and what it does when nobody does anything. Beside a bare Tauri window.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "it drives the window with what the window's tests are driven with, and may fail as they do"
)]

#[path = "../../window/harness.rs"]
mod harness;
mod page;
mod process;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cache::{Desk, LedgerReader};
use clock::Stopwatch;
use harness::{Home, Window};
use serde_json::{Value, json};

/// Starts that count, each beside one of the bare window.
const STARTS: usize = 15;
/// How long nothing is done.
const IDLE: Duration = Duration::from_secs(30);

/// A service that has the large workspace.
struct Provider {
    url: String,
    workspace: String,
    token: String,
}

/// A program that ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program and gives it with the milliseconds until it says that it has painted.
fn painted(command: &mut Command) -> (Running, f64) {
    let watch = Stopwatch::start();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut running = Running(child);
    let output = running.0.stdout.take().unwrap();
    let found = BufReader::new(output).lines().map_while(Result::ok).any(|line| line.ends_with(": painted"));
    assert!(found, "{:?} ended without painting", command.get_program());
    #[allow(clippy::cast_precision_loss, reason = "a few seconds")]
    let elapsed = watch.elapsed().as_secs_f64() * 1_000.0;
    (running, elapsed)
}

fn app(program: &Path, home: &Home) -> Command {
    let mut command = Command::new(program);
    command.arg("--data-dir").arg(home.data()).envs(home.environment());
    command
}

fn bare(program: &Path, home: &Home) -> Command {
    let mut command = Command::new(program);
    command.envs(home.environment());
    command
}

/// A home that is connected to the provider, and has all of its ledger.
async fn connected(program: &Path, provider: &Provider) -> Home {
    let home = Home::new();
    let desk = Desk::open(home.data().join("desk.db")).unwrap();
    let key = desk.connect(&provider.url, &provider.workspace, Some(&provider.token)).unwrap();
    let settings = json!({ "appearance": "light", "workspace": key.to_string() }).to_string();
    desk.set_setting("settings", Some(&settings)).unwrap();
    drop(desk);
    let file = home.data().join("ledgers").join(format!("{key}.db"));
    let (running, _) = painted(&mut app(program, &home));
    let stored = || LedgerReader::open(&file).and_then(|ledger| ledger.cursor()).map_or(0, |cursor| cursor.seq);
    let mut before = 0;
    // Until no more comes.
    loop {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let now = stored();
        if now > 0 && now == before {
            break;
        }
        before = now;
    }
    eprintln!("{before} entries are here");
    drop(running);
    home
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn p95(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() * 95 / 100).or_else(|| values.last()).copied().unwrap_or(f64::NAN)
}

/// Starts both programs by turns.
fn starts(ours: &Path, theirs: &Path, home: &Home) -> (f64, f64) {
    let (mut values, mut baselines) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        baselines.push(painted(&mut bare(theirs, home)).1);
        values.push(painted(&mut app(ours, home)).1);
    }
    (median(&mut values), median(&mut baselines))
}

/// Frames a second that a bare window has.
fn display(command: &mut Command) -> f64 {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut running = Running(child);
    let output = BufReader::new(running.0.stdout.take().unwrap());
    let rate = output.lines().map_while(Result::ok).find_map(|line| {
        let rate = line.strip_prefix("bare: frames a second: ")?;
        rate.parse().ok()
    });
    rate.expect("a bare window counts its frames")
}

/// What two programs need that are left alone.
struct Alone {
    memory: process::Memory,
    idle: process::Idle,
}

async fn alone(command: &mut Command) -> Alone {
    let (running, _) = painted(command);
    // What a start leaves to do is over by then.
    tokio::time::sleep(Duration::from_secs(12)).await;
    let begin = process::Work::of(running.0.id());
    tokio::time::sleep(IDLE).await;
    let idle = process::Work::of(running.0.id()).since(&begin, IDLE);
    Alone { memory: process::Memory::of(running.0.id()), idle }
}

fn row(measure: &str, value: f64, unit: &str, baseline: Option<f64>, goal: Option<(&str, bool)>) -> Value {
    json!({
        "measure": measure, "value": value, "unit": unit, "baseline": baseline,
        "ratio": baseline.map(|baseline| value / baseline),
        "goal": goal.map(|goal| goal.0), "met": goal.map(|goal| goal.1),
    })
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, bare_window, url, workspace, token, result] = arguments.as_slice() else {
        panic!("usage: bench-ui CREDITDECK BARE-WINDOW URL WORKSPACE TOKEN RESULT.json");
    };
    let (program, bare_window) = (PathBuf::from(program), PathBuf::from(bare_window));
    let provider = Provider { url: url.clone(), workspace: workspace.clone(), token: token.clone() };
    let home = connected(&program, &provider).await;
    let mut rows = Vec::new();

    let (value, baseline) = starts(&program, &bare_window, &home);
    rows.push(row(
        "start to the painted exact position, over a bare window's first paint",
        value,
        "ms",
        Some(baseline),
        Some(("≤ 1.15 ×", value <= 1.15 * baseline)),
    ));

    let window = Window::open(&home).await;
    let mut rooms = page::rooms(&window).await;
    let mut ranges = page::ranges(&window).await;
    let mut entries = page::entries(&window, &provider.url, &provider.workspace, &provider.token).await;
    for (what, values, goal) in [
        ("room to room, painted, p95", &mut rooms, 50.0),
        ("range to range, painted, p95", &mut ranges.back_and_forth, 50.0),
        ("to a range that is new, painted, p95", &mut ranges.new, 50.0),
        ("a new entry, from its report to painted, p95", &mut entries, 100.0),
    ] {
        let (middle, most) = (median(values), p95(values));
        rows.push(row(what, most, "ms", None, Some((&format!("≤ {goal} ms"), most <= goal))));
        rows.push(row(&what.replace("p95", "median"), middle, "ms", None, None));
    }
    let scroll = page::scroll(&window).await;
    let still = display(&mut bare(&bare_window, &home));
    rows.push(row(
        "frames a second while the ledger is scrolled, over those of a still bare window",
        scroll.frames,
        "frames/s",
        Some(still),
        Some(("≥ 0.95 ×", scroll.frames >= 0.95 * still)),
    ));
    rows.push(row(
        "the same, over those of a bare scroller of the same text and size",
        scroll.frames,
        "frames/s",
        Some(scroll.bare),
        None,
    ));
    rows.push(row("of these, with every row in place", scroll.whole * 100.0, "%", None, None));
    drop(window);

    let theirs = alone(&mut bare(&bare_window, &home)).await;
    let ours = alone(&mut app(&program, &home)).await;
    let more = ours.memory.own - theirs.memory.own;
    rows.push(row(
        "resident memory of the app's own process, over a bare window's",
        ours.memory.own,
        "MB",
        Some(theirs.memory.own),
        Some(("≤ + 60 MB", more <= 60.0)),
    ));
    rows.push(row(
        "memory of the whole tree, shared pages in parts",
        ours.memory.tree,
        "MB",
        Some(theirs.memory.tree),
        None,
    ));
    rows.push(row(
        "processor of the whole tree while nobody does anything",
        ours.idle.cpu_percent,
        "%",
        Some(theirs.idle.cpu_percent.max(0.001)),
        Some(("≤ 0.5 %", ours.idle.cpu_percent <= 0.5)),
    ));
    rows.push(row(
        "wake-ups of the app's own process a second",
        ours.idle.wakes,
        "1/s",
        Some(theirs.idle.wakes.max(0.001)),
        None,
    ));
    std::fs::write(result, serde_json::to_string_pretty(&rows).unwrap()).unwrap();
}
