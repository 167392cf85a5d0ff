//! Verifying a ledger: does every entry follow from the rules (rule 19)?

mod expect;
mod finding;
mod order;
mod repeats;
mod usage;
mod words;

use std::collections::{HashMap, VecDeque};
use std::mem::discriminant;
use std::ops::Range;

pub use finding::{Aspect, Finding};
pub use order::Next;
use order::Place;
pub use repeats::Repeats;
use words::{SPARE, differences, said};

use crate::books::Books;
use crate::keyed::Keyed;
use crate::{
    Account, Entry, EntryKind, Grant, GrantOrigin, GrantSource, ReleaseCause, Terms, Timestamp, Usage, VoidCause,
};

/// No account that holds for little has so many entries due at once: in the eight thousand years that there are, some
/// 100,000 periods end and begin, and each takes two entries.
const MOST_DUE: u32 = 500_000;

/// Among so many entries that fall due in one instant, one is looked for that another entry could be.
const LOOK_AHEAD: usize = 32;

const NO_SUBSCRIPTION: &str = "the trial's credits expired ahead of their time, and no subscription follows";
const ENDS_DUE: &str =
    "the ledger ends with what fell due by itself, and it should go on with the command that recorded it";

/// Everything that is wrong with a whole ledger, in the order of its entries; repeated ids come last.
#[must_use]
pub fn verify(terms: Terms, entries: &[Entry]) -> Vec<Finding> {
    let mut verifier = Verifier::new(terms);
    let mut found = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let next = entries.get(index + 1).map(Next::from);
        let ahead = entries.get(..index).unwrap_or_default();
        let place = |seq: u64| usize::try_from(seq).ok()?.checked_sub(1);
        // In its own place, unless an entry ahead of it is gone.
        let in_place = |seq: u64| ahead.get(place(seq)?).filter(|one| one.seq == seq);
        let earlier = |seq: u64| in_place(seq).or_else(|| ahead.iter().find(|one| one.seq == seq)).cloned();
        verifier.check(entry, next, earlier, &mut found);
    }
    verifier.finish(&mut found);
    let mut repeats = verifier.into_repeats();
    if !repeats.is_empty() {
        for entry in entries {
            if let EntryKind::Usage(usage) = &entry.kind {
                found.extend(repeats.check(entry.seq, &usage.into()));
            }
        }
    }
    found
}

/// Replays a ledger entry by entry and names every one that the rules would not have made, with what they give.
///
/// After a finding it goes on as if the rules had been kept as far as that can be told, so that one altered entry is
/// named and not all those after it. An alteration that the rules allow (other units with all that follows from them)
/// shows where its consequences meet an entry that was not altered; that the bytes are the recorded ones is for the
/// chain of hashes to say.
#[derive(Debug)]
pub struct Verifier {
    account: Account,
    /// The numbers that are missing ahead of the entry.
    gap: Range<u64>,
    /// Usages that bear another number than the one that they count as, by that one.
    misnumbered: HashMap<u64, Usage>,
    /// The ledger does not begin at its beginning: nothing but numbers can be told.
    is_part: bool,
    /// Where the entry that was checked last stands.
    place: Place,
    /// How many missing entries got a number for which there was no room.
    spare: u64,
    /// What has to come next: the rest of what one command records.
    follow: VecDeque<Entry>,
    /// A trial's grant expired ahead of its time at this instant: a subscription has to follow.
    ended_trial: Option<Timestamp>,
    /// The entry that was checked last fell due ahead of a command, with which it was recorded.
    fell_due: bool,
    /// Amendments by the usage's entry.
    amended: HashMap<u64, u64>,
    /// Recorded ids but those of usages, with the entry: the kind, who gave it if anyone says so, the id.
    ids: HashMap<(&'static str, String, String), u64>,
    /// A hash for each usage's id, by which [`Repeats`] finds the ones that may be there twice.
    keys: Keyed,
    marks: Vec<u64>,
    /// It goes on behind entries that it has not seen, and keeps nothing of those that it sees.
    is_resumed: bool,
}

impl Verifier {
    /// A verifier of a ledger from its first entry.
    #[must_use]
    pub fn new(terms: Terms) -> Self {
        Self {
            account: Account::new(terms),
            gap: 0..0,
            misnumbered: HashMap::new(),
            is_part: false,
            place: Place::default(),
            spare: 0,
            follow: VecDeque::new(),
            ended_trial: None,
            fell_due: false,
            amended: HashMap::new(),
            ids: HashMap::new(),
            keys: Keyed::default(),
            marks: Vec::new(),
            is_resumed: false,
        }
    }

