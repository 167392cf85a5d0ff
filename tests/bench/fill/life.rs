//! A help desk at work: what it asks of the rules, and what they make of it.

use metering::{
    Command, ControlsRequest, Entry, HoldRequest, Labels, Meter, Outcome, Refusal, Terms, Timestamp, UsageRequest,
};
use service::sample::trace::{Row, Trace};

use crate::Failure;
use crate::random::Random;
use crate::rhythm::Rhythm;

const SECOND_MS: u64 = 1_000;
const HOUR_MS: u64 = 60 * 60 * SECOND_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

const DESK: &str = "northwind-desk";
const API: &str = "northwind-api";
const PACK: &str = "boost-50000";
/// Half of all work comes by chat.
const CHANNELS: [&str; 4] = ["chat", "chat", "email", "phone"];

/// One in so many usages comes through the other source.
const THROUGH_API: u64 = 20;
/// One in so many is a summary, whatever the trace says.
const A_SUMMARY: u64 = 12;
/// One in so many is a knowledge sync.
const A_SYNC: u64 = 5_000;
/// One in so many was done hours or days before it is reported.
const LATE: u64 = 500;
/// One in so many usages fails and is given back.
const AMENDED: u64 = 200;
/// After one in so many usages credits are held for more.
const HELD: u64 = 100;
/// Usages of a ticket.
const A_TICKET: u64 = 3;
/// What belongs to a usage comes so soon after it, if not sooner.
const SOON_MS: i64 = 90 * 1_000;
const HOLD_MINUTES: u32 = 15;

/// A workspace, between two entries.
pub(crate) struct Life {
    meter: Meter,
    trace: Trace,
    rhythm: Rhythm,
    random: Random,
    now: Timestamp,
    entries: u64,
    usages: u64,
    packs: u64,
}

impl Life {
    /// A life of so many entries.
    pub(crate) fn new(terms: Terms, trace: Trace, entries: u64) -> Result<Self, Failure> {
        let rhythm = Rhythm::new(&trace, entries)?;
        let now = rhythm.start();
        let (meter, random) = (Meter::new(terms), Random::new(entries));
        Ok(Self { meter, trace, rhythm, random, now, entries, usages: 0, packs: 0 })
    }

    /// Lives it. Each entry is given away as it is decided.
    pub(crate) fn live(mut self, each: &mut impl FnMut(&Entry) -> Result<(), Failure>) -> Result<(), Failure> {
        // Credits a month by agreement: not quite enough.
        let allowance = Some((self.entries / 10).max(1_000));
        self.record(Command::Subscribe { plan: "enterprise".into(), allowance }, each)?;
        let automation = ControlsRequest { automation: Some(true), features: Vec::new() };
        self.record(Command::Controls(automation), each)?;
        while self.goes_on() {
            let UsageRequest { source, id, feature, .. } = self.work(each)?;
            if self.goes_on() && self.is_one_in(AMENDED) {
                self.now = self.soon();
                let amendment = self.id();
                self.record(Command::Amend { source, id: amendment, usage: id }, each)?;
            } else if self.goes_on() && self.is_one_in(HELD) {
                self.hold(&source, feature, each)?;
            }
        }
        Ok(())
    }

    fn goes_on(&self) -> bool {
        self.meter.account().last_seq() < self.entries
    }

    fn is_one_in(&mut self, many: u64) -> bool {
        self.random.below(many) == 0
    }

    /// Decides a command and takes in what it records.
    fn run(
        &mut self,
        command: Command,
        each: &mut impl FnMut(&Entry) -> Result<(), Failure>,
    ) -> Result<Outcome, Failure> {
        let decision = self.meter.decide(command, self.now);
        for entry in &decision.entries {
            self.meter.apply(entry)?;
            each(entry)?;
        }
        Ok(decision.outcome)
    }

    /// The same with a command that nothing speaks against.
    fn record(
        &mut self,
        command: Command,
        each: &mut impl FnMut(&Entry) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let shown = format!("{command:?}");
        match self.run(command, each)? {
            Outcome::Recorded { .. } => Ok(()),
            other => Err(format!("{shown}: {other:?}").into()),
        }
    }

