//! Samples and traces: the same ledger however often it is interrupted, and nothing at all from a broken trace.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod support;

/// What these tests keep records in.
const STORE: support::Kind = support::Kind::Sqlite;

use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use metering::Timestamp;
use service::sample::trace::{Form, Trace};
use service::sample::{ImportError, Imported, Sample, import, sample};
use service::store::{Durability, Store};
use service::{Config, Service, Token};
use support::at;
use tempfile::TempDir;
use tokio::net::TcpListener;
use wire::api::Role;

const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
const NOW: &str = "2026-11-22T15:00:00Z";

fn store(folder: &TempDir) -> Arc<Store> {
    Arc::new(Store::open(&folder.path().join("s.db"), Durability::Normal).unwrap())
}

fn play(sample: &Sample, stops: &[&str]) -> Imported {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let mut last = None;
    for until in stops {
        last = Some(import(&store, sample, "w", at(until)).unwrap());
    }
    last.unwrap()
}

/// The usages of a ledger, by when they were recorded.
fn usages(store: &Store, workspace: &str) -> Vec<(Timestamp, metering::Usage)> {
    let lines = store.lines(workspace, 0, usize::MAX).unwrap();
    let entries = lines.iter().map(|line| wire::line::decode_body(&line.body).unwrap());
    let usage = |entry: metering::Entry| match entry.kind {
        metering::EntryKind::Usage(usage) => Some((entry.recorded_at, usage)),
        _ => None,
    };
    entries.filter_map(usage).collect()
}

#[test]
fn the_same_recipe_and_instant_give_the_same_ledger_to_the_byte() {
    for name in service::sample::NAMES {
        let sample = sample(name).unwrap();
        let once = play(&sample, &[NOW]);
        assert_eq!(play(&sample, &[NOW, NOW]).last_hash, once.last_hash);
        // Once it has begun, it is the same in however many goes it comes to a later instant.
        let later = play(&sample, &[NOW, "2027-02-01T00:00:00Z"]);
        let steps =
            [NOW, "2026-11-22T15:00:01Z", "2026-12-01T00:00:00Z", "2027-01-04T12:00:00Z", "2027-02-01T00:00:00Z"];
        assert_eq!(play(&sample, &steps).last_hash, later.last_hash);
        assert!(later.last_seq > once.last_seq);
    }
}

#[test]
fn an_import_that_was_killed_goes_on_where_it_was() {
    let sample = sample("northwind").unwrap();
    let whole = play(&sample, &[NOW]);
    let folder = tempfile::tempdir().unwrap();
    let sql = |text: &str| rusqlite::Connection::open(folder.path().join("s.db")).unwrap().execute_batch(text).unwrap();
    drop(store(&folder));
    sql(
        "CREATE TRIGGER full BEFORE INSERT ON entries WHEN NEW.seq = 12345 BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
    );
    let failed = import(&store(&folder), &sample, "w", at(NOW)).unwrap_err();
    assert!(matches!(failed, ImportError::Store(_)), "{failed}");
    let kept = store(&folder).head("w").unwrap().0;
    assert!((5_000..12_345).contains(&kept), "{kept}");
    sql("DROP TRIGGER full");
    assert_eq!(import(&store(&folder), &sample, "w", at(NOW)).unwrap().last_hash, whole.last_hash);
}

#[test]
fn the_samples_show_a_year_that_leads_to_today() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    for name in service::sample::NAMES {
        import(&store, &sample(name).unwrap(), name, at(NOW)).unwrap();
        let usages = usages(&store, name);
        let (first, last) = (usages.first().unwrap().0, usages.last().unwrap().0);
        let weeks = at(NOW).since(first) / WEEK_MS;
        assert!((50..=59).contains(&weeks), "{name}: {weeks}");
        assert!(at(NOW).since(last) < 24 * 60 * 60 * 1_000, "{name}: {last}");
        assert!(usages.iter().all(|(_, usage)| usage.occurred_at.is_none() && usage.labels.reference.is_some()));
        // Moved by whole weeks and the recipe's hours, and nothing else.
        let sample = sample(name).unwrap();
        for (at, usage) in &usages {
            let row: usize = usage.id.strip_prefix("0-").unwrap().parse().unwrap();
            let moved = at.since(sample.trace.rows[row].at);
            assert_eq!(moved % WEEK_MS, i64::from(sample.recipe.hours) * 3_600_000);
        }
        let ids: std::collections::BTreeSet<&str> = usages.iter().map(|(_, usage)| usage.id.as_str()).collect();
        assert_eq!(ids.len(), usages.len());
    }
    let syncs = usages(&store, "harbour").iter().filter(|(_, usage)| usage.feature == "knowledge-sync").count();
    assert!(syncs > 20, "{syncs}");
    assert!(store.purchases("northwind").unwrap().len() >= 2);
}

