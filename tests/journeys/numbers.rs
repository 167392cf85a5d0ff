//! Everything that the Usage and Ledger rooms say, against the entries of the service's ledger added up one by one: over
//! random ranges, time zones, splits and filters.

use std::collections::{BTreeMap, BTreeSet};

use app::view::{Label, LedgerFilter, RangeName, Shape, SplitBy, Step, UsageOf, UsageQuery, UsageView};
use chrono::{Datelike, NaiveDate, TimeZone, Timelike};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::balances::Dice;
use crate::desk::Desk;
use crate::totals::{HEAT, look_in, query};
use crate::world::{World, at, event};

const BEGIN: &str = "2026-01-20T08:00:00Z";
const END: &str = "2026-04-06T17:20:30Z";
const DAY_MS: i64 = 86_400_000;
const FEATURES: [&str; 5] = ["reply-suggestion", "draft", "automated-response", "summary", "classification"];
/// Ahead of and behind UTC, by halves and quarters of an hour, with clock changes within the weeks that are looked at.
const ZONES: [&str; 6] =
    ["UTC", "America/St_Johns", "America/Los_Angeles", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Marquesas"];
/// Names as people have them, and as somebody gives them who means harm.
const MEMBERS: [&str; 6] = [
    "ana",
    "\u{5d0}\u{5d1}\u{5d9}\u{5d2}\u{5d9}\u{5dc}",
    "<script>alert(1)</script>",
    "a-member-whose-name-is-sixty-characters-long-as-some-are-0001",
    "O'Brien; DROP TABLE entries",
    "draft",
];
const CHANNELS: [&str; 3] = ["chat", "email", "phone"];

/// What an entry counts as: work, or work given back.
#[derive(Clone)]
struct Work {
    at: i64,
    feature: String,
    member: Option<String>,
    channel: Option<String>,
    source: String,
    credits: i64,
    units: i64,
}

fn works(lines: &[Value]) -> Vec<Work> {
    let text = |line: &Value, name: &str| line[name].as_str().map(str::to_owned);
    let mut by_seq: BTreeMap<u64, Work> = BTreeMap::new();
    let mut works = Vec::new();
    for line in lines {
        match line["type"].as_str().unwrap() {
            "usage" => {
                let done = line["occurred_at"].as_str().or(line["recorded_at"].as_str()).unwrap();
                let work = Work {
                    at: at(done).as_millis(),
                    feature: text(line, "feature").unwrap(),
                    member: text(line, "member"),
                    channel: text(line, "channel"),
                    source: text(line, "source").unwrap(),
                    credits: line["cost"].as_i64().unwrap(),
                    units: line["units"].as_i64().unwrap(),
                };
                by_seq.insert(line["seq"].as_u64().unwrap(), work.clone());
                works.push(work);
            }
            "amendment" => {
                let work = by_seq[&line["usage"].as_u64().unwrap()].clone();
                works.push(Work { credits: -work.credits, units: -work.units, ..work });
            }
            _ => {}
        }
    }
    works
}

/// Work of eleven weeks, some of it labelled, some late, some given back.
async fn history(world: &World, dice: &mut Dice) {
    world.subscribe("scale").await;
    world.send(reqwest::Method::PUT, "controls", "application/json", &json!({ "automation": true })).await;
    let mut number = 0;
    while world.clock.now() < at(END) {
        let before = world.clock.now();
        world.clock.set(before.plus_millis(2 * DAY_MS).min(at(END)));
        let mut batch = Vec::new();
        for _ in 0..24 {
            number += 1;
            let mut one = event(&format!("w{number}"), dice.pick(&FEATURES), 1 + dice.roll(4));
            let span = world.clock.now().since(before);
            one["time"] = json!(before.plus_millis(span * i64::from(dice.roll(1_000_000)) / 1_000_000).to_string());
            if dice.roll(10) == 0 {
                one["source"] = json!("phone-system");
            }
            if dice.roll(3) > 0 {
                one["data"]["member"] = json!(dice.pick(&MEMBERS));
            }
            if dice.roll(4) > 0 {
                one["data"]["channel"] = json!(dice.pick(&CHANNELS));
            }
            one["data"]["reference"] = json!(format!("#{}", dice.roll(500)));
            batch.push(one);
        }
        let (status, answer) = world.send(reqwest::Method::POST, "usage", wire::event::BATCH, &json!(batch)).await;
        assert_eq!(status, 200, "{answer}");
        let failed =
            json!({ "source": "test", "id": format!("f{number}"), "usage": format!("w{}", number - dice.roll(20)) });
        world.send(reqwest::Method::POST, "amendments", "application/json", &failed).await;
    }
}

/// A question, with what it means: the range in instants, the zone, and which work it is of.
struct Asked {
    query: UsageQuery,
    zone: Tz,
    from: i64,
    to: i64,
}

fn midnight(zone: Tz, date: NaiveDate) -> i64 {
    let local = date.and_hms_opt(0, 0, 0).unwrap();
    zone.from_local_datetime(&local).earliest().unwrap().timestamp_millis()
}

fn asked(dice: &mut Dice) -> Asked {
    let zone: Tz = dice.pick(&ZONES).parse().unwrap();
    let first = NaiveDate::from_ymd_opt(2026, 1, 15).unwrap() + chrono::Days::new(dice.roll(80).into());
    let last = first + chrono::Days::new((1 + dice.roll(30)).into());
    let (from, to) = (midnight(zone, first), midnight(zone, last));
    let splits = [SplitBy::Group, SplitBy::Feature, SplitBy::Member, SplitBy::Channel, SplitBy::Source];
    let by = splits[dice.roll(5) as usize];
    let of = match dice.roll(5) {
        0 => Some(UsageOf { label: Label::Member, name: dice.pick(&MEMBERS).to_owned() }),
        1 => Some(UsageOf { label: Label::Channel, name: dice.pick(&CHANNELS).to_owned() }),
        2 => Some(UsageOf { label: Label::Source, name: "phone-system".to_owned() }),
        _ => None,
    };
    let step = [None, Some(Step::Hour), Some(Step::Day), Some(Step::Week)][dice.roll(4) as usize];
    let shape = [Shape::Area, Shape::Bars][dice.roll(2) as usize];
    let query = UsageQuery {
        from: Some(from),
        to: Some(to),
        step,
        shape,
        of,
        compare: dice.roll(2) == 0,
        ..query(RangeName::Custom, by)
    };
    Asked { query, zone, from, to }
}

impl Asked {
    fn is_of(&self, work: &Work) -> bool {
        match &self.query.of {
            None => true,
            Some(UsageOf { label: Label::Member, name }) => work.member.as_ref() == Some(name),
            Some(UsageOf { label: Label::Channel, name }) => work.channel.as_ref() == Some(name),
            Some(UsageOf { label: Label::Source, name }) => work.source == *name,
        }
    }

    fn sum(&self, works: &[Work], from: i64, to: i64, wanted: impl Fn(&Work) -> bool) -> (i64, i64) {
        let within = works.iter().filter(|work| (from..to).contains(&work.at) && self.is_of(work) && wanted(work));
        within.fold((0, 0), |(credits, units), work| (credits + work.credits, units + work.units))
    }
}

/// What a row or band of a view counts.
fn is_in(view: &UsageView, work: &Work, key: &str, group: Option<&str>) -> bool {
    match view.by {
        SplitBy::Feature => work.feature == key,
        SplitBy::Group => group.map_or(work.feature == key, |group| group == key),
        SplitBy::Member => work.member.as_deref().unwrap_or_default() == key,
        SplitBy::Channel => work.channel.as_deref().unwrap_or_default() == key,
        SplitBy::Source => work.source == key,
    }
}

fn assert_view(desk: &Desk, asked: &Asked, works: &[Work], what: &str) {
    let view = desk.app.usage(&desk.key, &asked.query, &look_in(Some(asked.zone.name())), HEAT).unwrap();
    let Asked { from, to, zone, .. } = *asked;
    let whole = asked.sum(works, from, to, |_| true);
    let number = |value: u64| i64::try_from(value).unwrap();
    assert_eq!((number(view.credits), number(view.actions)), whole, "{what}");
    for row in &view.rows {
        assert!(row.names <= 1, "{what}: there are few enough to name each");
        let is_own = |work: &Work| match view.by {
            SplitBy::Group | SplitBy::Feature => work.feature == row.key,
            _ => is_in(&view, work, &row.key, None),
        };
        assert_eq!(
            (number(row.credits), number(row.actions)),
            asked.sum(works, from, to, is_own),
            "{what}: {}",
            row.key
        );
        if let Some(previous) = row.previous {
            assert_eq!(number(previous), asked.sum(works, 2 * from - to, from, is_own).0, "{what}: {} before", row.key);
        }
    }
    let listed: i64 = view.rows.iter().map(|row| number(row.credits)).sum();
    assert_eq!(listed, whole.0, "{what}: all rows together");
    assert_chart(&view, asked, works, what);
    let mut heat = vec![vec![0_i64; 24]; 7];
    let mut days: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for work in works.iter().filter(|work| (from..to).contains(&work.at) && asked.is_of(work)) {
        let local = zone.timestamp_millis_opt(work.at).unwrap();
        heat[local.weekday().num_days_from_monday() as usize][local.hour() as usize] += work.credits;
        *days.entry(local.date_naive()).or_default() += work.credits;
    }
    let shown = |day: usize| view.heat.points.iter().map(move |hour| hour.values[day].value).collect();
    let shown: Vec<Vec<i64>> = (0..7).map(shown).collect();
    assert_eq!(shown, heat, "{what}: by weekday and hour");
    let most = days.values().copied().max().filter(|most| *most > 0);
    assert_eq!(view.busiest.map(|busiest| number(busiest.credits)), most, "{what}: the busiest day");
    if let Some(busiest) = view.busiest {
        let date = zone.timestamp_millis_opt(busiest.at).unwrap().date_naive();
        assert_eq!(days.get(&date).copied(), most, "{what}: it is {date}");
    }
}

fn assert_chart(view: &UsageView, asked: &Asked, works: &[Work], what: &str) {
    let points = &view.chart.points;
    let ends = points.iter().skip(1).map(|point| point.at).chain([asked.to]);
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in view.rows.iter().filter(|_| view.by == SplitBy::Group) {
        groups.entry(row.group.as_deref().unwrap()).or_default().insert(&row.key);
    }
    for (point, end) in points.iter().zip(ends) {
        let whole = asked.sum(works, point.at, end, |_| true).0.max(0);
        assert_eq!(point.total, whole, "{what}: {}", point.label);
        for value in point.values.iter().filter(|value| value.key != "previous") {
            let is_own = |work: &Work| match view.by {
                SplitBy::Group => groups[value.key.as_str()].contains(work.feature.as_str()),
                _ => is_in(view, work, &value.key, None),
            };
            let own = asked.sum(works, point.at, end, is_own).0.max(0);
            assert_eq!(value.value, own, "{what}: {} of {}", value.key, point.label);
        }
    }
}

/// The entries behind a number add up to it.
fn assert_entries(desk: &Desk, asked: &Asked, works: &[Work], feature: &str, what: &str) {
    let mut filter = LedgerFilter {
        from: Some(asked.from),
        to: Some(asked.to),
        features: vec![feature.to_owned()],
        ..LedgerFilter::default()
    };
    match &asked.query.of {
        Some(UsageOf { label: Label::Member, name }) => filter.member = Some(name.clone()),
        Some(UsageOf { label: Label::Channel, name }) => filter.channel = Some(name.clone()),
        Some(UsageOf { label: Label::Source, name }) => filter.source = Some(name.clone()),
        None => {}
    }
    let (mut credits, mut before) = (0, None);
    loop {
        let page = desk.app.ledger_page(&desk.key, &filter, before, 50).unwrap();
        credits -= page.rows.iter().map(|row| row.amount).sum::<i64>();
        before = page.next_before;
        if before.is_none() {
            break;
        }
    }
    let expected = asked.sum(works, asked.from, asked.to, |work| work.feature == feature).0;
    assert_eq!(credits, expected, "{what}: the entries of {feature}");
}

/// The change is that of the entries, and each cause is what it says.
fn assert_why(desk: &Desk, asked: &Asked, works: &[Work], what: &str) {
    let why = desk.app.why(&desk.key, &asked.query, Some(asked.zone.name())).unwrap();
    let Some(previous) = why.previous else { return };
    let number = |value: u64| i64::try_from(value).unwrap();
    let now = asked.sum(works, asked.from, asked.to, |_| true).0;
    let before = asked.sum(works, previous.start, previous.end, |_| true).0;
    assert_eq!((number(why.credits), number(why.before)), (now, before), "{what}: why");
    for cause in &why.causes {
        let is_own = |work: &Work| match cause.of {
            app::view::CauseOf::Feature => work.feature == cause.key,
            app::view::CauseOf::Member => work.member.as_ref() == Some(&cause.key),
            app::view::CauseOf::Channel => work.channel.as_ref() == Some(&cause.key),
            app::view::CauseOf::Source => work.source == cause.key,
        };
        let own = asked.sum(works, asked.from, asked.to, is_own).0;
        let own_before = asked.sum(works, previous.start, previous.end, is_own).0;
        assert_eq!((number(cause.credits), number(cause.before)), (own, own_before), "{what}: {}", cause.key);
        #[allow(clippy::cast_precision_loss, reason = "a few thousand credits")]
        let part = (own - own_before) as f64 / (now - before) as f64;
        assert!((cause.part - part).abs() < 1e-9, "{what}: {} is {part} of it, and not {}", cause.key, cause.part);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_is_what_its_entries_add_up_to() {
    let world = World::new("b", "Europe/Berlin", BEGIN).await;
    let mut dice = Dice::new(19);
    history(&world, &mut dice).await;
    let desk = Desk::new(&world).await;
    desk.caught_up(&world).await;
    let works = works(&world.ledger().await);
    assert!(works.len() > 900 && works.iter().any(|work| work.credits < 0), "{} works", works.len());
    let mut explained = 0;
    for round in 0..300 {
        let asked = asked(&mut dice);
        let what = format!("round {round}: {:?} in {}", asked.query, asked.zone);
        assert_view(&desk, &asked, &works, &what);
        assert_entries(&desk, &asked, &works, dice.pick(&FEATURES), &what);
        assert_why(&desk, &asked, &works, &what);
        explained += usize::from(!desk.app.why(&desk.key, &asked.query, None).unwrap().causes.is_empty());
    }
    assert!(explained > 50, "only {explained} changes had causes");
}

/// The rules give every entry, and what each grant paid and had left is what replaying the ledger by hand says.
#[tokio::test(flavor = "multi_thread")]
async fn every_entry_is_explained() {
    let world = World::new("b", "UTC", BEGIN).await;
    history(&world, &mut Dice::new(5)).await;
    let desk = Desk::new(&world).await;
    desk.caught_up(&world).await;
    let mut left: BTreeMap<u64, i64> = BTreeMap::new();
    let lines = world.ledger().await;
    for line in &lines {
        let (seq, amount) = (line["seq"].as_u64().unwrap(), line["amount"].as_i64().unwrap_or(0));
        let mut moves: Vec<(u64, i64)> = Vec::new();
        match line["type"].as_str().unwrap() {
            "grant" => drop(left.insert(seq, amount)),
            "expiry" => moves.push((line["grant"].as_u64().unwrap(), -amount)),
            kind @ ("usage" | "amendment") => {
                let sign = if kind == "usage" { -1 } else { 1 };
                for one in line["allocations"].as_array().unwrap() {
                    moves.push((one["grant"].as_u64().unwrap(), sign * one["amount"].as_i64().unwrap()));
                }
            }
            _ => {}
        }
        for (grant, amount) in &moves {
            *left.get_mut(grant).unwrap() += amount;
        }
        // Every one of the first, and some of all.
        if seq > 40 && !seq.is_multiple_of(13) {
            continue;
        }
        let detail = desk.app.ledger_entry(&desk.key, seq).unwrap();
        assert_eq!(detail.verdict, app::view::EntryVerdict::Agrees, "entry {seq}: {:?}", detail.findings);
        assert_eq!(serde_json::from_str::<Value>(&detail.body).unwrap(), *line);
        let shares: Vec<_> = detail.shares.iter().map(|share| (share.grant, share.amount)).collect();
        assert_eq!(shares, moves, "entry {seq}");
        for share in &detail.shares {
            assert_eq!(i64::try_from(share.left).unwrap(), left[&share.grant], "entry {seq}, grant {}", share.grant);
        }
        assert_eq!(i64::try_from(detail.row.balance_after).unwrap(), left.values().sum::<i64>(), "entry {seq}");
    }
    let missing = desk.app.ledger_entry(&desk.key, lines.len() as u64 + 1).unwrap_err();
    assert_eq!(missing.code, "unknown_entry");
}

/// Turning off and capping: the preview writes nothing, and the change is in the ledger once.
#[tokio::test(flavor = "multi_thread")]
async fn controls_are_tried_out_and_then_set() {
    use app::view::{CapWish, ControlsWish, FeatureWish, Verdict};
    let world = World::new("b", "UTC", BEGIN).await;
    history(&world, &mut Dice::new(6)).await;
    let desk = Desk::new(&world).await;
    let before = desk.caught_up(&world).await;
    let shown = desk.app.controls(&desk.key).unwrap();
    assert!(shown.may_change && shown.automation, "{shown:?}");
    assert!(shown.features.iter().all(|feature| feature.on && feature.cap.is_none()));
    let all_off = ControlsWish {
        automation: None,
        features: shown
            .features
            .iter()
            .map(|one| (one.feature.clone(), FeatureWish { on: Some(false), cap: None }))
            .collect(),
    };
    let preview = desk.app.preview_controls(&desk.key, &all_off).unwrap();
    assert_eq!((preview.then.verdict, preview.expected_then), (Verdict::Never, 0), "{preview:?}");
    assert!(
        preview.expected_now > 0 && preview.now == before.allowance_lasts,
        "{preview:?} {:?}",
        before.allowance_lasts
    );
    let cap = FeatureWish { on: None, cap: Some(CapWish { credits: Some(0) }) };
    let wish = ControlsWish { automation: None, features: BTreeMap::from([("summary".to_owned(), cap)]) };
    let capped = desk.app.preview_controls(&desk.key, &wish).unwrap();
    assert!(capped.expected_then < capped.expected_now, "{capped:?}");
    assert_eq!(world.balance().await["seq"].as_u64().unwrap(), before.latest[0].seq, "nothing is written by trying");

    let set = desk.app.set_controls(&desk.key, &wish).await.unwrap();
    let of =
        |controls: &app::view::Controls| controls.features.iter().find(|one| one.feature == "summary").unwrap().cap;
    assert_eq!(of(&set), Some(0));
    let after = desk.caught_up(&world).await;
    assert_eq!(after.latest[0].seq, before.latest[0].seq + 1);
    let now = desk.app.controls(&desk.key).unwrap();
    assert_eq!(of(&now), Some(0));
    assert!(now.features.iter().find(|one| one.feature == "summary").unwrap().since.is_some());
    // What the Overview expects is what the preview said.
    assert_eq!(after.allowance_lasts.verdict, capped.then.verdict);
}
