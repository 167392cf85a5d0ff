//! Lines against the chain of hashes and the rules: what follows becomes a page, and what does not is named.

use std::collections::VecDeque;
use std::sync::Arc;

use cache::{EntryHash, LedgerReader, NewEntry, Page};
use metering::{Account, Allocation, Entry, EntryKind, Finding, Next, Verifier};
use wire::line::{LineHead, UsageLine, decode_body, parse_line, read_head, split_line};
use wire::{Hash, chain};

use crate::fetch::Piece;
use crate::{Breach, convert, lines};

/// Pages that may be on their way to the cache, waiting or being stored: an amendment may be of a usage in one of them.
const ON_THEIR_WAY: usize = 2 * crate::pipeline::WAITING + 2;

/// An account is kept after entries with a number that this divides, so that what is kept does not depend on how the
/// ledger came.
const SNAPSHOT_EVERY: u64 = 1_024;

/// An account is kept for good after entries with a number that this divides: what any entry did is then told after
/// replaying at most so many.
const MILESTONE_EVERY: u64 = 32_768;

/// Lines that follow, as a page.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) page: Page,
    /// The last entry, and the link at it, also if the page is empty.
    pub(crate) seq: u64,
    pub(crate) hash: EntryHash,
    /// The newest catalogue revision that usages may be priced by.
    asked: u32,
    /// The account after one of the entries.
    pub(crate) snapshot: Option<(u64, Vec<u8>)>,
}

/// Why a line is not taken.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It does not follow.
    Breach(Breach),
    /// It is priced by a catalogue revision that is not known here and was not asked for yet.
    Unpriced(u32),
}

impl From<Breach> for Stop {
    fn from(breach: Breach) -> Self {
        Self::Breach(breach)
    }
}

/// Follows a ledger line by line.
#[derive(Debug)]
pub(crate) struct Checker {
    verifier: Verifier,
    hash: Hash,
    reader: LedgerReader,
    recent: VecDeque<Arc<Checked>>,
    found: Vec<Finding>,
    room: Vec<Allocation>,
}

/// A line that is an entry, as far as its bytes tell.
struct Line<'a> {
    /// The digits of its hash, as they should be written.
    digits: [u8; 64],
    body: &'a [u8],
    /// The head of its body, if it is written in the usual way.
    usual: Option<LineHead<'a>>,
}

impl<'a> Line<'a> {
    fn read(text: &'a [u8], expected: u64) -> Result<Self, Breach> {
        let usual = split_line(text).and_then(|(digits, body)| {
            // Whether they are digits at all shows when they are compared.
            Some(Self { digits: *digits, body, usual: Some(read_head(body)?) })
        });
        if let Some(line) = usual {
            return Ok(line);
        }
        match parse_line(text) {
            Ok(line) => Ok(Self { digits: line.hash.to_hex(), body: line.body, usual: None }),
            Err(error) => Err(Breach::Unreadable { seq: expected, detail: error.to_string() }),
        }
    }

    fn next(&self) -> Option<Next> {
        match &self.usual {
            Some(head) => Some(Next { seq: head.seq, recorded_at: head.recorded_at, subscribes: head.subscribes() }),
            None => decode_body(self.body).ok().as_ref().map(Next::from),
        }
    }
}

impl Checker {
    /// Goes on behind the last entry of `account`, `hash` being the link of the chain there.
    pub(crate) fn new(account: Account, hash: EntryHash, reader: LedgerReader) -> Self {
        Self {
            verifier: Verifier::resume(account),
            hash: Hash(hash),
            reader,
            recent: VecDeque::new(),
            found: Vec::new(),
            room: Vec::new(),
        }
    }

    /// What the entries add up to so far.
    pub(crate) const fn account(&self) -> &Account {
        self.verifier.account()
    }

    /// Checks lines, as far as each follows from the one before it. Then, what is wrong with the next one, if anything is:
    /// this checker has come to its end by that. Catalogues were asked for up to the revision `asked`.
    pub(crate) fn check(&mut self, piece: &Piece, asked: u32) -> (Arc<Checked>, Option<Stop>) {
        let mut checked = self.room();
        let before = self.account().last_seq();
        let known = self.account().terms().catalogues.latest().revision;
        checked.asked = asked.max(known);
        let stop = self.each(piece, &mut checked).err();
        (checked.seq, checked.hash) = (before + checked.page.len() as u64, self.hash.0);
        let checked = Arc::new(checked);
        self.recent.push_back(Arc::clone(&checked));
        (checked, stop)
    }

    /// Room for the next page: that of one which was stored long ago, so that memory does not go in and out by megabytes.
    fn room(&mut self) -> Checked {
        let old = if self.recent.len() > ON_THEIR_WAY { self.recent.pop_front() } else { None };
        let mut room = old.and_then(Arc::into_inner).unwrap_or_default();
        room.page.clear();
        Checked { page: room.page, ..Checked::default() }
    }

