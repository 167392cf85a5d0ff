//! Attributes as HTTP headers, which carry little more than ASCII: what binary mode wraps them in.

/// The text that a header's value stands for: quotes around it are taken off with what they escape, then percent signs
/// are resolved, once. A percent sign that two hexadecimal digits do not follow stands for itself.
///
/// # Errors
/// What comes out is not UTF-8.
pub(super) fn decoded(value: &[u8]) -> Result<String, std::str::Utf8Error> {
    let bytes = without_percents(&without_quotes(value));
    std::str::from_utf8(&bytes).map(str::to_owned)
}

/// Senders do not quote any more. Those that follow an older text of the standard do.
fn without_quotes(value: &[u8]) -> Vec<u8> {
    let Some(inside) = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return value.to_vec();
    };
    let mut bytes = Vec::with_capacity(inside.len());
    let mut rest = inside.iter();
    while let Some(byte) = rest.next() {
        bytes.push(if *byte == b'\\' { *rest.next().unwrap_or(byte) } else { *byte });
    }
    bytes
}

fn without_percents(mut value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(value.len());
    while let [first, rest @ ..] = value {
        let (byte, after) = match rest {
            [high, low, after @ ..] if *first == b'%' && high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                (digit(*high) << 4 | digit(*low), after)
            }
            _ => (*first, rest),
        };
        bytes.push(byte);
        value = after;
    }
    bytes
}

/// The value of a hexadecimal digit.
const fn digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_unwrapped_once() {
        for (value, text) in [
            ("desk", "desk"),
            ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
            ("%e2%82%ac", "€"),
            ("Zoë", "Zoë"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%", "%zz%"),
            ("%2541", "%41"),
            (r#""a \"b\" \\ %41""#, "a \"b\" \\ A"),
            ("\"", "\""),
            ("\"\"", ""),
            ("%22a%22", "\"a\""),
            ("", ""),
        ] {
            assert_eq!(decoded(value.as_bytes()).as_deref(), Ok(text), "{value}");
        }
        for value in [&b"%ff"[..], b"\xff", b"%C3", b"\xc3\xff"] {
            assert!(decoded(value).is_err(), "{value:?}");
        }
    }
}
