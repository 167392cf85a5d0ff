//! Finding entries: filters, a page at a time, each in bounded time.

use metering::{EARLY_LIMIT_MS, LATE_LIMIT_MS, Timestamp};
use roaring::RoaringBitmap;

use super::balance::{milestone, seq_at};
use super::block;
use super::columns::{BLOCK, Coded};
use super::entry::{EntryRow, Rows};
use super::names::{Code, Dimension, Names};
use super::reader::{LedgerReader, View};
use super::segment::{self, SEGMENT, codes_of, place_of, segment_of};
use super::terms;
use crate::CacheError;

/// Blocks that one search reads at most, so that a filter that matches nearly nothing still answers at once.
const MOST_BLOCKS: u32 = 60;
/// Parts of references that take about as long as a block.
const PARTS: u32 = 4;

/// What entries to show. What is empty or absent does not restrict.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct EntryFilter {
    /// Names of kinds, as `metering` gives them.
    pub kinds: Vec<String>,
    /// Features.
    pub features: Vec<String>,
    /// Work done at or after this instant …
    pub occurred_from: Option<Timestamp>,
    /// … and before this one.
    pub occurred_to: Option<Timestamp>,
    /// The member whose work it was.
    pub member: Option<String>,
    /// The channel that it came through.
    pub channel: Option<String>,
    /// Who reported it.
    pub source: Option<String>,
    /// How the reference begins, letters of ASCII in either case.
    pub reference: Option<String>,
}

/// One page of a search, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct EntryPage {
    /// The entries found.
    pub rows: Vec<EntryRow>,
    /// Search on under this number; `None` when everything was looked at. A page may be empty and still have more.
    pub next_before: Option<u64>,
}

/// The entries that a search found, newest first.
pub(crate) struct Found {
    pub(crate) seqs: Vec<u64>,
    /// Everything from here on was looked at.
    pub(crate) looked_from: u64,
}

/// A filter as codes.
#[derive(Debug)]
struct Coding {
    /// For each dimension that restricts, the codes of which an entry has to have one.
    wanted: Vec<(usize, Vec<Code>)>,
    occurred: std::ops::Range<i64>,
    reference: Option<Vec<u8>>,
}

impl Coding {
    /// None if a name does not occur: then nothing matches.
    fn new(filter: &EntryFilter, names: &Names) -> Option<Self> {
        let one = |name: &Option<String>| name.iter().cloned().collect::<Vec<_>>();
        // In the order of `codes_of`.
        let asked = [
            (0, Dimension::Kind, filter.kinds.clone()),
            (1, Dimension::Feature, filter.features.clone()),
            (3, Dimension::Member, one(&filter.member)),
            (4, Dimension::Channel, one(&filter.channel)),
            (5, Dimension::Source, one(&filter.source)),
        ];
        let mut wanted = Vec::new();
        for (place, dimension, named) in asked {
            if named.is_empty() {
                continue;
            }
            let codes: Vec<Code> = named.iter().filter_map(|name| names.code(dimension, name)).collect();
            if codes.is_empty() {
                return None;
            }
            wanted.push((place, codes));
        }
        let from = filter.occurred_from.map_or(i64::MIN, Timestamp::as_millis);
        let to = filter.occurred_to.map_or(i64::MAX, Timestamp::as_millis);
        let reference = filter.reference.as_deref().filter(|text| !text.is_empty());
        let reference = reference.map(|text| terms::folded(text.as_bytes()));
        Some(Self { wanted, occurred: from..to, reference })
    }

    fn matches(&self, coded: &Coded) -> bool {
        let codes = codes_of(coded);
        self.occurred.contains(&coded.occurred_at)
            && self.wanted.iter().all(|(place, wanted)| codes.get(*place).is_some_and(|code| wanted.contains(code)))
    }

    const fn asks_when(&self) -> bool {
        self.occurred.start != i64::MIN || self.occurred.end != i64::MAX
    }