    fn each(&mut self, piece: &Piece, checked: &mut Checked) -> Result<(), Stop> {
        let first = self.account().last_seq() + 1;
        let end = first.saturating_add(piece.count);
        let kept = (end - 1) / SNAPSHOT_EVERY * SNAPSHOT_EVERY;
        let mut lines = (first..).zip(lines::each_of(&piece.lines)).map(|(seq, text)| Line::read(text, seq));
        let Some(mut line) = lines.next().transpose()? else { return Ok(()) };
        for next in lines {
            // A next line that is none is named in its own turn.
            let (next, unreadable) = match next {
                Ok(next) => (Some(next), None),
                Err(breach) => (None, Some(breach)),
            };
            self.line(&line, next.as_ref().and_then(Line::next), checked, kept)?;
            match (next, unreadable) {
                (Some(next), _) => line = next,
                (None, breach) => return breach.map_or(Ok(()), |breach| Err(breach.into())),
            }
        }
        self.line(&line, None, checked, kept)
    }

    fn line(&mut self, line: &Line<'_>, next: Option<Next>, checked: &mut Checked, kept: u64) -> Result<(), Stop> {
        let seq = self.account().last_seq() + 1;
        let computed = chain(&self.hash, line.body);
        // In capital letters it is the same hash.
        let follows = computed.to_hex() == line.digits || computed.to_hex().eq_ignore_ascii_case(&line.digits);
        let altered = || {
            let found = String::from_utf8_lossy(&line.digits).into_owned();
            Stop::from(Breach::Chain { seq, expected: computed.to_string(), found })
        };
        // By the number first: where an entry is missing or comes twice, no hash can follow.
        if let Some(head) = &line.usual
            && head.seq != seq
        {
            return Err(Breach::Gap { expected: seq, got: head.seq }.into());
        }
        let before = self.account().recorded_totals().balance();
        let usage = line.usual.and_then(|head| head.usage(&mut self.room));
        if let Some(usage) = usage {
            if !follows {
                return Err(altered());
            }
            if usage.usage.revision > checked.asked {
                return Err(Stop::Unpriced(usage.usage.revision));
            }
            self.verifier.check_usage(seq, usage.recorded_at, &usage.usage, next, &mut self.found);
            let after = self.verifier.account().recorded_totals().balance();
            let new = convert::usage(&usage, computed.0, line.body, before, after);
            keep(&mut self.found, checked, &new, Some(&usage))?;
        } else {
            let entry = match decode_body(line.body) {
                Ok(entry) => entry,
                Err(error) if follows => {
                    return Err(Breach::Unreadable { seq, detail: error.to_string() }.into());
                }
                // Bytes that were altered are named as such, whether or not they can still be read.
                Err(_) => return Err(altered()),
            };
            if entry.seq != seq {
                return Err(Breach::Gap { expected: seq, got: entry.seq }.into());
            }
            if !follows {
                return Err(altered());
            }
            if let EntryKind::Usage(usage) = &entry.kind
                && usage.revision > checked.asked
            {
                return Err(Stop::Unpriced(usage.revision));
            }
            self.other(&entry, next, computed, line.body, before, checked)?;
        }
        self.hash = computed;
        if seq.is_multiple_of(MILESTONE_EVERY) {
            checked.page.keep_account(seq, wire::snapshot::encode(&self.account().snapshot()));
        }
        if seq == kept {
            checked.snapshot = Some((seq, wire::snapshot::encode(&self.account().snapshot())));
        }
        Ok(())
    }

    /// An entry of another kind, or in an unusual form.
    fn other(
        &mut self,
        entry: &Entry,
        next: Option<Next>,
        hash: Hash,
        body: &[u8],
        before: u64,
        checked: &mut Checked,
    ) -> Result<(), Breach> {
        let (reader, recent) = (&self.reader, &self.recent);
        let earlier = |seq: u64| {
            let here = std::iter::once(&*checked).chain(recent.iter().map(|page| &**page));
            let found = here.filter_map(|checked| checked.page.body(seq)).next();
            found.map_or_else(|| stored(reader, seq), |body| decode_body(&body).ok())
        };
        self.verifier.check(entry, next, earlier, &mut self.found);
        let after = self.verifier.account().recorded_totals().balance();
        keep(&mut self.found, checked, &convert::to_cache(entry, hash.0, body, before, after), None)
    }
}

/// Puts an entry to the page, unless something was found.
fn keep(
    found: &mut Vec<Finding>,
    checked: &mut Checked,
    new: &NewEntry<'_>,
    line: Option<&UsageLine<'_>>,
) -> Result<(), Breach> {
    if found.is_empty() {
        checked.page.push_read(new, line);
        return Ok(());
    }
    let first = found.swap_remove(0);
    found.clear();
    Err(Breach::Rules {
        seq: new.seq,
        aspect: first.aspect.name().to_owned(),
        message: first.message,
        line: String::from_utf8_lossy(new.body).into_owned(),
    })
}

/// An entry that is in the cache. What cannot be read is as good as not there: an amendment of it is then named, and the
/// damage when it is looked for.
pub(crate) fn stored(reader: &LedgerReader, seq: u64) -> Option<Entry> {
    decode_body(&reader.body(seq).ok()??).ok()
}
