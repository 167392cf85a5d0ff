//! What is kept beside a ledger: what the service last said of the workspace, and what came of comparing.

use cache::{CacheError, LedgerReader, LedgerWriter};
use metering::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wire::api::WorkspaceBody;

use crate::{FetchedCatalogue, Incident, Verified};

const WORKSPACE: &str = "workspace";
const CATALOGUE: &str = "catalogue";
const VERIFIED: &str = "verified";
const INCIDENT: &str = "incident";

/// What the service last said about a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WorkspaceMeta {
    /// The workspace's id at the service.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// The provider's name, for people.
    pub provider: String,
    /// IANA name of its billing time zone.
    pub time_zone: String,
    /// ISO 4217 code of prices.
    pub currency: String,
    /// The role of the token's bearer, as the service names it.
    pub role: String,
    /// The catalogue's revision.
    pub catalogue_revision: u32,
}

impl WorkspaceMeta {
    /// A workspace as the service describes it, with its catalogue.
    #[must_use]
    pub fn new(body: &WorkspaceBody, fetched: &FetchedCatalogue) -> Self {
        Self {
            id: body.id.clone(),
            name: body.name.clone(),
            provider: body.provider.clone(),
            time_zone: body.time_zone.clone(),
            currency: body.currency.clone(),
            role: body.role.as_str().to_owned(),
            catalogue_revision: fetched.revisions.latest().revision,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct VerifiedFact {
    seq: u64,
    at_ms: i64,
}

pub(crate) fn workspace(reader: &LedgerReader) -> Result<Option<WorkspaceMeta>, CacheError> {
    read(reader, WORKSPACE)
}

/// The catalogue, as the service sent it.
pub(crate) fn catalogue(reader: &LedgerReader) -> Result<Option<String>, CacheError> {
    Ok(reader.fact(CATALOGUE)?.and_then(|bytes| String::from_utf8(bytes).ok()))
}

pub(crate) fn set_workspace(
    writer: &mut LedgerWriter,
    meta: &WorkspaceMeta,
    catalogue: &str,
) -> Result<(), CacheError> {
    // The catalogue first: who finds the workspace finds its catalogue.
    writer.set_fact(CATALOGUE, Some(catalogue.as_bytes()))?;
    write(writer, WORKSPACE, Some(meta))
}

pub(crate) fn verified(reader: &LedgerReader) -> Result<Option<Verified>, CacheError> {
    let fact: Option<VerifiedFact> = read(reader, VERIFIED)?;
    Ok(fact.map(|fact| Verified { seq: fact.seq, at: Timestamp::from_millis(fact.at_ms) }))
}

pub(crate) fn set_verified(writer: &mut LedgerWriter, verified: Verified) -> Result<(), CacheError> {
    write(writer, VERIFIED, Some(&VerifiedFact { seq: verified.seq, at_ms: verified.at.as_millis() }))
}

pub(crate) fn incident(reader: &LedgerReader) -> Result<Option<Incident>, CacheError> {
    read(reader, INCIDENT)
}

pub(crate) fn set_incident(writer: &mut LedgerWriter, incident: Option<&Incident>) -> Result<(), CacheError> {
    write(writer, INCIDENT, incident)
}

/// What another version kept and this one cannot read is as good as not there: all of it comes anew.
fn read<T: DeserializeOwned>(reader: &LedgerReader, name: &str) -> Result<Option<T>, CacheError> {
    Ok(reader.fact(name)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

fn write<T: Serialize>(writer: &mut LedgerWriter, name: &str, value: Option<&T>) -> Result<(), CacheError> {
    // None of these has anything that JSON cannot say.
    let bytes = value.map(|value| serde_json::to_vec(value).unwrap_or_default());
    writer.set_fact(name, bytes.as_deref())
}
