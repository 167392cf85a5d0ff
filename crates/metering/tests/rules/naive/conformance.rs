//! The worked cases of `tests/conformance` through the naive model: it has read the rules page as whoever wrote those
//! answers did.

use std::sync::Arc;

use metering::{
    Allowance, Catalogue, Command, ControlsRequest, Feature, FeatureRequest, HOLD_MINUTES, HoldRequest, Pack, Plan,
    Price, RefreshRule, Timestamp, TrialOffer, Unmetered, UsageRequest, WarningDefaults,
};
use serde_json::{Map, Value, json};

use super::{Answer, Naive, NaiveOutcome};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/conformance");

#[test]
fn naive_reproduces_the_worked_cases() {
    let folder = std::fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = folder.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    assert!(files.len() >= 32, "{} files", files.len());
    for file in files {
        let case: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let (steps, expected) = (list(&case, "steps"), list(&case, "expect"));
        assert!(!steps.is_empty() && steps.len() == expected.len());
        let mut naive = Naive::new(vec![catalogue(&case["catalogue"])], text(&case, "time_zone").parse().unwrap());
        for (number, (step, expected)) in (1..).zip(steps.iter().zip(expected)) {
            let at: Timestamp = text(step, "at").parse().unwrap();
            let answer = match command(step) {
                Some(command) => naive.step(at, &command),
                None => naive.read(at),
            };
            assert_eq!(shown(number, &answer), *expected, "{}: {step}", file.display());
        }
    }
}

fn text(object: &Value, key: &str) -> String {
    object[key].as_str().unwrap().to_owned()
}

fn number(object: &Value, key: &str) -> Option<i64> {
    object.get(key).and_then(Value::as_i64)
}

/// A number that has to fit, or the nearest that is out of bounds.
fn fitted<T: TryFrom<i64>>(number: i64, beyond: T) -> T {
    T::try_from(number).unwrap_or(beyond)
}

fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn catalogue(of: &Value) -> Arc<Catalogue> {
    let credits = |object: &Value, key: &str| number(object, key).map(|number| fitted(number, u64::MAX));
    let assumed = false;
    let feature = |one: &Value| Feature {
        id: text(one, "id"),
        name: text(one, "name"),
        group: text(one, "group"),
        rate: fitted(number(one, "rate").unwrap(), u32::MAX),
        automation: one.get("automation") == Some(&json!(true)),
        assumed,
    };
    let unmetered =
        |one: &Value| Unmetered { id: text(one, "id"), name: text(one, "name"), reason: text(one, "reason") };
    let plan = |one: &Value| Plan {
        id: text(one, "id"),
        name: text(one, "name"),
        price: Price::Custom,
        ai: one.get("ai") != Some(&json!(false)),
        allowance: credits(one, "allowance").map_or(Allowance::Custom, Allowance::Credits),
        assumed,
    };
    let pack = |one: &Value| Pack {
        id: text(one, "id"),
        name: text(one, "name"),
        credits: credits(one, "credits").unwrap(),
        price: credits(one, "price").unwrap(),
        expires_after_days: number(one, "expires_after_days").map(|days| fitted(days, u32::MAX)),
        assumed,
    };
    let trial = of.get("trial").map(|trial| TrialOffer {
        days: fitted(number(trial, "days").unwrap(), u32::MAX),
        allowance: credits(trial, "allowance").unwrap(),
        assumed,
    });
    let catalogue = Catalogue {
        id: text(of, "id"),
        name: text(of, "name"),
        revision: 1,
        counts_from: None,
        currency: text(of, "currency"),
        refresh: match text(of, "refresh").as_str() {
            "calendar_month" => RefreshRule::CalendarMonth,
            _ => RefreshRule::BillingCycle,
        },
        time_zone: "UTC".into(),
        packs_name: "Packs".into(),
        trial,
        features: list(of, "feature").iter().map(feature).collect(),
        unmetered: list(of, "unmetered").iter().map(unmetered).collect(),
        plans: list(of, "plan").iter().map(plan).collect(),
        packs: list(of, "pack").iter().map(pack).collect(),
        groups: Vec::new(),
        warnings: WarningDefaults::default(),
    };
    assert_eq!(catalogue.faults(), []);
    Arc::new(catalogue)
}

