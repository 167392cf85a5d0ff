//! Amounts in the person's way of writing.

use crate::Locale;

/// The exact amount, its digits grouped: "12,345".
pub(crate) fn grouped(value: u64, locale: &Locale) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(&locale.group);
        }
        text.push(digit);
    }
    text
}

/// The largest unit that an amount has one of: 1,000 with its name, say.
fn unit_of(value: u64, locale: &Locale) -> Option<(u64, &str)> {
    let units = [1_000_000_000_000, 1_000_000_000, 1_000_000, 1_000_u64];
    let names = locale.compact.iter().rev().map(String::as_str);
    units.into_iter().zip(names).find(|(unit, _)| value >= *unit)
}

/// The amount in few characters: "12.5 k". To three places behind the point, which say every tick exactly.
fn compact(value: u64, (unit, name): (u64, &str), locale: &Locale) -> String {
    let whole = grouped(value / unit, locale);
    // Ticks are round: most need fewer digits than three.
    let rest = format!("{:03}", (value % unit) / (unit / 1000));
    let rest = rest.trim_end_matches('0');
    let decimal = if rest.is_empty() { "" } else { locale.decimal.as_str() };
    let space = if name.is_empty() { "" } else { " " };
    format!("{whole}{decimal}{rest}{space}{name}")
}

/// The words of ticks: exact with grouped digits on a small axis, else compact, and all in the unit of the highest: "500 M"
/// below "1 bn" looks like more.
pub(crate) fn value_labels(ticks: &[u64], locale: &Locale) -> Vec<String> {
    let unit = ticks.last().filter(|top| **top >= 10_000).and_then(|top| unit_of(*top, locale));
    let label = |value: &u64| match unit {
        Some(unit) if *value > 0 => compact(*value, unit, locale),
        _ => grouped(*value, locale),
    };
    ticks.iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::value_ticks;
    use proptest::prelude::*;

    fn text(locale: &Locale, max: u64, intervals: u32) -> String {
        value_labels(&value_ticks(max, intervals), locale).join("|")
    }

    #[test]
    fn says_ticks_in_few_characters() {
        let english = Locale::default();
        assert_eq!(text(&english, 12_000, 5), "0|2.5 k|5 k|7.5 k|10 k|12.5 k");
        assert_eq!(text(&english, 1_200, 5), "0|250|500|750|1,000|1,250");
        assert_eq!(text(&english, 1_200_000, 5), "0|0.25 M|0.5 M|0.75 M|1 M|1.25 M");
        assert_eq!(text(&english, 9_007_199_254_740_991, 2), "0|5,000 tn|10,000 tn");
    }

    #[test]
    fn writes_numbers_as_the_locale_does() {
        let german = crate::fixtures::german();
        assert_eq!(text(&german, 12_000, 5), "0|2,5 Tsd.|5 Tsd.|7,5 Tsd.|10 Tsd.|12,5 Tsd.");
        assert_eq!(text(&german, 1_200, 5), "0|250|500|750|1.000|1.250");
        let bare = Locale { group: String::new(), compact: [const { String::new() }; 4], ..Locale::default() };
        assert_eq!(text(&bare, 1_200, 2), "0|1000|2000");
        assert_eq!(text(&bare, 12_000, 5), "0|2.5|5|7.5|10|12.5");
    }

    proptest! {
        #[test]
        fn labels_differ_from_tick_to_tick(max in any::<u64>(), shift in 0_u32..64) {
            let labels = value_labels(&value_ticks(max >> shift, 6), &Locale::default());
            prop_assert!(labels.windows(2).all(|pair| pair[0] != pair[1]), "{:?}", labels);
        }

        #[test]
        fn labels_of_an_axis_have_one_unit_and_say_their_ticks_exactly(max in 5_001_u64.., shift in 0_u32..51) {
            let ticks = value_ticks(max >> shift, 8);
            let labels = value_labels(&ticks, &Locale::default());
            let parts: Vec<(&str, &str)> = labels[1..].iter().map(|label| label.split_once(' ').unwrap_or((label, ""))).collect();
            prop_assert!(parts.iter().all(|part| part.1 == parts[0].1), "{:?}", labels);
            let unit = match parts[0].1 { "k" => 3, "M" => 6, "bn" => 9, "tn" => 12, _ => 0 };
            for ((number, _), tick) in parts.iter().zip(&ticks[1..]) {
                let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
                let digits = format!("{}{rest:0<unit$}", whole.replace(',', ""));
                prop_assert_eq!(digits.parse::<u64>().unwrap(), *tick, "{:?}", labels);
            }
        }
    }
}
