//! The sums of the Usage room against the ledger's own entries.

use std::collections::BTreeMap;

use app::view::{Locale, Look, RangeName, Shape, Size, SplitBy, Step, Theme, UsageQuery, UsageView};
use serde_json::Value;

use crate::desk::Desk;
use crate::world::at;

/// How large the hours of the week are drawn.
pub(crate) const HEAT: Size = Size { width: 264, height: 168 };

/// How charts are drawn: wide enough that no point is left out.
pub(crate) fn look() -> Look {
    look_in(None)
}

/// The same with days and hours of another time zone than the workspace's.
pub(crate) fn look_in(zone: Option<&str>) -> Look {
    let colour = || "#336699".to_owned();
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let theme = Theme {
        ink: colour(),
        ink2: colour(),
        ink3: colour(),
        line: colour(),
        surface: colour(),
        accent: colour(),
        warn: colour(),
        top_up: colour(),
        series: BTreeMap::new(),
        font: "sans-serif".into(),
        contrast: false,
    };
    let locale = Locale {
        decimal: ".".into(),
        group: ",".into(),
        compact: names(&["k", "M", "bn", "tn"]),
        months: names(&["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]),
        weekdays: names(&["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]),
        day: "{d} {m}".into(),
        weekday_day: "{w} {d} {m}".into(),
        month_year: "{m} {y}".into(),
    };
    Look { theme, locale, zone: zone.map(str::to_owned), size: Size { width: 2_000, height: 400 } }
}

/// What the Usage room is asked for where nothing else is said.
pub(crate) fn query(range: RangeName, by: SplitBy) -> UsageQuery {
    UsageQuery { range, from: None, to: None, step: None, by, compare: false, shape: Shape::Area, of: None }
}

/// A usage entry of the ledger.
pub(crate) struct Used {
    at: i64,
    feature: String,
    units: u64,
    cost: u64,
}

/// The usage entries among lines of the ledger, each at the instant when the work was done.
pub(crate) fn used(lines: &[Value]) -> Vec<Used> {
    let usages = lines.iter().filter(|line| line["type"] == "usage");
    let one = |line: &Value| {
        let done = line["occurred_at"].as_str().or(line["recorded_at"].as_str()).unwrap();
        Used {
            at: at(done).as_millis(),
            feature: line["feature"].as_str().unwrap().to_owned(),
            units: line["units"].as_u64().unwrap(),
            cost: line["cost"].as_u64().unwrap(),
        }
    };
    usages.map(one).collect()
}

/// A range by name, and the instants that it has to mean.
pub(crate) struct Range {
    pub(crate) name: RangeName,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    /// Steps, and how many points each has to give; `None` where that is the chart's business.
    pub(crate) steps: &'static [(Step, Option<usize>)],
}

fn sum(of: &[Used], from: i64, to: i64, wanted: impl Fn(&str) -> bool) -> (u64, u64) {
    let within = of.iter().filter(|one| (from..to).contains(&one.at) && wanted(&one.feature));
    within.fold((0, 0), |(credits, actions), one| (credits + one.cost, actions + one.units))
}

/// Compares the Usage room with the entries, for each step of a range.
pub(crate) fn assert_sums(desk: &Desk, entries: &[Used], range: &Range) {
    let (from, to) = (at(range.from).as_millis(), at(range.to).as_millis());
    let custom = range.name == RangeName::Custom;
    for (step, points) in range.steps {
        for by in [SplitBy::Feature, SplitBy::Group] {
            let ends = (custom.then_some(from), custom.then_some(to));
            let query = UsageQuery { from: ends.0, to: ends.1, step: Some(*step), ..query(range.name, by) };
            let view = desk.app.usage(&desk.key, &query, &look(), HEAT).unwrap();
            let what = format!("{:?} from {} to {} by {step:?} and {by:?}", range.name, range.from, range.to);
            assert_eq!((view.range.start, view.range.end), (from, to), "{what}");
            assert_eq!(view.step, *step, "{what}: {:?} are offered", view.steps);
            assert_eq!((view.credits, view.actions), sum(entries, from, to, |_| true), "{what}");
            assert_rows(&view, entries, from, to, &what);
            assert_points(&view, entries, to, by, &what);
            if let Some(points) = points {
                assert_eq!(view.chart.points.len(), *points, "{what}");
            }
            assert!(view.credits > 0, "{what}: nothing is compared");
            if custom {
                let before = sum(entries, from - (to - from), from, |_| true).0;
                assert_eq!(view.previous_credits, Some(before), "{what}");
            }
        }
    }
}

fn assert_rows(view: &UsageView, entries: &[Used], from: i64, to: i64, what: &str) {
    for row in &view.rows {
        let own = sum(entries, from, to, |feature| feature == row.key);
        assert_eq!((row.credits, row.actions), own, "{what}: {}", row.key);
    }
    let heat: i64 = view.heat.points.iter().map(|hour| hour.total).sum();
    assert_eq!(heat, view.credits.cast_signed(), "{what}: by weekday and hour");
}

fn assert_points(view: &UsageView, entries: &[Used], to: i64, by: SplitBy, what: &str) {
    let ends = view.chart.points.iter().skip(1).map(|point| point.at).chain([to]);
    for (point, end) in view.chart.points.iter().zip(ends) {
        let whole = sum(entries, point.at, end, |_| true).0;
        assert_eq!(u64::try_from(point.total).unwrap(), whole, "{what}: {}", point.label);
        for value in &point.values {
            let key_of = |feature: &str| {
                let row = view.rows.iter().find(|row| row.key == feature).unwrap();
                if by == SplitBy::Feature { row.key.clone() } else { row.group.clone().unwrap() }
            };
            let own = sum(entries, point.at, end, |feature| key_of(feature) == value.key).0;
            assert_eq!(u64::try_from(value.value).unwrap(), own, "{what}: {} of {}", value.key, point.label);
        }
    }
}
