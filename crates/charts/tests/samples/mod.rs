//! The charts that are kept as files, measured and looked at: one month of a workspace, in the interface's colours.

#![allow(dead_code, reason = "each test and example takes what it needs")]

use charts::{
    Bucket, BurnDown, Chart, ChartError, Colour, Forecast, HeatMap, Locale, Look, Mark, Previous, Sample, Series,
    Shape, Size, Stacked, Step, Theme, Words, burn_down, heat_map, stacked,
};

pub(crate) const DAY: i64 = 86_400_000;
pub(crate) const HOUR: i64 = DAY / 24;
/// 1 November 2026, 00:00 UTC.
pub(crate) const NOVEMBER: i64 = 1_793_491_200_000;

/// The sizes that pictures are kept in: the narrowest window's, a usual one, and a large screen's.
pub(crate) const SIZES: [Size; 3] =
    [Size { width: 320, height: 200 }, Size { width: 890, height: 262 }, Size { width: 2400, height: 900 }];

const GROUPS: [(&str, &str); 5] = [
    ("syncs", "Syncs"),
    ("summaries", "Summaries"),
    ("classification", "Classification"),
    ("drafts", "Drafts"),
    ("replies", "Replies"),
];

/// The interface's palettes, from `ui/src/styles/tokens.css`.
pub(crate) fn themes() -> Result<[(&'static str, Theme); 4], ChartError> {
    let light = ["#191f2b", "#4c535e", "#636974", "#e0e3e7", "#ffffff", "#007582", "#934f00", "#ac4a94"];
    let dark = ["#edf0f4", "#b2b8c1", "#9399a1", "#2d323a", "#191d23", "#46c6cd", "#f2b95a", "#da82c2"];
    let more = ["#000000", "#1c222b", "#2f3640", "#6e7277", "#ffffff", "#005661", "#6d3800", "#ac4a94"];
    let more_dark = ["#ffffff", "#e4e8ef", "#d0d4db", "#8c8f95", "#060606", "#76e2e7", "#ffd27b", "#da82c2"];
    let on_light = ["#ac4a94", "#25a284", "#e3a42e", "#614a96", "#2273c3"];
    let on_dark = ["#da82c2", "#59ccac", "#f6c159", "#9881d9", "#5da3e9"];
    Ok([
        ("light", theme(light, on_light, false)?),
        ("dark", theme(dark, on_dark, false)?),
        ("contrast", theme(more, on_light, true)?),
        ("contrast-dark", theme(more_dark, on_dark, true)?),
    ])
}

fn theme(colours: [&str; 8], groups: [&str; 5], contrast: bool) -> Result<Theme, ChartError> {
    let [ink, ink2, ink3, line, surface, accent, warn, top_up] = colours.map(str::parse::<Colour>);
    let series = GROUPS.iter().zip(groups);
    let series = series.map(|((key, _), colour)| Ok(((*key).to_owned(), colour.parse()?)));
    Ok(Theme {
        ink: ink?,
        ink2: ink2?,
        ink3: ink3?,
        line: line?,
        surface: surface?,
        accent: accent?,
        warn: warn?,
        top_up: top_up?,
        series: series.collect::<Result<_, ChartError>>()?,
        font: r#""Inter Variable", "Inter", system-ui, sans-serif"#.parse()?,
        contrast,
    })
}

/// A look in English.
pub(crate) fn look(theme: &Theme, size: Size) -> Look {
    Look { theme: theme.clone(), locale: Locale::default(), words: Words::default(), size }
}

/// Every kind of chart, by name.
pub(crate) fn all(look: &Look) -> Result<Vec<(&'static str, Chart)>, ChartError> {
    Ok(vec![
        ("burn-down", burn_down(&period(), look)?),
        ("area", stacked(&use_by_day(22, Shape::Area), look)?),
        ("bars", stacked(&use_by_day(22, Shape::Bars), look)?),
        ("heat-map", heat_map(&week(), look)?),
    ])
}

/// What is not kept, but worth a look: very much, very little, and another language.
pub(crate) fn extremes(look: &Look) -> Result<Vec<(&'static str, Chart)>, ChartError> {
    let word = str::to_owned;
    let mut crowded = period();
    crowded.marks =
        (0..12).map(|index| Mark { at: NOVEMBER + index * 2 * DAY, label: format!("+{index},000 Pack") }).collect();
    let mut full = use_by_day(30, Shape::Bars);
    full.series.iter_mut().for_each(|series| series.name += " of everybody in the whole workspace");
    let mut other = look.clone();
    other.locale.decimal = word(",");
    other.locale.group = word("\u{202f}");
    other.locale.months =
        ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
            .map(str::to_owned);
    other.locale.weekdays = ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."].map(str::to_owned);
    Ok(vec![
        ("x-area-year", stacked(&use_by_day(365, Shape::Area), look)?),
        ("x-bars-year", stacked(&use_by_day(365, Shape::Bars), look)?),
        ("x-bars-decade", stacked(&use_by_day(3650, Shape::Bars), look)?),
        ("x-bars-few", stacked(&Stacked { domain_end: 0, ..use_by_day(5, Shape::Bars) }, look)?),
        ("x-bars-full", stacked(&full, look)?),
        ("x-burn-down-crowded", burn_down(&crowded, look)?),
        ("x-burn-down-french", burn_down(&period(), &other)?),
        ("x-heat-map-french", heat_map(&week(), &other)?),
    ])
}

/// A number between 0 and `below` that looks like chance and is the same everywhere.
pub(crate) fn chance(seed: u64, below: u64) -> u64 {
    let mixed = seed.wrapping_add(0x9e37_79b9).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 32)) % below.max(1)
}

