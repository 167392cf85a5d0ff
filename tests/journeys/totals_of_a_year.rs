//! More than a year of usage in Europe/Berlin, summed over ranges that hold its clock changes.

use app::view::RangeName::{Custom, Days7, Days30, Days90, LastPeriod, Months12, ThisPeriod};
use app::view::Step::{Day, Hour, Month, Week};
use app::view::{RangeName, SplitBy};
use metering::Timestamp;
use serde_json::{Value, json};

use crate::balances::{Dice, assert_agrees};
use crate::desk::Desk;
use crate::totals::{HEAT, Range, assert_sums, look, query, used};
use crate::world::{World, at, event};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const BEGIN: &str = "2025-09-20T08:00:00Z";
const SPRING: &str = "2026-03-31T10:20:30Z";
const AUTUMN: &str = "2026-10-27T10:20:30Z";

/// Instants at which a sum may slip into a neighbour: around both clock changes, and midnights.
const EDGES: [&str; 14] = [
    "2026-03-28T22:59:59.999Z",
    "2026-03-28T23:00:00Z",
    "2026-03-29T00:59:59.999Z",
    "2026-03-29T01:00:00Z",
    "2026-03-29T21:59:59.999Z",
    "2026-03-29T22:00:00Z",
    "2026-10-24T21:59:59.999Z",
    "2026-10-24T22:00:00Z",
    "2026-10-25T00:30:00Z",
    "2026-10-25T00:59:59.999Z",
    "2026-10-25T01:00:00Z",
    "2026-10-25T01:30:00Z",
    "2026-10-25T22:59:59.999Z",
    "2026-10-25T23:00:00Z",
];

