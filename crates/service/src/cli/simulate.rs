//! `simulate`.

use std::io::Read;

use clap::Args;

use super::{Stopped, say};
use crate::simulate::Scenario;

pub(super) const STATUSES: &str = "Exit status: 0 when every step is answered, whatever the answers are, \
    2 when the scenario has a mistake; then nothing is run.";

#[derive(Args)]
pub(super) struct Simulate {
    /// The scenario, a JSON file; `-` for standard input.
    file: String,
}

impl Simulate {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let mut bytes = Vec::new();
        let read = match self.file.as_str() {
            "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(drop),
            path => std::fs::read(path).map(|read| bytes = read),
        };
        read.map_err(|error| Stopped::wrong(format!("{}: {error}", self.file)))?;
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
            Stopped::wrong(format!("{}: line {line}: is not UTF-8", self.file))
        })?;
        let scenario = Scenario::read(text).map_err(|error| Stopped::wrong(format!("{}: {error}", self.file)))?;
        for answer in scenario.run() {
            say(serde_json::to_string(&answer)?)?;
        }
        Ok(())
    }
}
