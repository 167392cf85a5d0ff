use super::*;
use crate::fixtures::{DAY, NOVEMBER, any_text, look};
use crate::{Bucket, Previous, Series, Shape, Size, Stacked, Step, stacked};
use chrono_tz::{America::St_Johns, Europe::Berlin, UTC};
use proptest::prelude::*;

fn chart(names: &[&str]) -> Chart {
    let series = |name: &&str| Series { key: (*name).to_owned(), name: (*name).to_owned(), values: vec![1_234_567, 0] };
    let bucket = |day| Bucket { start: NOVEMBER + day * DAY, end: NOVEMBER + (day + 1) * DAY };
    let input = Stacked {
        series: names.iter().map(series).collect(),
        buckets: vec![bucket(0), bucket(1)],
        domain_end: NOVEMBER + 2 * DAY,
        previous: Some(Previous { name: "October".to_owned(), totals: vec![5] }),
        zone: UTC,
        step: Step::Day,
        shape: Shape::Bars,
    };
    stacked(&input, &look(Size { width: 400, height: 200 })).unwrap()
}

#[test]
fn a_row_is_an_instant_and_its_amounts() {
    let table = csv(&chart(&["Syncs", "Replies"]), Berlin);
    assert_eq!(
        table,
        "at,label,Syncs,Replies,October\r\n\
         2025-11-01T01:00:00+01:00,Sat 1 Nov,1234567,1234567,5\r\n\
         2025-11-02T01:00:00+01:00,Sun 2 Nov,0,0,\r\n"
    );
    assert!(csv(&chart(&[]), St_Johns).contains("2025-10-31T21:30:00-02:30"));
}

#[test]
fn names_are_neither_formulas_nor_markup_of_the_table() {
    let table = csv(&chart(&["=1+1", "@x", "a,b", "say \"hi\"", "two\nlines"]), UTC);
    assert!(table.starts_with("at,label,'=1+1,'@x,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",October\r\n"), "{table}");
}

#[test]
fn a_heat_map_has_hours_and_no_instants() {
    let mut credits = [[0; 24]; 7];
    credits[6][23] = 9;
    let chart = crate::heat_map(&crate::HeatMap { credits }, &look(Size { width: 400, height: 200 })).unwrap();
    let table = csv(&chart, UTC);
    assert!(table.starts_with("label,Mon,Tue,Wed,Thu,Fri,Sat,Sun\r\n0 – 1 h,0,0,0,0,0,0,0\r\n"), "{table}");
    assert!(table.ends_with("23 – 24 h,0,0,0,0,0,0,9\r\n"), "{table}");
}

/// Reads a table back as a spreadsheet would.
fn read(table: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut rest) = (false, table.chars().peekable());
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted && rest.peek() == Some(&'\n') => {
                rest.next();
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(cell.is_empty() && row.is_empty() && !quoted);
    rows
}

proptest! {
    #[test]
    fn any_names_keep_their_columns(names in prop::collection::vec(any_text(), 0..5)) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let rows = read(&csv(&chart(&names), UTC));
        prop_assert_eq!(rows.len(), 3);
        for row in &rows {
            prop_assert_eq!(row.len(), names.len() + 3);
            prop_assert!(!row.iter().any(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])));
        }
        for (cell, name) in rows[0].iter().skip(2).zip(&names) {
            prop_assert!(cell == name || cell.strip_prefix('\'') == Some(*name), "{:?} of {:?}", cell, name);
        }
    }
}
