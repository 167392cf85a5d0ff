//! The engine against a service, a network and a history that are not what they should be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod app;
mod provider;

use std::time::Duration;

use app::{App, until, until_live_at};
use provider::{Endless, Faults, Provider, TOKEN};
use sync::{Breach, Client, ClientError, Notice, Obstacle, State, Status};
use wire::line::{decode_body, encode_body, encode_line, parse_line};
use wire::{GENESIS, chain};

fn obstacle(status: &Status) -> Option<ClientError> {
    match &status.state {
        State::Offline { obstacle: Obstacle::Service(error), .. } => Some(error.clone()),
        _ => None,
    }
}

fn breach(status: &Status) -> Option<Breach> {
    match &status.state {
        State::Broken(incident) => Some(incident.breach.clone()),
        _ => None,
    }
}

/// Runs an engine until it says what is in the way, and then with the fault gone until all is well.
async fn stumbles_over(faults: Faults) -> ClientError {
    let (provider, app) = (Provider::start(100), App::new());
    provider.world().faults = faults;
    let handle = app.engine(&provider);
    let status = until(&handle, "offline", |status| obstacle(status).is_some()).await;
    provider.world().faults = Faults::default();
    handle.retry_now();
    until_live_at(&handle, 102).await;
    app.has_what_the_service_has(&provider);
    obstacle(&status).unwrap()
}

#[tokio::test]
async fn a_sign_in_page_is_not_the_service() {
    let error = stumbles_over(Faults { html: Some(""), ..Faults::default() }).await;
    assert!(matches!(error, ClientError::NotTheService(_)), "{error}");
}

#[tokio::test]
async fn a_page_for_people_is_no_tail_and_no_ledger() {
    for part in ["/ledger", "/stream", "/catalogue"] {
        let error = stumbles_over(Faults { html: Some(part), ..Faults::default() }).await;
        assert!(matches!(error, ClientError::NotTheService(_)), "{part}: {error}");
    }
}

#[tokio::test]
async fn a_wrong_token_is_named() {
    let error = stumbles_over(Faults { status: Some((401, "unauthorized")), ..Faults::default() }).await;
    assert_eq!(error, ClientError::WrongToken);
    let (provider, app) = (Provider::start(1), App::new());
    let handle = app.engine_with(&provider.url(), "another");
    let status = until(&handle, "offline", |status| obstacle(status).is_some()).await;
    assert_eq!(obstacle(&status), Some(ClientError::WrongToken));
}

#[tokio::test]
async fn an_unknown_workspace_is_named() {
    let error = stumbles_over(Faults { status: Some((404, "not_found")), ..Faults::default() }).await;
    assert_eq!(error, ClientError::UnknownWorkspace);
}

#[tokio::test]
async fn a_service_that_is_not_ready_is_asked_again_when_it_says() {
    let error = stumbles_over(Faults { status: Some((503, "unavailable")), ..Faults::default() }).await;
    assert_eq!(error, ClientError::Unavailable { status: 503, retry_after_ms: Some(1_000) });
}

#[tokio::test]
async fn a_refusal_says_why() {
    let error = stumbles_over(Faults { status: Some((403, "forbidden")), ..Faults::default() }).await;
    assert!(matches!(&error, ClientError::Refused(problem) if problem.detail == "because"), "{error}");
    assert_eq!(error.code(), "forbidden");
}

#[tokio::test]
async fn a_page_that_breaks_off_leaves_nothing_half() {
    let error = stumbles_over(Faults { break_page_at: Some(5_003), ..Faults::default() }).await;
    assert!(matches!(error, ClientError::Unreachable(_)), "{error}");
}

#[tokio::test]
async fn a_page_that_ends_in_a_line_is_good_up_to_there() {
    let (provider, app) = (Provider::start(100), App::new());
    provider.world().faults = Faults { end_page_at: Some(5_003), ..Faults::default() };
    let handle = app.engine(&provider);
    until_live_at(&handle, 102).await;
    app.has_what_the_service_has(&provider);
}