    /// The places in a whole segment of all that has the wanted codes and reference, `None` for all places; and what that
    /// took, in blocks that could have been read meanwhile.
    fn places(&self, view: &View<'_>, number: u64) -> Result<(Option<RoaringBitmap>, u32), CacheError> {
        if self.wanted.is_empty() && self.reference.is_none() {
            return Ok((None, 0));
        }
        let directory = view.directory(number)?;
        let (mut all, mut took): (Option<RoaringBitmap>, u32) = (None, 0);
        for (_, codes) in &self.wanted {
            let mut any = RoaringBitmap::new();
            for code in codes {
                took += 1;
                any |= segment::places(view.db, &directory, number, *code)?;
            }
            let both = match all {
                Some(all) => all & any,
                None => any,
            };
            if both.is_empty() {
                return Ok((Some(both), took));
            }
            all = Some(both);
        }
        if let Some(begin) = &self.reference {
            let (found, parts) = terms::places(view.db, &directory, number, begin)?;
            took += 1 + parts / PARTS;
            all = Some(match all {
                Some(all) => all & found,
                None => found,
            });
        }
        Ok((all, took))
    }

    /// The numbers, ascending, of entries of a block outside whole segments that have the reference.
    fn referenced(&self, view: &View<'_>, number: u64) -> Result<Option<Vec<u64>>, CacheError> {
        let Some(begin) = &self.reference else { return Ok(None) };
        let mut found = Vec::new();
        if number >= view.head.blocks() {
            block::tail_references(view.db, &view.head, |seq, reference| {
                if terms::folded(reference).starts_with(begin) {
                    found.push(seq);
                }
            })?;
        } else {
            let segment = number / segment::BLOCKS;
            terms::block_terms(view.db, number, |term, place| {
                if term.starts_with(begin) {
                    found.push(segment::seq_at(segment, place));
                }
                true
            })?;
        }
        Ok(Some(found))
    }
}

impl LedgerReader {
    /// Searches entries with a number under `before` (none: from the newest), newest first, until `limit` are found
    /// or so much was looked at that a person would wait.
    ///
    /// # Errors
    /// Any storage error.
    pub fn search(&self, filter: &EntryFilter, before: Option<u64>, limit: u32) -> Result<EntryPage, CacheError> {
        self.read(|view| {
            let (lowest, top) = bounds(view, filter, before)?;
            let Found { seqs, looked_from } = find(view, filter, lowest, top, limit)?;
            let mut rows = Rows::new(view)?;
            let rows = seqs.into_iter().map(|seq| rows.row(seq)).collect::<Result<_, _>>()?;
            Ok(EntryPage { rows, next_before: (looked_from > lowest).then_some(looked_from) })
        })
    }
}

impl LedgerReader {
    /// Lends every entry that matches, oldest first, with its exact bytes, beginning behind entry `after`. It looks at no
    /// more than a segment (65,536 entries) while one view of the file is open, and says where to go on; `None` at the end.
    /// `each` may stop early with `false`.
    ///
    /// # Errors
    /// Any storage error.
    pub fn each_match(
        &self,
        filter: &EntryFilter,
        after: u64,
        mut each: impl FnMut(&EntryRow, &[u8]) -> bool,
    ) -> Result<Option<u64>, CacheError> {
        self.read(|view| {
            let names = view.names()?;
            let (lowest, top) = bounds(view, filter, None)?;
            let first = lowest.max(after.saturating_add(1));
            let Some(coding) = Coding::new(filter, &names).filter(|_| first < top) else { return Ok(None) };
            let number = segment_of(first);
            let is_whole = number < view.head.blocks() / segment::BLOCKS;
            let end = if is_whole {
                segment::seq_at(number, 0) + SEGMENT
            } else {
                block::first_of(block::number_of(first) + 1)
            };
            let end = end.min(top);
            let places = if is_whole { coding.places(view, number)?.0 } else { None };
            let referenced = if is_whole { None } else { coding.referenced(view, block::number_of(first))? };
            let (mut rows, mut body) = (Rows::new(view)?, Vec::new());
            for seq in first..end {
                let is_placed = places.as_ref().is_none_or(|places| places.contains(place_of(seq)));
                let is_referenced = referenced.as_ref().is_none_or(|some| some.binary_search(&seq).is_ok());
                if !is_placed || !is_referenced || !coding.matches(&rows.coded(seq)?) {
                    continue;
                }
                rows.body(seq, &mut body)?;
                if !each(&rows.row(seq)?, &body) {
                    return Ok(None);
                }
            }
            Ok((end < top).then_some(end - 1))
        })
    }
}

