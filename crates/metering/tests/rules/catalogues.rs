//! Mistakes in catalogues and what can never be used, each one alone.

use metering::{
    Allowance, Catalogue, Fault, MAX_ALLOWANCE, MAX_ID_LENGTH, MAX_PACK_DAYS, MAX_PRICE, MAX_RATE, MAX_TRIAL_DAYS,
    Price, RefreshRule, Timestamp, TrialOffer, Unmetered,
};

use crate::histories::catalogue;

/// The small catalogue with something changed.
fn changed(change: impl Fn(&mut Catalogue)) -> Catalogue {
    let mut changed = Catalogue::clone(&catalogue(RefreshRule::CalendarMonth));
    changed.groups = vec![("replies".into(), "Replies".into())];
    change(&mut changed);
    changed
}

fn told(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn faults(change: impl Fn(&mut Catalogue), expected: &[&str]) {
    assert_eq!(told(&changed(change).faults()), expected);
}

#[track_caller]
fn doubts(change: impl Fn(&mut Catalogue), expected: &[&str]) {
    let changed = changed(change);
    assert_eq!(changed.faults(), [], "what cannot be used is no mistake");
    assert_eq!(told(&changed.doubts()), expected);
}

fn id_is_none(place: &str) -> String {
    format!(
        "{place}: is not an id: 1..={MAX_ID_LENGTH} bytes without control characters, and without white space at its ends"
    )
}

#[test]
fn what_is_right_at_its_bounds_has_no_faults() {
    faults(|_| {}, &[]);
    faults(
        |it| {
            it.id = "x".repeat(MAX_ID_LENGTH);
            it.trial = Some(TrialOffer { days: MAX_TRIAL_DAYS, allowance: MAX_ALLOWANCE, assumed: true });
            it.features[0].rate = MAX_RATE;
            it.features[1].rate = 0;
            it.plans[1].allowance = Allowance::Credits(MAX_ALLOWANCE);
            it.plans[1].price = Price::Minor(MAX_PRICE);
            it.packs[0].credits = MAX_ALLOWANCE;
            it.packs[0].price = MAX_PRICE;
            it.packs[0].expires_after_days = Some(MAX_PACK_DAYS);
            it.packs[1].expires_after_days = Some(1);
            it.packs[1].credits = 0;
            it.warnings.used_percent = vec![1, 100];
            it.warnings.low_percent = 100;
            // Ids of two kinds may be the same.
            it.packs[0].id = it.plans[0].id.clone();
            it.unmetered = vec![Unmetered { id: "call".into(), name: "Call".into(), reason: String::new() }];
        },
        &[],
    );
    faults(|it| it.trial = Some(TrialOffer { days: 1, allowance: 0, assumed: false }), &[]);
}

#[test]
fn each_mistake_is_told_with_its_place() {
    faults(|it| it.revision = 0, &["revision: is 0: count revisions from 1"]);
    for currency in ["usd", "US", "USDX", "U$D", ""] {
        let expected = format!("currency: \"{currency}\" is not an ISO 4217 code like USD");
        faults(|it| it.currency = currency.into(), &[&expected]);
    }
    faults(|it| it.time_zone = "Berlin".into(), &["time_zone: \"Berlin\" is not an IANA time zone like Europe/Berlin"]);
    faults(
        |it| it.time_zone = "x".repeat(1_000),
        &[&format!("time_zone: \"{}\" is not an IANA time zone like Europe/Berlin", "x".repeat(64))],
    );
    faults(|it| it.features.clear(), &["feature: is empty: a catalogue names at least one feature"]);
    faults(|it| it.features[1].rate = MAX_RATE + 1, &["feature[1].rate: 1000001 is above 1000000"]);
    faults(
        |it| it.plans[2].allowance = Allowance::Credits(MAX_ALLOWANCE + 1),
        &["plan[2].allowance: 1000000001 is above 1000000000"],
    );
    faults(|it| it.packs[1].credits = MAX_ALLOWANCE + 1, &["pack[1].credits: 1000000001 is above 1000000000"]);
    let too_dear = "is 9007199254740992, and has to be a whole number from 0 to 9007199254740991";
    faults(|it| it.plans[2].price = Price::Minor(MAX_PRICE + 1), &[&format!("plan[2].price: {too_dear}")]);
    faults(|it| it.packs[1].price = MAX_PRICE + 1, &[&format!("pack[1].price: {too_dear}")]);
    for days in [0, MAX_PACK_DAYS + 1] {
        let expected = format!("pack[0].expires_after_days: {days} is not in 1..=36600");
        faults(|it| it.packs[0].expires_after_days = Some(days), &[&expected]);
    }
    for days in [0, MAX_TRIAL_DAYS + 1] {
        let expected = format!("trial.days: {days} is not in 1..=366");
        faults(|it| it.trial = Some(TrialOffer { days, allowance: 1, assumed: false }), &[&expected]);
    }
    faults(
        |it| it.trial = Some(TrialOffer { days: 1, allowance: MAX_ALLOWANCE + 1, assumed: false }),
        &["trial.allowance: 1000000001 is above 1000000000"],
    );
    for percent in [0, 101] {
        let expected = format!("warnings.used_percent[1]: {percent} is not in 1..=100");
        faults(|it| it.warnings.used_percent = vec![50, percent], &[&expected]);
    }
    faults(|it| it.warnings.used_percent = vec![50, 75, 50], &["warnings.used_percent[2]: 50 is there twice"]);
    // Each once: there are no more of them, and nothing is said of each of too many.
    faults(|it| it.warnings.used_percent = (1..=100).collect(), &[]);
    let many = "warnings.used_percent: has 101 values: there are 100, each once";
    faults(|it| it.warnings.used_percent = vec![200; 101], &[many]);
    faults(|it| it.warnings.low_percent = 101, &["warnings.low_percent: 101 is not in 0..=100"]);
}

#[test]
fn an_id_names_one_thing_of_its_kind() {
    faults(|it| it.features[1].id = "reply".into(), &["feature[1].id: \"reply\" is named twice: give each its own id"]);
    let call = |id: &str| Unmetered { id: id.into(), name: "Call".into(), reason: String::new() };
    faults(
        |it| it.unmetered = vec![call("a"), call("reply")],
        &["unmetered[1].id: \"reply\" is named twice: give each its own id"],
    );
    faults(|it| it.plans[3].id = "solo".into(), &["plan[3].id: \"solo\" is named twice: give each its own id"]);
    faults(|it| it.packs[1].id = "ten".into(), &["pack[1].id: \"ten\" is named twice: give each its own id"]);
    for id in [String::new(), " ".into(), "x".repeat(MAX_ID_LENGTH + 1), "a\nb".into(), " a".into(), "a\t".into()] {
        faults(|it| it.id.clone_from(&id), &[&id_is_none("id")]);
        faults(|it| it.features[0].id.clone_from(&id), &[&id_is_none("feature[0].id")]);
        faults(|it| it.plans[0].id.clone_from(&id), &[&id_is_none("plan[0].id")]);
        faults(|it| it.packs[0].id.clone_from(&id), &[&id_is_none("pack[0].id")]);
    }
}

/// One of a catalogue's texts.
type Text = fn(&mut Catalogue) -> &mut String;

#[test]
fn a_name_can_be_shown() {
    let names: [(&str, Text); 9] = [
        ("name", |it| &mut it.name),
        ("packs_name", |it| &mut it.packs_name),
        ("feature[2].name", |it| &mut it.features[2].name),
        ("feature[2].group", |it| &mut it.features[2].group),
        ("unmetered[0].name", |it| &mut it.unmetered[0].name),
        ("unmetered[0].reason", |it| &mut it.unmetered[0].reason),
        ("plan[1].name", |it| &mut it.plans[1].name),
        ("pack[1].name", |it| &mut it.packs[1].name),
        ("group.replies", |it| &mut it.groups[0].1),
    ];
    let call = Unmetered { id: "call".into(), name: "Call".into(), reason: "no AI".into() };
    for (place, name) in names {
        let named = |text: &str, expected: &[&str]| {
            let change = |it: &mut Catalogue| {
                it.unmetered = vec![call.clone()];
                *name(it) = text.into();
            };
            faults(change, expected);
        };
        named(" Ä\u{2028}\u{1f642} ", &[]);
        let empty = format!("{place}: is empty: give it a value");
        for text in ["", " "] {
            // Why something costs nothing may go without saying.
            let expected = if place == "unmetered[0].reason" { &[][..] } else { &[&*empty] };
            named(text, expected);
        }
        for (letter, number) in [('\u{1b}', "001B"), ('\u{7}', "0007"), ('\n', "000A"), ('\u{9b}', "009B")] {
            let control = format!("{place}: has a control character in it (U+{number}): take it out");
            named(&format!("a{letter}[31m"), &[&control]);
        }
    }
}

#[test]
fn what_can_never_be_used_is_told() {
    doubts(|_| {}, &[]);
    let without_packs = |it: &mut Catalogue| it.packs.clear();
    doubts(
        |it| it.counts_from = Some(Timestamp::MIN),
        &["counts_from: changes nothing: revision 1 is the first, which counts since ever"],
    );
    let later = |it: &mut Catalogue| (it.revision, it.counts_from) = (2, Some(Timestamp::MIN));
    doubts(later, &[]);
    // By agreement, an allowance can be anything.
    doubts(without_packs, &[]);
    let published = |it: &mut Catalogue| {
        it.packs.clear();
        it.plans.truncate(3);
    };
    doubts(published, &[]);
    doubts(
        |it| {
            published(it);
            it.features[2].rate = 91;
        },
        &["feature[2].rate: 91 can never be afforded: the largest allowance is 90, and there are no packs"],
    );
    doubts(
        |it| {
            published(it);
            it.features[2].rate = 90;
        },
        &[],
    );
    // Packs without credits are none, and neither is the allowance of a plan without AI.
    doubts(
        |it| {
            it.plans.truncate(3);
            it.packs.truncate(1);
            it.packs[0].credits = 0;
            it.features[2].rate = 91;
        },
        &[
            "pack[0].credits: brings no credits: buying it changes nothing",
            "feature[2].rate: 91 can never be afforded: the largest allowance is 90, and no pack brings any credits",
        ],
    );
    doubts(
        |it| {
            published(it);
            it.plans[0].allowance = Allowance::Custom;
            it.features[2].rate = 91;
        },
        &[
            "feature[2].rate: 91 can never be afforded: the largest allowance is 90, and there are no packs",
            "plan[0].allowance: is never granted: the plan has no AI in it. Write 0, or give it AI",
        ],
    );
    doubts(
        |it| {
            published(it);
            it.features[2].rate = 1_000;
            it.trial = Some(TrialOffer { days: 14, allowance: 1_000, assumed: false });
        },
        &[],
    );
    // Whoever can buy packs can afford everything some day.
    doubts(|it| it.features[2].rate = MAX_RATE, &[]);
    doubts(|it| it.packs[0].credits = 0, &["pack[0].credits: brings no credits: buying it changes nothing"]);
    doubts(
        |it| {
            published(it);
            it.plans[1].allowance = Allowance::Credits(1);
            it.features[0].rate = 2;
        },
        &["plan[1].allowance: 1 is less than one \"reply\" costs (2), and there are no packs: it pays for nothing"],
    );
    doubts(
        |it| {
            published(it);
            it.plans[1].allowance = Allowance::Credits(2);
            it.features[0].rate = 2;
        },
        &[],
    );
    doubts(
        |it| it.plans[0].allowance = Allowance::Credits(5),
        &["plan[0].allowance: is never granted: the plan has no AI in it. Write 0, or give it AI"],
    );
    doubts(
        |it| it.plans[0].allowance = Allowance::Custom,
        &["plan[0].allowance: is never granted: the plan has no AI in it. Write 0, or give it AI"],
    );
    doubts(
        |it| it.groups.push(("calls".into(), "Calls".into())),
        &["group.calls: names a group that no feature is in"],
    );
    let small_trial = |it: &mut Catalogue| {
        it.trial = Some(TrialOffer { days: 14, allowance: 1, assumed: false });
        it.features[0].rate = 2;
    };
    // Packs can be bought during a trial (rule 10).
    doubts(small_trial, &[]);
    doubts(
        |it| {
            small_trial(it);
            it.packs.clear();
        },
        &["trial.allowance: 1 pays for nothing: the cheapest feature costs 2"],
    );
    doubts(
        |it| {
            it.trial = Some(TrialOffer { days: 14, allowance: 1, assumed: false });
            it.packs.clear();
        },
        &[],
    );
}

#[test]
fn nothing_can_be_used_without_access_to_ai() {
    doubts(
        |it| {
            it.trial = None;
            it.plans.truncate(1);
            it.plans[0].price = Price::Custom;
        },
        &[
            "feature[0]: can never be used: no plan includes AI, and there is no trial",
            "feature[1]: can never be used: no plan includes AI, and there is no trial",
            "feature[2]: can never be used: no plan includes AI, and there is no trial",
            "pack[0]: can never be bought: no plan includes AI, and there is no trial",
            "pack[1]: can never be bought: no plan includes AI, and there is no trial",
        ],
    );
    // A trial alone is access, too.
    doubts(|it| it.plans.truncate(1), &[]);
}
