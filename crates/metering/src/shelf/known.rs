//! What comes again and again in records, each kept once.

/// How many are kept at most: whatever comes then and is none of them stands in the records that say it.
const MOST: usize = 1 << 12;

/// Things under numbers. One that has been crowded out can be kept a second time: that takes room, and changes nothing.
#[derive(Clone, Debug)]
pub(super) struct Known<T> {
    /// Each with its hash.
    all: Vec<(u64, T)>,
    /// For each end of a hash, one of those that have it: one more than its number. A power of two of them.
    found: Vec<u16>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { all: Vec::new(), found: Vec::new() }
    }
}

impl<T> Known<T> {
    /// The number of what is the same; `new` makes it if there is none with this hash. None if it is not kept.
    #[inline]
    pub(super) fn number(&mut self, hash: u64, is_same: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> Option<usize> {
        let found = self.found.get(self.place(hash)).and_then(|number| usize::from(*number).checked_sub(1));
        match found {
            Some(number) if self.get(number).is_some_and(is_same) => Some(number),
            _ if self.all.len() < MOST => Some(self.keep(hash, new())),
            _ => None,
        }
    }

    /// What has this number.
    pub(super) fn get(&self, number: usize) -> Option<&T> {
        self.all.get(number).map(|(_, one)| one)
    }

    const fn place(&self, hash: u64) -> usize {
        hash as usize & self.found.len().wrapping_sub(1)
    }

    #[inline(never)]
    fn keep(&mut self, hash: u64, new: T) -> usize {
        let number = self.all.len();
        self.all.push((hash, new));
        if self.found.len() < self.all.len() * 2 {
            self.found = vec![0; (self.all.len() * 4).next_power_of_two()];
            (0..number).for_each(|number| self.find_again(number));
        }
        self.find_again(number);
        number
    }

    /// From now on this one is found for its hash.
    fn find_again(&mut self, number: usize) {
        let place = self.all.get(number).map_or(0, |(hash, _)| self.place(*hash));
        if let (Some(found), Ok(number)) = (self.found.get_mut(place), u16::try_from(number + 1)) {
            *found = number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(known: &mut Known<String>, text: &str) -> Option<usize> {
        let hash = text.bytes().fold(1, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        known.number(hash ^ hash >> 32, |kept| kept == text, || text.to_owned())
    }

    #[test]
    fn each_is_kept_once_and_no_more_than_some_are() {
        let mut known = Known::default();
        assert_eq!(known.get(0), None);
        for (expected, text) in ["reply", "summary", "", "é"].into_iter().enumerate() {
            assert_eq!((number(&mut known, text), number(&mut known, text)), (Some(expected), Some(expected)));
            assert_eq!(known.get(expected).map(String::as_str), Some(text));
        }
        assert!(known.found.len() <= 16, "few take little room");
        let mut refused = 0;
        for member in 0..10_000 {
            let text = format!("member {member}");
            match number(&mut known, &text) {
                Some(number) => assert_eq!(known.get(number), Some(&text)),
                None => refused += 1,
            }
        }
        assert_eq!((known.all.len(), refused), (MOST, 10_004 - MOST));
        assert_eq!(number(&mut known, "never seen"), None);
        // What was kept before still has its number.
        assert_eq!(
            (known.get(0).map(String::as_str), known.get(1).map(String::as_str)),
            (Some("reply"), Some("summary"))
        );
        let again = (0..4_000).filter(|member| number(&mut known, &format!("member {member}")).is_some()).count();
        assert!(again > 2_000, "{again} of 4,000 are still found");
    }
}
