//! Instructions that each part takes, counted by valgrind: the same whatever else the machine does.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::Failure;

/// Entries that are counted over: enough that what is done once is nothing beside it.
const ENTRIES: u64 = 200_000;

/// A part, what it does that comes before, what it is called, and what it is compared with: likewise.
type Part = (&'static str, &'static str, &'static str, Option<(&'static str, &'static str)>);

const PARTS: [Part; 3] = [
    ("fold", "make", "fold an entry", Some(("sum", "make"))),
    ("decide", "reports", "decide and apply a usage", None),
    ("verify", "bytes", "verify an entry", Some(("hash", "bytes"))),
];

/// A row for each part; none where there is no valgrind.
pub(crate) fn rows(trace: &Path) -> Result<Vec<Value>, Failure> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("valgrind is not installed: no instructions are counted");
        return Ok(Vec::new());
    }
    let each = |part: &str, without: &str| -> Result<f64, Failure> {
        let more = count(part, trace)?.saturating_sub(count(without, trace)?);
        Ok(more as f64 / ENTRIES as f64)
    };
    let mut rows = Vec::new();
    for (part, without, name, least) in PARTS {
        let value = each(part, without)?;
        let baseline = least.map(|(part, without)| each(part, without)).transpose()?;
        let ratio = baseline.map(|baseline| value / baseline);
        let measure = format!("{name}, instructions");
        let row = json!({
            "measure": measure, "value": value, "unit": "", "baseline": baseline, "ratio": ratio, "goal": null, "met": null,
        });
        rows.push(row);
    }
    Ok(rows)
}

fn count(part: &str, trace: &Path) -> Result<u64, Failure> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .arg(part)
        .arg(trace)
        .arg(ENTRIES.to_string())
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    match collected {
        Some(count) if output.status.success() => Ok(count),
        _ => Err(format!("valgrind of {part}: {said}").into()),
    }
}
