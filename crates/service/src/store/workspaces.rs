//! Workspaces, the catalogues that they are kept under, and the service's own settings.

use std::sync::Arc;

use chrono_tz::Tz;
use metering::{Catalogue, Terms, Timestamp};
use rusqlite::{OptionalExtension, params};

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
        let json = wire::catalogue::to_json(catalogue);
        self.write(|db| {
            db.execute(
                "INSERT INTO catalogues (id, revision, json) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![catalogue.id, catalogue.revision, json],
            )?;
            let stored: String = db.query_row(
                "SELECT json FROM catalogues WHERE id = ?1 AND revision = ?2",
                params![catalogue.id, catalogue.revision],
                |row| row.get(0),
            )?;
            if stored != json {
                return Err(StoreError::Contradiction(format!(
                    "revision {} of catalogue \"{}\" is stored with other content: count its revision up",
                    catalogue.revision, catalogue.id
                )));
            }
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

    /// The workspace with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or what it has stored is not a workspace.
    pub fn workspace(&self, id: &str) -> Result<Option<Workspace>, StoreError> {
        let corrupt = |message: String| StoreError::Corrupt { workspace: id.to_owned(), message };
        let row: Option<(String, String, String)> = self.read(|db| {
            Ok(db
                .query_row(
                    "SELECT w.name, w.time_zone, c.json FROM workspaces w
                     JOIN catalogues c ON c.id = w.catalogue_id AND c.revision = w.catalogue_revision
                     WHERE w.workspace_id = ?1",
                    [id],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )
                .optional()?)
        })?;
        let Some((name, zone, json)) = row else { return Ok(None) };
        let zone: Tz = zone.parse().map_err(|_| corrupt(format!("\"{zone}\" is not a time zone")))?;
        let catalogue: Catalogue =
            wire::catalogue::from_json(&json).map_err(|error| corrupt(format!("its catalogue: {error}")))?;
        Ok(Some(Workspace { id: id.to_owned(), name, terms: Terms::new(Arc::new(catalogue), zone) }))
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
