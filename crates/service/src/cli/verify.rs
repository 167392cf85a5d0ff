//! `verify`.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use chrono_tz::Tz;
use clap::Args;
use metering::{Revisions, Terms};
use wire::verify::{Source, Verdict, verify};

use super::{Stopped, one_line, say};
use crate::catalogues;

#[derive(Args)]
pub(super) struct Verify {
    /// The ledger, as the service sends it: a line an entry, from the first on; `-` for standard input.
    ledger: String,
    /// The catalogue that it was kept under: a, b, or a file. Once for each revision.
    #[arg(long, required = true)]
    catalogue: Vec<String>,
    /// IANA name of the workspace's billing time zone; the catalogue's, if left out.
    #[arg(long)]
    time_zone: Option<String>,
}

/// A file that is read anywhere.
struct Seen(File);

impl Source for Seen {
    #[cfg(unix)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.0, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.0, buffer, offset)
    }
}

impl Verify {
    pub(super) fn run(self) -> Result<(), Stopped> {
        let terms = self.terms()?;
        let unreadable = |error: io::Error| Stopped::wrong(format!("{}: {error}", self.ledger));
        let verdict = if self.ledger == "-" {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map_err(unreadable)?;
            verify(terms, bytes.as_slice())
        } else {
            verify(terms, &Seen(File::open(&self.ledger).map_err(unreadable)?))
        };
        let Verdict { entries, head, findings, more } = verdict.map_err(unreadable)?;
        for finding in &findings {
            say(one_line(&finding.to_string()));
        }
        match findings.len() as u64 + more {
            0 => {
                say(format_args!("{entries} entries: each follows from the rules, and the last has hash {head}"));
                Ok(())
            }
            wrong => {
                Err(Stopped { message: format!("{}: {wrong} findings in {entries} entries", self.ledger), status: 1 })
            }
        }
    }

    fn terms(&self) -> Result<Terms, Stopped> {
        let found = self.catalogue.iter().map(|name| catalogues::find(name).map(Arc::new));
        let revisions = found.collect::<Result<Vec<_>, _>>().map_err(Stopped::wrong)?;
        let revisions = Revisions::new(revisions).map_err(Stopped::wrong)?;
        let zone = self.time_zone.as_ref().unwrap_or(&revisions.latest().time_zone);
        let zone: Tz = zone
            .parse()
            .map_err(|_| Stopped::wrong(format!("\"{zone}\" is not an IANA time zone like Europe/Berlin")))?;
        Ok(Terms::new(revisions, zone))
    }
}
