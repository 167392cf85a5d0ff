//! Reading everything in the file, to see that it is what was stored.

use std::collections::BTreeMap;

use super::balance::milestone;
use super::block;
use super::columns::BLOCK;
use super::entry::Rows;
use super::names::{Code, Dimension};
use super::reader::{LedgerReader, View};
use super::rollup::Tally;
use super::segment::{self, BLOCKS, codes_of, place_of};
use super::terms;
use crate::CacheError;

impl LedgerReader {
    /// Reads every piece of the file and compares what can be told twice: blocks with each other, what finds entries with
    /// the entries, sums with what is summed. Takes its time for millions of entries. `progress` hears the last entry
    /// looked at now and then, and may stop with `false`.
    ///
    /// That the bytes follow from each other by the hash chain and from the rules is for `sync` to see.
    ///
    /// # Errors
    /// [`CacheError::Unusable`] naming the first damage.
    pub fn check(&self, mut progress: impl FnMut(u64) -> bool) -> Result<(), CacheError> {
        self.read(|view| {
            let said: String = view.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
            if said != "ok" {
                return Err(CacheError::damaged(said));
            }
            if let Some(used) = entries(view, &mut progress)? {
                sums(view, &used)?;
                view.check_accounts()?;
            }
            Ok(())
        })
    }
}

/// Looks at all entries; what was used of each feature in all, or none if it was stopped.
fn entries(
    view: &View<'_>,
    progress: &mut impl FnMut(u64) -> bool,
) -> Result<Option<BTreeMap<Code, Tally>>, CacheError> {
    let wrong = |what: &str, number: u64| Err(CacheError::damaged(format!("{what} of block {number} do not fit")));
    let mut used: BTreeMap<Code, Tally> = BTreeMap::new();
    let (mut hash, mut balance, mut recorded_at) = ([0; 32], 0, i64::MIN);
    let mut places: BTreeMap<Code, Vec<u32>> = BTreeMap::new();
    let (mut rows, mut body) = (Rows::new(view)?, Vec::new());
    let last = view.head.blocks();
    for number in 0..=last {
        let read = block::read(view.db, &view.head, number)?;
        if read.head.before != hash || read.head.opening != balance {
            return wrong("the ends", number);
        }
        let end = read.first + read.count() as u64;
        for seq in read.first..end {
            let coded = rows.coded(seq)?;
            if coded.recorded_at < recorded_at {
                return wrong("the dates", number);
            }
            recorded_at = coded.recorded_at;
            balance = balance.saturating_add_signed(coded.credits);
            rows.body(seq, &mut body)?;
            if coded.feature != 0 {
                let tally = Tally { credits: coded.credits.saturating_neg(), actions: coded.units };
                used.entry(coded.feature).or_default().add(tally);
            }
            codes_of(&coded).into_iter().filter(|code| *code != 0).for_each(|code| {
                places.entry(code).or_default().push(place_of(seq));
            });
        }
        hash = read.head.after;
        if number < last {
            let said = milestone(view, number)?;
            let is_right = (said.recorded_at, said.opening, said.earliest, said.latest)
                == (read.head.recorded_at, read.head.opening, read.head.earliest, read.head.latest);
            if !is_right {
                return wrong("the milestones", number);
            }
            if number / BLOCKS >= last / BLOCKS {
                terms::block_terms(view.db, number, |_, _| true)?;
            }
        }
        if (number + 1).is_multiple_of(BLOCKS) && number < last {
            segment_of(view, number / BLOCKS, std::mem::take(&mut places))?;
            if !progress(read.first + BLOCK - 1) {
                return Ok(None);
            }
        }
    }
    if hash != view.head.hash || balance != view.head.balance {
        return wrong("the end", last);
    }
    block::read_tail_entries(view.db, &view.head)?;
    Ok(Some(used))
}

/// Looks at what finds entries in a whole segment.
fn segment_of(view: &View<'_>, number: u64, places: BTreeMap<Code, Vec<u32>>) -> Result<(), CacheError> {
    let wrong = || CacheError::damaged(format!("what finds entries in segment {number} does not fit"));
    let directory = view.directory(number)?;
    if !directory.codes.iter().eq(places.keys()) {
        return Err(wrong());
    }
    for (code, places) in places {
        if !segment::places(view.db, &directory, number, code)?.into_iter().eq(places) {
            return Err(wrong());
        }
    }
    terms::places(view.db, &directory, number, &[])?;
    Ok(())
}

/// Looks at the sums of what was used.
fn sums(view: &View<'_>, used: &BTreeMap<Code, Tally>) -> Result<(), CacheError> {
    let names = view.names()?;
    let of = |dimension| names.of(dimension).map(|(code, _)| code).collect::<Vec<_>>();
    let parts = [Dimension::Member, Dimension::Channel, Dimension::Source].into_iter().flat_map(of);
    for code in std::iter::once(0).chain(parts) {
        let trend = view.trend(code)?;
        let totals = trend.features().iter().copied().zip(trend.ahead_of(i64::MAX).iter().copied());
        if code == 0 && totals.collect::<BTreeMap<_, _>>() != *used {
            return Err(CacheError::damaged("the sums of what was used do not fit the entries"));
        }
    }
    Ok(())
}
