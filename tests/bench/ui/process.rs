//! What processes need, as the system counts it.

use std::time::Duration;

use crate::harness::descendants;

/// Ticks of processor time in a second, on every Linux that there is.
const TICKS: f64 = 100.0;
const MB: f64 = 1_000_000.0;

/// Resident memory in megabytes.
pub(crate) struct Memory {
    /// Of the process alone.
    pub(crate) own: f64,
    /// Of it and all that it started; of what several share, each counts its part.
    pub(crate) tree: f64,
}

fn field(process: u32, file: &str, name: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0)
}

fn tree(process: u32) -> Vec<u32> {
    std::iter::once(process).chain(descendants(process)).collect()
}

impl Memory {
    pub(crate) fn of(process: u32) -> Self {
        let own = field(process, "status", "VmRSS:") * 1024.0 / MB;
        let tree = tree(process).into_iter().map(|one| field(one, "smaps_rollup", "Pss:")).sum::<f64>() * 1024.0 / MB;
        Self { own, tree }
    }
}

/// What processes have done so far.
pub(crate) struct Work {
    /// Processor time of all, in ticks.
    ticks: f64,
    /// How often the process itself was woken: every thread of it.
    wakes: f64,
}

/// What was done in a stretch of time in which nobody did anything.
pub(crate) struct Idle {
    /// Of one processor.
    pub(crate) cpu_percent: f64,
    /// A second.
    pub(crate) wakes: f64,
}

impl Work {
    pub(crate) fn of(process: u32) -> Self {
        let ticks = |one: u32| {
            let stat = std::fs::read_to_string(format!("/proc/{one}/stat")).unwrap_or_default();
            let fields: Vec<f64> = stat
                .rsplit(')')
                .next()
                .unwrap_or_default()
                .split_whitespace()
                .map(|text| text.parse().unwrap_or(0.0))
                .collect();
            fields.get(11).unwrap_or(&0.0) + fields.get(12).unwrap_or(&0.0)
        };
        let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
        let woken = |name: &str| {
            let text = std::fs::read_to_string(format!("/proc/{process}/task/{name}/status")).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with("voluntary_ctxt_switches")).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0)
        };
        Self {
            ticks: tree(process).into_iter().map(ticks).sum(),
            wakes: threads.filter_map(|thread| thread.file_name().into_string().ok()).map(|name| woken(&name)).sum(),
        }
    }

    pub(crate) fn since(&self, before: &Self, passed: Duration) -> Idle {
        let seconds = passed.as_secs_f64();
        Idle {
            cpu_percent: (self.ticks - before.ticks) / TICKS / seconds * 100.0,
            wakes: (self.wakes - before.wakes) / seconds,
        }
    }
}
