//! `verify`.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use chrono_tz::Tz;
use clap::Args;
use metering::{Revisions, Terms};
use wire::verify::{Source, Verdict, foreign, verify};

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

/// Where there is more than one finding in so many entries, the ledger was rather kept under other rules than altered.
const MANY: u64 = 4;

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
        let mut bytes = Vec::new();
        let ledger: Box<dyn Source> = if self.ledger == "-" {
            io::stdin().lock().read_to_end(&mut bytes).map_err(unreadable)?;
            Box::new(bytes)
        } else {
            let mut file = File::open(&self.ledger).map_err(unreadable)?;
            if file.metadata().map_err(unreadable)?.is_file() {
                Box::new(Seen(file))
            } else {
                // A pipe, say, which is read but once.
                file.read_to_end(&mut bytes).map_err(unreadable)?;
                Box::new(bytes)
            }
        };
        if let Some(what) = foreign(&*ledger).map_err(unreadable)? {
            return Err(Stopped::wrong(format!("{} is {what}", self.ledger)));
        }
        let verdict = verify(terms, &*ledger).map_err(unreadable)?;
        self.tell(&verdict)
    }

    fn tell(&self, verdict: &Verdict) -> Result<(), Stopped> {
        let Verdict { entries, head, findings, more } = verdict;
        if *entries == 0 {
            return Err(Stopped::wrong(format!("{}: there is no entry in it", self.ledger)));
        }
        for finding in findings {
            say(one_line(&finding.to_string()))?;
        }
        if *more > 0 {
            say(format_args!("… and {more} more"))?;
        }
        let wrong = findings.len() as u64 + more;
        if wrong == 0 {
            let each = if *entries == 1 { "1 entry: it follows" } else { &format!("{entries} entries: each follows") };
            return say(format_args!("{each} from the rules, and the last has hash {head}"));
        }
        let findings = if wrong == 1 { "1 finding".to_owned() } else { format!("{wrong} findings") };
        let lines = if *entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") };
        let mut message = format!("{}: {findings} in {lines}", self.ledger);
        if verdict.has_whole_chain() && wrong > entries / MANY {
            message
                .push_str(". The chain of hashes is whole: see first whether --catalogue and --time-zone are those ");
            message.push_str("of this workspace");
        }
        Err(Stopped { message, status: 1 })
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