#[tokio::test]
async fn a_tail_that_breaks_off_in_a_line_is_taken_up_again() {
    let (provider, app) = (Provider::start(10), App::new());
    let handle = app.engine(&provider);
    until_live_at(&handle, 12).await;
    handle.stop().await;
    // Whatever comes on the tail now, it breaks within the second line.
    {
        let mut world = provider.world();
        world.faults = Faults { break_tail_at: Some(world.lines[0].len() * 2 - 20), ..Faults::default() };
        world.grow(1);
    }
    let handle = app.engine(&provider);
    until(&handle, "caught up by pages", |status| status.last_seq == 13).await;
    provider.world().grow(4);
    until(&handle, "caught up in spite of it", |status| status.last_seq == 17).await;
    provider.world().faults = Faults::default();
    until_live_at(&handle, 17).await;
    app.has_what_the_service_has(&provider);
}

#[tokio::test]
async fn a_slow_service_is_waited_for_and_can_be_left() {
    let (provider, app) = (Provider::start(10), App::new());
    provider.world().faults = Faults { delay_ms: 300, ..Faults::default() };
    let handle = app.engine(&provider);
    until_live_at(&handle, 12).await;
    provider.world().faults = Faults { delay_ms: 60_000, ..Faults::default() };
    let waiting = app.engine(&provider);
    tokio::time::sleep(Duration::from_millis(100)).await;
    tokio::time::timeout(Duration::from_secs(2), waiting.stop()).await.expect("it ends in the middle of a request");
}

#[tokio::test]
async fn a_tail_without_signs_of_life_is_given_up() {
    let (provider, app) = (Provider::start(10), App::new());
    provider.world().faults = Faults { mute_tail: true, ..Faults::default() };
    let (connect, silence) = (Duration::from_secs(1), Duration::from_millis(300));
    let client = Client::with_timeouts(&provider.url(), TOKEN, connect, silence).unwrap();
    let handle = app.engine_of(client);
    until(&handle, "live at first", |status| status.state == State::Live).await;
    until(&handle, "not live any more", |status| status.state == State::Connecting).await;
    provider.world().faults = Faults::default();
    provider.world().grow(1);
    until_live_at(&handle, 13).await;
}

/// Runs an engine against an altered ledger until it stops; what was good has to be there.
async fn breaks_at(good: u64, alter: impl FnOnce(&mut Vec<Vec<u8>>)) -> Breach {
    let (provider, app) = (Provider::start(100), App::new());
    alter(&mut provider.world().lines);
    let handle = app.engine(&provider);
    let status = until(&handle, "broken", |status| breach(status).is_some()).await;
    assert_eq!((status.last_seq, app.cursor()), (good, good), "the good prefix is kept");
    assert_eq!(handle.with_account(metering::Account::last_seq), Some(good));
    handle.stop().await;
    // It does not get over it by itself, and a new start finds the same.
    let handle = app.engine(&provider);
    let again = until(&handle, "broken again", |status| breach(status).is_some()).await;
    assert_eq!(app.cursor(), good);
    assert_eq!(breach(&again), breach(&status));
    breach(&status).unwrap()
}

fn altered(line: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(line.to_vec()).unwrap();
    assert!(text.contains(from), "{text}");
    text.replacen(from, to, 1).into_bytes()
}

#[tokio::test]
async fn an_altered_byte_is_found() {
    let breach = breaks_at(49, |lines| lines[49] = altered(&lines[49], "job-49", "job-48")).await;
    assert!(matches!(breach, Breach::Chain { seq: 50, .. }), "{breach}");
}

#[tokio::test]
async fn an_altered_byte_that_cannot_be_read_is_found_as_well() {
    let breach = breaks_at(49, |lines| lines[49] = altered(&lines[49], "\"units\":1", "\"units\":0")).await;
    assert!(matches!(breach, Breach::Chain { seq: 50, .. }), "{breach}");
}

#[tokio::test]
async fn a_missing_entry_is_found() {
    let breach = breaks_at(49, |lines| drop(lines.remove(49))).await;
    assert_eq!(breach, Breach::Gap { expected: 50, got: 51 });
}

#[tokio::test]
async fn an_entry_that_comes_twice_is_found() {
    let breach = breaks_at(50, |lines| lines.insert(50, lines[49].clone())).await;
    assert_eq!(breach, Breach::Gap { expected: 51, got: 50 });
}

