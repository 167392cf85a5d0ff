//! What is drawn to see that its words keep apart: any names, amounts, zones and ranges.

use chrono_tz::America::{New_York, St_Johns};
use chrono_tz::{Asia::Kathmandu, Australia::Lord_Howe, Pacific::Marquesas, Tz, UTC};
use proptest::prelude::*;

use crate::calendar::{floor, moment, next};
use crate::fixtures::{DAY, foreign, look};
use crate::{Bucket, BurnDown, Forecast, Look, Mark, Previous, Sample, Series, Shape, Size, Stacked, Step};

/// The highest amount that JavaScript's numbers still tell from the next one.
const MOST: u64 = 9_007_199_254_740_992;

pub(crate) fn any_look() -> impl Strategy<Value = Look> {
    (320_u32..=2400, 120_u32..=1400, any::<bool>(), any::<bool>()).prop_map(|(width, height, other, contrast)| {
        let mut look = look(Size { width, height });
        look.theme.contrast = contrast;
        if other { foreign(look) } else { look }
    })
}

fn any_zone() -> impl Strategy<Value = Tz> {
    prop::sample::select(vec![UTC, St_Johns, Marquesas, New_York, Lord_Howe, Kathmandu])
}

pub(crate) fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z ]{1,20}",
        Just("W".repeat(60)),
        "[a-z ]{60}",
        Just("تلخيص المحادثات الطويلة للفريق كله".to_owned()),
        Just("סיכומים ותשובות אוטומטיות".to_owned()),
        Just("会話の要約と自動返信".to_owned()),
        Just("🧾🧾🧾 replies".to_owned()),
        Just(String::new()),
    ]
}

fn any_amount() -> impl Strategy<Value = u64> {
    prop_oneof![3 => 0_u64..1000, 1 => 0..=MOST, 1 => Just(0), 1 => Just(MOST)]
}

/// A local midnight: also those around a change of clocks.
fn any_start(zone: Tz) -> impl Strategy<Value = i64> {
    let days = ["2026-03-07", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2023-12-31"];
    let near = prop::sample::select(days.to_vec()).prop_map(move |day| moment(zone, &format!("{day} 00:00")));
    prop_oneof![near, (60..20_000_i64).prop_map(move |day| floor(zone, Step::Day, day * DAY))]
}

fn any_range() -> impl Strategy<Value = (Tz, i64, i64, Step)> {
    let length = prop_oneof![Just(1_i64), 1..40_i64, 40..400_i64, 400..3653_i64];
    any_zone().prop_flat_map(move |zone| (Just(zone), any_start(zone), length.clone())).prop_flat_map(
        |(zone, start, days)| {
            let steps = match days {
                ..=3 => vec![Step::Hour, Step::Day],
                4..=90 => vec![Step::Day, Step::Week],
                91..=700 => vec![Step::Day, Step::Week, Step::Month],
                _ => vec![Step::Week, Step::Month],
            };
            (Just(zone), Just(start), Just(start + days * DAY), prop::sample::select(steps))
        },
    )
}

pub(crate) fn any_stacked() -> impl Strategy<Value = Stacked> {
    let names = prop_oneof![prop::collection::vec(any_name(), 1..8), prop::collection::vec(any_name(), 40)];
    let amounts = prop::collection::vec(any_amount(), 50);
    let shape = prop::sample::select(vec![Shape::Area, Shape::Bars]);
    let previous = prop::option::of(any_name());
    (any_range(), names, amounts, shape, previous, 0.05..=1.0_f64).prop_map(
        |((zone, from, domain_end, step), names, amounts, shape, previous, part)| {
            let mut buckets = Vec::new();
            let mut start = floor(zone, step, from);
            let until = start + ((domain_end - start) as f64 * part) as i64;
            while start < until.max(from + 1) {
                let end = next(zone, step, start);
                buckets.push(Bucket { start, end });
                start = end;
            }
            let amount = |index: usize| amounts[index % amounts.len()];
            let values = |shift: usize| (0..buckets.len()).map(|index| amount(index * 7 + shift)).collect();
            let series = names.into_iter().enumerate();
            let series = series.map(|(index, name)| Series { key: "a".to_owned(), name, values: values(index) });
            let previous = previous.map(|name| Previous { name, totals: values(3) });
            Stacked { series: series.collect(), previous, domain_end, zone, step, shape, buckets }
        },
    )
}

pub(crate) fn any_burn_down() -> impl Strategy<Value = BurnDown> {
    let near = (0.3..0.4_f64, any_name());
    let anywhere = (0.0..=1.0_f64, any_name());
    let marks = prop::collection::vec(prop_oneof![near, anywhere], 0..30);
    let amounts = prop::collection::vec(any_amount(), 2..20);
    let now = prop_oneof![Just(0.0), 0.0..=1.0_f64, Just(1.0)];
    (any_range(), marks, amounts, now, 0.0..=1.2_f64, any_name(), any_name()).prop_map(
        |((zone, start, end, _), marks, amounts, now, out, run_out, refresh)| {
            let at = |part: f64| start + ((end - start) as f64 * part) as i64;
            let spread = |from: f64, to: f64, amounts: &[u64]| -> Vec<Sample> {
                let part = |index: usize| from + (to - from) * index as f64 / amounts.len() as f64;
                let amounts = amounts.iter().enumerate();
                amounts.map(|(index, credits)| Sample { at: at(part(index)), credits: *credits }).collect()
            };
            let measured = spread(0.0, now, &amounts);
            let forecast = Forecast {
                likely: spread(now, out, &amounts),
                low: spread(now, out, &amounts[1..]),
                high: spread(now, out, &amounts),
                run_out: Some(Mark { at: at(out), label: run_out }),
            };
            BurnDown {
                start,
                end,
                zone,
                start_amount: amounts[0],
                now: Sample { at: at(now), credits: amounts[1] },
                measured,
                marks: marks.into_iter().map(|(part, label)| Mark { at: at(part), label }).collect(),
                forecast: Some(forecast),
                refresh: Some(refresh),
            }
        },
    )
}
