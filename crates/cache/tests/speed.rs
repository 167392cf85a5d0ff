//! How fast pages are stored and read. Run by hand: `cargo test --release -p cache --test speed -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod sample;

use metering::Timestamp;
use sample::{at, cursor, fresh, ledger};

#[test]
#[ignore = "measures, and proves nothing"]
fn speed() {
    const COUNT: u64 = 400_000;
    let (_folder, cache, workspace) = fresh();
    let mut entries = ledger(COUNT);
    for entry in &mut entries {
        entry.body.resize(300, b' ');
    }
    let timed = |what: &str, units: u64, work: &mut dyn FnMut()| {
        let watch = std::time::Instant::now();
        work();
        let seconds = watch.elapsed().as_secs_f64();
        println!("{what}: {:.1} ms, {:.0} /s", seconds * 1e3, units as f64 / seconds);
    };
    timed("apply pages of 2,000", COUNT, &mut || {
        for page in entries.chunks(2_000) {
            cache.apply_page(workspace, page, &cursor(page.last().unwrap().seq)).unwrap();
        }
    });
    let mut bytes = 0;
    timed("read bodies", COUNT, &mut || {
        cache
            .entries_after(workspace, 0, u32::MAX, |stored| {
                bytes += stored.body.len();
                true
            })
            .unwrap();
    });
    let days: Vec<_> = (0..=5).map(|day| at(day * 86_400_000)).collect();
    timed("usage by 5 days", 1, &mut || drop(cache.usage_by(workspace, &days).unwrap()));
    timed("usage by 5 days again", 1, &mut || drop(cache.usage_by(workspace, &days).unwrap()));
    timed("balance, 600 points", 1, &mut || {
        drop(cache.balance_series(workspace, Timestamp::MIN, Timestamp::MAX, 600).unwrap());
    });
    timed("balance, 600 points, of what is there", 1, &mut || {
        drop(cache.balance_series(workspace, at(0), at(400_000_000), 600).unwrap());
    });
    timed("latest 50", 1, &mut || drop(cache.latest(workspace, 50).unwrap()));
    let filter = cache::EntryFilter { text: Some("nothing".into()), ..cache::EntryFilter::default() };
    timed("search 100,000 bodies", 100_000, &mut || drop(cache.search(workspace, &filter, None, 50).unwrap()));
    println!("{} bytes an entry, bodies of {}", cache.size().unwrap() / COUNT, bytes as u64 / COUNT);
}
