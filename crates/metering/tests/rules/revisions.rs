//! Revisions of a catalogue: which one counts when, and what a later one leaves as it is.

use std::sync::Arc;

use metering::{
    Catalogue, Command, Entry, EntryKind, Fault, HoldRequest, Meter, Outcome, RefreshRule, Revisions, Terms, Timestamp,
    UsageRequest, verify,
};

use crate::histories::catalogue;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn revision(number: u32, from: Option<&str>, change: impl Fn(&mut Catalogue)) -> Arc<Catalogue> {
    let mut one = Catalogue::clone(&catalogue(RefreshRule::CalendarMonth));
    one.revision = number;
    one.counts_from = from.map(at);
    change(&mut one);
    Arc::new(one)
}

/// On the plan `small`, under a first revision and one that makes replies cost 3 from 10 March on.
struct Desk {
    meter: Meter,
    ledger: Vec<Entry>,
}

impl Desk {
    fn new(change: impl Fn(&mut Catalogue)) -> Self {
        let second = revision(2, Some("2026-03-10T12:00:00Z"), |one| {
            one.features[0].rate = 3;
            change(one);
        });
        let revisions = Revisions::new(vec![revision(1, None, |_| {}), second]).unwrap();
        let mut desk = Self { meter: Meter::new(Terms::new(revisions, chrono_tz::UTC)), ledger: Vec::new() };
        desk.run("2026-03-01T00:00:00Z", &Command::Subscribe { plan: "small".into(), allowance: None });
        desk
    }

    fn run(&mut self, now: &str, command: &Command) -> Outcome {
        let decision = self.meter.decide(command, at(now));
        for entry in &decision.entries {
            self.meter.apply(entry).unwrap();
        }
        self.ledger.extend(decision.entries);
        decision.outcome
    }

    fn uses(&mut self, now: &str, id: &str) -> (u32, u32) {
        let (source, id, feature) = ("desk".to_owned(), id.to_owned(), "reply".to_owned());
        let usage = UsageRequest { source, id, feature, units: 1, ..UsageRequest::default() };
        self.run(now, &Command::Use(usage));
        self.last_priced()
    }

