//! Charts are drawn in the colours of the theme that the UI sends, never in their own.

use crate::rust_text::{of_the_product, words};
use crate::violation::{Violation, line_at};
use crate::walk::Source;

pub(crate) fn written_down(sources: &[Source]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for text in of_the_product(sources) {
        if !text.path.starts_with("crates/charts/src/") {
            continue;
        }
        let mut say = |at: usize, colour: &str| {
            violations.push(Violation {
                path: text.path.clone(),
                line: line_at(&text.code, at),
                rule: "no colour is written down in chart code",
                what: format!("`{colour}` is a colour of its own"),
                instead: "take it from the theme: the palette is in ui/src/styles/tokens.css",
            });
        };
        for (at, _) in text.literals.match_indices('#') {
            if let Some(colour) = hex_colour(&text.literals, at) {
                say(at, colour);
            }
        }
        for at in words(&text.code, "RGBColor") {
            let rest = text.code[at..].trim_start_matches("RGBColor").trim_start();
            if rest
                .strip_prefix('(')
                .is_some_and(|inside| inside.trim_start().starts_with(|c: char| c.is_ascii_digit()))
            {
                say(at, "RGBColor(…)");
            }
        }
    }
    violations
}

/// `#` and 3, 4, 6 or 8 hexadecimal digits, unless it refers to something in the picture or spells a character.
fn hex_colour(text: &str, at: usize) -> Option<&str> {
    let digits = text[at + 1..].bytes().take_while(u8::is_ascii_hexdigit).count();
    let end = at + 1 + digits;
    let goes_on = text[end..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let refers = ["url(", "href=\"", "href='", "href=\\\"", "&"].iter().any(|before| text[..at].ends_with(before));
    (matches!(digits, 3 | 4 | 6 | 8) && !goes_on && !refers).then(|| &text[at..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        written_down(&[Source { path: path.into(), text: text.into() }]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_colour_of_its_own_is_named() {
        for (line, colour) in [
            ("let a = \"#1a2B3c\";", "#1a2B3c"),
            ("let a = \"fill='#fff'\";", "#fff"),
            ("let a = r##\"<path fill=\"#00112233\"/>\"##;", "#00112233"),
            ("let a = RGBColor(0x1a, 20, 30);", "RGBColor(…)"),
        ] {
            let found = found("crates/charts/src/trend.rs", &format!("\n{line}\n"));
            assert_eq!(found.len(), 1, "{line}: {found:#?}");
            assert!(found[0].starts_with(&format!("crates/charts/src/trend.rs:2: `{colour}`")), "{}", found[0]);
        }
    }

    #[test]
    fn the_theme_references_characters_comments_and_tests_are_fine() {
        let nothing: [String; 0] = [];
        for text in [
            "// like #fff\n#[derive(Debug)] struct A;",
            "let a = \"url(#fade) &#160; #12 #12345 #bad-id #{}\"; RGBColor(r, g, b)",
            "#[cfg(test)]\nmod tests { const A: &str = \"#fff\"; }",
        ] {
            assert_eq!(found("crates/charts/src/lib.rs", text), nothing, "{text}");
        }
        assert_eq!(found("crates/charts/tests/a.rs", "\"#fff\""), nothing);
        assert_eq!(found("crates/app/src/a.rs", "\"#fff\""), nothing);
    }
}
