use super::*;
use crate::Size;
use crate::calendar::moment;
use crate::fixtures::{german, look};
use chrono_tz::UTC;

const SIZE: Size = Size { width: 400, height: 200 };

fn weeks(locale: Locale) -> [String; 4] {
    let look = Look { locale, ..look(SIZE) };
    let dates = Dates::new(UTC, &look);
    let week = |from, to, dated| dates.bucket(Step::Week, moment(UTC, from), moment(UTC, to), dated);
    [
        week("2025-11-10 00:00", "2025-11-17 00:00", false),
        week("2025-11-24 00:00", "2025-12-01 00:00", true),
        week("2025-12-29 00:00", "2026-01-05 00:00", true),
        week("2025-11-30 00:00", "2025-12-01 00:00", false),
    ]
}

#[test]
fn buckets_are_called_what_people_call_them() {
    let look = look(SIZE);
    let dates = Dates::new(UTC, &look);
    let name = |step, from, to, dated| dates.bucket(step, moment(UTC, from), moment(UTC, to), dated);
    assert_eq!(name(Step::Hour, "2025-11-14 09:00", "2025-11-14 10:00", false), "Fri 14 Nov, 09:00");
    assert_eq!(name(Step::Day, "2025-11-14 00:00", "2025-11-15 00:00", false), "Fri 14 Nov");
    assert_eq!(name(Step::Day, "2025-11-14 00:00", "2025-11-15 00:00", true), "Fri 14 Nov 2025");
    assert_eq!(name(Step::Month, "2025-11-01 00:00", "2025-12-01 00:00", false), "Nov 2025");
    assert_eq!(
        weeks(Locale::default()),
        ["10 – 16 Nov", "24 – 30 Nov 2025", "29 Dec 2025 – 4 Jan 2026", "30 Nov"].map(str::to_owned)
    );
}

#[test]
fn dates_follow_the_order_and_the_signs_of_a_language() {
    let american = Locale { day: "{m} {d}".to_owned(), weekday_day: "{w}, {m} {d}".to_owned(), ..Locale::default() };
    assert_eq!(weeks(american.clone())[0], "Nov 10 – 16");
    let american = Look { locale: american, ..look(SIZE) };
    let at = moment(UTC, "2025-11-14 00:00");
    assert_eq!(Dates::new(UTC, &american).bucket(Step::Day, at, at, true), "Fri, Nov 14 2025");
    assert_eq!(weeks(german())[0], "10. – 16. Nov.");
    let japanese = Locale {
        months: std::array::from_fn(|index| format!("{}月", index + 1)),
        day: "{m}{d}日".to_owned(),
        month_year: "{y}年{m}".to_owned(),
        ..Locale::default()
    };
    assert_eq!(weeks(japanese)[1], "2025年11月24日 – 30日");
}

#[test]
fn no_english_is_left_where_the_words_are_others() {
    let look = crate::fixtures::foreign(look(SIZE));
    let dates = Dates::new(UTC, &look);
    let at = moment(UTC, "2025-11-14 14:00");
    assert_eq!(dates.minute(at), "Fr. 14. Nov. um 14:00");
    assert_eq!(dates.expected(at), "erwartet am Fr. 14. Nov.");
    assert_eq!(dates.tick(Unit::Months(1), at, true), "Nov. 2025");
    assert_eq!(dates.tick(Unit::Hours(1), at, true), "14:00");
    assert_eq!(dates.tick(Unit::Days(1), at, true), "14. Nov.");
}
