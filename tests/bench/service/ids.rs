//! Ids of reported work, all of the same length: in order of time (UUIDv7), counting up, or without any order (UUIDv4).

use std::str::FromStr;

use clock::Clock;

use crate::Failure;
use crate::random::Random;

/// Bytes of an id.
pub(crate) const LENGTH: usize = 36;

/// In which order ids come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// By the millisecond that they are made in, like UUIDv7.
    Time,
    /// By a number that is one more each time.
    Count,
    /// In none, like UUIDv4.
    None,
}

impl FromStr for Order {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        match text {
            "time" => Ok(Self::Time),
            "count" => Ok(Self::Count),
            "none" => Ok(Self::None),
            _ => Err(format!("\"{text}\" is no order of ids: time, count or none").into()),
        }
    }
}

/// Makes ids. Each connection has a maker of its own, and no two make the same.
#[derive(Debug)]
pub(crate) struct Ids {
    order: Order,
    random: Random,
    /// When the maker was made, so that a second run counts on.
    since: u64,
    clock: Clock,
}

impl Ids {
    pub(crate) fn new(order: Order, seed: u64) -> Self {
        let clock = Clock::system();
        let since = clock.now().as_millis().unsigned_abs();
        Self { order, random: Random::new(seed ^ since.rotate_left(32)), since, clock }
    }

    /// Writes the next one; `number` is that of the request, which no other connection has.
    pub(crate) fn write(&mut self, number: u64, text: &mut Vec<u8>) {
        let (high, low) = match self.order {
            Order::Time => {
                let now = self.clock.now().as_millis().unsigned_abs();
                ((now << 16) | 0x7000 | (number & 0xfff), (self.random.next() >> 2) | (1 << 63))
            }
            Order::Count => (self.since << 16, number),
            Order::None => ((self.random.next() & !0xf000) | 0x4000, (self.random.next() >> 2) | (1 << 63)),
        };
        let digits = (u128::from(high) << 64) | u128::from(low);
        for place in 0..32_u32 {
            if matches!(place, 8 | 12 | 16 | 20) {
                text.push(b'-');
            }
            let digit = (digits >> (124 - 4 * place)) & 15;
            text.push(b"0123456789abcdef"[digit as usize]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn made(order: Order) -> Vec<String> {
        let mut ids = Ids::new(order, 1);
        let one = |number| {
            let mut text = Vec::new();
            ids.write(number, &mut text);
            String::from_utf8(text).unwrap()
        };
        (0..1_000).map(one).collect()
    }

    #[test]
    fn each_is_another_and_has_the_form_of_a_uuid() {
        for order in [Order::Time, Order::Count, Order::None] {
            let all = made(order);
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
            assert!(all.iter().all(|id| id.len() == LENGTH && id.split('-').map(str::len).eq([8, 4, 4, 4, 12])));
        }
    }

    #[test]
    fn they_come_in_their_order() {
        assert!(made(Order::Count).is_sorted());
        assert!(made(Order::Time).iter().map(|id| &id[..13]).is_sorted());
        assert!(!made(Order::None).is_sorted());
    }
}
