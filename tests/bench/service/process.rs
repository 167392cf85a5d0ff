//! A program that says where it listens: started, looked at from outside, killed.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::Failure;

/// How long a program may take until it listens. A ledger of ten million entries may have to be read before.
const START_WITHIN: Duration = Duration::from_secs(300);
const SAYS: &str = "listening on http://";

/// A process that is killed when it is dropped.
struct Alive(Child);

impl Alive {
    fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A program that was started and may not listen yet. Dropped, it is killed (SIGKILL) wherever it is.
pub(crate) struct Starting {
    child: Alive,
    listens: Receiver<SocketAddr>,
}

impl Starting {
    /// Starts a program. What it says on standard error goes to the end of `log`.
    pub(crate) fn spawn(command: &mut Command, log: &Path) -> Result<Self, Failure> {
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = Alive(command.spawn().map_err(|error| format!("{:?}: {error}", command.get_program()))?);
        let output = child.0.stdout.take().ok_or("the program has no output")?;
        let (tell, listens) = channel();
        std::thread::spawn(move || {
            // Reads on to the end, so that the program never waits for a reader.
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(Ok(address)) = line.strip_prefix(SAYS).map(str::parse) {
                    let _ = tell.send(address);
                }
            }
        });
        Ok(Self { child, listens })
    }

    /// Waits until it listens.
    pub(crate) fn listening(self) -> Result<Running, Failure> {
        let address = self.listens.recv_timeout(START_WITHIN).map_err(|_| "the program ended or does not listen")?;
        if !address.ip().is_loopback() {
            return Err(format!("{address} is not this machine's own").into());
        }
        Ok(Running { child: self.child, address })
    }
}

/// A program that listens. Dropped, it is killed.
pub(crate) struct Running {
    child: Alive,
    pub(crate) address: SocketAddr,
}

/// Memory of a process, in bytes.
pub(crate) struct Memory {
    /// What would be free without it: shared pages count by their share.
    pub(crate) proportional: f64,
    pub(crate) resident: f64,
}

impl Running {
    /// Kills it (SIGKILL), and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.child.kill();
    }

    /// Whether it has not ended by itself.
    pub(crate) fn is_alive(&mut self) -> Result<bool, Failure> {
        Ok(self.child.0.try_wait()?.is_none())
    }

    pub(crate) fn memory(&self) -> Result<Memory, Failure> {
        let text = std::fs::read_to_string(self.proc("smaps_rollup"))?;
        let kib = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("memory is not told here")?;
            Ok::<f64, Failure>(line.trim().trim_end_matches(" kB").parse()?)
        };
        Ok(Memory { proportional: kib("Pss:")? * 1024.0, resident: kib("Rss:")? * 1024.0 })
    }

    /// Processor time that it has taken, of all its threads, in seconds.
    pub(crate) fn processor(&self) -> Result<f64, Failure> {
        let text = std::fs::read_to_string(self.proc("stat"))?;
        // Behind the name, which may have spaces in it. Linux counts in hundredths of a second.
        let mut fields = text.rsplit_once(')').ok_or("no such process")?.1.split_ascii_whitespace().skip(11);
        let mut next = || fields.next().and_then(|field| field.parse::<f64>().ok()).ok_or("no processor time");
        Ok((next()? + next()?) / 100.0)
    }

    fn proc(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.child.0.id())
    }
}