/// The numbers between which an entry has to be that matches by its times.
pub(crate) fn bounds(view: &View<'_>, filter: &EntryFilter, before: Option<u64>) -> Result<(u64, u64), CacheError> {
    // Rule 15 bounds how far the work lies from its recording. An amendment is dated by the work that it gives back, and
    // may come at any time after that.
    let lowest = match filter.occurred_from {
        Some(from) => seq_at(view, from.plus_millis(-EARLY_LIMIT_MS))?,
        None => 1,
    };
    let mut top = before.unwrap_or(u64::MAX).min(view.head.seq.saturating_add(1));
    if let Some(to) = filter.occurred_to
        && !may_amend(filter)
    {
        top = top.min(seq_at(view, to.plus_millis(LATE_LIMIT_MS))?);
    }
    Ok((lowest, top.max(lowest)))
}

fn may_amend(filter: &EntryFilter) -> bool {
    filter.kinds.is_empty() || filter.kinds.iter().any(|kind| kind == "amendment")
}

/// Searches from the newest under `top` down to `lowest`.
pub(crate) fn find(
    view: &View<'_>,
    filter: &EntryFilter,
    lowest: u64,
    top: u64,
    limit: u32,
) -> Result<Found, CacheError> {
    let names = view.names()?;
    let mut search = Search { view, lowest, limit, seqs: Vec::new(), blocks: 0 };
    let Some(coding) = Coding::new(filter, &names) else {
        return Ok(Found { seqs: Vec::new(), looked_from: lowest });
    };
    let whole = view.head.blocks() / segment::BLOCKS;
    let mut rows = Rows::new(view)?;
    let mut looked_from = top;
    while looked_from > lowest {
        let number = segment_of(looked_from - 1);
        looked_from = if number < whole {
            search.segment(&mut rows, &coding, number, looked_from)?
        } else {
            search.block(&mut rows, &coding, block::number_of(looked_from - 1), looked_from)?
        };
        if search.is_over() {
            break;
        }
    }
    Ok(Found { seqs: search.seqs, looked_from: looked_from.max(lowest) })
}

struct Search<'a> {
    view: &'a View<'a>,
    lowest: u64,
    limit: u32,
    seqs: Vec<u64>,
    blocks: u32,
}

impl Search<'_> {
    fn is_full(&self) -> bool {
        self.seqs.len() >= self.limit as usize
    }

    fn is_over(&self) -> bool {
        self.is_full() || self.blocks >= MOST_BLOCKS
    }

    /// Looks for entries under `top` in a whole segment, and says from where on everything was looked at.
    fn segment(&mut self, rows: &mut Rows<'_>, coding: &Coding, number: u64, top: u64) -> Result<u64, CacheError> {
        let first = number * SEGMENT + 1;
        let bottom = first.max(self.lowest);
        let (places, took) = coding.places(self.view, number)?;
        self.blocks += took;
        let Some(mut places) = places else {
            return self.block(rows, coding, block::number_of(top - 1), top);
        };
        if top < first + SEGMENT {
            places.remove_range(place_of(top)..);
        }
        places.remove_range(..place_of(bottom));
        let mut last_block = None;
        for place in places.into_iter().rev() {
            let seq = segment::seq_at(number, place);
            if coding.asks_when() {
                let number = block::number_of(seq);
                if last_block != Some(number) {
                    if self.blocks >= MOST_BLOCKS {
                        return Ok(seq + 1);
                    }
                    last_block = Some(number);
                    self.blocks += 1;
                }
                if !coding.occurred.contains(&rows.coded(seq)?.occurred_at) {
                    continue;
                }
            }
            self.seqs.push(seq);
            if self.is_full() {
                return Ok(seq);
            }
        }
        Ok(bottom)
    }

    /// Looks at the entries of a block under `top`, one by one.
    fn block(&mut self, rows: &mut Rows<'_>, coding: &Coding, number: u64, top: u64) -> Result<u64, CacheError> {
        let bottom = block::first_of(number).max(self.lowest);
        if coding.asks_when() && number < self.view.head.blocks() {
            let milestone = milestone(self.view, number)?;
            if milestone.latest < coding.occurred.start || milestone.earliest >= coding.occurred.end {
                return Ok(bottom);
            }
        }
        self.blocks += 1;
        let referenced = coding.referenced(self.view, number)?;
        for seq in (bottom..top.min(block::first_of(number) + BLOCK)).rev() {
            if referenced.as_ref().is_some_and(|some| some.binary_search(&seq).is_err()) {
                continue;
            }
            if coding.matches(&rows.coded(seq)?) {
                self.seqs.push(seq);
                if self.is_full() {
                    return Ok(seq);
                }
            }
        }
        Ok(bottom)
    }
}
