//! The engine against a service that behaves, and against one that comes and goes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod app;
mod provider;

use std::time::Duration;

use app::{App, until, until_live_at};
use metering::Timestamp;
use provider::{Faults, Provider};
use sync::{Change, ClientError, Obstacle, State};

#[tokio::test]
async fn fetches_everything_by_pages_and_then_follows() {
    let (provider, app) = (Provider::start(4_998), App::new());
    let handle = app.engine(&provider);
    let mut changes = handle.changes();
    let status = until_live_at(&handle, 5_000).await;
    assert_eq!(status.as_of, Some(app.clock.now()));
    app.has_what_the_service_has(&provider);
    let mut pages = Vec::new();
    while let Ok(change) = changes.try_recv() {
        pages.push((change.from_seq, change.to_seq));
    }
    assert_eq!((pages.first().map(|page| page.0), pages.last().map(|page| page.1)), (Some(1), Some(5_000)));
    assert!(pages.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0), "{pages:?}");

    provider.world().grow(3);
    assert_eq!(changes.recv().await.unwrap(), Change { from_seq: 5_001, to_seq: 5_003 }, "gathered into one page");
    until_live_at(&handle, 5_003).await;
    let now = "2026-03-20T00:00:00Z".parse().unwrap();
    let theirs = provider.world().meter.account().position(now);
    assert_eq!(handle.position(now), Some(theirs));
    let last = app.reader().latest(1).unwrap().remove(0);
    assert_eq!((last.credits, last.balance_after), (-1, 10_000_000 - 5_001));
    app.has_what_the_service_has(&provider);
}