/// The command of a step; a look is none.
fn command(step: &Value) -> Option<Command> {
    let get = |key: &str| text(step, key);
    let units = || number(step, "units").map(|units| fitted(units, 0));
    let source = String::from("scenario");
    Some(match step["do"].as_str().unwrap() {
        "balance" => return None,
        "start_trial" => Command::StartTrial,
        "subscribe" => Command::Subscribe {
            plan: get("plan"),
            allowance: number(step, "allowance").map(|credits| fitted(credits, u64::MAX)),
        },
        "cancel" => Command::Cancel,
        "use" => Command::Use(UsageRequest {
            source,
            id: get("id"),
            feature: get("feature"),
            units: units().unwrap_or(1),
            occurred_at: step.get("occurred_at").map(|_| get("occurred_at").parse().unwrap()),
            ..UsageRequest::default()
        }),
        "amend" => Command::Amend { source, id: get("id"), usage: get("usage") },
        "buy" => Command::Buy { purchase: get("id"), pack: get("pack") },
        "refund" => {
            let amount = number(step, "amount").map(|amount| fitted(amount, u64::MAX));
            Command::Refund { id: get("id"), purchase: get("purchase"), amount }
        }
        "dispute" => Command::Dispute { id: get("id"), purchase: get("purchase") },
        "reinstate" => Command::Reinstate { id: get("id"), purchase: get("purchase") },
        "hold" => Command::Hold(HoldRequest {
            source,
            id: get("id"),
            feature: get("feature"),
            units: units().unwrap_or(1),
            minutes: number(step, "minutes").map_or(HOLD_MINUTES, |minutes| fitted(minutes, 0)),
        }),
        "capture" => Command::Capture { source, hold: get("hold"), units: units() },
        "release" => Command::Release { source, hold: get("hold") },
        "controls" => {
            let cap = |cap: &Value| cap.as_i64().map(|cap| fitted(cap, u64::MAX));
            let wish = |one: &Value| FeatureRequest { on: one["on"].as_bool(), cap: one.get("cap").map(cap) };
            let features = step["features"].as_object().into_iter().flatten();
            Command::Controls(ControlsRequest {
                automation: step["automation"].as_bool(),
                features: features.map(|(id, one)| (id.clone(), wish(one))).collect(),
            })
        }
        other => panic!("{other} is no command"),
    })
}

/// An answer in the form of `expect`.
fn shown(step: usize, answer: &Answer) -> Value {
    let instant = |millis: i64| Timestamp::from_millis(millis).to_string();
    let (position, totals) = (&answer.position, &answer.totals);
    let (outcome, reason) = match answer.outcome {
        NaiveOutcome::Recorded => ("recorded", None),
        NaiveOutcome::Duplicate => ("duplicate", None),
        NaiveOutcome::Conflict => ("conflict", None),
        NaiveOutcome::Refused(reason) => ("refused", Some(reason)),
        NaiveOutcome::Invalid => ("invalid", None),
        NaiveOutcome::Ok => ("ok", None),
    };
    let can_run: Map<String, Value> = position.can_run.iter().map(|(id, can)| (id.clone(), json!(can))).collect();
    let mut shown = json!({
        "step": step,
        "outcome": outcome,
        "position": {
            "available": position.available,
            "allowance": position.allowance,
            "top_up": position.top_up,
            "held": position.held,
            "used": position.used,
            "state": position.state,
            "period": position.period.map(|(start, end)| [instant(start), instant(end)]),
            "can_run": can_run,
        },
        "totals": {
            "granted": totals.granted,
            "spent": totals.spent,
            "amended": totals.amended,
            "expired": totals.expired,
            "voided": totals.voided,
        },
    });
    if let Some(reason) = reason {
        shown["reason"] = json!(reason);
    }
    shown
}
