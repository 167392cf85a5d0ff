//! The words that charts put between numbers and dates. The window knows the person's language and hands them on.

/// The words of the points beside a picture, and of its hours.
///
/// A pattern says where its parts go; a part that it does not name is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What was measured to be left: "Left".
    pub left: String,
    /// What is likely to be left: "Expected".
    pub expected: String,
    /// The lower edge of the likely range: "At least".
    pub at_least: String,
    /// Its upper edge: "At most".
    pub at_most: String,
    /// A day that is yet to come, with `{day}` in it: "{day}, expected".
    pub expected_at: String,
    /// A time of a day, with `{day}` and `{time}` in it: "{day}, {time}".
    pub day_time: String,
    /// The hour that a clock shows, with `{h}` in it: "{h} h".
    pub hour: String,
    /// From one hour to the next, with `{from}` and `{to}` in it: "{from} – {to} h".
    pub hours: String,
}

impl Default for Words {
    /// English.
    fn default() -> Self {
        let word = str::to_owned;
        Self {
            left: word("Left"),
            expected: word("Expected"),
            at_least: word("At least"),
            at_most: word("At most"),
            expected_at: word("{day}, expected"),
            day_time: word("{day}, {time}"),
            hour: word("{h} h"),
            hours: word("{from} – {to} h"),
        }
    }
}

/// The pattern with its parts filled in, each `{name}` once through: what a part says is no pattern.
pub(crate) fn fill(pattern: &str, parts: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let part = after.split_once('}').and_then(|(name, tail)| {
            let known = parts.iter().find(|(part, _)| *part == name);
            known.map(|(_, value)| (*value, tail))
        });
        if let Some((value, tail)) = part {
            text.push_str(value);
            rest = tail;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_its_parts_and_nothing_else() {
        let parts = [("d", "14"), ("m", "{d}")];
        assert_eq!(fill("{d} {m}", &parts), "14 {d}");
        assert_eq!(fill("{m}{d}日 {x} {", &parts), "{d}14日 {x} {");
        assert_eq!(fill("", &parts), "");
        assert_eq!(fill("{{d}}", &parts), "{14}");
    }
}
