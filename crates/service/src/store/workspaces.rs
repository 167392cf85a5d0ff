//! Workspaces, the catalogues that they are kept under, and the service's own settings.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono_tz::Tz;
use metering::{Catalogue, Fault, Revisions, Terms, Timestamp};

use super::sql::{Sql, values};
use super::{Store, StoreError};

/// How far ahead a further revision of a catalogue has to count from: every process that keeps ledgers has read the
/// catalogue again by then.
const LEAD_MS: i64 = 60 * 1_000;

/// A workspace as stored.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Its id: what stands in addresses.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// Its billing time zone and the catalogue that it is kept under.
    pub terms: Terms,
}

/// A workspace as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedWorkspace {
    /// Its id.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// IANA name of its billing time zone.
    pub time_zone: String,
    /// The id of its catalogue.
    pub catalogue: String,
    /// The catalogue's newest revision.
    pub revision: u32,
}

impl Store {
    /// Stores a workspace and its catalogue. The same workspace again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Contradiction`] when the workspace, or this revision of the catalogue, is stored with other
    /// content. Nothing is stored then.
    pub fn create_workspace(&self, workspace: &Workspace, now: Timestamp) -> Result<(), StoreError> {
        self.create_workspaces(&[workspace], now)
    }

    /// Stores workspaces and their catalogues, all or none.
    ///
    /// # Errors
    /// As for [`Store::create_workspace`].
    pub fn create_workspaces(&self, workspaces: &[&Workspace], now: Timestamp) -> Result<(), StoreError> {
        self.write(|db| {
            let mut stored: Option<&Catalogue> = None;
            for workspace in workspaces {
                let catalogue = workspace.terms.catalogues.latest();
                // Most have the same one.
                if stored.is_none_or(|stored| !std::ptr::eq(stored, catalogue)) {
                    store_revision(db, catalogue, now)?;
                    stored = Some(catalogue);
                }
                store_workspace(db, workspace, now)?;
            }
            Ok(())
        })
    }

    /// Workspaces by id, those after an id, `limit` of them at most.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub fn workspaces(&self, after: &str, limit: u32) -> Result<Vec<ListedWorkspace>, StoreError> {
        self.read(|db| {
            let sql = "SELECT w.workspace_id, w.name, w.time_zone, w.catalogue_id,
                              (SELECT max(revision) FROM catalogues WHERE id = w.catalogue_id)
                       FROM workspaces w WHERE w.workspace_id > $1 ORDER BY w.workspace_id LIMIT $2";
            let read = |row: &super::sql::Row| {
                Ok(ListedWorkspace {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    time_zone: row.get(2)?,
                    catalogue: row.get(3)?,
                    revision: row.get(4)?,
                })
            };
            db.query(sql, values![after, limit])?.iter().map(read).collect()
        })
    }

    /// Stores a further revision of a catalogue that workspaces are kept under. The same again changes nothing. Services
    /// that run on this database learn of it before it counts. Gives what changes less in it than it seems to
    /// ([`Revisions::doubts`]).
    ///
    /// # Errors
    /// [`StoreError::Contradiction`] when no workspace is kept under the catalogue, the revision is stored with other
    /// content, it does not follow the others, or it would count from an instant that is not a minute ahead.
    pub fn add_revision(&self, catalogue: &Catalogue, now: Timestamp) -> Result<Vec<Fault>, StoreError> {
        let mut stored = self.write(|db| {
            let stored = revisions(db, &catalogue.id)?;
            if stored.is_empty() {
                let message = format!("no workspace is kept under a catalogue \"{}\"", catalogue.id);
                return Err(StoreError::Contradiction(message));
            }
            store_revision(db, catalogue, now)?;
            Ok(stored)
        })?;
        // What was stored is known to be a catalogue: it followed the others, or was the first of them.
        stored.retain(|(number, _)| *number < catalogue.revision);
        let before = stored.iter().filter_map(|(_, json)| wire::catalogue::from_json(json).ok());
        let all: Vec<Arc<Catalogue>> = before.chain([catalogue.clone()]).map(Arc::new).collect();
        let of_this = Revisions::doubts(&all).into_iter().filter(|(index, _)| index + 1 == all.len());
        Ok(of_this.map(|(_, fault)| fault).collect())
    }

    /// The workspace with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or what it has stored is not a workspace.
    pub fn workspace(&self, id: &str) -> Result<Option<Workspace>, StoreError> {
        let corrupt = |message: String| StoreError::Corrupt { workspace: id.to_owned(), message };
        let sql = "SELECT w.name, w.time_zone, w.catalogue_id, c.revision, c.json
                   FROM workspaces w JOIN catalogues c ON c.id = w.catalogue_id
                   WHERE w.workspace_id = $1 ORDER BY c.revision";
        let rows = self.query(sql, values![id])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (name, zone, catalogue): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let texts = rows.iter().map(|row| Ok((row.get(3)?, row.get(4)?))).collect::<Result<Vec<_>, StoreError>>()?;
        let zone: Tz = zone.parse().map_err(|_| corrupt(format!("\"{zone}\" is not a time zone")))?;
        let revisions =
            self.catalogues.read(&catalogue, &texts).map_err(|message| corrupt(format!("its catalogue: {message}")))?;
        Ok(Some(Workspace { id: id.to_owned(), name, terms: Terms::new(revisions, zone) }))
    }

    /// The catalogue with this id, if it is stored.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or what it has stored is not a catalogue.
    pub(crate) fn catalogue(&self, id: &str) -> Result<Option<Revisions>, StoreError> {
        let texts = self.read(|db| revisions(db, id))?;
        if texts.is_empty() {
            return Ok(None);
        }
        let wrong = |message| StoreError::Contradiction(format!("catalogue \"{id}\": {message}"));
        self.catalogues.read(id, &texts).map(Some).map_err(wrong)
    }

    /// A setting of the service, made by `make` when there is none yet.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or `make` does.
    pub fn setting(&self, name: &str, make: impl Fn() -> Result<Vec<u8>, StoreError>) -> Result<Vec<u8>, StoreError> {
        const FIND: &str = "SELECT value FROM settings WHERE name = $1";
        self.write(|db| {
            if let Some(row) = db.first(FIND, values![name])? {
                return row.get(0);
            }
            // Another process may make one in the same moment: the first stays.
            let sql = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            db.execute(sql, values![name, &make()?])?;
            match db.first(FIND, values![name])? {
                Some(row) => row.get(0),
                None => Err(StoreError::Contradiction(format!("the setting {name} was stored and is not there"))),
            }
        })
    }
}