#[tokio::test]
async fn what_is_not_a_line_is_found() {
    let breach = breaks_at(49, |lines| lines[49] = b"{\"hash\": \"beef\"}".to_vec()).await;
    assert!(matches!(breach, Breach::Unreadable { seq: 50, .. }), "{breach}");
    let breach = breaks_at(49, |lines| lines[49] = vec![0xFF, 0, 0xC3, 0x28]).await;
    assert!(matches!(breach, Breach::Unreadable { seq: 50, .. }), "{breach}");
}

/// Rewrites an entry and every hash after it, as somebody could who has the whole ledger in hand.
fn rewritten(lines: &mut [Vec<u8>], index: usize, from: &str, to: &str) {
    let mut previous = GENESIS;
    for (at, line) in lines.iter_mut().enumerate() {
        let mut body = parse_line(line).unwrap().body.to_vec();
        if at == index {
            body = altered(&body, from, to);
        }
        previous = chain(&previous, &body);
        *line = encode_line(&previous, &body);
    }
}

#[tokio::test]
async fn an_entry_that_breaks_the_rules_is_found() {
    let breach = breaks_at(49, |lines| rewritten(lines, 49, "\"cost\":1", "\"cost\":2")).await;
    assert!(matches!(breach, Breach::Rules { seq: 50, .. }), "{breach}");
}

#[tokio::test]
async fn a_kind_that_this_version_does_not_know_is_found() {
    let breach = breaks_at(49, |lines| rewritten(lines, 49, "\"type\":\"usage\"", "\"type\":\"rebate\"")).await;
    assert!(matches!(&breach, Breach::Unreadable { seq: 50, detail } if detail.contains("rebate")), "{breach}");
}

#[tokio::test]
async fn a_tampered_line_on_the_tail_is_found() {
    let (provider, app) = (Provider::start(10), App::new());
    let handle = app.engine(&provider);
    until_live_at(&handle, 12).await;
    {
        let mut world = provider.world();
        world.grow(1);
        let line = altered(&world.lines[12], "job-12", "job-13");
        world.lines[12] = line;
    }
    let status = until(&handle, "broken", |status| breach(status).is_some()).await;
    assert!(matches!(breach(&status), Some(Breach::Chain { seq: 13, .. })), "{status:?}");
    assert_eq!(app.cursor(), 12);
}

/// An app that has seen 52 entries, and a service whose ledger is then another one.
async fn comes_back_to(change: impl FnOnce(&mut provider::World)) -> Breach {
    let (provider, app) = (Provider::start(50), App::new());
    let handle = app.engine(&provider);
    until_live_at(&handle, 52).await;
    handle.stop().await;
    let before = app.reader().latest(u32::MAX).unwrap();
    change(&mut provider.world());
    let handle = app.engine(&provider);
    let status = until(&handle, "broken", |status| breach(status).is_some()).await;
    assert_eq!(app.reader().latest(u32::MAX).unwrap(), before, "nothing was overwritten");
    breach(&status).unwrap()
}

#[tokio::test]
async fn a_shorter_history_is_another_history() {
    let breach = comes_back_to(|world| {
        world.lines.truncate(40);
        world.hashes.truncate(40);
    })
    .await;
    assert_eq!(breach, Breach::Shorter { seen: 52, has: 40 });
}

#[tokio::test]
async fn a_rewritten_history_is_another_history() {
    let rehashed = |world: &mut provider::World| {
        rewritten(&mut world.lines, 30, "job-30", "job-3x");
        world.hashes = world.lines.iter().map(|line| parse_line(line).unwrap().hash).collect();
    };
    assert!(matches!(comes_back_to(rehashed).await, Breach::Differs { seq: 52, .. }));
    let longer = |world: &mut provider::World| {
        world.grow(5);
        rehashed(world);
    };
    assert!(matches!(comes_back_to(longer).await, Breach::Differs { seq: 52, .. }));
}

