//! Which known name somebody meant who wrote an unknown one.

/// Longer names are no slip of the pen, and take their time.
const MAX_LENGTH: usize = 64;

/// The known name that is nearest to one that is not known, if it is near enough to be a slip: a letter or two, another
/// case or hyphen, or something too much or too little at its end.
pub(super) fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > MAX_LENGTH {
        return None;
    }
    let name: Vec<char> = name.to_lowercase().replace(['-', ' '], "_").chars().collect();
    let near = known.filter_map(|one| {
        let letters: Vec<char> = one.chars().collect();
        let apart = distance(&name, &letters);
        let most = if name.len().min(letters.len()) < 4 { 1 } else { 2 };
        let begins = name.len().min(letters.len()) > 2 && (name.starts_with(&letters) || letters.starts_with(&name));
        (begins || apart <= most).then_some((apart, one))
    });
    near.min_by_key(|(apart, _)| *apart).map(|(_, one)| one)
}

/// How many letters have to be added, taken out, replaced or swapped with the next to make one of the other.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, wanted) in other.iter().enumerate() {
            let replaced = last[column] + usize::from(letter != wanted);
            let mut least = replaced.min(last[column + 1] + 1).min(next[column] + 1);
            if row > 0 && column > 0 && *letter == other[column - 1] && one[row - 1] == *wanted {
                least = least.min(before[column - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut last, next);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        for (one, other, apart) in [
            ("rate", "rate", 0),
            ("", "rate", 4),
            ("rate", "", 4),
            ("rat", "rate", 1),
            ("rates", "rate", 1),
            ("rite", "rate", 1),
            ("raet", "rate", 1),
            ("arte", "rate", 1),
            ("tare", "rate", 2),
            ("currnecy", "currency", 1),
            ("kitten", "sitting", 3),
        ] {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(distance(&letters(one), &letters(other)), apart, "{one} {other}");
            assert_eq!(distance(&letters(other), &letters(one)), apart, "{other} {one}");
        }
    }

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        let known = ["id", "ai", "name", "group", "rate", "assumed", "time_zone", "expires_after_days"];
        for (name, expected) in [
            ("rat", Some("rate")),
            ("Rate", Some("rate")),
            ("raets", Some("rate")),
            ("rate_per_unit", Some("rate")),
            ("time-zone", Some("time_zone")),
            ("timezone", Some("time_zone")),
            ("expires", Some("expires_after_days")),
            ("ids", Some("id")),
            ("nmae", Some("name")),
            ("a", Some("ai")),
            ("colour", None),
            ("cost", None),
            ("ex", None),
            ("xy", None),
            ("", None),
        ] {
            assert_eq!(meant(name, known.into_iter()), expected, "{name}");
        }
        assert_eq!(meant(&format!("rate{}", "x".repeat(60)), known.into_iter()), Some("rate"));
        assert_eq!(meant(&format!("rate{}", "x".repeat(61)), known.into_iter()), None);
    }
}