#[test]
fn northwind_is_tight_today_and_has_boost_credits_left() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    import(&store, &sample("northwind").unwrap(), "northwind", at(NOW)).unwrap();
    let workspace = store.workspace("northwind").unwrap().unwrap();
    let mut account = metering::Account::new(workspace.terms);
    for line in store.lines("northwind", 0, usize::MAX).unwrap() {
        account.apply(&wire::line::decode_body(&line.body).unwrap()).unwrap();
    }
    let position = account.position(at(NOW));
    assert!(position.allowance * 3 <= position.allowance_size && position.allowance > 0, "{position:?}");
    assert!(position.top_up > 0, "{position:?}");
}

#[test]
fn an_import_goes_into_a_workspace_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    import(&store, &sample("northwind").unwrap(), "w", at(NOW)).unwrap();
    let other = import(&store, &sample("harbour").unwrap(), "w", at(NOW)).unwrap_err();
    assert!(matches!(other, ImportError::OtherSample(_)), "{other}");
}

#[test]
fn four_forms_of_traces_are_known_by_their_header() {
    let read = |text: &str| Trace::read(text.as_bytes()).unwrap();
    let activity = read("ts,member,area\n1700000000,m1,code\n1700000060,m1,docs\n1700000060,m2,ui\n");
    assert_eq!((activity.form, activity.rows.len()), (Form::Activity, 3));
    // Rows of one member shortly after each other are one piece of work.
    let threads: Vec<u32> = activity.rows.iter().map(|row| row.thread).collect();
    assert_eq!(threads, [0, 0, 2]);
    assert_eq!(read("ts,channel,user,msg_chars\n1100480400,ubuntu,7,2\n").form, Form::Chat);
    let requests = read("ts,feature,ctx_tokens,gen_tokens\n1700158546.680590,conv,374,44\n");
    assert_eq!((requests.form, requests.start()), (Form::Requests, at("2023-11-16T18:15:46.680Z")));
    let blocks = "ts_ms,trace,input_tokens,output_tokens,first_block\n5,conversation,1,1,0\n2,synthetic,1,1,0\n";
    assert_eq!((read(blocks).form, read(blocks).start().as_millis()), (Form::Blocks, 2), "in the order of time");
}

#[test]
fn a_broken_trace_is_one_error_with_its_line() {
    let said = |text: &str| Trace::read(text.as_bytes()).unwrap_err().to_string();
    assert!(said("").starts_with("line 1: \"\" is not a header that is known: ts,member,area · "));
    assert!(said("ts,member\n1,m1\n").starts_with("line 1: \"ts,member\" is not a header that is known"));
    assert_eq!(said("ts,member,area\n"), "line 2: is missing: there is no row after the header");
    let rows = "ts,member,area\n1700000000,m1,code\n";
    for (row, message) in [
        ("1700000000,m1\n", "line 3: has 2 columns and the header 3"),
        ("1700000000,m1,code,x\n", "line 3: has 4 columns and the header 3"),
        ("1700000000,m1,co\n", "line 3: area \"co\" is not one of code, ui, tests, docs, config"),
        ("17000000x0,m1,code\n", "line 3: ts \"17000000x0\" is not a whole number"),
        ("-5,m1,code\n", "line 3: ts \"-5\" is not a whole number"),
        ("99999999999999,m1,code\n", "line 3: ts is beyond the year 9999"),
        ("1700000000,Anna,code\n", "line 3: member \"Anna\" is not m and a number"),
        ("1700000000,m1,code", "line 3: is cut off: there is no line feed at its end"),
    ] {
        assert_eq!(said(&format!("{rows}{row}")), message);
    }
    assert!(
        Trace::read(b"ts,member,area\n1700000000,m1,\xff\n")
            .unwrap_err()
            .to_string()
            .starts_with("line 2: is not UTF-8")
    );
    assert!(said("ts,feature,ctx_tokens,gen_tokens\n1.1234567890,conv,1,1\n").contains("is not a number of seconds"));
    let cut = &include_bytes!("../../../samples/harbour.csv.gz")[..1_000];
    assert!(Trace::read(cut).unwrap_err().to_string().contains("the gzip file is cut off or damaged"));
}

