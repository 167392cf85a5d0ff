//! How long charts take to draw, beside what plotters takes for the same areas drawn in the simplest way.
//!
//! Prints a line of JSON for each measure: the median of many runs in milliseconds, the same of bare plotters, how many
//! times as long that is, and whether it is a chart that was drawn.

#[path = "../../crates/charts/tests/samples/mod.rs"]
mod samples;

use std::error::Error;
use std::hint::black_box;
use std::io::Write as _;

use charts::{Shape, Size, Stacked, burn_down, csv, heat_map, png, sparkline, stacked};
use clock::Stopwatch;
use plotters::prelude::{ChartBuilder, Color as _, IntoDrawingArea as _, IntoFont as _, Polygon, RGBColor, SVGBackend};

const RUNS: usize = 300;
const SIZE: Size = Size { width: 890, height: 262 };

type Failed = Box<dyn Error>;

fn main() -> Result<(), Failed> {
    let [(_, theme), ..] = samples::themes()?;
    let look = samples::look(&theme, SIZE);
    let (area, bars) = (samples::use_by_day(365, Shape::Area), samples::use_by_day(365, Shape::Bars));
    let (period, week) = (samples::measured_often(1_200), samples::week());
    let daily: Vec<u64> = (0..30).map(|day| samples::amount(day, 4)).collect();
    let chart = stacked(&area, &look)?;

    let bare = median(|| Ok(bare(&area)?.len()))?;
    let mut out = std::io::stdout().lock();
    let mut say = |measure: &str, is_drawn: bool, value: f64| {
        let ratio = value / bare;
        writeln!(
            out,
            r#"{{"measure":"{measure}","value":{value:.4},"unit":"ms","baseline":{bare:.4},"ratio":{ratio:.2},"drawn":{is_drawn}}}"#
        )
    };
    say("an area of 365 days and 5 groups", true, median(|| Ok(stacked(&area, &look)?.svg.len()))?)?;
    say("bars of 365 days and 5 groups", true, median(|| Ok(stacked(&bars, &look)?.svg.len()))?)?;
    say("a burn-down of 1,200 amounts with a fan", true, median(|| Ok(burn_down(&period, &look)?.svg.len()))?)?;
    say("a heat map", true, median(|| Ok(heat_map(&week, &look)?.svg.len()))?)?;
    say("a sparkline of 30 days", true, median(|| Ok(sparkline(&daily).path.len()))?)?;
    say("the table of the area", false, median(|| Ok(csv(&chart, area.zone).len()))?)?;
    say("the area as PNG at twice its size", false, median(|| Ok(png(&chart.svg, 2.0)?.len()))?)?;
    Ok(())
}

/// The median time of a run in milliseconds.
fn median(run: impl Fn() -> Result<usize, Failed>) -> Result<f64, Failed> {
    let mut times = Vec::with_capacity(RUNS);
    let begun = Stopwatch::start();
    for _ in 0..RUNS {
        let watch = Stopwatch::start();
        black_box(run()?);
        times.push(watch.elapsed().as_secs_f64() * 1000.0);
        // What takes long is measured less often.
        if begun.elapsed().as_secs() >= 3 {
            break;
        }
    }
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().ok_or_else(|| "nothing was measured".into())
}

/// The same areas with plotters alone: its own axes, one polygon each.
#[allow(clippy::cast_precision_loss)]
fn bare(input: &Stacked) -> Result<String, Failed> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (SIZE.width, SIZE.height)).into_drawing_area();
        let mut lower = vec![0_u64; input.buckets.len()];
        let mut areas = Vec::new();
        for series in &input.series {
            let upper: Vec<u64> = lower.iter().zip(&series.values).map(|(below, value)| below + value).collect();
            let edge = |values: &[u64]| -> Vec<(f64, f64)> {
                values.iter().enumerate().map(|(day, value)| (day as f64, *value as f64)).collect()
            };
            let mut outline = edge(&upper);
            outline.extend(edge(&lower).into_iter().rev());
            areas.push(outline);
            lower = upper;
        }
        let top = lower.iter().copied().max().unwrap_or(1) as f64;
        let mut chart = ChartBuilder::on(&root)
            .x_label_area_size(24)
            .y_label_area_size(40)
            .build_cartesian_2d(0.0..input.buckets.len() as f64, 0.0..top)?;
        chart.configure_mesh().label_style(("Inter", 11).into_font()).draw()?;
        for (shade, outline) in (40_u8..).step_by(40).zip(areas) {
            chart.draw_series(std::iter::once(Polygon::new(outline, RGBColor(shade, 90, 120).mix(0.86))))?;
        }
        root.present()?;
    }
    Ok(svg)
}
