//! The Ledger room.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The kind of a ledger entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Credits came.
    Grant,
    /// AI work was paid for.
    Usage,
    /// What was left of a grant is gone.
    Expiry,
    /// Credits of a refunded or disputed pack were taken back, or given back.
    Void,
    /// The credits of failed work were given back.
    Amendment,
    /// Credits were reserved for work under way.
    Hold,
    /// A reservation ended without work to pay for.
    Release,
    /// The plan changed, or will.
    PlanChange,
    /// Something was turned on or off, or a cap set.
    ControlsChange,
}

/// A ledger entry in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LedgerRow {
    /// Its number in the ledger.
    pub seq: u64,
    /// Its kind.
    pub kind: EntryKind,
    /// What it is, for people.
    pub title: String,
    /// What else there is to say of it, but for the labels below.
    pub detail: Option<String>,
    /// The feature's id.
    pub feature: Option<String>,
    /// The feature's group, for its colour.
    pub group: Option<String>,
    /// Units of work; 0 where it is about none.
    pub units: u64,
    /// The member whose work it was.
    pub member: Option<String>,
    /// The channel that it came through.
    pub channel: Option<String>,
    /// Who reported it.
    pub source: Option<String>,
    /// What the work was about, in the words of who reported it.
    pub reference: Option<String>,
    /// When the work was done.
    pub occurred_at: i64,
    /// When it was charged.
    pub recorded_at: i64,
    /// Credits that came (positive) or went (negative).
    pub amount: i64,
    /// The ledger balance after it.
    pub balance_after: u64,
}

/// Which entries to show. What is empty or absent does not restrict.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct LedgerFilter {
    /// Work done at or after this instant …
    pub from: Option<i64>,
    /// … and before this one.
    pub to: Option<i64>,
    /// Kinds of entry, by name.
    pub kinds: Vec<String>,
    /// Features, by id.
    pub features: Vec<String>,
    /// The member.
    pub member: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// Who reported it.
    pub source: Option<String>,
    /// How the reference begins.
    pub reference: Option<String>,
}

/// A page of the ledger, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LedgerPage {
    /// The entries found.
    pub rows: Vec<LedgerRow>,
    /// Search on under this number; none when everything was looked at. A page may be empty and still have more.
    pub next_before: Option<u64>,
    /// Entries in the whole ledger.
    pub entries: u64,
}

/// What can be filtered by: every name that occurs in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LedgerNames {
    /// Features that occur or that the catalogue has, with their names for people.
    pub features: Vec<NamedFeature>,
    /// Members.
    pub members: Vec<String>,
    /// Channels.
    pub channels: Vec<String>,
    /// Sources.
    pub sources: Vec<String>,
}

/// A feature and what people call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct NamedFeature {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its group; its id where no catalogue knows it any more.
    pub group: String,
}

/// What one grant paid of an entry, or got back by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GrantShare {
    /// The grant's entry.
    pub grant: u64,
    /// What it is, for people.
    pub title: String,
    /// Credits that came from it (negative) or back to it (positive).
    pub amount: i64,
    /// What the grant was.
    pub size: u64,
    /// What it had left right after the entry.
    pub left: u64,
    /// When it expires.
    pub expires_at: Option<i64>,
}

/// An entry that another one is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Related {
    /// Its number.
    pub seq: u64,
    /// What it is to the entry.
    pub relation: Relation,
    /// What it is, for people.
    pub title: String,
}

/// What an entry is to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The usage that this one gives back.
    Amends,
    /// The hold that this one ends.
    EndsHold,
    /// The grant that this one takes from.
    OfGrant,
}

/// What a grant gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GrantTerms {
    /// Credits.
    pub amount: u64,
    /// What is left of it now.
    pub left_now: u64,
    /// From when on it pays.
    pub effective_at: i64,
    /// Until when; for ever, if absent.
    pub expires_at: Option<i64>,
    /// Its place in the draw-down order: lower pays first.
    pub priority: u32,
}

/// Whether the rules give an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum EntryVerdict {
    /// They give exactly this entry.
    Agrees,
    /// They give another one.
    Differs,
}

/// Everything about an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EntryDetail {
    /// The entry as the list has it.
    pub row: LedgerRow,
    /// The id that whoever reported it gave it.
    pub id: Option<String>,
    /// Credits a unit.
    pub rate: Option<u32>,
    /// The provider does not publish the rate.
    pub rate_assumed: bool,
    /// The catalogue revision that priced it.
    pub revision: Option<u32>,
    /// What each grant paid or got back, in the order of draw-down.
    pub shares: Vec<GrantShare>,
    /// What a grant gives.
    pub grant: Option<GrantTerms>,
    /// The entries that this one is about.
    pub related: Vec<Related>,
    /// Its link of the hash chain, in hex.
    pub hash: String,
    /// The link before it, in hex.
    pub previous_hash: String,
    /// Its exact bytes.
    pub body: String,
    /// Whether the hash follows from the one before and the bytes, and the rules give this entry.
    pub verdict: EntryVerdict,
    /// What differs, a line each.
    pub findings: Vec<String>,
}
