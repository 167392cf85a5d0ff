//! What the rules record can be read again, whatever the catalogue and the command said: a line that nobody can read
//! closes its workspace for good (rule 20).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod histories;

use std::sync::Arc;

use chrono_tz::Tz;
use histories::history;
use metering::{Meter, Terms};
use proptest::prelude::*;
use wire::catalogue::{from_json, to_json};
use wire::line::{decode_body, encode_body, encode_line, parse_line};
use wire::{GENESIS, chain};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_048,
        max_local_rejects: 1_000_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_recorded_is_read_again((catalogue, mut steps) in history()) {
        prop_assert_eq!(&from_json(&to_json(&catalogue)).unwrap(), &catalogue);
        // Mostly in order: a clock that is behind counts as the last entry's instant.
        steps.sort_by_key(|(at, _)| *at);
        let mut meter = Meter::new(Terms::new(Arc::new(catalogue), Tz::UTC));
        for (at, command) in steps {
            for entry in meter.decide(&command, at).entries {
                let body = encode_body(&entry);
                let line = encode_line(&chain(&GENESIS, &body), &body);
                let read = decode_body(parse_line(&line).unwrap().body);
                prop_assert_eq!(read.as_ref(), Ok(&entry), "{:?} recorded it", command);
                meter.apply(&entry).unwrap();
            }
        }
    }
}
