//! Rule 4: of several reasons the first is told.

use metering::Unmetered;

use super::*;

/// A workspace in which everything speaks against `auto`: there is no plan and no credit, the feature and automation are
/// off, and a cap of 1 is less than a unit costs. A `call` is unmetered.
fn against_everything() -> Desk {
    let mut catalogue = Catalogue::clone(&catalogue(RefreshRule::CalendarMonth));
    let call = Unmetered { id: "call".into(), name: "Call".into(), reason: "the carrier bills it".into() };
    catalogue.unmetered.push(call);
    let mut desk = Desk::under(Arc::new(catalogue), Tz::UTC, "2026-03-01T00:00:00Z");
    desk.sets("auto", Some(false), Some(Some(1)));
    desk
}

/// Takes one reason after the other away, and sees that the next is told each time. `asks` makes a command with always
/// the same id out of a feature and units.
fn each_reason_comes_before_the_next(asks: impl Fn(&str, u32) -> Command) {
    let mut desk = against_everything();
    assert_eq!(desk.is_invalid(&asks("absent", 0)), "units");
    assert_eq!(desk.is_invalid(&asks("call", 0)), "units");
    assert_eq!(desk.run(&asks("call", 1)), (Outcome::Unchanged, Vec::new()));
    desk.is_refused(&asks("absent", 1), Refusal::UnknownFeature);
    desk.is_refused(&asks("auto", 1), Refusal::NoPlan);
    desk.subscribe("solo");
    desk.is_refused(&asks("absent", 1), Refusal::UnknownFeature);
    desk.is_refused(&asks("auto", 1), Refusal::PlanExcludesAi);
    desk.does(&Command::Subscribe { plan: "agreed".into(), allowance: Some(0) });
    desk.is_refused(&asks("auto", 1), Refusal::FeatureOff);
    desk.sets("auto", Some(true), None);
    desk.is_refused(&asks("auto", 1), Refusal::AutomationOff);
    desk.does(&controls(Some(true), &[]));
    desk.is_refused(&asks("auto", 1), Refusal::CapReached);
    desk.sets("auto", None, Some(None));
    desk.is_refused(&asks("auto", 1), Refusal::Exhausted);
    desk.buys("p", "ten");
    let seq = desk.does(&asks("auto", 1)).seq;

    // And a known id comes before all of it.
    desk.does(&controls(Some(false), &[("auto", Some(false), Some(Some(1)))]));
    desk.does(&Command::Cancel);
    desk.go_to("2026-04-02T00:00:00Z");
    assert_eq!(desk.run(&asks("auto", 1)), (Outcome::Duplicate { seq }, Vec::new()));
    for other in [asks("auto", 0), asks("auto", 2), asks("absent", 1), asks("call", 1)] {
        assert_eq!(desk.run(&other), (Outcome::Conflict { seq }, Vec::new()), "{other:?}");
    }
}

#[test]
fn rule_4_of_several_reasons_to_refuse_a_usage_the_first_is_told() {
    each_reason_comes_before_the_next(|feature, units| usage("a", feature, units));
    let mut desk = against_everything();
    assert_eq!(desk.is_invalid(&usage("", "absent", 1)), "id");
    let occurred_at = Some(at("2025-01-01T00:00:00Z"));
    let (source, id, feature) = ("desk".into(), "a".into(), "absent".into());
    let late = UsageRequest { source, id, feature, units: 1, occurred_at, ..UsageRequest::default() };
    assert_eq!(desk.is_invalid(&Command::Use(late)), "occurred_at");
}

#[test]
fn rule_4_of_several_reasons_to_refuse_a_hold_the_first_is_told() {
    each_reason_comes_before_the_next(|feature, units| holding("h", feature, units, 15));
    let mut desk = against_everything();
    assert_eq!(desk.is_invalid(&holding("", "absent", 1, 15)), "id");
    assert_eq!(desk.is_invalid(&holding("h", "absent", 1, 0)), "minutes");
    assert_eq!(desk.is_invalid(&holding("h", "call", 1, 0)), "minutes");
}
