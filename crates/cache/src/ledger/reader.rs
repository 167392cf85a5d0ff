//! The handle that reads: any number of them, none of which waits for a page being stored.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction};

use super::bodies::Bodies;
use super::facts;
use super::head::{Cursor, Head};
use super::names::{Code, Dimension, Names};
use super::segment::Directory;
use super::trend::Trend;
use crate::{CacheError, file};

/// Reading connections that are kept open between calls.
const KEPT_READERS: usize = 4;
/// Blocks of which the bodies are kept.
const KEPT_BODIES: usize = 3;

/// A workspace's ledger, to read. Clones share the same file and what was read of it.
#[derive(Clone)]
pub struct LedgerReader {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    connections: Mutex<Vec<Connection>>,
    names: Mutex<Arc<Names>>,
    /// The directories of whole segments, which never change.
    directories: Mutex<Vec<Arc<Directory>>>,
    trends: Mutex<HashMap<Code, Arc<Trend>>>,
    /// The bodies of the blocks that were read last: who asks for one entry often asks for one near it.
    bodies: Mutex<VecDeque<(u64, Arc<Bodies>)>>,
}

impl std::fmt::Debug for LedgerReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LedgerReader").field("path", &self.shared.path).finish()
    }
}

/// One unchanging view of the file, with the head that it has.
pub(crate) struct View<'a> {
    pub(crate) db: &'a Transaction<'a>,
    pub(crate) head: Head,
    shared: &'a Shared,
}

impl LedgerReader {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            shared: Arc::new(Shared {
                path,
                connections: Mutex::default(),
                names: Mutex::default(),
                directories: Mutex::default(),
                trends: Mutex::default(),
                bodies: Mutex::default(),
            }),
        }
    }

    /// Opens the ledger at `path` for reading alone; another process may be writing it.
    ///
    /// # Errors
    /// [`CacheError::Unusable`] for what is not a ledger of ours, or any storage error.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CacheError> {
        let reader = Self::new(path.as_ref().to_owned());
        reader.cursor()?;
        Ok(reader)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// How many bytes the ledger takes on disk, its log included.
    #[must_use]
    pub fn size(&self) -> u64 {
        file::size(&self.shared.path)
    }

    /// Where the ledger ends.
    ///
    /// # Errors
    /// Any storage error.
    pub fn cursor(&self) -> Result<Cursor, CacheError> {
        self.read(|view| Ok(view.head.cursor()))
    }

    /// What is kept under a name beside the ledger.
    ///
    /// # Errors
    /// Any storage error.
    pub fn fact(&self, name: &str) -> Result<Option<Vec<u8>>, CacheError> {
        self.read(|view| {
            facts::check(view.db, &view.head)?;
            facts::read(view.db, name)
        })
    }

    /// The names that occur, in the order in which they came.
    ///
    /// # Errors
    /// Any storage error.
    pub fn names(&self, dimension: Dimension) -> Result<Vec<String>, CacheError> {
        self.read(|view| Ok(view.names()?.of(dimension).map(|(_, name)| name.as_ref().to_owned()).collect()))
    }

    /// Runs `work` on one unchanging view of the file. Never waits for a writer.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&View<'_>) -> Result<T, CacheError>) -> Result<T, CacheError> {
        let run = || -> Result<T, CacheError> {
            let kept = lock(&self.shared.connections).pop();
            let mut connection = match kept {
                Some(connection) => connection,
                None => file::open_reader(&self.shared.path)?,
            };
            let result = connection.transaction().map_err(CacheError::from).and_then(|db| {
                let head = Head::read(&db)?;
                work(&View { db: &db, head, shared: &self.shared })
            });
            let mut connections = lock(&self.shared.connections);
            if connections.len() < KEPT_READERS {
                connections.push(connection);
            }
            drop(connections);
            result
        };
        run().map_err(|error| error.about(&self.shared.path))
    }
}

impl View<'_> {
    /// The names that there are.
    pub(crate) fn names(&self) -> Result<Arc<Names>, CacheError> {
        let mut kept = lock(&self.shared.names);
        if kept.count() < self.head.names {
            Arc::make_mut(&mut kept).read_on(self.db, self.head.names)?;
        }
        Ok(Arc::clone(&kept))
    }

    /// What is in a whole segment.
    pub(crate) fn directory(&self, number: u64) -> Result<Arc<Directory>, CacheError> {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(known) = lock(&self.shared.directories).get(place) {
            return Ok(Arc::clone(known));
        }
        let mut known = lock(&self.shared.directories);
        while known.len() <= place {
            let next = Directory::read(self.db, known.len() as u64)?;
            known.push(Arc::new(next));
        }
        known.get(place).cloned().ok_or_else(|| CacheError::damaged(format!("segment {number} is gone")))
    }

    /// The bodies of a whole block.
    pub(crate) fn bodies(&self, number: u64) -> Result<Arc<Bodies>, CacheError> {
        if let Some((_, known)) = lock(&self.shared.bodies).iter().find(|(of, _)| *of == number) {
            return Ok(Arc::clone(known));
        }
        let read = Arc::new(Bodies::read(self.db, number)?);
        let mut kept = lock(&self.shared.bodies);
        kept.push_back((number, Arc::clone(&read)));
        if kept.len() > KEPT_BODIES {
            kept.pop_front();
        }
        Ok(read)
    }

    /// What was used over time, of all entries (0) or of those of one member, channel or source.
    pub(crate) fn trend(&self, code: Code) -> Result<Arc<Trend>, CacheError> {
        let known = lock(&self.shared.trends).get(&code).cloned();
        if let Some(known) = &known
            && known.commits() == self.head.commits
        {
            return Ok(Arc::clone(known));
        }
        // A view that is older than what is known reads anew, and leaves what is known alone.
        let known = known.filter(|known| known.commits() < self.head.commits);
        let trend = Arc::new(Trend::read(self.db, &self.head, code, known.as_deref())?);
        let mut trends = lock(&self.shared.trends);
        if trends.get(&code).is_none_or(|kept| kept.commits() < trend.commits()) {
            trends.insert(code, Arc::clone(&trend));
        }
        Ok(trend)
    }
}

/// A thread that panicked while it held something left no transaction behind (dropping one rolls it back), and what is
/// kept is only ever replaced whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