fn store_workspace(db: &mut dyn Sql, workspace: &Workspace, now: Timestamp) -> Result<(), StoreError> {
    let catalogue = workspace.terms.catalogues.latest();
    let wanted =
        (workspace.name.clone(), workspace.terms.zone.name().to_owned(), catalogue.id.clone(), catalogue.revision);
    db.execute(
        "INSERT INTO workspaces (workspace_id, name, time_zone, catalogue_id, catalogue_revision, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        values![&workspace.id, &wanted.0, &wanted.1, &wanted.2, wanted.3, now],
    )?;
    let stored = db.first(
        "SELECT name, time_zone, catalogue_id, catalogue_revision FROM workspaces WHERE workspace_id = $1",
        values![&workspace.id],
    )?;
    let stored = match &stored {
        Some(row) => (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?),
        None => Default::default(),
    };
    if stored == wanted {
        return Ok(());
    }
    Err(StoreError::Contradiction(format!(
        "workspace \"{}\" is there already, with another name, time zone or catalogue",
        workspace.id
    )))
}

/// The stored revisions of a catalogue, by number, as JSON.
fn revisions(db: &mut dyn Sql, catalogue: &str) -> Result<Vec<(u32, String)>, StoreError> {
    let sql = "SELECT revision, json FROM catalogues WHERE id = $1 ORDER BY revision";
    db.query(sql, values![catalogue])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Stores a revision, if it is not there. One that follows others counts from an instant to come: what was recorded until
/// now was priced without it.
fn store_revision(db: &mut dyn Sql, catalogue: &Catalogue, now: Timestamp) -> Result<(), StoreError> {
    let Catalogue { id, revision, .. } = catalogue;
    let refuse = |message: String| Err(StoreError::Contradiction(message));
    let json = wire::catalogue::to_json(catalogue);
    let stored = revisions(db, id)?;
    if let Some((_, known)) = stored.iter().find(|(number, _)| number == revision) {
        if *known == json {
            return Ok(());
        }
        return refuse(format!(
            "revision {revision} of catalogue \"{id}\" is stored with other content: count its revision up"
        ));
    }
    if !stored.is_empty() {
        let all = stored.iter().map(|(_, json)| json.as_str()).chain([json.as_str()]).collect::<Vec<_>>().join(",");
        if let Err(error) = wire::catalogue::revisions_from_json(&format!("[{all}]")) {
            return refuse(format!("revision {revision} of catalogue \"{id}\": {}", error.said()));
        }
        if let Some(from) = catalogue.counts_from.filter(|from| from.since(now) < LEAD_MS) {
            let why = if from <= now {
                "has passed: what was recorded since would have been priced wrong. Let it count from an instant to come"
            } else {
                "is less than a minute ahead: services that run might learn of it too late. Let it count from a later one"
            };
            return refuse(format!("revision {revision} of catalogue \"{id}\" would count from {from}, which {why}"));
        }
    }
    let sql = "INSERT INTO catalogues (id, revision, json) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    match db.execute(sql, values![id, *revision, &json])? {
        // Another process stored one in the same moment: it has to be the same.
        0 => store_revision(db, catalogue, now),
        _ => Ok(()),
    }
}

/// Catalogues that were read, by id, so that all workspaces under one share it.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<HashMap<String, Known>>);

/// A catalogue, and the texts of its revisions.
#[derive(Debug)]
struct Known {
    texts: Vec<(u32, String)>,
    revisions: Revisions,
}

impl Shelf {
    /// The revisions that stand in the texts of a catalogue.
    fn read(&self, id: &str, texts: &[(u32, String)]) -> Result<Revisions, String> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shelf.get(id).filter(|known| known.texts == texts) {
            return Ok(known.revisions.clone());
        }
        let read = texts.iter().map(|(_, json)| wire::catalogue::from_json(json).map(Arc::new));
        let read = read.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        let revisions = Revisions::new(read).map_err(|fault| fault.to_string())?;
        shelf.insert(id.to_owned(), Known { texts: texts.to_vec(), revisions: revisions.clone() });
        Ok(revisions)
    }
}
