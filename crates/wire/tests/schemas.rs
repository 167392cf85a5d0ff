//! Requests are read as their schemas say: what a schema allows is readable, and what is read is allowed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

use jsonschema::Validator;
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wire::api::{
    AmendmentWish, CaptureWish, ControlsPatch, HoldWish, PairWish, PairingWish, PlanRequest, PurchaseRequest,
    ReleaseWish, TokenWish, UsageCheck, from_json,
};
use wire::event::{self, UsageEvent};
use wire::schema::Schemas;

fn validator<T: JsonSchema>() -> Validator {
    let mut schemas = Schemas::of_requests("/$defs");
    let schema = schemas.of::<T>();
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema], "$defs": schemas.definitions(),
    });
    jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
}

/// Values that fields are given: right in one place, wrong in another.
fn values() -> Vec<Value> {
    let long = "x".repeat(257);
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(2.0),
        json!(1e20),
        json!(1_000_000),
        json!(1_000_001),
        json!(u64::MAX),
        json!(""),
        json!(" "),
        json!("draft"),
        json!("1.0"),
        json!("hold:1"),
        json!(event::TYPE),
        json!("text/xml"),
        json!("application/json; charset=utf-8"),
        json!("application/vnd.x+json"),
        json!("2026-06-03T09:00:00Z"),
        json!("2026-06-03T09:00:00.5+02:00"),
        json!("1969-06-03T09:00:00Z"),
        json!("noon"),
        json!(long),
        json!([]),
        json!(["draft"]),
        json!({}),
        json!({ "feature": "draft" }),
        json!({ "draft": { "cap": null } }),
        json!({ "draft": { "cap": -1 } }),
        json!({ "draft": [true] }),
    ]
}

/// The base with each field in turn taken out or given each value, with a field too many, and everything else that a body
/// could be.
fn variations(base: &Value) -> Vec<Value> {
    let mut all = values();
    all.push(base.clone());
    let mut more = base.clone();
    more["surplus"] = json!(1);
    all.push(more);
    for name in base.as_object().unwrap().keys() {
        let mut without = base.clone();
        without.as_object_mut().unwrap().remove(name);
        all.extend(values().into_iter().map(|value| {
            let mut with = without.clone();
            with[name] = value;
            with
        }));
        all.push(without);
    }
    all
}

/// What a schema allows can be read. What can be read is allowed, but for what the rules refuse.
fn same<T: JsonSchema + DeserializeOwned>(base: &Value, refused_later: impl Fn(&Value) -> bool) {
    let validator = validator::<T>();
    for value in variations(base) {
        let is_read = from_json::<T>(value.to_string().as_bytes()).is_ok();
        let is_allowed = validator.is_valid(&value);
        assert!(is_read || !is_allowed, "{value} is allowed and cannot be read");
        assert!(is_allowed || !is_read || refused_later(&value), "{value} is read and not allowed");
    }
    assert!(validator.is_valid(base), "{base}");
}

/// A text without a letter, one that is too long, and a number out of bounds: the rules refuse these, and say of what.
fn out_of_bounds(value: &Value) -> bool {
    let is_out = |one: &Value| match one {
        Value::String(text) => text.trim().is_empty() || text.len() > 251,
        Value::Number(number) => number.as_u64().is_none_or(|number| number == 0 || number > 1_440),
        Value::Object(_) => one.to_string().contains("-1"),
        _ => false,
    };
    value.as_object().is_some_and(|fields| fields.values().any(is_out))
}

#[test]
fn requests_are_read_as_their_schemas_say() {
    same::<UsageCheck>(&json!({ "feature": "draft", "units": 2 }), out_of_bounds);
    same::<HoldWish>(&json!({ "source": "s", "id": "i", "feature": "draft", "units": 1, "minutes": 9 }), out_of_bounds);
    same::<CaptureWish>(&json!({ "source": "s", "units": 1 }), out_of_bounds);
    same::<ReleaseWish>(&json!({ "source": "s" }), out_of_bounds);
    same::<AmendmentWish>(&json!({ "source": "s", "id": "i", "usage": "u" }), out_of_bounds);
    same::<ControlsPatch>(
        &json!({ "automation": true, "features": { "draft": { "on": true, "cap": 1 } } }),
        out_of_bounds,
    );
    same::<PlanRequest>(&json!({ "do": "subscribe", "plan": "starter", "allowance": 7 }), out_of_bounds);
    same::<PlanRequest>(&json!({ "do": "cancel" }), out_of_bounds);
    same::<PurchaseRequest>(&json!({ "id": "p", "pack": "boost" }), out_of_bounds);
    same::<TokenWish>(&json!({ "role": "meter", "name": "n", "expires_at": "2026-06-03T09:00:00Z" }), out_of_bounds);
    same::<PairingWish>(&json!({ "role": "member" }), out_of_bounds);
    same::<PairWish>(&json!({ "code": "7K2QX-9RT4M", "device": "d" }), out_of_bounds);
}

/// Whether an event is read, and not refused for what any reader of its schema could have seen.
fn is_event(value: &Value) -> bool {
    event::from_structured(value.to_string().as_bytes())
        .is_ok_and(|request| (1..=metering::MAX_UNITS).contains(&request.units) && !request.id.starts_with("hold:"))
}

fn good_event() -> Value {
    json!({
        "specversion": "1.0", "type": event::TYPE, "source": "desk", "id": "1", "time": "2026-06-03T09:00:00Z",
        "subject": "zoe", "datacontenttype": "application/json", "traceparent": "00-1",
        "data": { "feature": "draft", "units": 2, "member": "m", "channel": "chat", "reference": "r" },
    })
}

#[test]
fn events_are_read_as_their_schema_says() {
    let (validator, good) = (validator::<UsageEvent<'_>>(), good_event());
    let mut all = variations(&good);
    all.extend(variations(&good["data"]).into_iter().map(|data| {
        let mut event = good.clone();
        event["data"] = data;
        event
    }));
    let mut bytes = good.clone();
    bytes["data_base64"] = json!("e30=");
    all.push(bytes);
    for event in all {
        assert_eq!(validator.is_valid(&event), is_event(&event), "{event}");
    }
    assert!(is_event(&good));
}

proptest! {
    #[test]
    fn whatever_an_event_is_made_of(
        picks in proptest::collection::vec((0_usize..14, any::<proptest::sample::Index>()), 0..4),
    ) {
        let validator = validator::<UsageEvent<'_>>();
        let (mut event, values) = (good_event(), values());
        for (field, value) in picks {
            let value = value.get(&values).clone();
            let outer = ["specversion", "type", "source", "id", "time", "subject", "datacontenttype", "data", "x"];
            let inner = ["feature", "units", "member", "channel", "reference"];
            match (outer.get(field), inner.get(field.wrapping_sub(outer.len())), event["data"].is_object()) {
                (Some(name), _, _) => event[*name] = value,
                (None, Some(name), true) => event["data"][*name] = value,
                _ => {}
            }
        }
        prop_assert_eq!(validator.is_valid(&event), is_event(&event), "{}", event);
    }
}
