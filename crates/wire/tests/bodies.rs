//! Bodies and events: what goes out comes in again, and what is wrong is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use metering::{
    Account, Command, ControlsRequest, FeatureRequest, HoldRequest, Labels, LiveGrant, Meter, Position, Refusal, Terms,
    Timestamp, UsageRequest,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use wire::api::{
    BalanceBody, ControlsBody, ControlsPatch, FeaturePatch, Named, PackBody, PlanBody, PlanRequest, PositionBody,
    PurchaseState, Role,
};
use wire::event;
use wire::problem::{ErrorCode, Problem};

const B: &str = include_str!("../../../catalogues/b.toml");

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What is read of what is written.
fn again<T: serde::Serialize + serde::de::DeserializeOwned>(body: &T) -> T {
    serde_json::from_str(&serde_json::to_string(body).unwrap()).unwrap()
}

/// An account on catalogue B with a plan, some usage, a pack, controls and a hold.
fn account() -> Account {
    let catalogue = Arc::new(wire::catalogue::from_toml(B).unwrap());
    let mut meter = Meter::new(Terms::new(catalogue, chrono_tz::UTC));
    let usage = UsageRequest {
        source: "s".into(),
        id: "u".into(),
        feature: "draft".into(),
        units: 7,
        ..UsageRequest::default()
    };
    let hold = HoldRequest { source: "s".into(), id: "h".into(), feature: "draft".into(), units: 5, minutes: 1_440 };
    let off = FeatureRequest { on: Some(false), cap: None };
    let controls = ControlsRequest { automation: None, features: vec![("summary".into(), off)] };
    for command in [
        Command::Subscribe { plan: "starter".into(), allowance: None },
        Command::Use(usage),
        Command::Buy { purchase: "p".into(), pack: "boost-1000".into() },
        Command::Controls(controls),
        Command::Hold(hold),
    ] {
        for entry in meter.decide(&command, at("2026-06-03T09:00:00Z")).entries {
            meter.apply(&entry).unwrap();
        }
    }
    meter.account().clone()
}

#[test]
fn a_balance_carries_the_position_whole() {
    let (account, now) = (account(), at("2026-06-04T00:00:00Z"));
    let body = BalanceBody::of(&account, now);
    let text = serde_json::to_string(&body).unwrap();
    let read: BalanceBody = serde_json::from_str(&text).unwrap();
    assert_eq!(read, body);
    assert_eq!(Position::try_from(&read).unwrap(), account.position(now));
    let grants: Vec<LiveGrant> = read.grants.iter().map(|grant| LiveGrant::try_from(grant).unwrap()).collect();
    assert_eq!(grants, account.live_grants(now));
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&value["available"], &value["held"]), (&json!(3_988), &json!(5)));
    assert_eq!(value["period"], json!(["2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"]));
    // In the catalogue's order, not the alphabet's.
    assert!(text.find("\"reply-suggestion\":true").unwrap() < text.find("\"draft\":true").unwrap());
    let refusal = value["features"].as_array().unwrap().iter().find(|one| one["feature"] == "summary").unwrap();
    assert_eq!(refusal["refusal"], "feature_off");

    let mut unknown = body;
    unknown.position.state = "asleep".into();
    assert_eq!(Position::try_from(&unknown).unwrap_err().to_string(), "\"asleep\" is not known to this version");
}

