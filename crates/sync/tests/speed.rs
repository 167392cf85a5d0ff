//! How fast a ledger comes in and is replayed. Run by hand:
//! `cargo test --release -p sync --test speed -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod app;
mod provider;

use app::{App, until, until_live_at};
use metering::{Account, Terms};
use provider::{Provider, catalogue};

#[tokio::test]
#[ignore = "measures, and proves nothing"]
async fn speed() {
    const COUNT: u64 = 200_002;
    let (provider, app) = (Provider::start(200_000), App::new());
    let handle = app.engine(&provider);
    let watch = std::time::Instant::now();
    until_live_at(&handle, COUNT).await;
    let rate = |watch: std::time::Instant| COUNT as f64 / watch.elapsed().as_secs_f64();
    println!("fetched, checked, replayed and stored: {:.0} /s", rate(watch));
    handle.stop().await;

    for check_chain in [false, true] {
        let mut account = Account::new(Terms::new(std::sync::Arc::new(catalogue(1)), chrono_tz::UTC));
        let watch = std::time::Instant::now();
        let done = sync::replay(&app.cache, app.workspace, &mut account, None, check_chain, |_| true).unwrap();
        println!("replayed from the cache (hashes checked: {check_chain}): {:.0} /s", rate(watch));
        assert_eq!((done.seq, done.breach), (COUNT, None));
    }

    let handle = app.engine(&provider);
    let watch = std::time::Instant::now();
    until(&handle, "replayed", |status| status.last_seq == COUNT).await;
    println!("account there after a start: {:.0} ms", watch.elapsed().as_secs_f64() * 1e3);
}
