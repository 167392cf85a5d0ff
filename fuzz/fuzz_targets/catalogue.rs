//! Catalogues: whatever the text, every mistake in it has a place in it, or the rules run on what it says.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use metering::{Catalogue, Command, Meter, Outcome, Terms, Timestamp, UsageRequest};
use wire::catalogue::{Reviewed, review_json, review_toml, to_json};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    look(text, review_toml(text));
    look(text, review_json(text));
});

fn look(text: &str, reviewed: Reviewed) {
    let lines: Vec<&str> = text.split('\n').collect();
    let told = |all: &[wire::catalogue::CatalogueError]| {
        for one in all {
            let line = lines.get(one.line.wrapping_sub(1)).expect("a line of the text");
            assert!((1..=line.chars().count() + 1).contains(&one.column), "{one:?} in {line:?}");
            assert!(!one.message.is_empty());
        }
        assert!(all.windows(2).all(|pair| (pair[0].line, pair[0].column) <= (pair[1].line, pair[1].column)));
    };
    told(&reviewed.doubts);
    match reviewed.catalogue {
        Ok(catalogue) => {
            let again = review_json(&to_json(&catalogue));
            assert_eq!(again.catalogue.as_ref(), Ok(&catalogue));
            live(catalogue);
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            told(&mistakes);
        }
    }
}

/// A workspace on each of its plans uses each of its features.
fn live(catalogue: Catalogue) {
    let catalogue = Arc::new(catalogue);
    let zone = catalogue.time_zone.parse().expect("a zone without faults");
    for plan in catalogue.plans.iter().take(4) {
        let mut meter = Meter::new(Terms::new(Arc::clone(&catalogue), zone));
        let mut commands = vec![
            Command::StartTrial,
            Command::Subscribe { plan: plan.id.clone(), allowance: Some(1_000) },
        ];
        commands.extend(catalogue.packs.iter().take(4).map(|pack| Command::Buy {
            purchase: pack.id.clone(),
            pack: pack.id.clone(),
        }));
        commands.extend(catalogue.features.iter().take(8).map(|feature| {
            let (source, id) = ("fuzz".to_owned(), format!("use {}", feature.id));
            Command::Use(UsageRequest { source, id, feature: feature.id.clone(), units: 1, ..UsageRequest::default() })
        }));
        let now = Timestamp::from_millis(1_790_000_000_000);
        for command in commands {
            let decision = meter.decide(&command, now);
            assert!(matches!(decision.outcome, Outcome::Recorded { .. }) || decision.entries.is_empty());
            decision.entries.iter().for_each(|entry| meter.apply(entry).expect("the rules take their own entries"));
        }
        let totals = meter.account().totals(now);
        let left: u64 = meter.account().live_grants(now).iter().map(|grant| grant.remaining).sum();
        assert_eq!(totals.granted, totals.spent + totals.expired + left);
    }
}
