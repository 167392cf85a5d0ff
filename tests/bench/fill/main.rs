//! Makes a service's database with one workspace whose ledger has millions of entries. The rules make them of a real trace,
//! and the service takes them in as it takes in a backup: it checks each, and stores it as its own.
//!
//! `bench-fill TRACE.csv ENTRIES DATABASE.db WORKSPACE_ID TOKEN`: the trace as those in `samples` are, packed or not; the
//! database is new, and TOKEN an owner's. For the same arguments it is the same ledger to the byte.

mod life;
#[path = "../service/random.rs"]
mod random;
mod rhythm;
mod stream;

use std::error::Error;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use clock::Stopwatch;
use metering::Terms;
use service::backup;
use service::sample::trace::Trace;
use service::store::{Durability, Store, Workspace};

use life::Life;
use rhythm::Rhythm;
use stream::Frame;

type Failure = Box<dyn Error + Send + Sync>;

const USAGE: &str = "usage: bench-fill TRACE.csv ENTRIES DATABASE.db WORKSPACE_ID TOKEN";
/// Bytes that are handed on at once: a part of what a pipe holds, so that neither side waits while the other works.
const PIECE: usize = 1 << 14;

fn terms() -> Result<Terms, Failure> {
    let catalogue = wire::catalogue::from_toml(include_str!("catalogue.toml"))?;
    let zone = catalogue.time_zone.parse()?;
    Ok(Terms::new(Arc::new(catalogue), zone))
}

fn fill(trace: &Path, entries: u64, database: &Path, id: &str, token: &str) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    let terms = terms()?;
    let trace = Trace::read(&std::fs::read(trace)?)?;
    let workspace = Workspace { id: id.to_owned(), name: "Northwind Support".into(), terms: terms.clone() };
    let frame = Frame::of(&workspace, token, Rhythm::new(&trace, entries)?.start())?;
    let life = Life::new(terms, trace, entries)?;
    let store = Store::open(database, Durability::Normal)?;
    let (backup, to_backup) = io::pipe()?;
    let (written, restored) = thread::scope(|scope| {
        let writing = scope.spawn(move || {
            frame.write(life, &mut BufWriter::with_capacity(PIECE, to_backup), |seq| {
                if seq.is_multiple_of(1_000_000) {
                    eprintln!("  {} million entries after {:.0} s", seq / 1_000_000, watch.elapsed().as_secs_f64());
                }
            })
        });
        // Whichever ends first ends the other: one finds no more to read, or nobody who reads.
        let restored = backup::restore(&store, &mut BufReader::with_capacity(PIECE, backup), None);
        let written = writing.join().unwrap_or_else(|_| Err("what writes the entries has stopped".into()));
        (written, restored)
    });
    let last = match (written, restored) {
        (Ok(last), Ok(_)) => last,
        (Err(error), Ok(_)) => return Err(error),
        (Ok(_), Err(error)) => return Err(error.to_string().into()),
        (Err(writing), Err(restoring)) if is_unread(&writing) => return Err(restoring.to_string().into()),
        // It was cut off, and why says what wrote it.
        (Err(writing), Err(_)) => return Err(writing),
    };
    let stored = store.head(id)?;
    if stored != last {
        return Err(format!("entry {} was to be the last, and entry {} is", last.0, stored.0).into());
    }
    drop(store);
    let seconds = watch.elapsed().as_secs_f64();
    writeln!(io::stdout(), "filled {} entries, last hash {}, in {seconds:.0} s", last.0, last.1)?;
    Ok(())
}

/// Whether writing failed because nobody reads any more.
fn is_unread(error: &Failure) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [trace, entries, database, workspace, token] => {
            fill(Path::new(trace), entries.parse()?, Path::new(database), workspace, token)
        }
        _ => Err(USAGE.into()),
    }
}
