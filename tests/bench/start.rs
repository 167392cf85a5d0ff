//! Measures how long Creditdeck takes from its start to the first painted position on the sample, over how long a bare
//! Tauri window takes to paint: alternately, on the same machine, each with a warm disk.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use clock::Stopwatch;
use serde_json::json;

/// Pairs that count.
const PAIRS: usize = 15;
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Milliseconds from the start of a program to the line that says it has painted.
fn until_painted(command: &mut Command) -> Result<u64, Box<dyn Error>> {
    let watch = Stopwatch::start();
    let mut running = Running(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?);
    let output = running.0.stdout.take().ok_or("the program has no output")?;
    for line in BufReader::new(output).lines() {
        if line?.ends_with(": painted") {
            return Ok(watch.elapsed_ms());
        }
    }
    Err(format!("{:?} ended without painting", command.get_program()).into())
}

fn median(values: &mut [u64]) -> f64 {
    values.sort_unstable();
    let middle = values.len() / 2;
    values.get(middle).map_or(f64::NAN, |value| f64::from(u32::try_from(*value).unwrap_or(u32::MAX)))
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [app, bare, result] = arguments.as_slice() else {
        return Err("usage: start CREDITDECK BARE-WINDOW RESULT.json".into());
    };
    let home = tempfile::tempdir()?;
    let run = |program: &Path| {
        let mut command = Command::new(program);
        for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env(name, home.path().join(name));
        }
        command
    };
    let data = home.path().join("data");
    // The first start makes the sample, and is not what people wait for every day.
    let first = until_painted(run(app).arg("--data-dir").arg(&data))?;
    until_painted(&mut run(bare))?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        theirs.push(until_painted(&mut run(bare))?);
        ours.push(until_painted(run(app).arg("--data-dir").arg(&data))?);
    }
    let (value, baseline) = (median(&mut ours), median(&mut theirs));
    let ratio = value / baseline;
    let rows = json!([
        {
            "measure": "start to first painted position, over a bare window's start",
            "value": value, "unit": "ms", "baseline": baseline, "ratio": ratio,
            "goal": null, "met": null,
        },
        {
            "measure": "the very first start, the sample's year of history made on the way",
            "value": first, "unit": "ms", "baseline": baseline, "ratio": null, "goal": null, "met": null,
        },
    ]);
    std::fs::write(result, serde_json::to_string_pretty(&rows)?)?;
    Ok(())
}