    /// A verifier that goes on behind the last entry of an account, whose ledger was verified up to there.
    ///
    /// It keeps no ids, so that it takes next to no memory however long it goes on: whether one was recorded before (rule
    /// 14), only [`Verifier::new`] over the whole ledger tells.
    #[must_use]
    pub fn resume(account: Account) -> Self {
        let terms = account.terms.clone();
        Self { account, is_resumed: true, ..Self::new(terms) }
    }

    /// What the entries add up to so far.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// Says what is missing at the end of a whole ledger. All that one command records is recorded together, so that a
    /// ledger which ends within it was cut. One that is read while more of it comes may end anywhere: not for that.
    pub fn finish(&self, found: &mut Vec<Finding>) {
        let books = &self.account.books;
        let last = books.last_recorded_at;
        let due = || books.due_entry(last).map(|(at, kind)| (at.max(last), kind));
        let follows = self.follow.front().map(|one| (one.recorded_at, one.kind.clone()));
        let seq = books.last_seq + 1;
        if let Some((at, kind)) = follows.or_else(due) {
            let message = format!("the ledger ends, and it should go on with {}, dated {at}", said(&kind));
            found.push(Finding::new(seq, aspect_of(&kind), message));
        } else if self.ended_trial.is_some() {
            found.push(Finding::new(seq, Aspect::Expiry, NO_SUBSCRIPTION));
        } else if self.fell_due {
            found.push(Finding::new(seq, Aspect::Order, ENDS_DUE));
        }
    }

    /// The ids of usages that may have been recorded twice: known only when all are read. Each entry has to be shown to
    /// it once more, unless it is empty.
    #[must_use]
    pub fn into_repeats(self) -> Repeats {
        Repeats::new(self.keys, self.marks)
    }

    /// Checks the next entry. `next` is what comes after it: it tells which of two dates in the wrong order was moved, and
    /// whether a wrong number is this entry's own. `earlier` gives an entry that was checked before by its number.
    pub fn check(
        &mut self,
        entry: &Entry,
        next: Option<Next>,
        earlier: impl Fn(u64) -> Option<Entry>,
        found: &mut Vec<Finding>,
    ) {
        if let EntryKind::Usage(usage) = &entry.kind {
            return self.check_usage(entry.seq, entry.recorded_at, &usage.into(), next, found);
        }
        let is_repeat = |_: &Self| earlier(entry.seq).is_some_and(|one| one == *entry);
        let Some((number, at)) = self.begin(entry.seq, entry.recorded_at, next, is_repeat, found) else { return };
        let from = found.len();
        self.other(&Entry { seq: number, recorded_at: at, kind: entry.kind.clone() }, next, earlier, found);
        order::name(found, from, entry.seq);
    }

    /// Checks an entry but a usage, under the number and at the instant that it counts as.
    fn other(
        &mut self,
        stands: &Entry,
        next: Option<Next>,
        earlier: impl Fn(u64) -> Option<Entry>,
        found: &mut Vec<Finding>,
    ) {
        self.check_trial_end(stands, found);
        let fell_due = std::mem::take(&mut self.fell_due);
        if self.meets_follow(stands, found) {
            return;
        }
        // Credits that a command returns to where they cannot stay leave in the same instant, behind its entry.
        let at_once = self.account.books.due_entry(self.account.books.last_recorded_at).is_some();
        if self.meets_due(stands, found) {
            self.fell_due = fell_due || !at_once;
            return;
        }
        match self.expect(stands, next, earlier) {
            Ok(mut expected) => {
                // A trial's end comes ahead of the subscription that makes it: where only that stands, it is missing.
                let own = expected.iter().position(|one| discriminant(&one.kind) == discriminant(&stands.kind));
                for ahead in expected.drain(..own.unwrap_or(0)) {
                    found.push(missing(stands.seq, &ahead));
                    self.carry_out(stands.seq, ahead);
                }
                let rest = expected.split_off(expected.len().min(1));
                match expected.pop() {
                    Some(expected) => {
                        let expected = Entry { seq: stands.seq, ..expected };
                        compare(stands, &expected, found);
                        self.apply(&expected);
                    }
                    None => {
                        self.apply(stands);
                    }
                }
                if matches!(stands.kind, EntryKind::PlanChange(_)) {
                    self.follow = rest.into();
                }
            }
            Err(finding) => {
                found.push(finding);
                if self.can_be(stands) {
                    self.apply(stands);
                } else {
                    self.leave_out(stands.seq, stands.recorded_at);
                }
            }
        }
        if !self.is_resumed {
            self.note_ids(stands, found);
        }
    }

