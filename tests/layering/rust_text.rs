//! Rust sources as the rules read them: without comments, without tests, literals told from code.
//!
//! Everything left out becomes spaces, so that a byte here is the same byte, and the same line, in the file.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::walk::Source;

/// A Rust file that is not a test, in two readings.
pub(crate) struct RustText {
    pub(crate) path: String,
    /// Code alone.
    pub(crate) code: String,
    /// The text inside literals alone.
    pub(crate) literals: String,
}

/// The files that are built into the product: not those in `tests` and `benches`, nor modules under `#[cfg(test)]`.
pub(crate) fn of_the_product(sources: &[Source]) -> Vec<RustText> {
    let rust = || sources.iter().filter(|source| source.path.ends_with(".rs"));
    let tests: BTreeSet<String> = rust().flat_map(test_modules).collect();
    rust()
        .filter(|source| {
            let folders = source.path.rsplit_once('/').map_or("", |(folders, _)| folders);
            !folders.split('/').any(|folder| matches!(folder, "tests" | "benches"))
                && !tests.iter().any(|module| is_in(&source.path, module))
        })
        .filter_map(|source| {
            let (mut code, mut literals) = readings(&source.text);
            if code.contains("#![cfg(test)]") {
                return None;
            }
            for range in test_items(&code) {
                blank(&mut code, range.clone());
                blank(&mut literals, range);
            }
            Some(RustText { path: source.path.clone(), code, literals })
        })
        .collect()
}

/// Where `word` stands in code as a word of its own.
pub(crate) fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = code[..*at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

/// Where what opens at `open` closes: the byte after the matching bracket.
pub(crate) fn closed(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

/// Past blanks and attributes, to what they stand before.
pub(crate) fn past_attributes(code: &str, mut at: usize) -> usize {
    loop {
        at += code[at..].len() - code[at..].trim_start().len();
        if !code[at..].starts_with("#[") {
            return at;
        }
        at = closed(code, at + 1);
    }
}

fn is_in(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The modules in files of their own that a file declares for tests, as paths without `.rs`.
fn test_modules(source: &Source) -> Vec<String> {
    let (code, _) = readings(&source.text);
    let (folder, file) = source.path.rsplit_once('/').unwrap_or(("", source.path.as_str()));
    let stem = file.trim_end_matches(".rs");
    let inside = if matches!(stem, "lib" | "main" | "mod") { folder.to_owned() } else { format!("{folder}/{stem}") };
    test_items(&code)
        .into_iter()
        .filter_map(|range| {
            let declaration = code[past_attributes(&code, range.start)..range.end].trim();
            let name = declaration.strip_suffix(';')?.rsplit_once("mod ")?.1.trim();
            Some(format!("{inside}/{name}"))
        })
        .collect()
}

/// Items that exist in tests alone, with their attributes.
fn test_items(code: &str) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    let mut from = 0;
    while let Some(start) = code[from..].find("#[").map(|at| from + at) {
        let end = closed(code, start + 1);
        let attribute: String = code[start..end].chars().filter(|c| !c.is_whitespace()).collect();
        let for_tests = attribute.starts_with("#[cfg(test)")
            || attribute.starts_with("#[cfg(all(test,")
            || attribute == "#[test]"
            || attribute.contains("::test]")
            || attribute.contains("::test(");
        from = end;
        if for_tests {
            from = item_end(code, past_attributes(code, end));
            items.push(start..from);
        }
    }
    items
}

/// An item ends with its block, or with a semicolon before any block.
fn item_end(code: &str, start: usize) -> usize {
    let mut at = start;
    while let Some(byte) = code.as_bytes().get(at) {
        match byte {
            b'(' | b'[' => at = closed(code, at),
            b'{' => return closed(code, at),
            b';' => return at + 1,
            _ => at += 1,
        }
    }
    code.len()
}

fn blank(text: &mut String, range: Range<usize>) {
    let blanks: String = text[range.clone()].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range, &blanks);
}

/// The text as code alone and as literals alone.
fn readings(text: &str) -> (String, String) {
    let (mut code, mut literals) = (text.to_owned(), text.to_owned());
    let mut at = 0;
    let mut code_from = 0;
    while at < text.len() {
        let Some((kind, end)) = not_code(text, at) else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        blank(&mut literals, code_from..at);
        blank(&mut code, at..end);
        if kind == NotCode::Comment {
            blank(&mut literals, at..end);
        }
        at = end;
        code_from = end;
    }
    blank(&mut literals, code_from..text.len());
    (code, literals)
}

#[derive(PartialEq)]
enum NotCode {
    Comment,
    Literal,
}

/// The comment or literal that starts at a byte, and where it ends.
fn not_code(text: &str, at: usize) -> Option<(NotCode, usize)> {
    let rest = &text[at..];
    if rest.starts_with("//") {
        return Some((NotCode::Comment, at + rest.find('\n').unwrap_or(rest.len())));
    }
    if rest.starts_with("/*") {
        return Some((NotCode::Comment, at + comment_length(rest)));
    }
    if let Some(body) = rest.strip_prefix('"') {
        return Some((NotCode::Literal, at + 1 + quoted_length(body, '"')));
    }
    if let Some(body) = rest.strip_prefix('\'') {
        let mut chars = body.chars();
        let is_character = match chars.next() {
            Some('\\') => true,
            Some(_) => chars.next() == Some('\''),
            None => false,
        };
        return is_character.then(|| (NotCode::Literal, at + 1 + quoted_length(body, '\'')));
    }
    if let Some(after) = rest.strip_prefix('r') {
        // A raw string, unless the r ends a name: `br` and `cr` are prefixes, too.
        let before = text[..at].trim_end_matches(['b', 'c']).chars().next_back();
        let hashes = after.len() - after.trim_start_matches('#').len();
        if after[hashes..].starts_with('"') && !before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = &after[hashes + 1..];
            let length = body.find(&close).map_or(body.len(), |end| end + close.len());
            return Some((NotCode::Literal, at + 1 + hashes + 1 + length));
        }
    }
    None
}

