//! A column of numbers in as few bits as most of them need, any of which can be read without the others.
//!
//! Where few numbers occur, as places in a list of them; otherwise as distances from the least, the few that are far away
//! kept by themselves.

use super::bytes::{Reader, put, put_signed};
use crate::CacheError;

/// Bytes that a number takes which is kept by itself: its place and its distance.
const APART: usize = 10;
/// Most different numbers of a list.
const MOST: usize = 128;

/// How a column is written, and where in its bytes.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    /// Bits of a number.
    width: u32,
    /// The least, of distances.
    base: i64,
    /// The numbers that occur, where there are few.
    list: Vec<i64>,
    /// Places, ascending, of those that are far from the least, and their distances.
    apart: Vec<(u16, u64)>,
    /// Where the bits begin.
    from: usize,
}

/// Appends a column. There are at most 65,536 numbers.
pub(crate) fn encode(numbers: &[i64], bytes: &mut Vec<u8>, list: &mut List) {
    let base = numbers.iter().copied().min().unwrap_or(0);
    if numbers.iter().all(|number| *number == base) {
        bytes.push(0);
        put_signed(bytes, base);
        return put(bytes, 0);
    }
    if list.take(numbers) {
        let listed = bits(list.values.len().saturating_sub(1) as u64);
        bytes.push(listed.to_le_bytes()[0] | 0x80);
        put(bytes, list.values.len() as u64);
        list.values.iter().for_each(|value| put_signed(bytes, *value));
        return put_bits(list.indices.iter().map(|index| u64::from(*index)), listed, bytes);
    }
    let width = narrowest(numbers, base);
    let distance = |number: &i64| number.wrapping_sub(base).cast_unsigned();
    bytes.push(width.to_le_bytes()[0]);
    put_signed(bytes, base);
    let apart = (0_u64..).zip(numbers).filter(|(_, number)| bits(distance(number)) > width);
    put(bytes, apart.clone().count() as u64);
    for (place, number) in apart {
        put(bytes, place);
        put(bytes, distance(number));
    }
    let near = |number| Some(distance(number)).filter(|distance| bits(*distance) <= width).unwrap_or(0);
    put_bits(numbers.iter().map(near), width, bytes);
}

/// The bits of a distance with which a column takes the fewest bytes.
fn narrowest(numbers: &[i64], base: i64) -> u32 {
    let mut counts = [0_usize; 65];
    for number in numbers {
        if let Some(count) = counts.get_mut(bits(number.wrapping_sub(base).cast_unsigned()) as usize) {
            *count += 1;
        }
    }
    let (mut best, mut above) = ((64, usize::MAX), 0);
    for (width, count) in (0..65_u32).zip(counts).rev() {
        // Wider ones do not fit into eight bytes from any bit on.
        if width <= 56 || width == 64 {
            let size = (numbers.len() * width as usize).div_ceil(8) + above * APART;
            if size < best.1 {
                best = (width, size);
            }
        }
        above += count;
    }
    best.0
}

/// How many bits a number has.
const fn bits(number: u64) -> u32 {
    64 - number.leading_zeros()
}

fn put_bits(numbers: impl Iterator<Item = u64>, width: u32, bytes: &mut Vec<u8>) {
    if width == 64 {
        return numbers.for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
    }
    let (mut held, mut count) = (0_u64, 0);
    for number in numbers {
        held |= number << count;
        count += width;
        if count >= 64 {
            bytes.extend_from_slice(&held.to_le_bytes());
            count -= 64;
            // What did not fit; nothing, where it ended just there.
            held = number.checked_shr(width - count).unwrap_or(0);
        }
    }
    let rest = held.to_le_bytes();
    bytes.extend_from_slice(rest.get(..count.div_ceil(8) as usize).unwrap_or_default());
}

/// The different numbers of a column, in the order in which they come; room that is used again from column to column.
#[derive(Debug)]
pub(crate) struct List {
    values: Vec<i64>,
    indices: Vec<u8>,
    /// Where each value is among the values, found by some bits of it; 0 for none, so each one more.
    slots: [u8; 512],
}

impl Default for List {
    fn default() -> Self {
        Self { values: Vec::with_capacity(MOST), indices: Vec::new(), slots: [0; 512] }
    }
}

impl List {
    /// Finds the place of each number among those that occur, unless those are too many.
    fn take(&mut self, numbers: &[i64]) -> bool {
        self.values.clear();
        self.indices.clear();
        self.slots.fill(0);
        let mut last: Option<(i64, u8)> = None;
        for number in numbers {
            let known = last.filter(|(of, _)| of == number).map(|(_, index)| index);
            let Some(index) = known.or_else(|| self.index(*number)) else { return false };
            last = Some((*number, index));
            self.indices.push(index);
        }
        true
    }

    fn index(&mut self, number: i64) -> Option<u8> {
        // The numbers are near each other, mostly: the upper bits of a product tell them apart.
        let mut slot = (number.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 55) as usize;
        loop {
            match self.slots.get(slot).copied()?.checked_sub(1) {
                Some(index) if self.values.get(usize::from(index)) == Some(&number) => return Some(index),
                Some(_) => slot = (slot + 1) % self.slots.len(),
                None => break,
            }
        }
        let index = u8::try_from(self.values.len()).ok().filter(|index| usize::from(*index) < MOST)?;
        self.values.push(number);
        *self.slots.get_mut(slot)? = index + 1;
        Some(index)
    }
}

