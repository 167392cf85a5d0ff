//! The configuration file: TOML, a line a setting.

use std::fmt::Write;

use toml::de::{DeTable, DeValue};

use super::table::{SETTINGS, Setting, setting};

/// A value that stands in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) key: &'static str,
    pub(super) text: String,
    /// Where, like `line 3, column 1`.
    pub(super) place: String,
}

/// What a file says, or its first mistake with its place.
pub(super) fn read(text: &str) -> Result<Vec<Written>, String> {
    let table = DeTable::parse(text).map_err(|error| {
        format!("{}: {}", place(text, error.span().map_or(0, |span| span.start)), first(error.message()))
    })?;
    let mut values: Vec<_> = table.get_ref().iter().collect();
    values.sort_by_key(|(key, _)| key.span().start);
    let written = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let name: &str = AsRef::<str>::as_ref(key.get_ref());
        let known = setting(name).ok_or_else(|| format!("{}: {}", place(text, key.span().start), unknown(name)))?;
        let place = place(text, value.span().start);
        match flat(value.get_ref()) {
            Some(text) => Ok(Written { key: known.key, text, place }),
            None => Err(format!("{place}: {}: needs {}", known.key, known.value)),
        }
    };
    values.into_iter().map(written).collect()
}

/// A value as it would stand in the environment; none, if it has no such form.
fn flat(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(is_so) => Some(is_so.to_string()),
        DeValue::Array(list) => {
            let texts: Option<Vec<&str>> = list.iter().map(|one| one.get_ref().as_str()).collect();
            texts.map(|texts| texts.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

fn unknown(name: &str) -> String {
    let mut message = format!("there is no setting \"{}\"", name.chars().take(64).collect::<String>());
    let near = SETTINGS.iter().map(|setting| (strsim::osa_distance(&name.replace('-', "_"), setting.key), setting));
    if let Some((_, Setting { key, .. })) = near.filter(|(apart, _)| *apart <= 2).min_by_key(|(apart, _)| *apart) {
        let _ = write!(message, ": \"{key}\" is meant, perhaps");
    }
    message
}

fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}

fn first(message: &str) -> String {
    message.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_there_is_told_with_its_place() {
        let text = "# ours\nlisten = \"0.0.0.0:80\"\nconnections = 10_000\nsample = true\ntrusted_proxies = [\"::1\", \"10.0.0.1\"]\n";
        let read = read(text).unwrap();
        let told: Vec<(&str, &str, &str)> =
            read.iter().map(|one| (one.key, one.text.as_str(), one.place.as_str())).collect();
        assert_eq!(
            told,
            [
                ("listen", "0.0.0.0:80", "line 2, column 10"),
                ("connections", "10000", "line 3, column 15"),
                ("sample", "true", "line 4, column 10"),
                ("trusted_proxies", "::1,10.0.0.1", "line 5, column 19"),
            ]
        );
        assert_eq!(super::read("").unwrap(), []);
    }

    #[test]
    fn a_mistake_is_one_line_with_its_place() {
        for (text, message) in [
            (
                "listen = 'a'\nlissen = 'b'",
                "line 2, column 1: there is no setting \"lissen\": \"listen\" is meant, perhaps",
            ),
            (
                "log-format = 'json'",
                "line 1, column 1: there is no setting \"log-format\": \"log_format\" is meant, perhaps",
            ),
            ("colour = 'red'", "line 1, column 1: there is no setting \"colour\""),
            ("config = 'x.toml'", "line 1, column 1: there is no setting \"config\""),
            ("[listen]\nport = 1", "line 1, column 1: listen: needs ADDRESS"),
            ("header_timeout = 1.5", "line 1, column 18: header_timeout: needs SECONDS"),
            ("\n  log = [1]", "line 2, column 9: log: needs FILTER"),
        ] {
            assert_eq!(read(text).unwrap_err(), message, "{text}");
        }
        for broken in ["listen = ", "listen = 'a'\nlisten = 'b'", "\u{0}"] {
            let error = read(broken).unwrap_err();
            assert!(error.starts_with("line ") && error.lines().count() == 1, "{error}");
        }
    }
}