#[test]
fn plan_and_controls_read_as_they_were_written() {
    let (account, now) = (account(), at("2026-06-04T00:00:00Z"));
    let plan = PlanBody::of(&account, now);
    assert_eq!(again(&plan), plan);
    assert_eq!(plan.plan.unwrap().plan, "starter");
    let controls = ControlsBody::of(account.catalogue(now), account.controls());
    assert_eq!(again(&controls), controls);
    assert!(!controls.features.get("summary").unwrap().on);

    let lift: ControlsPatch =
        serde_json::from_value(json!({"features": {"draft": {"cap": null}, "summary": {}}})).unwrap();
    let wish = |cap| FeaturePatch { on: None, cap };
    assert_eq!(lift.features, Named(vec![("draft".into(), wish(Some(None))), ("summary".into(), wish(None))]));
    assert_eq!(serde_json::to_value(&lift).unwrap(), json!({"features": {"draft": {"cap": null}, "summary": {}}}));
    let twice = serde_json::from_str::<ControlsPatch>(r#"{"features": {"draft": {}, "draft": {}}}"#).unwrap_err();
    assert!(twice.to_string().contains("\"draft\" is named twice"));

    for (text, command) in [
        (r#"{"do":"subscribe","plan":"growth"}"#, Command::Subscribe { plan: "growth".into(), allowance: None }),
        (r#"{"do":"cancel"}"#, Command::Cancel),
        (r#"{"do":"start_trial"}"#, Command::StartTrial),
    ] {
        let request: PlanRequest = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&request).unwrap(), text);
        assert_eq!(Command::from(request), command);
    }
    assert!(serde_json::from_str::<PlanRequest>(r#"{"do":"cancel","plan":"growth"}"#).is_err());
}

#[test]
fn codes_are_written_as_they_are_named() {
    let name = |value: Value| value.as_str().unwrap().to_owned();
    for role in [Role::Owner, Role::Admin, Role::Member, Role::Meter] {
        assert_eq!(name(serde_json::to_value(role).unwrap()), role.as_str());
        assert_eq!(role.as_str().parse(), Ok(role));
    }
    assert_eq!(
        "king".parse::<Role>().unwrap_err().to_string(),
        "\"king\" is not a role: owner, admin, member or meter"
    );
    for state in PurchaseState::ALL {
        assert_eq!(name(serde_json::to_value(state).unwrap()), state.as_str());
    }
    for refusal in [
        Refusal::Exhausted,
        Refusal::PlanExcludesAi,
        Refusal::NoPlan,
        Refusal::AutomationOff,
        Refusal::FeatureOff,
        Refusal::CapReached,
        Refusal::UnknownFeature,
        Refusal::TrialUnavailable,
        Refusal::HoldEnded,
    ] {
        let code = ErrorCode::from(refusal);
        assert_eq!(
            (code.as_str(), name(serde_json::to_value(code).unwrap())),
            (refusal.code(), refusal.code().to_owned())
        );
    }
    for code in [
        ErrorCode::Unauthorized,
        ErrorCode::Forbidden,
        ErrorCode::NotFound,
        ErrorCode::MethodNotAllowed,
        ErrorCode::Conflict,
        ErrorCode::Malformed,
        ErrorCode::Invalid,
        ErrorCode::TooSlow,
        ErrorCode::TooLarge,
        ErrorCode::UnsupportedType,
        ErrorCode::PurchaseState,
        ErrorCode::PaymentsOff,
        ErrorCode::RateLimited,
        ErrorCode::Unavailable,
        ErrorCode::Internal,
    ] {
        assert_eq!(name(serde_json::to_value(code).unwrap()), code.as_str());
        assert!((400..600).contains(&code.status()));
    }
    assert_eq!(serde_json::from_value::<ErrorCode>(json!("of_tomorrow")).unwrap(), ErrorCode::Unknown);
}

#[test]
fn a_problem_carries_what_can_be_done_about_it() {
    let account = account();
    let mut problem = Problem::new(ErrorCode::Exhausted, "it costs more").at_field("data.units");
    problem.position = Some(Box::new(PositionBody::from(&account.position(at("2026-06-04T00:00:00Z")))));
    problem.refresh_at = Some(at("2026-07-01T00:00:00Z"));
    problem.packs = Some(account.terms().catalogues.latest().packs.iter().map(PackBody::from).collect());
    let value = serde_json::to_value(&problem).unwrap();
    assert_eq!(
        (&value["type"], &value["status"], &value["code"]),
        (&json!("urn:creditdeck:problem:exhausted"), &json!(402), &json!("exhausted"))
    );
    assert_eq!(value["refresh_at"], "2026-07-01T00:00:00Z");
    assert_eq!(
        value["packs"][0],
        json!({"id": "boost-1000", "name": "Boost 1,000", "credits": 1000, "price": 1500, "assumed": true})
    );
    assert_eq!(again(&problem), problem);
    let bare = serde_json::to_value(Problem::new(ErrorCode::NotFound, "x")).unwrap();
    assert_eq!(bare.as_object().unwrap().len(), 5);
}

proptest! {
    #[test]
    fn an_event_says_what_the_usage_was(
        (source, id, feature) in ("\\PC{1,20}", "\\PC{1,20}", "[a-z-]{1,20}"),
        units in any::<u32>(),
        occurred_at in proptest::option::of(0_i64..253_402_300_799_999),
        labels in proptest::array::uniform3(proptest::option::of("\\PC{1,20}")),
    ) {
        let [member, channel, reference] = labels;
        let occurred_at = occurred_at.map(Timestamp::from_millis);
        let labels = Labels { member, channel, reference };
        let request = UsageRequest { source, id, feature, units, occurred_at, labels };
        prop_assert_eq!(event::from_structured(&event::to_structured(&request)).unwrap(), request);
    }

    #[test]
    fn any_bytes_are_an_event_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..100), text in "[\\[\\]{}\":,a-z0-9]{0,80}") {
        for body in [&bytes[..], text.as_bytes()] {
            let _ = event::from_structured(body);
            let _ = event::from_batch(body);
            let _ = event::from_binary([("id", "1")], body);
        }
    }
}

#[test]
fn what_is_wrong_with_an_event_is_said_with_its_field() {
    let good = json!({
        "specversion": "1.0", "type": event::TYPE, "source": "s", "id": "1", "time": "2026-06-03T09:00:00Z",
        "subject": "Zoë", "datacontenttype": "application/json", "traceparent": 7,
        "data": {"feature": "draft", "units": 2, "channel": "chat"},
    });
    let read = event::from_structured(good.to_string().as_bytes()).unwrap();
    assert_eq!((read.units, read.labels.member.as_deref()), (2, Some("Zoë")));
    assert_eq!(read.occurred_at, Some(at("2026-06-03T09:00:00Z")));

    for (field, value, message) in [
        ("specversion", json!("0.3"), "specversion: \"0.3\" is not \"1.0\""),
        ("specversion", Value::Null, "specversion: is missing"),
        ("type", json!("x"), "type: \"x\" is not \"ai.usage.recorded\""),
        ("source", json!(""), "source: has 0 bytes and needs 1..=256"),
        ("id", json!(7), "id: is a number, not a text"),
        ("id", json!("x".repeat(257)), "id: has 257 bytes and needs 1..=256"),
        (
            "time",
            json!("noon"),
            "time: \"noon\" is not an instant between 1970 and 9999: write it as in RFC 3339, like 2026-03-01T09:00:00Z",
        ),
        ("datacontenttype", json!("text/xml"), "datacontenttype: \"text/xml\" is not application/json"),
        ("data", Value::Null, "data: is null, not an object"),
        ("data_base64", json!("e30="), "data_base64: is not taken: send data as a JSON object"),
    ] {
        let mut event = good.clone();
        event[field] = value;
        assert_eq!(event::from_structured(event.to_string().as_bytes()).unwrap_err().to_string(), message);
    }
    for (field, value, message) in [
        ("feature", Value::Null, "data.feature: is missing: name a feature of the catalogue"),
        ("units", json!(-1), "data.units: is -1, not a whole number in 1..=1000000"),
        ("units", json!("2"), "data.units: is a text, not a whole number in 1..=1000000"),
        ("cost", json!(2), "data.cost: is not known: data has feature, units, member, channel and reference"),
        ("channel", json!([]), "data.channel: is a list, not a text"),
    ] {
        let mut event = good.clone();
        event["data"][field] = value;
        assert_eq!(event::from_structured(event.to_string().as_bytes()).unwrap_err().to_string(), message);
    }
    let said = |body: &str| event::from_structured(body.as_bytes()).unwrap_err();
    assert_eq!(said("[]").to_string(), "body: is a list, and an event is an object");
    assert!(said("{").is_malformed() && said("{").to_string().starts_with("body: line 1, column 1: EOF"));
    let many = format!("[{}]", vec!["{}"; event::MAX_BATCH + 1].join(","));
    assert_eq!(
        event::from_batch(many.as_bytes()).unwrap_err().to_string(),
        "batch: has 1001 events, and a batch has at most 1000"
    );
    let two = event::from_batch(format!("[{good}, 7]").as_bytes()).unwrap();
    assert_eq!(two[0].as_ref().unwrap().id, "1");
    assert_eq!(two[1].as_ref().unwrap_err().to_string(), "event: is a number, and an event is an object");
}

#[test]
fn binary_mode_takes_attributes_and_data_apart() {
    let attributes = [("specversion", "1.0"), ("type", event::TYPE), ("source", "s"), ("id", "1"), ("other", "x")];
    let read = event::from_binary(attributes, br#"{"feature": "draft"}"#).unwrap();
    assert_eq!((read.feature.as_str(), read.units), ("draft", 1));
    assert!(event::from_binary(attributes, b"").unwrap_err().is_malformed());
    let wrapped = [("subject", "Zo%C3%AB"), ("source", "\"s\\\"1\"")];
    let read = event::from_binary(
        attributes.into_iter().filter(|(name, _)| *name != "source").chain(wrapped),
        br#"{"feature": "draft"}"#,
    );
    let read = read.unwrap();
    assert_eq!((read.labels.member.as_deref(), read.source.as_str()), (Some("Zoë"), "s\"1"));
    let twice = attributes.into_iter().chain([("id", "2")]);
    assert_eq!(event::from_binary(twice, b"{}").unwrap_err().to_string(), "id: is there twice");
    let broken = attributes.into_iter().chain([("subject", "%ff")]);
    assert_eq!(event::from_binary(broken, b"{}").unwrap_err().to_string(), "subject: is not UTF-8");
    let smuggled = attributes.into_iter().chain([("data", "{}")]);
    assert_eq!(event::from_binary(smuggled, b"{}").unwrap_err().field, "data");
}
