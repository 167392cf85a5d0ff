//! Which known name somebody meant who wrote an unknown one.

/// Longer names are no slip of the pen, and take their time.
const MAX_LENGTH: usize = 64;

/// The known name that is nearest to one that is not known, if it is near enough to be a slip: a letter or two, another
/// case or hyphen, or something too much or too little at its end.
pub(super) fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > MAX_LENGTH {
        return None;
    }
    let name = name.to_lowercase().replace(['-', ' '], "_");
    let near = known.filter_map(|one| {
        let apart = strsim::osa_distance(&name, one);
        let shorter = name.len().min(one.len());
        let most = if shorter < 4 { 1 } else { 2 };
        let begins = shorter > 2 && (name.starts_with(one) || one.starts_with(&name));
        (begins || apart <= most).then_some((apart, one))
    });
    near.min_by_key(|(apart, _)| *apart).map(|(_, one)| one)
}

#[cfg(test)]
mod tests {
    use super::*;

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
