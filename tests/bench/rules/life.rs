//! A workspace that lives through a real trace again and again.

use std::path::Path;

use metering::{Command, Entry, HoldRequest, Labels, Meter, Outcome, Timestamp, UsageRequest};

use crate::{Failure, terms};

/// Credits a month: not quite enough.
const ALLOWANCE: u64 = 50_000;

/// What somebody did, when.
struct Row {
    after_ms: i64,
    member: String,
    feature: &'static str,
}

/// The trace's rows: how long after the one before, who, what.
fn rows(path: &Path) -> Result<Vec<Row>, Failure> {
    let text = std::fs::read_to_string(path)?;
    let mut before = None;
    let mut rows = Vec::new();
    for line in text.lines().skip(1) {
        let mut columns = line.split(',');
        let (Some(at), Some(member), Some(area)) = (columns.next(), columns.next(), columns.next()) else {
            return Err(format!("not a row of a trace: {line}").into());
        };
        let at: i64 = at.parse()?;
        let feature = match area {
            "docs" => "command",
            "config" => "knowledge-sync",
            _ => "ai-reply",
        };
        // A busy workspace: a second of the trace is a tenth of one here.
        let after_ms = (at - before.unwrap_or(at)).max(0) * 100;
        before = Some(at);
        rows.push(Row { after_ms, member: member.to_owned(), feature });
    }
    Ok(rows)
}

/// The workspace, between two usages.
pub(crate) struct Life {
    rows: Vec<Row>,
    pub(crate) now: Timestamp,
    count: usize,
}

impl Life {
    fn new(rows: Vec<Row>) -> Result<Self, Failure> {
        Ok(Self { rows, now: "2001-01-15T09:00:00Z".parse()?, count: 0 })
    }

    pub(crate) fn run(
        &self,
        meter: &mut Meter,
        command: &Command,
        each: &mut impl FnMut(Entry),
    ) -> Result<Outcome, Failure> {
        let decision = meter.decide(command, self.now);
        for entry in decision.entries {
            meter.apply(&entry)?;
            each(entry);
        }
        Ok(decision.outcome)
    }

    pub(crate) fn agreed(allowance: u64) -> Command {
        Command::Subscribe { plan: "enterprise".into(), allowance: Some(allowance) }
    }

    pub(crate) fn usage(&mut self) -> UsageRequest {
        let row = &self.rows[self.count % self.rows.len()];
        self.count += 1;
        self.now = self.now.plus_millis(row.after_ms + 1);
        let labels = Labels { member: Some(row.member.clone()), channel: Some("chat".into()), reference: None };
        let (source, id) = ("northwind-desk".to_owned(), format!("job-{:08x}", self.count));
        UsageRequest { source, id, feature: row.feature.to_owned(), units: 1, occurred_at: None, labels }
    }

    /// Until there are so many entries: work, now and then held for or failed, packs when credits run out.
    fn live(&mut self, meter: &mut Meter, entries: u64, mut each: impl FnMut(Entry)) -> Result<(), Failure> {
        let each = &mut each;
        if meter.account().last_seq() == 0 {
            self.run(meter, &Self::agreed(ALLOWANCE), each)?;
        }
        while meter.account().last_seq() < entries {
            let request = self.usage();
            let (source, id) = (request.source.clone(), request.id.clone());
            let feature = request.feature.clone();
            match self.run(meter, &Command::Use(request), each)? {
                Outcome::Recorded { .. } => {}
                Outcome::Refused(_) => {
                    let purchase = format!("order-{}", self.count);
                    self.run(meter, &Command::Buy { purchase, pack: "top-up-10000".into() }, each)?;
                }
                other => return Err(format!("{other:?}").into()),
            }
            if self.count.is_multiple_of(200) {
                self.run(meter, &Command::Amend { source, id: id.clone(), usage: id }, each)?;
            } else if self.count.is_multiple_of(99) {
                let hold = HoldRequest { source: source.clone(), id: id.clone(), feature, units: 2, minutes: 5 };
                self.run(meter, &Command::Hold(hold), each)?;
                if self.count.is_multiple_of(2) {
                    self.run(meter, &Command::Capture { source, hold: id, units: Some(1) }, each)?;
                }
            }
        }
        Ok(())
    }
}

/// A meter that has lived through so many entries. Each is given away: an account does not keep them.
pub(crate) fn lived(trace: &Path, entries: u64, each: impl FnMut(Entry)) -> Result<(Meter, Life), Failure> {
    let mut meter = Meter::new(terms()?);
    let mut life = Life::new(rows(trace)?)?;
    life.live(&mut meter, entries, each)?;
    Ok((meter, life))
}

/// The entries of such a life.
pub(crate) fn ledger(trace: &Path, entries: u64) -> Result<Vec<Entry>, Failure> {
    let mut all = Vec::with_capacity(usize::try_from(entries)? + 8);
    lived(trace, entries, |entry| all.push(entry))?;
    Ok(all)
}