    /// Whether something had to come here as the rest of a command; it is compared and taken in.
    fn meets_follow(&mut self, entry: &Entry, found: &mut Vec<Finding>) -> bool {
        while let Some(mut expected) = self.follow.pop_front() {
            expected.seq = entry.seq;
            if is_same_thing(&entry.kind, &expected.kind) {
                compare(entry, &expected, found);
                self.apply(&expected);
                return true;
            }
            found.push(missing(entry.seq, &expected));
            self.carry_out(entry.seq, expected);
        }
        false
    }

    /// Whether the entry is what falls due before it; what is due and is not there is missing.
    fn meets_due(&mut self, entry: &Entry, found: &mut Vec<Finding>) -> bool {
        let mut more: u32 = 0;
        while let Some((at, kind)) = self.account.books.due_entry(entry.recorded_at) {
            let expected = Entry { seq: entry.seq, recorded_at: at.max(self.account.books.last_recorded_at), kind };
            if is_same_thing(&entry.kind, &expected.kind) || self.stands_for(entry, &expected) {
                compare(entry, &expected, found);
                self.apply(&expected);
                return true;
            }
            more += 1;
            // An entry far in the future has a whole history due before it: one line says it.
            if more == 1 {
                found.push(missing(entry.seq, &expected));
            }
            // Otherwise the books are too far from the ledger to say what else is due.
            if !self.carry_out(entry.seq, expected) || more >= MOST_DUE {
                break;
            }
        }
        if more > 1 {
            let message = match more - 1 {
                1 => "one more entry that was due before it is missing".into(),
                more => format!("{more} more entries that were due before it are missing"),
            };
            found.push(Finding::new(entry.seq, Aspect::Refresh, message));
        }
        false
    }

    /// Whether an entry that says nothing of what is due first is that one all the same, altered: it is of its kind and
    /// in its place, and nothing else that is due then is what it says.
    fn stands_for(&self, entry: &Entry, expected: &Entry) -> bool {
        let is_of_kind = matches!(
            (&entry.kind, &expected.kind),
            (EntryKind::Expiry(_), EntryKind::Expiry(_)) | (EntryKind::PlanChange(_), EntryKind::PlanChange(_))
        );
        if !is_of_kind || !self.gap.is_empty() || entry.recorded_at != expected.recorded_at {
            return false;
        }
        let Account { terms, books } = &self.account;
        let mut ahead = books.clone();
        for _ in 0..LOOK_AHEAD {
            let Some((at, kind)) = ahead.due_entry(entry.recorded_at) else { return true };
            let due = Entry { seq: ahead.last_seq + 1, recorded_at: at.max(ahead.last_recorded_at), kind };
            if is_same_thing(&entry.kind, &due.kind) || ahead.apply(terms, &due).is_err() {
                return false;
            }
        }
        false
    }

    /// Carries out an entry that should stand ahead of `seq` and does not. Says whether it could be.
    fn carry_out(&mut self, seq: u64, expected: Entry) -> bool {
        // What is missing gets the number that is. Where none is, it gets one that no entry has: no two grants are one.
        let number = self.gap.next().unwrap_or_else(|| {
            self.spare += 1;
            SPARE + self.spare
        });
        self.account.books.last_seq = number - 1;
        let could_be = self.apply(&Entry { seq: number, ..expected });
        self.account.books.last_seq = seq - 1;
        could_be
    }

    /// A trial's grant that expires early is the first half of a subscription.
    fn check_trial_end(&mut self, entry: &Entry, found: &mut Vec<Finding>) {
        let Some(at) = self.ended_trial else { return };
        let goes_on = match &entry.kind {
            EntryKind::Expiry(_) => true,
            EntryKind::PlanChange(change) => change.cause == crate::PlanChangeCause::Subscribed,
            _ => false,
        };
        if !goes_on || entry.recorded_at != at {
            found.push(Finding::new(entry.seq, Aspect::Expiry, NO_SUBSCRIPTION));
        }
        if !matches!(entry.kind, EntryKind::Expiry(_)) {
            self.ended_trial = None;
        }
    }