#[tokio::test]
async fn a_damaged_copy_is_set_aside_and_fetched_anew() {
    let (provider, app) = (Provider::start(5_000), App::new());
    let handle = app.engine(&provider);
    until_live_at(&handle, 5_002).await;
    handle.stop().await;
    let alter = "UPDATE blocks SET bodies = zeroblob(100) WHERE number = 1; UPDATE head SET piece = zeroblob(100)";
    rusqlite::Connection::open(app.path()).unwrap().execute_batch(alter).unwrap();
    let handle = app.engine(&provider);
    let status = until_live_at(&handle, 5_002).await;
    let [Notice::SetAside { path, reason }] = status.notices.as_slice() else { panic!("{:?}", status.notices) };
    assert!(path.exists(), "nothing is deleted: {reason}");
    app.has_what_the_service_has(&provider);
    // What is found while reading is as good as found at the start.
    handle.rebuild("a block is gone");
    until(&handle, "set aside", |status| status.notices.len() == 2).await;
    until_live_at(&handle, 5_002).await;
    app.has_what_the_service_has(&provider);
}

#[tokio::test]
async fn a_balance_that_does_not_follow_is_an_incident_that_ends_when_it_does() {
    let (provider, app) = (Provider::start(50), App::new());
    provider.world().faults = Faults { balance_off_by: 3, ..Faults::default() };
    let handle = app.engine(&provider);
    let status = until(&handle, "broken", |status| breach(status).is_some()).await;
    let State::Broken(incident) = &status.state else { panic!("{status:?}") };
    let expected = Breach::Balance { seq: 52, expected: "totals.spent 50".into(), found: "totals.spent 53".into() };
    assert_eq!((&incident.breach, incident.since(), incident.good_seq), (&expected, app.clock.now(), 52));
    let report = incident.report("acme", &provider.url(), app.clock.now());
    for part in ["balance", "acme", "totals.spent 53", "totals.spent 50", "52", incident.good_hash.as_str()] {
        assert!(report.contains(part), "{part} in {report}");
    }
    assert!(!report.contains(TOKEN));
    // Seen once more, it is as old as it was.
    handle.stop().await;
    app.clock.set("2026-06-02T00:00:00Z".parse().unwrap());
    let handle = app.engine(&provider);
    let again = until(&handle, "broken again", |status| breach(status).is_some()).await;
    let State::Broken(again) = &again.state else { panic!("{again:?}") };
    assert_eq!(again.since_ms, incident.since_ms);
    provider.world().faults = Faults::default();
    handle.retry_now();
    until_live_at(&handle, 52).await;
    handle.stop().await;
    provider.world().faults = Faults { balance_off_by: 3, ..Faults::default() };
    let handle = app.engine(&provider);
    let anew = until(&handle, "broken anew", |status| breach(status).is_some()).await;
    let State::Broken(anew) = &anew.state else { panic!("{anew:?}") };
    assert!(anew.since_ms > incident.since_ms, "what had ended begins anew");
}

#[tokio::test]
async fn a_line_without_an_end_is_given_up() {
    let error = stumbles_over(Faults { endless: Some(Endless::Line), ..Faults::default() }).await;
    assert!(matches!(error, ClientError::NotTheService(_)), "{error}");
}

#[tokio::test]
async fn a_page_that_begins_again_and_again_is_named() {
    let (provider, app) = (Provider::start(100), App::new());
    provider.world().faults = Faults { endless: Some(Endless::Lines), ..Faults::default() };
    let handle = app.engine(&provider);
    let status = until(&handle, "broken", |status| breach(status).is_some()).await;
    assert_eq!((breach(&status), app.cursor()), (Some(Breach::Gap { expected: 103, got: 1 }), 102));
    provider.world().faults = Faults::default();
    handle.retry_now();
    until_live_at(&handle, 102).await;
}

#[tokio::test]
async fn a_revision_that_the_service_itself_does_not_know_is_an_incident() {
    let breach = breaks_at(49, |lines| rewritten(lines, 49, "\"revision\":1", "\"revision\":7")).await;
    assert!(matches!(&breach, Breach::Rules { seq: 50, aspect, .. } if aspect == "rate"), "{breach}");
}

#[tokio::test]
async fn reordered_entries_are_found() {
    let breach = breaks_at(49, |lines| lines.swap(49, 50)).await;
    assert_eq!(breach, Breach::Gap { expected: 50, got: 51 });
}

