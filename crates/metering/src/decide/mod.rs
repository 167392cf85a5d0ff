//! Deciding a command: which entries it makes, or why none.

mod controls;
mod packs;
mod plans;
mod work;

use std::borrow::Cow;
use std::ops::Deref;

pub(crate) use work::{captured, check_occurred_at, draw_down, is_draw_down};

use crate::books::Books;
use crate::bounds::{MAX_ID_LENGTH, MAX_TOTAL};
use crate::{
    Account, Catalogue, ClaimKind, Command, Credits, Decision, Entry, EntryKind, Invalid, Outcome, Past, Purchase,
    PurchaseTerms, Timestamp, Usage, UsageRequest,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A decision in the making: the books rolled forward to the instant, and the entries so far.
struct Draft<'a, P> {
    account: &'a Account,
    past: &'a P,
    books: Worksheet<'a>,
    entries: Vec<Entry>,
    now: Timestamp,
}

/// The account's books, and a copy as soon as something is due or recorded, for the account itself does not change. The
/// copy stands elsewhere: most decisions need none, and a draft is handed on.
struct Worksheet<'a> {
    lent: &'a Books,
    copy: Option<Box<Books>>,
}

impl Worksheet<'_> {
    fn to_mut(&mut self) -> &mut Books {
        self.copy.get_or_insert_with(|| Box::new(self.lent.clone()))
    }
}

impl Deref for Worksheet<'_> {
    type Target = Books;

    #[inline]
    fn deref(&self) -> &Books {
        self.copy.as_deref().unwrap_or(self.lent)
    }
}

/// What a handler ends with: the `seq` of the command's own entry, or the answer without one.
type Answer = Result<u64, Outcome>;

/// What a command comes to at `now`, given what the ledger has recorded under the ids that it names. Pure and total:
/// nothing changes until the entries are applied, and no input makes it panic, overflow or loop. A clock that is behind
/// the last entry counts as that entry's instant (rule 15).
///
/// A command that is given away becomes part of the entry; of one that is lent, the entry takes a copy.
#[must_use]
pub fn decide<'c>(
    account: &Account,
    past: &impl Past,
    command: impl Into<Cow<'c, Command>>,
    now: Timestamp,
) -> Decision {
    let mut command = command.into();
    let outcome = match known(account, past, &command) {
        Some(outcome) => outcome,
        None => {
            let mut draft = Draft::new(account, past, now);
            match draft.carry_out(&mut command) {
                Ok(seq) => return Decision { entries: draft.entries, outcome: Outcome::Recorded { seq } },
                Err(outcome) => outcome,
            }
        }
    };
    Decision { entries: Vec::new(), outcome }
}

/// The answer to an id that was recorded before (rule 14). It comes ahead of every other check.
fn known(account: &Account, past: &impl Past, command: &Command) -> Option<Outcome> {
    let claim = |kind, id: &str, purchase: &str, amount| {
        let known = past.claim(kind, id)?;
        Some((known.seq, known.purchase == purchase && known.amount == amount))
    };
    let (seq, same) = match command {
        Command::Use(request) => {
            let known = past.usage(&request.source, &request.id)?;
            (known.seq, says_the_same(&known.usage, request))
        }
        Command::Hold(request) => {
            let known = past.hold(&request.source, &request.id)?;
            let same = known.hold.feature == request.feature
                && known.hold.units == request.units
                && known.hold.minutes == request.minutes;
            (known.seq, same)
        }
        Command::Amend { source, id, usage } => {
            let known = past.amendment(source, id)?;
            let same = past.usage(source, usage).is_some_and(|usage| usage.seq == known.amendment.usage);
            (known.seq, same)
        }
        Command::Buy { purchase, pack } => {
            let known = account.books.purchases.get(purchase)?;
            (known.grant, known.pack == *pack)
        }
        Command::Credit(terms) => {
            let known = account.books.purchases.get(&terms.purchase)?;
            (known.grant, was_credited_on(known, terms))
        }
        Command::Refund { id, purchase, amount } => claim(ClaimKind::Refund, id, purchase, *amount)?,
        Command::Dispute { id, purchase } => claim(ClaimKind::Dispute, id, purchase, None)?,
        Command::Reinstate { id, purchase } => claim(ClaimKind::Reinstatement, id, purchase, None)?,
        Command::StartTrial
        | Command::Subscribe { .. }
        | Command::Cancel
        | Command::CheckOut { .. }
        | Command::Controls(_)
        | Command::Capture { .. }
        | Command::Release { .. } => return None,
    };
    Some(if same { Outcome::Duplicate { seq } } else { Outcome::Conflict { seq } })
}

/// Whether the request says what the recorded usage said.
fn says_the_same(recorded: &Usage, request: &UsageRequest) -> bool {
    recorded.hold.is_none()
        && recorded.feature == request.feature
        && recorded.units == request.units
        && recorded.occurred_at == request.occurred_at
        && recorded.labels == request.labels
}

