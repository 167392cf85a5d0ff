//! Names as codes: features, members, channels, sources and the like stand in entries and rollups as small numbers.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use rusqlite::Transaction;

use super::seal::{self, Kind};
use crate::CacheError;

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// An entry's kind, as `metering` gives it.
    Kind,
    /// A feature.
    Feature,
    /// A member whose work it was.
    Member,
    /// A channel that it came through.
    Channel,
    /// Who reported it.
    Source,
    /// What else tells an entry apart.
    Detail,
}

impl Dimension {
    /// All of them, in the order of their numbers in the file.
    pub(crate) const ALL: [Self; 6] =
        [Self::Kind, Self::Feature, Self::Member, Self::Channel, Self::Source, Self::Detail];

    pub(crate) const fn number(self) -> u32 {
        self as u32
    }

    fn numbered(number: u32) -> Result<Self, CacheError> {
        let found = Self::ALL.into_iter().find(|one| one.number() == number);
        found.ok_or_else(|| CacheError::damaged("a name is of nothing"))
    }
}

/// The code of a name; 0 for none, and in rollups for all together.
pub(crate) type Code = u32;

/// The names of a ledger, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// The first stands for code 1.
    names: Vec<(Dimension, Arc<str>)>,
    codes: [HashMap<Arc<str>, Code, RandomState>; 6],
    /// The codes that were asked for last, by dimension: entries in a row are often alike.
    last: [Code; 6],
}

impl Names {
    /// How many there are.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.names.len()).unwrap_or(u32::MAX)
    }

    /// The code of a name, if it occurs.
    pub(crate) fn code(&self, dimension: Dimension, name: &str) -> Option<Code> {
        self.codes.get(dimension as usize)?.get(name).copied()
    }

    /// What a code is the name of, and the name; none for 0.
    pub(crate) fn named(&self, code: Code) -> Option<(Dimension, &str)> {
        let (dimension, name) = self.names.get(code.checked_sub(1)? as usize)?;
        Some((*dimension, name))
    }

    /// The name of a code; none for 0.
    pub(crate) fn name(&self, code: Code) -> Result<Option<&Arc<str>>, CacheError> {
        let Some(index) = code.checked_sub(1) else { return Ok(None) };
        let named = self.names.get(index as usize).ok_or_else(|| CacheError::damaged("a code has no name"))?;
        Ok(Some(&named.1))
    }

    /// All names of a dimension with their codes, in the order in which they came.
    pub(crate) fn of(&self, dimension: Dimension) -> impl Iterator<Item = (Code, &Arc<str>)> {
        let named = (1..).zip(&self.names);
        named.filter(move |(_, (of, _))| *of == dimension).map(|(code, (_, name))| (code, name))
    }

    /// The code of a name, which gets the next one if it is new.
    pub(crate) fn code_or_new(&mut self, dimension: Dimension, name: Option<&str>) -> Code {
        let Some(name) = name else { return 0 };
        let last = self.last.get(dimension as usize).copied().unwrap_or(0);
        if self.named(last).is_some_and(|(_, known)| known == name) {
            return last;
        }
        let code = self.code(dimension, name).unwrap_or_else(|| self.add(dimension, name.into()));
        if let Some(last) = self.last.get_mut(dimension as usize) {
            *last = code;
        }
        code
    }

    fn add(&mut self, dimension: Dimension, name: Arc<str>) -> Code {
        self.names.push((dimension, Arc::clone(&name)));
        let code = self.count();
        if let Some(codes) = self.codes.get_mut(dimension as usize) {
            codes.insert(name, code);
        }
        code
    }

    /// Reads the names that came after those that are known, up to `count`.
    pub(crate) fn read_on(&mut self, view: &Transaction<'_>, count: u32) -> Result<(), CacheError> {
        let sql = "SELECT code, dimension, name FROM names WHERE code > ?1 AND code <= ?2 ORDER BY code";
        let mut statement = view.prepare_cached(sql)?;
        let mut rows = statement.query((self.count(), count))?;
        while let Some(row) = rows.next()? {
            let (code, number): (Code, u32) = (row.get(0)?, row.get(1)?);
            let sealed = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
            let name = seal::opened(Kind::Name, code.into(), number.into(), sealed)?;
            let name = std::str::from_utf8(name).map_err(|_| CacheError::damaged("a name is no text"))?;
            if code != self.count() + 1 {
                break;
            }
            self.add(Dimension::numbered(number)?, name.into());
        }
        if self.count() < count {
            return Err(CacheError::damaged(format!("{count} names were stored, and {} are there", self.count())));
        }
        Ok(())
    }

    /// Stores the names that came after the first `stored`.
    pub(crate) fn write_from(&self, transaction: &Transaction<'_>, stored: u32) -> Result<(), CacheError> {
        let sql = "INSERT INTO names (code, dimension, name) VALUES (?1, ?2, ?3)";
        let mut insert = transaction.prepare_cached(sql)?;
        for (code, (dimension, name)) in (1_u32..).zip(&self.names).skip(stored as usize) {
            let number = dimension.number();
            insert.execute((
                code,
                number,
                seal::seal(Kind::Name, code.into(), number.into(), name.as_bytes().into()),
            ))?;
        }
        Ok(())
    }
}
