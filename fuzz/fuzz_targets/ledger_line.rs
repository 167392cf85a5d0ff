//! Ledger lines: whatever the bytes, they are read or refused; what is read is written and read again the same; and a
//! whole ledger of such lines is verified to an end.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use metering::{Account, Terms};
use wire::line::{decode_body, encode_body, parse_line};

static TERMS: LazyLock<Terms> = LazyLock::new(|| {
    let catalogue = wire::catalogue::from_toml(include_str!("../../catalogues/b.toml")).expect("the shipped catalogue");
    Terms::new(Arc::new(catalogue), chrono_tz::Tz::Europe__Berlin)
});

fuzz_target!(|bytes: &[u8]| {
    let mut account = Account::new(TERMS.clone());
    for line in bytes.split(|byte| *byte == b'\n') {
        let body = parse_line(line).map_or(line, |line| line.body);
        let Ok(entry) = decode_body(body) else { continue };
        assert_eq!(decode_body(&encode_body(&entry)).as_ref(), Ok(&entry));
        // White space ahead of it keeps the quick reader from it: the other one reads the same.
        assert_eq!(decode_body(&[b" ", body].concat()).as_ref(), Ok(&entry));
        let before = account.position(entry.recorded_at);
        if account.apply(&entry).is_err() {
            assert_eq!(account.position(entry.recorded_at), before);
        }
        let totals = account.recorded_totals();
        let left: u64 = account.live_grants(account.last_recorded_at()).iter().map(|grant| grant.remaining).sum();
        let now = account.totals(account.last_recorded_at());
        assert_eq!(now.granted + now.amended, now.spent + now.expired + now.voided + left, "{totals:?}");
    }
    let _ = wire::verify::verify(TERMS.clone(), bytes);
});