#[tokio::test]
async fn numbers_that_are_none_are_found() {
    for number in ["NaN", "1e999", "-1", "18446744073709551616", "0.5", "\"1\"", "null", "1000001"] {
        let breach = breaks_at(49, |lines| rewritten(lines, 49, "\"units\":1", &format!("\"units\":{number}"))).await;
        let is_named = match &breach {
            Breach::Unreadable { seq: 50, .. } => true,
            Breach::Rules { seq: 50, aspect, .. } => aspect == "allowed",
            _ => false,
        };
        assert!(is_named, "{number}: {breach}");
    }
}

#[tokio::test]
async fn too_many_questions_are_asked_again_when_it_says() {
    let error = stumbles_over(Faults { status: Some((429, "rate_limited")), ..Faults::default() }).await;
    assert_eq!(error, ClientError::Unavailable { status: 429, retry_after_ms: Some(1_000) });
}

/// Wherever an answer breaks off or ends, the whole lines before are kept and the rest comes later.
#[tokio::test]
async fn a_page_may_be_cut_anywhere() {
    let (provider, app) = (Provider::start(3_000), App::new());
    let length: usize = provider.world().lines.iter().map(|line| line.len() + 1).sum();
    let mut before = 0;
    for cut in (1..24).map(|part| length * part / 24 + part * 7) {
        for breaks in [true, false] {
            let (break_page_at, end_page_at) = if breaks { (Some(cut), None) } else { (None, Some(cut)) };
            // From the entry that is stored on, a page is shorter: it is cut early all the same.
            let place = |at: Option<usize>| at.map(|at| at / 23);
            provider.world().faults =
                Faults { break_page_at: place(break_page_at), end_page_at: place(end_page_at), ..Faults::default() };
            let handle = app.engine(&provider);
            // One that breaks off may bring nothing at all: what was on its way is thrown away with the connection.
            let goal = before + u64::from(!breaks);
            until(&handle, "further", |status| {
                status.last_seq >= goal && !matches!(status.state, State::Connecting) || status.state == State::Live
            })
            .await;
            handle.stop().await;
            app.has_what_the_service_has(&provider);
            assert!(app.cursor() >= before);
            before = app.cursor();
        }
    }
    assert!(before > 100, "{before}");
    provider.world().faults = Faults::default();
    until_live_at(&app.engine(&provider), 3_002).await;
    app.has_what_the_service_has(&provider);
}

#[tokio::test]
async fn a_wrong_rate_is_named_with_what_the_rules_give() {
    let breach = breaks_at(49, |lines| rewritten(lines, 49, "\"rate\":1,\"cost\":1", "\"rate\":2,\"cost\":2")).await;
    let Breach::Rules { seq: 50, aspect, message, line } = &breach else { panic!("{breach}") };
    assert!(aspect == "rate" && message.contains('2') && line.contains("\"rate\":2"), "{breach} {line}");
}

#[tokio::test]
async fn addresses_that_are_none_are_refused() {
    // The token would travel in the clear to another computer.
    let clear = ["http://example.org", "http://192.168.0.7:8080", "http://localhost.example.org"];
    for address in ["", "example.org", "ftp://example.org", "https://", "file:///etc/passwd"].iter().chain(&clear) {
        let error = Client::new(address, TOKEN).unwrap_err();
        assert!(matches!(error, ClientError::BadAddress(_)), "{address}: {error}");
    }
    for address in ["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1", "https://example.org"] {
        assert!(Client::new(address, TOKEN).is_ok(), "{address}");
    }
    assert_eq!(Client::new("https://example.org", "a\nb").unwrap_err(), ClientError::WrongToken);
    let client = Client::new("https://example.org", "s3cret").unwrap();
    assert!(!format!("{client:?}").contains("s3cret"));
}

#[tokio::test]
async fn bodies_that_decode_are_encoded_the_same() {
    // The tests above rest on it.
    for line in &Provider::start(3).world().lines {
        let body = parse_line(line).unwrap().body;
        assert_eq!(encode_body(&decode_body(body).unwrap()), body);
    }
}
