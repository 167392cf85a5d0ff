//! The Ledger room: every entry, a page at a time, and everything about one.

use cache::{Dimension, LedgerReader};
use metering::{Account, Allocation, Entry, EntryKind, GrantOrigin, LiveGrant, Timestamp};
use sync::Explained;

use crate::export::filter_of;
use crate::view::{
    EntryDetail, EntryVerdict, GrantShare, GrantTerms, LedgerFilter, LedgerNames, LedgerPage, NamedFeature, Related,
    Relation,
};
use crate::words::words;
use crate::{App, AppError, rows, storage};

/// Most entries of a page.
const MOST_ROWS: u32 = 500;

impl App {
    /// Entries with a number under `before` (none: from the newest), newest first: those that a filter lets through. A page
    /// that was long to find may be empty and say where to look on.
    ///
    /// # Errors
    /// As [`App::overview`].
    pub fn ledger_page(
        &self,
        workspace: &str,
        filter: &LedgerFilter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<LedgerPage, AppError> {
        let key = self.connection(workspace)?.workspace;
        let limit = limit.min(MOST_ROWS);
        self.with_ledger(key, |account, ledger, now| {
            let (found, next_before) = if *filter == LedgerFilter::default() {
                let rows = ledger.entries_before(before.unwrap_or(u64::MAX), limit).map_err(storage)?;
                let next = rows.last().map(|last| last.seq).filter(|seq| *seq > 1);
                (rows, next)
            } else {
                let page = ledger.search(&filter_of(filter), before, limit).map_err(storage)?;
                (page.rows, page.next_before)
            };
            let catalogue = account.catalogue(now);
            let rows = found.iter().map(|row| rows::row(ledger, catalogue, row)).collect::<Result<_, _>>()?;
            Ok(LedgerPage { rows, next_before, entries: ledger.cursor().map_err(storage)?.seq })
        })
    }

    /// Every name that occurs in a workspace's ledger.
    ///
    /// # Errors
    /// As [`App::overview`].
    pub fn ledger_names(&self, workspace: &str) -> Result<LedgerNames, AppError> {
        let key = self.connection(workspace)?.workspace;
        self.with_ledger(key, |account, ledger, now| {
            let names = |dimension| {
                let mut names = ledger.names(dimension).map_err(storage)?;
                names.sort_unstable();
                Ok::<_, AppError>(names)
            };
            let catalogue = account.catalogue(now);
            let known = catalogue.features.iter().map(|feature| NamedFeature {
                id: feature.id.clone(),
                name: feature.name.clone(),
                group: feature.group.clone(),
            });
            let others = names(Dimension::Feature)?.into_iter().filter(|id| catalogue.feature(id).is_none());
            let others = others.map(|id| NamedFeature { name: id.clone(), group: id.clone(), id });
            Ok(LedgerNames {
                features: known.chain(others).collect(),
                members: names(Dimension::Member)?,
                channels: names(Dimension::Channel)?,
                sources: names(Dimension::Source)?,
            })
        })
    }

    /// Everything about an entry, the rules asked anew whether they give it.
    ///
    /// # Errors
    /// As [`App::overview`], or `unknown_entry`.
    pub fn ledger_entry(&self, workspace: &str, seq: u64) -> Result<EntryDetail, AppError> {
        let key = self.connection(workspace)?.workspace;
        // Replaying takes as long as it takes: whoever stores what comes meanwhile does not wait for it.
        let (terms, ledger) =
            self.with_ledger(key, |account, ledger, _| Ok((account.terms().clone(), ledger.clone())))?;
        let explained = sync::explain(&ledger, terms, seq);
        self.with_ledger(key, |account, ledger, now| {
            let unknown = || {
                let message = format!("This ledger has no entry {seq} here.");
                AppError::new("unknown_entry", message, "Choose one from the list.")
            };
            let row = ledger.entry(seq).map_err(storage)?.ok_or_else(unknown)?;
            let explained = explained.map_err(storage)?.ok_or_else(unknown)?;
            let catalogue = account.catalogue(now);
            let Explained { entry, body, previous_hash, hash, findings, grants } = &explained;
            let facts = facts(&entry.kind);
            let rate_assumed = facts.rate.is_some()
                && row.feature.as_deref().and_then(|id| catalogue.feature(id)).is_some_and(|feature| feature.assumed);
            Ok(EntryDetail {
                row: rows::of_entry(catalogue, &row, entry),
                id: facts.id,
                rate: facts.rate,
                rate_assumed,
                revision: (row.revision > 0).then_some(row.revision),
                shares: shares(ledger, account, &facts.shares, grants, now),
                grant: grant_terms(account, entry, now),
                related: related(ledger, account, &facts.related, now),
                hash: hash.to_string(),
                previous_hash: previous_hash.to_string(),
                body: String::from_utf8_lossy(body).into_owned(),
                verdict: if findings.is_empty() { EntryVerdict::Agrees } else { EntryVerdict::Differs },
                findings: findings.iter().map(ToString::to_string).collect(),
            })
        })
    }
}

/// What an entry says of itself beyond what lists show.
#[derive(Default)]
struct Facts {
    id: Option<String>,
    rate: Option<u32>,
    /// What came from grants (below 0) or went back to them.
    shares: Vec<(u64, i64)>,
    related: Vec<(u64, Relation)>,
}

fn facts(kind: &EntryKind) -> Facts {
    let of = |allocations: &[Allocation], sign: i64| -> Vec<(u64, i64)> {
        allocations.iter().map(|one| (one.grant, sign.saturating_mul(signed(one.amount)))).collect()
    };
    match kind {
        EntryKind::Usage(usage) => Facts {
            id: Some(usage.id.clone()),
            rate: Some(usage.rate),
            shares: of(&usage.allocations, -1),
            related: usage.hold.map(|hold| (hold, Relation::EndsHold)).into_iter().collect(),
        },
        EntryKind::Amendment(amendment) => Facts {
            id: Some(amendment.id.clone()),
            shares: of(&amendment.allocations, 1),
            related: vec![(amendment.usage, Relation::Amends)],
            ..Facts::default()
        },
        // What a hold reserves is still there, so it is no share of anything yet.
        EntryKind::Hold(hold) => Facts { id: Some(hold.id.clone()), rate: Some(hold.rate), ..Facts::default() },
        EntryKind::Release(release) => Facts { related: vec![(release.hold, Relation::EndsHold)], ..Facts::default() },
        EntryKind::Expiry(expiry) => Facts {
            shares: vec![(expiry.grant, -signed(expiry.amount))],
            related: vec![(expiry.grant, Relation::OfGrant)],
            ..Facts::default()
        },
        EntryKind::Void(void) => Facts { related: vec![(void.grant, Relation::OfGrant)], ..Facts::default() },
        EntryKind::Grant(_) | EntryKind::PlanChange(_) | EntryKind::ControlsChange(_) => Facts::default(),
    }
}

fn signed(credits: u64) -> i64 {
    i64::try_from(credits).unwrap_or(i64::MAX)
}

/// What each grant paid or got back, with what it had left right after.
fn shares(
    ledger: &LedgerReader,
    account: &Account,
    shares: &[(u64, i64)],
    grants: &[LiveGrant],
    now: Timestamp,
) -> Vec<GrantShare> {
    let share = |(grant, amount): &(u64, i64)| {
        let known = grants.iter().find(|known| known.seq == *grant);
        let stored = stored_grant(ledger, *grant);
        GrantShare {
            grant: *grant,
            title: stored.as_ref().map_or_else(|| format!("Entry {grant}"), |entry| title(account, entry, now)),
            amount: *amount,
            size: match stored.as_ref().map(|entry| &entry.kind) {
                Some(EntryKind::Grant(grant)) => grant.amount,
                _ => known.map_or(0, |known| known.amount),
            },
            // One that is not kept any more has expired, with nothing left.
            left: known.map_or(0, |known| known.remaining),
            expires_at: known.and_then(|known| known.expires_at).map(Timestamp::as_millis),
        }
    };
    shares.iter().map(share).collect()
}

fn related(ledger: &LedgerReader, account: &Account, related: &[(u64, Relation)], now: Timestamp) -> Vec<Related> {
    let one = |(seq, relation): &(u64, Relation)| {
        let title = stored_grant(ledger, *seq).map_or_else(String::new, |entry| title(account, &entry, now));
        Related { seq: *seq, relation: *relation, title }
    };
    related.iter().map(one).collect()
}

/// An entry that another one names. That it cannot be read takes nothing away from that other one.
fn stored_grant(ledger: &LedgerReader, seq: u64) -> Option<Entry> {
    wire::line::decode_body(&ledger.body(seq).ok()??).ok()
}

fn title(account: &Account, entry: &Entry, now: Timestamp) -> String {
    let words = words(account.catalogue(now), &entry.kind);
    match &entry.kind {
        EntryKind::Grant(grant) if !matches!(grant.origin, GrantOrigin::TopUp { .. }) => {
            words.detail.map_or(words.title.clone(), |detail| format!("{}, {detail}", words.title))
        }
        _ => words.title,
    }
}

/// What a grant gives, and what is left of it now.
fn grant_terms(account: &Account, entry: &Entry, now: Timestamp) -> Option<GrantTerms> {
    let EntryKind::Grant(grant) = &entry.kind else { return None };
    let live = account.live_grants(now);
    Some(GrantTerms {
        amount: grant.amount,
        left_now: live.iter().find(|live| live.seq == entry.seq).map_or(0, |live| live.remaining),
        effective_at: grant.effective_at.as_millis(),
        expires_at: grant.expires_at.map(Timestamp::as_millis),
        priority: grant.priority.into(),
    })
}
