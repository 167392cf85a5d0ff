//! Numbers as few bytes as they need: seven bits a byte, the lowest first.

use crate::CacheError;

/// Appends a number.
pub(crate) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// Appends a number that may be below 0: near 0 it is short, on either side.
pub(crate) fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put(bytes, (number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned());
}

/// Appends a text and its length.
pub(crate) fn put_text(bytes: &mut Vec<u8>, text: &[u8]) {
    put(bytes, text.len() as u64);
    bytes.extend_from_slice(text);
}

/// Reads what was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next number.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<u64, CacheError> {
        // Most are one byte.
        if let [first @ 0..0x80, rest @ ..] = self.0 {
            self.0 = rest;
            return Ok(u64::from(*first));
        }
        self.long_number()
    }

    fn long_number(&mut self) -> Result<u64, CacheError> {
        let mut number = 0_u64;
        for (index, byte) in self.0.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7f).wrapping_shl(u32::try_from(index * 7).unwrap_or(63));
            if byte & 0x80 == 0 {
                self.0 = self.0.get(index + 1..).unwrap_or_default();
                return Ok(number);
            }
        }
        Err(ended())
    }

    /// The next number, which fits in 32 bits.
    #[inline]
    pub(crate) fn small(&mut self) -> Result<u32, CacheError> {
        u32::try_from(self.number()?).map_err(|_| CacheError::damaged("a code is too large"))
    }

    /// The next number, which may be below 0.
    #[inline]
    pub(crate) fn signed(&mut self) -> Result<i64, CacheError> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// The next bytes.
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], CacheError> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or_else(ended)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// The next bytes, as many as there have to be.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], CacheError> {
        let (bytes, rest) = self.0.split_first_chunk::<N>().ok_or_else(ended)?;
        self.0 = rest;
        Ok(*bytes)
    }

    /// The next bytes, which say themselves how many they are.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], CacheError> {
        let length = usize::try_from(self.number()?).map_err(|_| ended())?;
        self.take(length)
    }
}

fn ended() -> CacheError {
    CacheError::damaged("a piece ends too early")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reads_what_it_wrote(unsigned in any::<u64>(), signed in any::<i64>(), shift in 0..64_u32, text in ".{0,9}") {
            let (unsigned, signed) = (unsigned >> shift, signed >> shift);
            let mut bytes = Vec::new();
            put(&mut bytes, unsigned);
            put_signed(&mut bytes, signed);
            put_text(&mut bytes, text.as_bytes());
            let mut reader = Reader(&bytes);
            prop_assert_eq!(reader.number().unwrap(), unsigned);
            prop_assert_eq!(reader.signed().unwrap(), signed);
            prop_assert_eq!(reader.bytes().unwrap(), text.as_bytes());
            prop_assert!(reader.0.is_empty() && reader.number().is_err());
        }

        #[test]
        fn no_bytes_are_too_much_for_it(bytes in prop::collection::vec(any::<u8>(), 0..30)) {
            let mut reader = Reader(&bytes);
            while reader.number().is_ok() {}
            let _ = Reader(&bytes).bytes();
        }
    }
}