/// Whether a purchase was credited on these terms.
fn was_credited_on(known: &Purchase, terms: &PurchaseTerms) -> bool {
    known.pack == terms.pack
        && known.credits == terms.credits
        && known.price == terms.price
        && known.expires_at == terms.expiry(known.credited_at)
}

impl<'a, P: Past> Draft<'a, P> {
    fn new(account: &'a Account, past: &'a P, now: Timestamp) -> Self {
        let now = now.max(account.books.last_recorded_at);
        let books = Worksheet { lent: &account.books, copy: None };
        let mut draft = Self { account, past, books, entries: Vec::new(), now };
        draft.settle();
        draft
    }

    fn carry_out(&mut self, command: &mut Cow<'_, Command>) -> Answer {
        if let Cow::Owned(Command::Use(request)) = command {
            return self.use_credits(request);
        }
        match command.as_ref() {
            Command::Use(request) => self.use_credits(&mut request.clone()),
            Command::Hold(request) => self.hold(request),
            Command::Capture { source, hold, units } => self.capture(source, hold, *units),
            Command::Release { source, hold } => self.release(source, hold),
            Command::Amend { source, id, usage } => self.amend(source, id, usage),
            Command::StartTrial => self.start_trial(),
            Command::Subscribe { plan, allowance } => self.subscribe(plan, *allowance),
            Command::Cancel => self.cancel(),
            Command::CheckOut { pack } => {
                self.check_out(pack)?;
                Err(Outcome::Unchanged)
            }
            Command::Credit(terms) => self.credit(terms),
            Command::Buy { purchase, pack } => {
                check_id("purchase", purchase)?;
                let terms = self.check_out(pack)?;
                self.credit(&PurchaseTerms { purchase: purchase.clone(), ..terms })
            }
            Command::Refund { id, purchase, amount } => self.refund(id, purchase, *amount),
            Command::Dispute { id, purchase } => self.dispute(id, purchase),
            Command::Reinstate { id, purchase } => self.reinstate(id, purchase),
            Command::Controls(request) => self.change_controls(request),
        }
    }

    /// The revision of the catalogue that counts now.
    fn catalogue(&self) -> &'a Catalogue {
        self.account.terms.catalogue(self.now)
    }

    /// Carries out what is due by now: before a command, and after one that let credits return.
    fn settle(&mut self) {
        if self.now >= self.books.quiet_until {
            let entries = &mut self.entries;
            self.books.to_mut().roll(&self.account.terms, self.now, &mut |entry| entries.push(entry));
        }
    }

    /// Appends an entry of the command's own, and gives its `seq`.
    fn record(&mut self, kind: EntryKind) -> u64 {
        let entries = &mut self.entries;
        self.books.to_mut().record(&self.account.terms, self.now, kind, &mut |entry| entries.push(entry));
        self.books.last_seq
    }

    /// Appends the last entry of a decision. Nothing looks at the draft's books after it, so that they stay as they are:
    /// work is metered without a copy of them. `kind` makes it where it stays: it is large.
    #[inline]
    fn record_last(&mut self, kind: impl FnOnce() -> EntryKind) -> u64 {
        let seq = self.books.last_seq + 1;
        let recorded_at = self.now;
        if self.entries.is_empty() {
            // Most decisions are one entry: room for no more keeps what is recorded close together.
            self.entries = vec![Entry { seq, recorded_at, kind: kind() }];
        } else {
            self.entries.push(Entry { seq, recorded_at, kind: kind() });
        }
        seq
    }

    /// All that was ever granted has to stay a number that JSON carries exactly (rule 20).
    fn check_total(&self, more: Credits) -> Result<(), Outcome> {
        if self.books.totals.granted.saturating_add(more) > MAX_TOTAL {
            return Err(invalid("credits", format!("all credits ever granted would be above {MAX_TOTAL}")));
        }
        Ok(())
    }
}

impl PurchaseTerms {
    /// When what is credited at `at` expires, if it does.
    pub(super) fn expiry(&self, at: Timestamp) -> Option<Timestamp> {
        self.expires_after_days.map(|days| at.plus_millis(i64::from(days) * DAY_MS))
    }
}

pub(super) fn invalid(field: &'static str, message: String) -> Outcome {
    Outcome::Invalid(Invalid { field, message })
}

/// A text from outside, cut to what a message can hold.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}

pub(super) fn check_id(field: &'static str, id: &str) -> Result<(), Outcome> {
    if id.is_empty() || id.len() > MAX_ID_LENGTH {
        return Err(invalid(field, format!("has {} bytes and needs 1..={MAX_ID_LENGTH}", id.len())));
    }
    Ok(())
}