    /// Reports the next piece of work, and again with a new pack when credits have run out.
    fn work(&mut self, each: &mut impl FnMut(&Entry) -> Result<(), Failure>) -> Result<UsageRequest, Failure> {
        self.now = self.next();
        let request = self.usage()?;
        match self.run(Command::Use(request.clone()), each)? {
            Outcome::Recorded { .. } => {}
            Outcome::Refused(Refusal::Exhausted) => {
                self.buy(each)?;
                if self.goes_on() {
                    self.record(Command::Use(request.clone()), each)?;
                }
            }
            other => return Err(format!("{request:?}: {other:?}").into()),
        }
        Ok(request)
    }

    fn buy(&mut self, each: &mut impl FnMut(&Entry) -> Result<(), Failure>) -> Result<(), Failure> {
        self.packs += 1;
        let purchase = format!("order-{}", self.packs);
        self.record(Command::Buy { purchase, pack: PACK.into() }, each)
    }

    /// Holds credits for two units of work, and soon pays for one.
    fn hold(
        &mut self,
        source: &str,
        feature: String,
        each: &mut impl FnMut(&Entry) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.now = self.soon();
        let id = self.id();
        let hold = HoldRequest { source: source.to_owned(), id: id.clone(), feature, units: 2, minutes: HOLD_MINUTES };
        match self.run(Command::Hold(hold), each)? {
            Outcome::Recorded { .. } => {}
            Outcome::Refused(Refusal::Exhausted) => return self.buy(each),
            other => return Err(format!("a hold: {other:?}").into()),
        }
        if self.goes_on() {
            self.now = self.soon();
            self.record(Command::Capture { source: source.to_owned(), hold: id, units: Some(1) }, each)?;
        }
        Ok(())
    }

    /// When the next entry is recorded.
    fn next(&self) -> Timestamp {
        self.rhythm.at(self.meter.account().last_seq() + 1)
    }

    /// When it is recorded, if it belongs to the one before it.
    fn soon(&self) -> Timestamp {
        self.next().min(self.now.plus_millis(SOON_MS))
    }

    /// What the trace's next row stands for.
    fn usage(&mut self) -> Result<UsageRequest, Failure> {
        let row = self.rhythm.row(self.meter.account().last_seq());
        let row = *self.trace.rows.get(row).ok_or("the trace has no row")?;
        let source = if self.is_one_in(THROUGH_API) { API } else { DESK };
        // About three usages have one ticket, among those of the tickets before and after it.
        let ticket = (self.usages + self.random.below(3 * A_TICKET)) / A_TICKET;
        let channel = Random::new(ticket).below(CHANNELS.len() as u64);
        let labels = Labels {
            member: row.member.map(|number| format!("m{number}")),
            channel: CHANNELS.get(usize::try_from(channel)?).map(|channel| (*channel).to_owned()),
            reference: Some(format!("ticket-{}", ticket + 1)),
        };
        let ago = if self.is_one_in(LATE) {
            HOUR_MS + self.random.below(30 * DAY_MS - HOUR_MS)
        } else {
            self.random.below(20 * SECOND_MS)
        };
        let occurred_at = Some(self.now.plus_millis(-i64::try_from(ago)?));
        self.usages += 1;
        let (id, feature) = (self.id(), self.feature(row).to_owned());
        Ok(UsageRequest { source: source.to_owned(), id, feature, units: 1, occurred_at, labels })
    }

    fn feature(&mut self, row: Row) -> &'static str {
        if self.is_one_in(A_SYNC) {
            return "knowledge-sync";
        }
        if self.is_one_in(A_SUMMARY) {
            return "summary";
        }
        match self.trace.kinds.get(usize::from(row.kind)).map(String::as_str) {
            Some("docs") => "ai-reply",
            Some("code") => "automated-response",
            Some("tests") => "classification",
            Some("config") => "draft",
            _ => "reply-suggestion",
        }
    }

    /// An id in the form of a ULID: the instant in milliseconds and eighty bits that look random, in Crockford's base 32.
    fn id(&mut self) -> String {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let time = u128::from(self.now.as_millis().unsigned_abs()) << 80;
        let bits = time | u128::from(self.random.next()) << 16 | u128::from(self.random.next() >> 48);
        let letter = |place: u32| char::from(LETTERS[(bits >> (5 * place)) as usize & 31]);
        (0..26).rev().map(letter).collect()
    }
}
