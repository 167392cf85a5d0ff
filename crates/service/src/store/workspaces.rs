//! Workspaces, the catalogues that they are kept under, and the service's own settings.

use std::sync::Arc;

use chrono_tz::Tz;
use metering::{Catalogue, Fault, Revisions, Terms, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Store, StoreError};

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

impl Store {
    /// Stores a workspace and its catalogue. The same workspace again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Contradiction`] when the workspace, or this revision of the catalogue, is stored with other
    /// content. Nothing is stored then.
    pub fn create_workspace(&self, workspace: &Workspace, now: Timestamp) -> Result<(), StoreError> {
        let catalogue = workspace.terms.catalogues.latest();
        self.write(|db| {
            store_revision(db, catalogue, now)?;
            let wanted = (
                workspace.name.clone(),
                workspace.terms.zone.name().to_owned(),
                catalogue.id.clone(),
                catalogue.revision,
            );
            db.execute(
                "INSERT INTO workspaces (workspace_id, name, time_zone, catalogue_id, catalogue_revision, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                params![workspace.id, wanted.0, wanted.1, wanted.2, wanted.3, now.as_millis()],
            )?;
            let stored: (String, String, String, u32) = db.query_row(
                "SELECT name, time_zone, catalogue_id, catalogue_revision FROM workspaces WHERE workspace_id = ?1",
                [&workspace.id],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )?;
            if stored != wanted {
                return Err(StoreError::Contradiction(format!(
                    "workspace \"{}\" is there already, with another name, time zone or catalogue",
                    workspace.id
                )));
            }
            Ok(())
        })
    }

    /// Stores a further revision of a catalogue that workspaces are kept under. The same again changes nothing. A
    /// service that runs on this database learns of it when it is started again. Gives what changes less in it than it
    /// seems to ([`Revisions::doubts`]).
    ///
    /// # Errors
    /// [`StoreError::Contradiction`] when no workspace is kept under the catalogue, the revision is stored with other
    /// content, it does not follow the others, or it would count from an instant that has passed.
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
        let found = self.read(|db| {
            let row: Option<(String, String, String)> = db
                .query_row(
                    "SELECT name, time_zone, catalogue_id FROM workspaces WHERE workspace_id = ?1",
                    [id],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )
                .optional()?;
            let Some((name, zone, catalogue)) = row else { return Ok(None) };
            Ok(Some((name, zone, revisions(db, &catalogue)?)))
        })?;
        let Some((name, zone, revisions)) = found else { return Ok(None) };
        let zone: Tz = zone.parse().map_err(|_| corrupt(format!("\"{zone}\" is not a time zone")))?;
        let revisions = revisions
            .iter()
            .map(|(_, json)| wire::catalogue::from_json(json).map(Arc::new))
            .collect::<Result<_, _>>()
            .map_err(|error| corrupt(format!("its catalogue: {error}")))?;
        let revisions = Revisions::new(revisions).map_err(|fault| corrupt(format!("its catalogue: {fault}")))?;
        Ok(Some(Workspace { id: id.to_owned(), name, terms: Terms::new(revisions, zone) }))
    }

    /// A setting of the service, made by `make` when there is none yet.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or `make` does.
    pub fn setting(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<Vec<u8>, StoreError>,
    ) -> Result<Vec<u8>, StoreError> {
        self.write(|db| {
            let found =
                db.query_row("SELECT value FROM settings WHERE name = ?1", [name], |row| row.get(0)).optional()?;
            if let Some(value) = found {
                return Ok(value);
            }
            let value = make()?;
            db.execute("INSERT INTO settings (name, value) VALUES (?1, ?2)", params![name, value])?;
            Ok(value)
        })
    }
}

/// The stored revisions of a catalogue, by number, as JSON.
fn revisions(db: &Connection, catalogue: &str) -> Result<Vec<(u32, String)>, StoreError> {
    let mut query = db.prepare_cached("SELECT revision, json FROM catalogues WHERE id = ?1 ORDER BY revision")?;
    let rows = query.query_map([catalogue], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Stores a revision, if it is not there. One that follows others counts from an instant to come: what was recorded until
/// now was priced without it.
fn store_revision(db: &Connection, catalogue: &Catalogue, now: Timestamp) -> Result<(), StoreError> {
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
        if let Some(from) = catalogue.counts_from.filter(|from| *from <= now) {
            return refuse(format!(
                "revision {revision} of catalogue \"{id}\" would count from {from}, which has passed: what was recorded \
                 since would have been priced wrong. Let it count from an instant to come"
            ));
        }
    }
    db.execute("INSERT INTO catalogues (id, revision, json) VALUES (?1, ?2, ?3)", params![id, revision, json])?;
    Ok(())
}