    /// Takes in what should stand there, and says whether it follows. What cannot is left out: it has been named.
    fn apply(&mut self, entry: &Entry) -> bool {
        let Account { terms, books } = &mut self.account;
        debug_assert!(entry.recorded_at >= books.last_recorded_at, "what is expected is never dated back");
        let applied = books.apply(terms, entry);
        if applied.is_err() {
            self.leave_out(entry.seq, entry.recorded_at);
        }
        applied.is_ok()
    }

    /// Goes on behind an entry that cannot follow.
    fn leave_out(&mut self, seq: u64, at: Timestamp) {
        let books = &mut self.account.books;
        books.last_seq = seq;
        books.last_recorded_at = at;
    }

    fn note_ids(&mut self, entry: &Entry, found: &mut Vec<Finding>) {
        let (kind, source, id) = match &entry.kind {
            EntryKind::Amendment(one) => ("amendment", one.source.as_str(), &one.id),
            EntryKind::Hold(one) => ("hold", one.source.as_str(), &one.id),
            EntryKind::Void(void) => match &void.cause {
                VoidCause::Refund { id, .. } => ("refund", "", id),
                VoidCause::Dispute { id } => ("dispute", "", id),
                VoidCause::Reinstatement { id } => ("reinstatement", "", id),
                VoidCause::Returned => return,
            },
            _ => return,
        };
        let key = (kind, source.to_owned(), id.clone());
        if let Some(first) = self.ids.get(&key) {
            found.push(Finding::new(entry.seq, Aspect::Twice, finding::known_id(id, source, *first)));
        } else {
            self.ids.insert(key, entry.seq);
        }
    }
}

/// Says where an entry is not what it should be.
fn compare(entry: &Entry, expected: &Entry, found: &mut Vec<Finding>) {
    let aspect = aspect_of(&expected.kind);
    if entry.kind != expected.kind {
        found.push(Finding::new(entry.seq, aspect, differences(&entry.kind, &expected.kind)));
    }
    if entry.recorded_at != expected.recorded_at {
        let message = format!("it is dated {}, and falls due at {}", entry.recorded_at, expected.recorded_at);
        found.push(Finding::new(entry.seq, aspect, message));
    }
}

/// Whether an entry stands for what is expected here, right or wrong.
fn is_same_thing(entry: &EntryKind, expected: &EntryKind) -> bool {
    match (entry, expected) {
        (EntryKind::Grant(one), EntryKind::Grant(other)) => is_same_origin(one, other),
        (EntryKind::Expiry(one), EntryKind::Expiry(other)) => one.grant == other.grant || one.amount == other.amount,
        (EntryKind::Release(one), EntryKind::Release(other)) => {
            one.hold == other.hold || one.cause == ReleaseCause::TimedOut
        }
        (EntryKind::Void(one), EntryKind::Void(other)) => one.grant == other.grant || one.cause == other.cause,
        (EntryKind::PlanChange(one), EntryKind::PlanChange(other)) => one.cause == other.cause || one.to == other.to,
        _ => false,
    }
}

fn is_same_origin(one: &Grant, other: &Grant) -> bool {
    match (&one.origin, &other.origin) {
        (GrantOrigin::Allowance { .. } | GrantOrigin::Upgrade { .. }, GrantOrigin::Allowance { .. })
        | (GrantOrigin::Allowance { .. } | GrantOrigin::Upgrade { .. }, GrantOrigin::Upgrade { .. }) => true,
        _ => one.amount == other.amount && one.expires_at == other.expires_at,
    }
}

const fn aspect_of(kind: &EntryKind) -> Aspect {
    match kind {
        EntryKind::Grant(grant) => match grant.source() {
            GrantSource::TopUp => Aspect::Pack,
            GrantSource::Trial => Aspect::Plan,
            GrantSource::Allowance => Aspect::Refresh,
        },
        EntryKind::Usage(_) | EntryKind::Amendment(_) => Aspect::Allocation,
        EntryKind::Expiry(_) => Aspect::Expiry,
        EntryKind::Void(_) => Aspect::Pack,
        EntryKind::Hold(_) | EntryKind::Release(_) => Aspect::Hold,
        EntryKind::PlanChange(_) => Aspect::Plan,
        EntryKind::ControlsChange(_) => Aspect::Controls,
    }
}

/// Says that an entry should stand ahead of `seq`.
fn missing(seq: u64, expected: &Entry) -> Finding {
    let message = format!("before it there should be {}, dated {}", said(&expected.kind), expected.recorded_at);
    Finding::new(seq, aspect_of(&expected.kind), message)
}

/// The books of the account, for the parts of the verifier.
const fn books(account: &mut Account) -> &mut Books {
    &mut account.books
}