#[tokio::test]
async fn every_kind_of_entry_comes_over() {
    let (provider, app) = (Provider::start_empty(), App::new());
    let handle = app.engine(&provider);
    until_live_at(&handle, 0).await;
    provider.world().live();
    let last = provider.world().last_seq();
    until_live_at(&handle, last).await;
    app.has_what_the_service_has(&provider);
    let now = "2026-03-20T00:00:00Z".parse().unwrap();
    let world = provider.world();
    let theirs = world.meter.account();
    assert_eq!(handle.position(now), Some(theirs.position(now)));
    assert_eq!(handle.with_account(|account| account.totals(now)), Some(theirs.totals(now)));
    let mut kinds: Vec<String> = app.reader().latest(100).unwrap().into_iter().map(|row| row.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let every = ["amendment", "controls_change", "grant", "hold", "plan_change", "release", "usage", "void"];
    assert_eq!(kinds, every);
    // Three replies; the captured two failed.
    let used = app.reader().usage(cache::UseOf::All, Timestamp::MIN, Timestamp::MAX).unwrap();
    let (credits, actions) =
        used.iter().fold((0, 0), |sum, one| (sum.0 + one.tally.credits, sum.1 + one.tally.actions));
    assert_eq!((credits, actions), (3, 3));
    assert_eq!(theirs.position(now).used, 3);
}

#[tokio::test]
async fn a_part_of_the_first_sync_is_as_of_never() {
    let (provider, app) = (Provider::start(4_998), App::new());
    let handle = app.engine(&provider);
    let mut statuses = handle.status.clone();
    loop {
        let status = statuses.borrow_and_update().clone();
        assert!(status.as_of.is_none() || status.last_seq == 5_000, "{status:?}");
        let stored = cache::LedgerReader::open(app.path()).map(|reader| reader.cursor().unwrap());
        if let Ok(stored) = stored
            && stored.seq < 5_000
        {
            // Killed here, a restart may not take this part for the whole.
            assert_eq!(stored.as_of, Timestamp::MIN, "{stored:?}");
        }
        if status.as_of.is_some() {
            break;
        }
        statuses.changed().await.unwrap();
    }
}

#[tokio::test]
async fn an_empty_ledger_is_a_ledger() {
    let (provider, app) = (Provider::start_empty(), App::new());
    let handle = app.engine(&provider);
    let status = until_live_at(&handle, 0).await;
    assert_eq!(status.as_of, Some(app.clock.now()));
    assert!(handle.position(app.clock.now()).is_some());
    provider.world().grow(1);
    until_live_at(&handle, 3).await;
}

#[tokio::test]
async fn works_offline_from_what_is_cached() {
    let (mut provider, app) = (Provider::start(500), App::new());
    let handle = app.engine(&provider);
    let seen = until_live_at(&handle, 502).await;
    handle.stop().await;
    let now: Timestamp = "2026-03-20T00:00:00Z".parse().unwrap();
    let theirs = provider.world().meter.account().position(now);
    provider.stop();

    app.clock.set("2026-06-02T00:00:00Z".parse().unwrap());
    let handle = app.engine(&provider);
    let status = until(&handle, "offline", |status| matches!(status.state, State::Offline { .. })).await;
    assert_eq!((status.last_seq, status.as_of), (502, seen.as_of), "it says how old what it shows is");
    assert!(
        matches!(
            &status.state,
            State::Offline { since, obstacle: Obstacle::Service(ClientError::Unreachable(_)) } if *since == app.clock.now()
        ),
        "{status:?}"
    );
    assert_eq!(handle.position(now), Some(theirs));

    provider.world().grow(5);
    provider.restart();
    handle.retry_now();
    until_live_at(&handle, 507).await;
    app.has_what_the_service_has(&provider);
}

#[tokio::test]
async fn a_service_that_restarts_is_found_again() {
    let (mut provider, app) = (Provider::start(10), App::new());
    let handle = app.engine(&provider);
    until_live_at(&handle, 12).await;
    provider.stop();
    until(&handle, "offline", |status| matches!(status.state, State::Offline { .. })).await;
    provider.world().grow(10);
    provider.restart();
    until_live_at(&handle, 22).await;
    app.has_what_the_service_has(&provider);
}

#[tokio::test]
async fn carries_on_from_the_last_stored_page() {
    let (provider, app) = (Provider::start(8_000), App::new());
    provider.world().faults = Faults { page_limit: Some(100), delay_ms: 2, ..Faults::default() };
    let mut last = 0;
    for _ in 0..4 {
        let handle = app.engine(&provider);
        let goal = last + 500;
        until(&handle, "on its way", |status| status.last_seq >= goal).await;
        // Without a word: as if the app were killed, as far as one process can tell.
        drop(handle);
        tokio::time::sleep(Duration::from_millis(50)).await;
        last = app.cursor();
        assert!(last >= goal && last % 100 == 0, "stopped at {last}");
        app.has_what_the_service_has(&provider);
    }
    provider.world().asked.clear();
    provider.world().faults = Faults::default();
    let handle = app.engine(&provider);
    until_live_at(&handle, 8_002).await;
    let first_page = provider.world().asked.iter().find(|uri| uri.contains("limit=10000")).cloned().unwrap();
    assert!(first_page.contains(&format!("after={last}&")), "{first_page}");
    app.has_what_the_service_has(&provider);
}

#[tokio::test]
async fn stays_up_to_date_as_signs_of_life_come() {
    let (provider, app) = (Provider::start(1), App::new());
    let handle = app.engine(&provider);
    until_live_at(&handle, 3).await;
    let soon: Timestamp = "2026-06-01T00:00:10Z".parse().unwrap();
    app.clock.set(soon);
    until(&handle, "as of soon", |status| status.as_of == Some(soon)).await;
    let later: Timestamp = "2026-06-01T00:05:00Z".parse().unwrap();
    app.clock.set(later);
    until(&handle, "as of later", |status| status.as_of == Some(later)).await;
    handle.stop().await;
    let stored = app.reader().cursor().unwrap();
    assert_eq!(stored.as_of, later, "a restart knows it, too");
}

#[tokio::test]
async fn two_engines_on_one_file_agree() {
    let (provider, app) = (Provider::start(3_000), App::new());
    let (one, other) = (app.engine(&provider), app.engine(&provider));
    until_live_at(&one, 3_002).await;
    until_live_at(&other, 3_002).await;
    for round in 1..=5 {
        provider.world().grow(20);
        until_live_at(&one, 3_002 + round * 20).await;
        until_live_at(&other, 3_002 + round * 20).await;
    }
    let now = "2026-03-20T00:00:00Z".parse().unwrap();
    assert_eq!(one.position(now), other.position(now));
    app.has_what_the_service_has(&provider);
}

#[tokio::test]
async fn learns_a_new_catalogue_from_the_first_usage_that_it_prices() {
    let (provider, app) = (Provider::start(5), App::new());
    let handle = app.engine(&provider);
    until_live_at(&handle, 7).await;
    {
        let mut world = provider.world();
        world.reprice(2);
        world.grow(1);
    }
    let revision = |handle: &sync::Handle| handle.with_account(|account| account.terms().catalogues.latest().revision);
    for _ in 0..200 {
        if revision(&handle) == Some(2) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(revision(&handle), Some(2));
    until_live_at(&handle, 8).await;
    assert_eq!(handle.meta().unwrap().catalogue_revision, 2);
}

#[tokio::test]
async fn a_person_can_pause_the_first_sync_and_go_on() {
    let (provider, app) = (Provider::start(60_000), App::new());
    provider.world().faults = Faults { page_limit: Some(500), delay_ms: 3, ..Faults::default() };
    let handle = app.engine(&provider);
    until(&handle, "on its way", |status| status.last_seq > 2_000).await;
    handle.pause(true);
    let paused = until(&handle, "paused", |status| matches!(status.state, State::Paused(_))).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(handle.status.borrow().last_seq, paused.last_seq, "nothing comes any more");
    app.has_what_the_service_has(&provider);
    provider.world().faults = Faults::default();
    handle.pause(false);
    until_live_at(&handle, 60_002).await;
    app.has_what_the_service_has(&provider);
}

#[tokio::test]
async fn progress_tells_speed_and_time_left() {
    let (provider, app) = (Provider::start(80_000), App::new());
    provider.world().faults = Faults { delay_ms: 500, ..Faults::default() };
    let handle = app.engine(&provider);
    let told = |status: &sync::Status| match status.state {
        State::CatchingUp(progress) => progress.per_second.zip(progress.left_ms),
        _ => None,
    };
    let status = until(&handle, "telling its speed", |status| told(status).is_some()).await;
    let (per_second, left_ms) = told(&status).unwrap();
    assert!((500..500_000).contains(&per_second) && left_ms > 0, "{status:?}");
}

#[tokio::test]
async fn the_balance_is_compared_and_the_mark_is_kept() {
    let (provider, app) = (Provider::start(50), App::new());
    let handle = app.engine(&provider);
    let verified = until(&handle, "verified", |status| status.verified.is_some()).await.verified.unwrap();
    assert_eq!((verified.seq, verified.at), (52, app.clock.now()));
    until_live_at(&handle, 52).await;
    handle.stop().await;
    provider.world().faults = Faults { status: Some((503, "unavailable")), ..Faults::default() };
    let handle = app.engine(&provider);
    let status = until(&handle, "offline", |status| matches!(status.state, State::Offline { .. })).await;
    assert_eq!(status.verified, Some(verified), "offline, too");
}

#[tokio::test]
async fn the_first_position_needs_no_replay() {
    let (provider, app) = (Provider::start(5_000), App::new());
    let handle = app.engine(&provider);
    until_live_at(&handle, 5_002).await;
    handle.stop().await;
    let (seq, _) = app.reader().snapshot().unwrap().expect("an account is kept");
    assert_eq!(seq, 4_096, "of the last whole block");
}

/// A file with another workspace's ledger in it, by whatever mistake.
#[tokio::test]
async fn a_ledger_of_another_workspace_is_set_aside() {
    let (provider, app) = (Provider::start(50), App::new());
    let handle = app.engine(&provider);
    until_live_at(&handle, 52).await;
    handle.stop().await;
    let config = sync::EngineConfig {
        ledger: app.path(),
        client: sync::Client::new(&provider.url(), provider::TOKEN).unwrap(),
        workspace_id: "other".into(),
        clock: app.clock.clone(),
        jitter: || 0,
    };
    let handle = sync::Engine::start(config);
    let status = until_live_at(&handle, 52).await;
    let [sync::Notice::SetAside { path, reason }] = status.notices.as_slice() else { panic!("{:?}", status.notices) };
    assert!(path.exists() && reason.contains("another workspace"), "{reason}");
}

/// This computer's clock is months ahead of the service's.
#[tokio::test]
async fn a_clock_that_is_wrong_is_noticed_and_the_services_counts() {
    let (provider, mut app) = (Provider::start(5), App::new());
    let theirs: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    app.clock = clock::Clock::system();
    let ours = app.clock.now();
    let handle = app.engine(&provider);
    let status = until_live_at(&handle, 7).await;
    let off = status.skew_ms - theirs.since(ours);
    assert!(off.abs() < 60_000, "{} and not {}", status.skew_ms, theirs.since(ours));
    let verified = status.verified.unwrap();
    assert!(verified.at.since(theirs).abs() < 60_000, "dated by the service's clock: {verified:?}");
}

#[tokio::test]
async fn a_paused_ledger_can_be_rebuilt() {
    let (provider, app) = (Provider::start(50), App::new());
    let handle = app.engine(&provider);
    until_live_at(&handle, 52).await;
    handle.pause(true);
    until(&handle, "paused", |status| matches!(status.state, State::Paused(_))).await;
    handle.rebuild("on demand");
    until(&handle, "set aside", |status| status.notices.len() == 1 && status.last_seq == 0).await;
    handle.pause(false);
    until_live_at(&handle, 52).await;
    app.has_what_the_service_has(&provider);
}
