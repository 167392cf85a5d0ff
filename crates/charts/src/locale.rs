//! How numbers and dates are written. The window knows the person's locale and hands it on, so that a picture and the words
//! around it agree.

/// How numbers and dates are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    /// What parts a number's whole from its fraction.
    pub decimal: String,
    /// What stands between groups of three digits; may be empty.
    pub group: String,
    /// What a thousand, a million, 10^9 and 10^12 are called behind a compact number.
    pub compact: [String; 4],
    /// The months, short, from January on.
    pub months: [String; 12],
    /// The weekdays, short, from Monday on.
    pub weekdays: [String; 7],
    /// A day of a month, with `{d}` and `{m}` in it.
    pub day: String,
    /// A day with its weekday, with `{w}`, `{d}` and `{m}` in it.
    pub weekday_day: String,
    /// A month with its year, with `{m}` and `{y}` in it.
    pub month_year: String,
}

impl Default for Locale {
    /// English as written in Europe: "12.5 k", "Tue 14 Nov", "Nov 2026".
    fn default() -> Self {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        Self {
            decimal: ".".to_owned(),
            group: ",".to_owned(),
            compact: ["k", "M", "bn", "tn"].map(str::to_owned),
            months: months.map(str::to_owned),
            weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map(str::to_owned),
            day: "{d} {m}".to_owned(),
            weekday_day: "{w} {d} {m}".to_owned(),
            month_year: "{m} {y}".to_owned(),
        }
    }
}