impl Packed {
    /// Reads how a column of `count` numbers is written, which begins at `from` in `bytes`; and where it ends.
    pub(crate) fn read(bytes: &[u8], from: usize, count: usize) -> Result<(Self, usize), CacheError> {
        let wrong = || CacheError::damaged("a column is not as long as it should be");
        let mut reader = Reader(bytes.get(from..).ok_or_else(wrong)?);
        let [kind] = reader.array()?;
        let mut read = Self { width: u32::from(kind & 0x7f), base: 0, list: Vec::new(), apart: Vec::new(), from: 0 };
        if kind & 0x80 == 0 {
            read.base = reader.signed()?;
            for _ in 0..reader.number()? {
                let place = u16::try_from(reader.number()?).map_err(|_| wrong())?;
                read.apart.push((place, reader.number()?));
            }
        } else {
            for _ in 0..reader.number()? {
                read.list.push(reader.signed()?);
            }
        }
        if read.width > 64 || (57..64).contains(&read.width) || (kind & 0x80 != 0 && read.list.is_empty()) {
            return Err(wrong());
        }
        reader.take((count * read.width as usize).div_ceil(8))?;
        read.from = bytes.len() - reader.0.len() - (count * read.width as usize).div_ceil(8);
        Ok((read, bytes.len() - reader.0.len()))
    }

    /// The number in a place; `bytes` are the ones that it was read from.
    #[inline]
    pub(crate) fn get(&self, bytes: &[u8], place: usize) -> Result<i64, CacheError> {
        let bit = place * self.width as usize;
        let from = self.from + bit / 8;
        let word = match bytes.get(from..).and_then(|rest| rest.first_chunk()) {
            Some(word) => u64::from_le_bytes(*word),
            None => last_word(bytes.get(from..).unwrap_or_default()),
        };
        let mask = u64::MAX.checked_shr(64 - self.width).unwrap_or(0);
        let number = word >> (bit % 8) & mask;
        if self.list.is_empty() {
            return Ok(self.base.wrapping_add(self.distance(place, number).cast_signed()));
        }
        let found = usize::try_from(number).ok().and_then(|index| self.list.get(index));
        found.copied().ok_or_else(|| CacheError::damaged("a column names a number that it does not have"))
    }

    #[inline]
    fn distance(&self, place: usize, near: u64) -> u64 {
        if self.apart.is_empty() {
            return near;
        }
        let found = self.apart.binary_search_by_key(&place, |(place, _)| usize::from(*place));
        found.ok().and_then(|index| self.apart.get(index)).map_or(near, |(_, distance)| *distance)
    }
}

/// The last bytes of all as a number.
fn last_word(rest: &[u8]) -> u64 {
    let mut word = [0; 8];
    for (byte, of) in word.iter_mut().zip(rest) {
        *byte = *of;
    }
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers() -> impl Strategy<Value = Vec<i64>> {
        let near = (any::<i64>(), 0..60_u32, prop::collection::vec((any::<u64>(), 0..40_u32), 1..300)).prop_map(
            |(base, width, numbers)| {
                let number = |(number, odds): (u64, u32)| {
                    // Now and then one is far away.
                    let far = if odds == 0 { number } else { number & ((1 << width) - 1) };
                    base.wrapping_add(far.cast_signed())
                };
                numbers.into_iter().map(number).collect::<Vec<_>>()
            },
        );
        let few =
            (prop::collection::vec(any::<i64>(), 1..200), prop::collection::vec(any::<prop::sample::Index>(), 1..400))
                .prop_map(|(of, indices)| indices.iter().map(|index| *index.get(&of)).collect());
        prop_oneof![near, few]
    }

    proptest! {
        #[test]
        fn every_number_reads_as_it_was_written(columns in prop::collection::vec(numbers(), 1..4)) {
            let (mut bytes, mut list) = (vec![9; 3], List::default());
            for column in &columns {
                encode(column, &mut bytes, &mut list);
            }
            let mut from = 3;
            for column in &columns {
                let (packed, end) = Packed::read(&bytes, from, column.len()).unwrap();
                for (place, number) in column.iter().enumerate() {
                    prop_assert_eq!(packed.get(&bytes, place).unwrap(), *number);
                }
                from = end;
            }
            prop_assert_eq!(from, bytes.len());
        }

        #[test]
        fn no_bytes_are_too_much_for_it(bytes in prop::collection::vec(any::<u8>(), 0..60), count in 0..1_100_usize) {
            if let Ok((packed, end)) = Packed::read(&bytes, 0, count) {
                prop_assert!(end <= bytes.len());
                for place in 0..count + 2 {
                    let _ = packed.get(&bytes, place);
                }
            }
        }
    }

    #[test]
    fn numbers_take_the_bits_that_they_need() {
        let size = |numbers: &[i64]| {
            let mut bytes = Vec::new();
            encode(numbers, &mut bytes, &mut List::default());
            bytes.len()
        };
        let count = |from: i64| from..from + 1_024;
        assert!(size(&[-7; 1_024]) < 8);
        assert!(size(&count(1 << 60).collect::<Vec<_>>()) < 1_280 + 16);
        // Few that are far from each other, many near each other but for one.
        let far = |n: i64| if n == 99 { i64::MAX } else { n % 200 };
        assert!(size(&count(5).map(far).collect::<Vec<_>>()) < 1_024 + 32);
        assert!(size(&count(0).map(|n| (n % 4) << 50).collect::<Vec<_>>()) < 256 + 48);
        // Many, none of which is far.
        assert!(size(&count(5).map(|n| n % 200).collect::<Vec<_>>()) < 1_024 + 8);
    }
}