/// The ranges whose ends no catalogue moves.
const SPRINGS: [Range; 7] = [
    range(Days7, "2026-03-25T00:00:00+01:00", "2026-04-01T00:00:00+02:00", &[(Hour, None), (Day, Some(7))]),
    range(Days30, "2026-03-02T00:00:00+01:00", "2026-04-01T00:00:00+02:00", &[(Day, Some(30)), (Week, Some(5))]),
    range(
        Days90,
        "2026-01-01T00:00:00+01:00",
        "2026-04-01T00:00:00+02:00",
        &[(Day, Some(90)), (Week, None), (Month, Some(3))],
    ),
    range(Months12, "2025-04-01T00:00:00+02:00", "2026-04-01T00:00:00+02:00", &[(Week, None), (Month, Some(12))]),
    range(Custom, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", &[(Hour, Some(23)), (Day, Some(1))]),
    range(Custom, "2026-03-27T00:00:00+01:00", "2026-03-31T00:00:00+02:00", &[(Hour, Some(95)), (Day, Some(4))]),
    range(Custom, "2025-10-25T00:00:00+02:00", "2025-10-28T00:00:00+01:00", &[(Hour, Some(73)), (Day, Some(3))]),
];
const AUTUMNS: [Range; 6] = [
    range(Days7, "2026-10-21T00:00:00+02:00", "2026-10-28T00:00:00+01:00", &[(Hour, None), (Day, Some(7))]),
    range(Days30, "2026-09-28T00:00:00+02:00", "2026-10-28T00:00:00+01:00", &[(Day, Some(30)), (Week, Some(5))]),
    range(Days90, "2026-07-30T00:00:00+02:00", "2026-10-28T00:00:00+01:00", &[(Day, Some(90)), (Month, Some(4))]),
    range(
        Months12,
        "2025-11-01T00:00:00+01:00",
        "2026-11-01T00:00:00+01:00",
        &[(Day, None), (Week, None), (Month, Some(12))],
    ),
    range(Custom, "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", &[(Hour, Some(25)), (Day, Some(1))]),
    range(Custom, "2025-12-31T00:00:00+01:00", "2026-04-02T00:00:00+02:00", &[(Day, Some(92)), (Month, Some(5))]),
];

const fn range(
    name: RangeName,
    from: &'static str,
    to: &'static str,
    steps: &'static [(app::view::Step, Option<usize>)],
) -> Range {
    Range { name, from, to, steps }
}

/// Reports random work up to `end`, some of it days late, and moves the clock there.
async fn work_up_to(world: &World, dice: &mut Dice, features: &[&str], end: Timestamp) {
    while world.clock.now() < end {
        let before = world.clock.now();
        world.clock.set(before.plus_millis(4 * DAY_MS).min(end));
        let now = world.clock.now();
        let span = now.since(before);
        let mut done: Vec<Timestamp> = (0..28)
            .map(|_| before.plus_millis(span * i64::from(dice.roll(1_000_000)) / 1_000_000))
            .chain(EDGES.iter().map(|edge| at(edge)).filter(|edge| before < *edge && *edge <= now))
            .collect();
        if before > at(BEGIN) {
            // Late ones: up to ten days before the last report.
            done.extend((0..2).map(|_| before.plus_millis(-i64::from(dice.roll(240)) * 3_600_000).max(at(BEGIN))));
        }
        let events = done.iter().enumerate().map(|(number, done)| {
            let units = 1 + dice.roll(3);
            let mut event = event(&format!("{before}-{number}"), dice.pick(features), units);
            event["time"] = json!(done.to_string());
            event
        });
        let batch = Value::Array(events.collect());
        let (status, answer) = world.send(reqwest::Method::POST, "usage", wire::event::BATCH, &batch).await;
        assert_eq!(status, 200, "{answer}");
        let refused = answer["answers"].as_array().unwrap().iter().find(|one| one["status"] != 201);
        assert_eq!(refused, None, "up to {now}");
    }
}

/// A year of a catalogue, compared at both ends of summer time. `periods` are this and the last one at each.
async fn year(catalogue: &str, plan: &str, features: &[&str], periods: [[Range; 2]; 2]) {
    let world = World::new(catalogue, "Europe/Berlin", BEGIN).await;
    world.subscribe(plan).await;
    let automation = json!({ "automation": true });
    world.send(reqwest::Method::PUT, "controls", "application/json", &automation).await;
    let mut dice = Dice::new(7);
    let [spring, autumn] = periods;

    work_up_to(&world, &mut dice, features, at(SPRING)).await;
    // The first part comes as pages, the second one as it happens.
    let desk = Desk::new(&world).await;
    assert_agrees(&desk, &world, SPRING).await;
    let entries = used(&world.ledger().await);
    for range in SPRINGS.iter().chain(&spring) {
        assert_sums(&desk, &entries, range);
    }
    work_up_to(&world, &mut dice, features, at(AUTUMN)).await;
    assert_agrees(&desk, &world, AUTUMN).await;
    let entries = used(&world.ledger().await);
    assert!(entries.len() > 2_500, "{} entries", entries.len());
    for range in AUTUMNS.iter().chain(&autumn) {
        assert_sums(&desk, &entries, range);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn billing_cycles_across_clock_changes_add_up() {
    const STEPS: &[(app::view::Step, Option<usize>)] = &[(Day, None), (Week, None)];
    let periods = [
        [
            range(ThisPeriod, "2026-03-20T10:00:00+01:00", "2026-04-20T10:00:00+02:00", STEPS),
            range(LastPeriod, "2026-02-20T10:00:00+01:00", "2026-03-20T10:00:00+01:00", STEPS),
        ],
        [
            range(ThisPeriod, "2026-10-20T10:00:00+02:00", "2026-11-20T10:00:00+01:00", STEPS),
            range(LastPeriod, "2026-09-20T10:00:00+02:00", "2026-10-20T10:00:00+02:00", STEPS),
        ],
    ];
    year("a", "scale", &["ai-reply", "command", "knowledge-sync"], periods).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calendar_months_across_clock_changes_add_up() {
    const STEPS: &[(app::view::Step, Option<usize>)] = &[(Day, None), (Week, None)];
    let periods = [
        [
            range(ThisPeriod, "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00", STEPS),
            range(LastPeriod, "2026-02-01T00:00:00+01:00", "2026-03-01T00:00:00+01:00", STEPS),
        ],
        [
            range(ThisPeriod, "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00", STEPS),
            range(LastPeriod, "2026-09-01T00:00:00+02:00", "2026-10-01T00:00:00+02:00", STEPS),
        ],
    ];
    let features = ["reply-suggestion", "draft", "automated-response", "summary", "classification"];
    year("b", "scale", &features, periods).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_that_begins_within_a_quarter_of_an_hour_has_all_its_usage() {
    let world = World::new("a", "UTC", "2026-06-03T09:07:13Z").await;
    world.subscribe("starter").await;
    let desk = Desk::new(&world).await;
    world.used("at-once", "ai-reply", 3).await;
    world.clock.set(at("2026-06-03T09:08:00Z"));
    world.used("soon", "ai-reply", 4).await;
    let overview = desk.caught_up(&world).await;
    assert_eq!(overview.position.used, 7);
    let ranked: u64 = overview.ranking.iter().map(|group| group.credits).sum();
    assert_eq!(ranked, 7, "{:?}", overview.ranking);
    let credits = |range| desk.app.usage(&desk.key, &query(range, SplitBy::Feature), &look(), HEAT).unwrap().credits;
    assert_eq!(credits(ThisPeriod), 7);

    // Around the refresh, too, everything is in one period.
    for (now, id, units) in [("2026-07-03T09:05:00Z", "before", 20), ("2026-07-03T09:10:00Z", "after", 300)] {
        world.clock.set(at(now));
        world.used(id, "ai-reply", units).await;
    }
    assert_eq!(desk.caught_up(&world).await.position.used, 300);
    assert!(credits(ThisPeriod) >= 300, "{}", credits(ThisPeriod));
    assert_eq!(credits(LastPeriod) + credits(ThisPeriod), 327);
}
