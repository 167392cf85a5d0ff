//! Scenarios: whatever the text, it is refused with a place in it, or runs to its end with every credit accounted for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use service::simulate::Scenario;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Scenario::read(text) {
        Ok(scenario) => {
            for answer in scenario.run() {
                let totals = &answer.totals;
                assert!(totals.granted + totals.amended >= totals.spent + totals.expired + totals.voided, "{answer:?}");
            }
        }
        Err(error) => assert!(error.line > 0 && error.column > 0 && !error.message.is_empty(), "{error:?}"),
    }
});