    /// The revision and the rate of the last usage.
    fn last_priced(&self) -> (u32, u32) {
        match &self.ledger.last().unwrap().kind {
            EntryKind::Usage(usage) => (usage.revision, usage.rate),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_usage_keeps_the_revision_that_priced_it() {
    let mut desk = Desk::new(|_| {});
    assert_eq!(desk.uses("2026-03-10T11:59:59.999Z", "a"), (1, 1));
    assert_eq!(desk.uses("2026-03-10T12:00:00Z", "b"), (2, 3));
    let totals = desk.meter.account().totals(at("2026-03-11T00:00:00Z"));
    assert_eq!(totals.spent, 4, "what was recorded before costs what it cost");
    let terms = desk.meter.account().terms().clone();
    assert_eq!(verify(terms.clone(), &desk.ledger), []);
    // Priced by the wrong one, it is named.
    let mut altered = desk.ledger.clone();
    let seq = altered.len() as u64;
    let EntryKind::Usage(usage) = &mut altered.last_mut().unwrap().kind else { panic!("no usage") };
    usage.revision = 1;
    let found = verify(terms, &altered);
    assert_eq!(
        found.iter().map(|one| (one.seq, one.message.as_str())).collect::<Vec<_>>(),
        [(seq, "revision 1 priced it, and revision 2 counts")]
    );
}

#[test]
fn a_hold_keeps_its_rate() {
    let mut desk = Desk::new(|one| one.features.truncate(1));
    let (source, id, feature) = ("desk".to_owned(), "h".to_owned(), "sync".to_owned());
    let hold = HoldRequest { source, id, feature, units: 1, minutes: 60 };
    desk.run("2026-03-10T11:30:00Z", &Command::Hold(hold));
    let capture = Command::Capture { source: "desk".into(), hold: "h".into(), units: None };
    // The feature is not even sold any more: work under way may finish.
    assert!(matches!(desk.run("2026-03-10T12:10:00Z", &capture), Outcome::Recorded { .. }));
    assert_eq!(desk.last_priced(), (1, 25));
    assert_eq!(verify(desk.meter.account().terms().clone(), &desk.ledger), []);
}

#[test]
fn a_running_plan_keeps_its_allowance() {
    let mut desk = Desk::new(|one| {
        one.plans[1].allowance = metering::Allowance::Credits(60);
        one.refresh = RefreshRule::BillingCycle;
    });
    let available = |desk: &Desk, now: &str| desk.meter.account().position(at(now)).available;
    assert_eq!(available(&desk, "2026-03-20T00:00:00Z"), 40);
    assert_eq!(available(&desk, "2026-04-01T00:00:00Z"), 40, "and its refresh on the 1st");
    // Choosing it again is a change to what it is now: more, so that it counts at once.
    desk.run("2026-04-02T00:00:00Z", &Command::Subscribe { plan: "small".into(), allowance: None });
    assert_eq!(available(&desk, "2026-04-02T00:00:00Z"), 60);
    assert_eq!(verify(desk.meter.account().terms().clone(), &desk.ledger), []);
}

#[test]
fn revisions_follow_each_other() {
    let one = |number, from| revision(number, from, |_| {});
    let told = |all: Vec<Arc<Catalogue>>| Revisions::new(all).unwrap_err().to_string();
    assert_eq!(told(Vec::new()), "revision: there is no revision at all: give at least one");
    assert_eq!(told(vec![one(1, None), one(1, None)]), "revision: 1 is there twice: count up with every change");
    assert_eq!(
        told(vec![one(1, None), one(2, None)]),
        "counts_from: is missing in revision 2: say from when it counts"
    );
    let other = revision(2, Some("2026-03-10T12:00:00Z"), |one| one.id = "other".into());
    assert_eq!(told(vec![one(1, None), other]), "id: \"other\" is another catalogue than \"tiny\"");
    let (march, april) = (Some("2026-03-01T00:00:00Z"), Some("2026-04-01T00:00:00Z"));
    for (second, third) in [(march, march), (april, march)] {
        let said = told(vec![one(1, None), one(2, second), one(3, third)]);
        assert_eq!(said, "counts_from: revision 3 counts from 2026-03-01T00:00:00Z, not after 2 does");
    }
    assert!(told(vec![one(1, march), one(2, march)]).contains("not after 1 does"));

    // In any order, with gaps in the numbers; the first counts before its own instant, too.
    let all = Revisions::new(vec![one(7, april), one(3, march)]).unwrap();
    assert_eq!(all.iter().map(|one| one.revision).collect::<Vec<_>>(), [3, 7]);
    assert_eq!(all.latest().revision, 7);
    for (instant, revision) in [
        ("2020-01-01T00:00:00Z", 3),
        ("2026-03-31T23:59:59.999Z", 3),
        ("2026-04-01T00:00:00Z", 7),
        ("2030-01-01T00:00:00Z", 7),
    ] {
        assert_eq!(all.at(at(instant)).revision, revision, "{instant}");
    }
    assert_eq!(all.numbered(7).map(|one| one.revision), Some(7));
    assert_eq!(all.numbered(4), None);
}

/// What is said of each of these, by its place in the list.
fn said(found: &[(usize, Fault)]) -> Vec<(usize, String)> {
    found.iter().map(|(index, fault)| (*index, fault.to_string())).collect()
}

#[test]
fn every_mistake_between_revisions_is_told() {
    let one = |number, from| revision(number, from, |_| {});
    let other = |number, from, change: fn(&mut Catalogue)| revision(number, from, change);
    let (march, april, may) =
        (Some("2026-03-01T00:00:00Z"), Some("2026-04-01T00:00:00Z"), Some("2026-05-01T00:00:00Z"));
    assert_eq!(Revisions::faults(&[]), []);
    assert_eq!(Revisions::faults(&[one(4, march), one(1, None), one(3, None), one(2, april)]).len(), 2);
    // One that is there twice is one mistake, whatever else they have in common.
    let twice = [one(1, None), one(2, march), one(2, march)];
    assert_eq!(
        said(&Revisions::faults(&twice)),
        [(2, "revision: 2 is there twice: count up with every change".into())]
    );
    // In the order of their numbers, each with its place in the list.
    let all = [one(1, None), one(2, None), one(2, april), one(3, march), one(4, may)];
    let expected = [
        (1, "counts_from: is missing in revision 2: say from when it counts".to_owned()),
        (2, "revision: 2 is there twice: count up with every change".to_owned()),
        (3, "counts_from: revision 3 counts from 2026-03-01T00:00:00Z, not after 2 does".to_owned()),
    ];
    assert_eq!(said(&Revisions::faults(&all)), expected);
    let (euro, stranger) = (|it: &mut Catalogue| it.currency = "EUR".into(), |it: &mut Catalogue| it.id = "x".into());
    let all = [one(4, march), other(3, april, euro), other(2, march, euro), one(1, None), other(9, None, stranger)];
    let price = "what was paid is recorded without its currency, and would read as";
    let own = "Give it a catalogue of its own";
    let expected = [
        (2, format!("currency: is EUR, and USD in revision 1: {price} EUR. {own}")),
        (0, format!("currency: is USD, and EUR in revision 3: {price} USD. {own}")),
        (0, "counts_from: revision 4 counts from 2026-03-01T00:00:00Z, not after 3 does".to_owned()),
        (4, "id: \"x\" is another catalogue than \"tiny\"".to_owned()),
    ];
    assert_eq!(said(&Revisions::faults(&all)), expected);
    assert_eq!(Revisions::new(all.to_vec()).unwrap_err().place, "currency", "the first of them");
}

#[test]
fn what_changes_less_than_it_seems_is_told() {
    let (march, april) = (Some("2026-03-01T00:00:00Z"), Some("2026-04-01T00:00:00Z"));
    let cycle = |it: &mut Catalogue| it.refresh = RefreshRule::BillingCycle;
    let berlin = |it: &mut Catalogue| it.time_zone = "Europe/Berlin".into();
    let all = [revision(3, april, cycle), revision(1, None, |_| {}), revision(2, march, berlin)];
    assert_eq!(Revisions::faults(&all), []);
    let zone = "workspaces that were created before keep theirs";
    let refresh = "plans that run keep theirs until they are changed";
    let expected = [
        (2, format!("time_zone: is Europe/Berlin, and UTC in revision 1: {zone}")),
        (0, format!("time_zone: is UTC, and Europe/Berlin in revision 2: {zone}")),
        (0, format!("refresh: is billing_cycle, and calendar_month in revision 2: {refresh}")),
    ];
    assert_eq!(said(&Revisions::doubts(&all)), expected);
    assert_eq!(Revisions::doubts(&[revision(1, None, |_| {}), revision(2, march, |_| {})]), []);
}