#[test]
fn any_bytes_are_a_trace_or_an_error() {
    use proptest::prelude::*;
    let header = "ts,member,area\n";
    proptest!(|(bytes in proptest::collection::vec(any::<u8>(), 0..80), rest in "[0-9,m\\.a-z\n\"]{0,60}")| {
        let _ = Trace::read(&bytes);
        let _ = Trace::read(format!("{header}{rest}").as_bytes());
        let gzip = [&[0x1f, 0x8b][..], &bytes].concat();
        let _ = Trace::read(&gzip);
    });
}

#[test]
fn a_recipe_that_is_wrong_is_one_clear_error() {
    let text = include_str!("../../../samples/northwind.toml");
    let trace = include_bytes!("../../../samples/northwind.csv.gz");
    let said = |from: &str, to: &str| {
        assert!(text.contains(from));
        let folder = tempfile::tempdir().unwrap();
        let sample = Sample::new(&text.replacen(from, to, 1), trace);
        let done = sample.and_then(|sample| import(&store(&folder), &sample, "w", at(NOW)));
        assert!(store(&folder).workspace("w").unwrap().is_none(), "nothing is imported");
        done.unwrap_err().to_string()
    };
    assert!(said("plan = \"starter\"", "plan = \"gold\"").contains("step: the catalogue has no plan \"gold\""));
    assert!(
        said("ui = \"reply-suggestion\"", "ui = \"magic\"")
            .contains("features: the catalogue has no feature \"magic\"")
    );
    assert!(said("pack = \"boost-1000\"", "pack = \"x\"").contains("packs: the catalogue has no pack \"x\""));
    assert!(said("hours = [8, 18]", "hours = [18, 8]").contains("packs.hours: 18 to 8 is no part of a day"));
    assert!(said("do = \"subscribe\"", "do = \"dance\"").contains("unknown variant `dance`"));
    assert!(said("on = true", "").contains("automation with on"));
    assert!(said("schema = 1", "schema = 3").contains("schema: 3 is not known"));
    assert!(said("Europe/Berlin", "Berlin").contains("time_zone: \"Berlin\""));
    let message = said("at_most = 2", "at_least = 2");
    assert!(message.contains("line 29, column 1") && message.contains("unknown field `at_least`"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_is_served_a_sample_goes_on_as_an_import_would() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed(at(NOW));
    let database = folder.path().join("live.db");
    let config = Config { database: database.clone().into(), clock: clock.clone(), public_url: None, webhooks: None };
    let mut service = Service::open(config).await.unwrap();
    service.ensure_sample().await.unwrap();
    let token = Token::new().unwrap();
    service.admit_to_samples(token.text(), Role::Member).await.unwrap();
    // Three days pass between the import and the first event of the feed.
    let later = "2026-11-25T15:00:00Z";
    clock.set(at(later));
    let running = service.serve(TcpListener::bind("127.0.0.1:0").await.unwrap()).await.unwrap();
    let expected = play(&sample("northwind").unwrap(), &[NOW, later]);
    let http = support::client();
    let mut seen = 0;
    for _ in 0..400 {
        let request = http.get(format!("{}/v1/workspaces/northwind", running.url())).bearer_auth(token.text());
        let body = support::answer(request).await.body;
        seen = body["ledger"]["last_seq"].as_u64().unwrap();
        if seen >= expected.last_seq {
            assert_eq!(body["ledger"]["last_hash"], expected.last_hash.to_string());
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(seen, expected.last_seq);
    running.shutdown().await;

    // Another time it starts, it goes on; and the old token is replaced.
    let config = Config { database: database.into(), clock, public_url: None, webhooks: None };
    let mut service = Service::open(config).await.unwrap();
    service.ensure_sample().await.unwrap();
    let fresh = Token::new().unwrap();
    service.admit_to_samples(fresh.text(), Role::Member).await.unwrap();
    let running = service.serve(TcpListener::bind("127.0.0.1:0").await.unwrap()).await.unwrap();
    let list = |token: String| support::answer(http.get(format!("{}/v1/workspaces", running.url())).bearer_auth(token));
    assert_eq!(list(token.text().to_owned()).await.problem(), (401, "unauthorized"));
    assert_eq!(list(fresh.text().to_owned()).await.body["workspaces"].as_array().unwrap().len(), 2);
}
