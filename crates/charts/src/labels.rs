//! Text in a picture: how wide it is, what may stand in it, and how labels keep off each other.

/// The size of all text, in pixels.
pub(crate) const TEXT: f64 = 11.0;
/// From one line of text to the next, in pixels.
pub(crate) const LINE: f64 = 14.0;

/// The text without what XML forbids, or what would draw it elsewhere than it is read: control
/// characters and those that turn the direction of writing.
pub(crate) fn plain(text: &str) -> String {
    let kept = text.chars().filter_map(|c| match c {
        '\t' | '\n' | '\r' => Some(' '),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => None,
        c if c.is_control() => None,
        c => Some(c),
    });
    kept.collect()
}

/// The text, to be read in the direction of its first letter. A picture is read from left to right, and so would the ellipsis
/// be that a text from right to left is cut with: at its right, where it begins.
///
/// Marks of embedding, not of isolation: `WebKit` knows those in a picture, and not these.
pub(crate) fn directed(text: String) -> String {
    let is_from_the_right = |c: char| {
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
            || matches!(c, '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    };
    let first = text.chars().find(|c| c.is_alphabetic());
    if first.is_some_and(is_from_the_right) { format!("\u{202b}{text}\u{202c}") } else { text }
}

/// About how wide the text is, in pixels: of Inter in the heavier of its weights, a letter a guess, and rather too wide
/// than too narrow. The text may be shown in another font after all, so that more than a guess is nothing to rely on.
pub(crate) fn width(text: &str) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            ' ' | '.' | ',' | ':' | ';' | '\'' | '!' | 'i' | 'j' | 'l' | 'I' | '\u{2009}' | '\u{202f}' => 0.33,
            'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '|' => 0.42,
            'w' | 'm' | 'M' => 0.93,
            'W' | '%' | '@' | '…' | '—' => 1.03,
            '0'..='9' => 0.65,
            'a'..='z' => 0.63,
            'A'..='Z' => 0.78,
            // Cyrillic has more wide letters than Latin and Greek.
            'ж' | 'м' | 'ф' | 'ш' | 'щ' | 'ы' | 'ю' => 0.95,
            'а'..='я' => 0.68,
            '\u{400}'..='\u{52f}' => 0.88,
            // Marks of direction are nothing to see.
            '\u{202b}' | '\u{202c}' => 0.0,
            // A whole sentence in one letter.
            '\u{fdfd}' => 10.0,
            c if (c as u32) < 0x2190 => 0.73,
            c if (c as u32) < 0x1_f000 => 1.0,
            _ => 1.4,
        })
        .sum();
    em * TEXT
}

/// The text, cut with an ellipsis where it is wider than `room` pixels.
pub(crate) fn fit(text: &str, room: f64) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept) + width("…") > room {
            kept.pop();
            break;
        }
    }
    kept.trim_end().to_owned() + "…"
}

/// How many labels fit one above the other between `low` and `high`.
pub(crate) fn capacity(low: f64, high: f64, gap: f64) -> usize {
    if high < low {
        return 0;
    }
    let mut count = 1;
    let mut end = low + gap;
    while end <= high {
        count += 1;
        end += gap;
    }
    count
}

/// Moves ascending positions as little as possible so that each is `gap` after the one before and
/// all are within `low..=high`. The caller sees to it that they fit ([`capacity`]).
pub(crate) fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    // Runs of labels that touch, as (where the first would be best, how many). Two runs that overlap
    // become one, around the mean of what its labels want.
    let mut runs: Vec<(f64, f64)> = Vec::new();
    for position in wanted {
        let mut run = (*position, 1.0);
        while let Some((start, count)) = runs.last().copied() {
            if start + count * gap <= run.0 {
                break;
            }
            runs.pop();
            let both = count + run.1;
            run = ((start * count + (run.0 - count * gap) * run.1) / both, both);
        }
        runs.push(run);
    }
    let mut placed = Vec::with_capacity(wanted.len());
    for (start, count) in runs {
        let mut left = count;
        while left > 0.5 {
            placed.push(start + (count - left) * gap);
            left -= 1.0;
        }
    }
    // From the ends inward: an end pushes only what is too near to it.
    let mut floor = low;
    for position in &mut placed {
        *position = position.max(floor);
        floor = *position + gap;
    }
    let mut ceiling = high;
    for position in placed.iter_mut().rev() {
        *position = position.min(ceiling);
        ceiling = *position - gap;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_that_do_not_touch_stay() {
        assert_eq!(spread(&[20.0, 60.0, 90.0], 14.0, 0.0, 100.0), [20.0, 60.0, 90.0]);
    }

    #[test]
    fn labels_that_touch_part_evenly_and_stay_inside() {
        assert_eq!(spread(&[50.0, 50.0], 14.0, 0.0, 100.0), [43.0, 57.0]);
        assert_eq!(spread(&[97.0, 98.0, 99.0], 14.0, 0.0, 100.0), [72.0, 86.0, 100.0]);
    }

    #[test]
    fn text_that_is_too_wide_is_cut() {
        assert_eq!(fit("Replies", 100.0), "Replies");
        let cut = fit("Conversation summaries for everyone", 100.0);
        assert!(cut.ends_with('…') && width(&cut) <= 100.0, "{cut}");
        assert_eq!(fit("Replies", 0.0), "…");
    }

    #[test]
    fn text_has_the_direction_of_its_first_letter_and_is_as_wide_as_it_was() {
        for text in ["Replies", "Größe…", "Ответы", "5,000", "会話", "", "Boost حزمة…"] {
            assert_eq!(directed(text.to_owned()), text);
        }
        for text in ["الردود التلقائية…", "סיכום…", "+2 حزمة Boost…", "𞤀𞤣"] {
            let marked = directed(text.to_owned());
            assert_eq!(marked, format!("\u{202b}{text}\u{202c}"));
            assert!((width(&marked) - width(text)).abs() < 1e-9);
        }
    }

    #[test]
    fn text_is_free_of_what_xml_forbids() {
        assert_eq!(plain("a\0b\u{1b}c\nd\u{202e}e\u{ffff}f"), "abc def");
    }

    proptest! {
        #[test]
        fn labels_never_overlap(mut wanted in prop::collection::vec(-50.0..400.0_f64, 0..20), slack in 0.0..100.0_f64) {
            wanted.sort_by(f64::total_cmp);
            let high = 10.0 + 14.0 * wanted.len().saturating_sub(1) as f64 + slack;
            prop_assert!(capacity(10.0, high + 1e-6, 14.0) >= wanted.len());
            let placed = spread(&wanted, 14.0, 10.0, high);
            prop_assert_eq!(placed.len(), wanted.len());
            prop_assert!(placed.windows(2).all(|pair| pair[1] - pair[0] >= 14.0 - 1e-6), "{:?}", placed);
            prop_assert!(placed.iter().all(|y| (10.0 - 1e-6..=high + 1e-6).contains(y)), "{:?}", placed);
        }
    }
}