fn comment_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a literal's body with its closing quote.
fn quoted_length(body: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    body.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(files: &[(&str, &str)]) -> Vec<RustText> {
        let sources: Vec<Source> =
            files.iter().map(|(path, text)| Source { path: (*path).into(), text: (*text).into() }).collect();
        of_the_product(&sources)
    }

    fn code(text: &str) -> String {
        product(&[("crates/a/src/lib.rs", text)]).remove(0).code
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        let text = "a // b\n/* c /* d */ e */ f(\"g // \\\" h\", 'i', '\\'', r#\"j \" k\"#, b\"l\", br\"m\") 'n: 'o'";
        let left: String = code(text).split_whitespace().collect();
        assert_eq!(left, "af(,,,,b,b)'n:");
        assert_eq!(code(text).len(), text.len());
    }

    #[test]
    fn literals_are_read_alone() {
        let all = product(&[("crates/a/src/lib.rs", "// x\nlet a = \"y\"; let r#type = r\"z\";")]);
        assert_eq!(all[0].literals.split_whitespace().collect::<String>(), "\"y\"r\"z\"");
    }

    #[test]
    fn names_that_end_in_r_open_no_raw_string() {
        assert!(code("let x = for_r; let y = bar\"\"; z").contains('z'));
    }

    #[test]
    fn tests_are_left_out() {
        let text = "fn a() {}\n#[cfg(test)]\n#[path = \"x.rs\"]\nmod tests {\n fn b() { [1; 2] }\n}\nfn c() {}\n\
                    #[tokio::test(start_paused = true)]\nasync fn d() -> [u8; 2] { e() }\n#[cfg(test)]\nuse f;\n\
                    #[cfg(not(test))]\nfn g() {}";
        let code = code(text);
        for kept in ["fn a", "fn c", "fn g"] {
            assert!(code.contains(kept), "{code}");
        }
        for left_out in ["fn b", "async fn d", "use f"] {
            assert!(!code.contains(left_out), "{code}");
        }
        assert_eq!(code.lines().count(), text.lines().count());
    }

    #[test]
    fn test_files_are_left_out() {
        let files = [
            ("crates/a/src/lib.rs", "#[cfg(test)]\nmod story;\nmod kept;"),
            ("crates/a/src/story.rs", ""),
            ("crates/a/src/story/part.rs", ""),
            ("crates/a/src/storyline.rs", ""),
            ("crates/a/src/kept.rs", "#[cfg(test)] mod tests;"),
            ("crates/a/src/kept/tests.rs", ""),
            ("crates/a/src/kept/all.rs", "#![cfg(test)]"),
            ("crates/a/tests/it.rs", ""),
            ("tests/window.rs", ""),
            ("crates/a/src/notes.md", ""),
        ];
        let paths: Vec<String> = product(&files).into_iter().map(|text| text.path).collect();
        assert_eq!(paths, ["crates/a/src/lib.rs", "crates/a/src/storyline.rs", "crates/a/src/kept.rs"]);
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(words("now(); Utc::now(); MyUtc::now(); Utc::nowhere()", "Utc::now").collect::<Vec<_>>(), [7]);
    }
}