/// A day's use of a group: less on weekends, syncs in bursts.
pub(crate) fn amount(day: u64, group: u64) -> u64 {
    // 1 November 2026 is a Sunday.
    let weekend = matches!(day % 7, 0 | 6);
    let base = [20, 38, 95, 22, 180][usize::try_from(group % 5).unwrap_or(0)];
    if group == 0 && !day.is_multiple_of(3) {
        return 0;
    }
    let amount = base + chance(day * 5 + group, base / 2 + 1);
    if weekend { amount / 4 } else { amount }
}

/// Use by day and group, of a November of which `days` are over.
pub(crate) fn use_by_day(days: u64, shape: Shape) -> Stacked {
    let series = (0..).zip(GROUPS).map(|(group, (key, name))| Series {
        key: key.to_owned(),
        name: name.to_owned(),
        values: (0..days).map(|day| amount(day, group)).collect(),
    });
    let bucket = |day: i64| Bucket { start: NOVEMBER + day * DAY, end: NOVEMBER + (day + 1) * DAY };
    let before = |day: u64| (0..5).map(|group| amount(day + 35, group)).sum();
    Stacked {
        series: series.collect(),
        buckets: (0..days.cast_signed()).map(bucket).collect(),
        domain_end: NOVEMBER + days.cast_signed().max(30) * DAY,
        previous: Some(Previous { name: "October".to_owned(), totals: (0..days).map(before).collect() }),
        zone: chrono_tz::UTC,
        step: Step::Day,
        shape,
    }
}

/// A period that a pack was bought in, and that the allowance does not last through.
pub(crate) fn period() -> BurnDown {
    measured_often(66)
}

/// The same, with that many measured amounts.
pub(crate) fn measured_often(count: u64) -> BurnDown {
    let until = 22 * DAY - 10 * HOUR;
    let step = until / count.cast_signed().max(1);
    let pack = NOVEMBER + 8 * DAY + 9 * HOUR;
    let mut left = 10_000_000_u64;
    let mut measured = vec![Sample { at: NOVEMBER, credits: 10_000 }];
    let mut bought = false;
    for index in 1..=count {
        let at = NOVEMBER + step * index.cast_signed();
        let day = (at - NOVEMBER) / DAY;
        let pace = if matches!(day % 7, 0 | 6) { 90 } else { 480 };
        let used = (pace + chance(index, pace)) * 22_000 / count * 580 / 1000;
        left = left.saturating_sub(used);
        if at >= pack && !bought {
            bought = true;
            measured.push(Sample { at: pack, credits: left / 1000 });
            left += 2_500_000;
            measured.push(Sample { at: pack, credits: left / 1000 });
        }
        measured.push(Sample { at, credits: left / 1000 });
    }
    let now = measured.last().copied().unwrap_or(Sample { at: NOVEMBER, credits: 0 });
    let course = |days: i64, rest: u64| {
        let step = |part: u64| Sample {
            at: now.at + days * DAY * part.cast_signed() / 12,
            credits: now.credits - (now.credits - rest.min(now.credits)) * part / 12,
        };
        (0..=12).map(step).collect::<Vec<_>>()
    };
    BurnDown {
        start: NOVEMBER,
        end: NOVEMBER + 30 * DAY,
        zone: chrono_tz::UTC,
        start_amount: 10_000,
        measured,
        marks: vec![Mark { at: pack, label: "+2,500 Boost Pack".to_owned() }],
        now,
        forecast: Some(Forecast {
            likely: course(7, 0),
            low: course(5, 0),
            high: course(9, now.credits / 4),
            run_out: Some(Mark { at: now.at + 7 * DAY, label: "28 Nov".to_owned() }),
        }),
        refresh: Some("Refresh".to_owned()),
    }
}

/// A week of office hours.
pub(crate) fn week() -> HeatMap {
    let mut credits = [[0; 24]; 7];
    for (day, hours) in (0_u64..).zip(&mut credits) {
        for (hour, credit) in (0_u64..).zip(hours) {
            let busy = 11_u64.saturating_sub(hour.abs_diff(12));
            let busy = busy * busy * if day < 5 { 6 } else { 1 };
            *credit = if busy < 12 { 0 } else { busy + chance(day * 24 + hour, busy / 3 + 1) };
        }
    }
    HeatMap { credits }
}
