//! What a TOML reader says of a table that is there twice, told once: it names every line of the second.

use std::collections::BTreeSet;

use super::tree::Unreadable;

/// What the reader says where a name was there before.
const TWICE: &str = "duplicate key";

/// A table's header: the byte at which its line begins, the table's name, and whether it is one of a list.
struct Header<'a> {
    at: usize,
    name: &'a str,
    is_of_list: bool,
}

/// The same mistakes, of a table that is there more than once one alone; `is_list` says which tables may be, in a list.
pub(super) fn merged(text: &str, mistakes: Vec<Unreadable>, is_list: impl Fn(&str) -> bool) -> Vec<Unreadable> {
    if mistakes.iter().all(|mistake| mistake.message != TWICE) {
        return mistakes;
    }
    let headers = headers(text);
    let mut told = BTreeSet::new();
    let mut merged = Vec::with_capacity(mistakes.len());
    for mut mistake in mistakes {
        if mistake.message != TWICE {
            merged.push(mistake);
            continue;
        }
        match repeated(&headers, mistake.at) {
            Some(name) if !told.insert(name) => continue,
            Some(name) if is_list(name) => {
                mistake.message = format!("[{name}] is there more than once: write [[{name}]] for each");
            }
            Some(name) => mistake.message = format!("[{name}] is there more than once: keep one"),
            None => mistake.message = "is there twice: keep one".into(),
        }
        merged.push(mistake);
    }
    merged
}

/// The table that a byte is in, if that has a header before this one, and they are not both of a list.
fn repeated<'a>(headers: &[Header<'a>], at: usize) -> Option<&'a str> {
    let (own, before) = headers.get(..headers.partition_point(|one| one.at <= at))?.split_last()?;
    let is_same = |one: &Header<'_>| one.name == own.name && !(one.is_of_list && own.is_of_list);
    before.iter().any(is_same).then_some(own.name)
}

/// Every header. A line of a long text that looks like one is taken for one: it changes no more than a message.
fn headers(text: &str) -> Vec<Header<'_>> {
    let mut headers = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(inner) = line.trim_start().strip_prefix('[') {
            let (inner, is_of_list) = inner.strip_prefix('[').map_or((inner, false), |inner| (inner, true));
            if let Some((name, _)) = inner.split_once(']') {
                headers.push(Header { at, name: name.trim(), is_of_list });
            }
        }
        at += line.len();
    }
    headers
}
