//! The app's own replay against the service's balance, field by field, after random histories.

use app::view::{Overview, WorkspaceState};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::purchases::choose;
use crate::world::{World, at};

/// Random enough, and the same each time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub(crate) const fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        #[allow(clippy::cast_possible_truncation, reason = "the upper half is what is random")]
        let high = (self.0 >> 32) as u32;
        high % sides
    }

    pub(crate) fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(u32::try_from(of.len()).unwrap()) as usize]
    }
}

/// What the app and the service both say of a position, as the service writes it.
fn as_the_service_writes_it(overview: &Overview) -> Value {
    let position = &overview.position;
    let features = position.features.iter().map(|feature| {
        assert_eq!(feature.can_run, feature.reason.is_none(), "{feature:?}");
        json!({ "feature": feature.id, "refusal": feature.reason })
    });
    json!({
        "at": position.at,
        "seq": overview.latest.first().map_or(0, |entry| entry.seq),
        "available": position.available,
        "allowance": position.allowance,
        "allowance_size": position.allowance_size,
        "top_up": position.top_up,
        "held": position.held,
        "used": position.used,
        "state": position.state,
        "period": position.period.map(|period| [period.start, period.end]),
        "features": features.collect::<Vec<_>>(),
    })
}

/// The same of the service's answer: instants as numbers, and no more fields than these.
fn of_the_service(balance: &Value) -> Value {
    let millis = |text: &Value| at(text.as_str().unwrap()).as_millis();
    let mut said = json!({
        "at": millis(&balance["at"]),
        "period": balance["period"].as_array().map(|ends| ends.iter().map(millis).collect::<Vec<_>>()),
        "features": balance["features"].as_array().unwrap().iter()
            .map(|one| json!({ "feature": one["feature"], "refusal": one["refusal"] })).collect::<Vec<_>>(),
    });
    for name in ["seq", "available", "allowance", "allowance_size", "top_up", "held", "used", "state"] {
        said[name] = balance[name].clone();
    }
    said
}

/// Compares once the app has what the service has.
pub(crate) async fn assert_agrees(desk: &Desk, world: &World, when: &str) -> Overview {
    let balance = world.balance().await;
    let overview = desk.at_entry(balance["seq"].as_u64().unwrap()).await;
    assert_same(&overview, &balance, when);
    overview
}

/// Compares, field by field.
pub(crate) fn assert_same(overview: &Overview, balance: &Value, when: &str) {
    assert_eq!(as_the_service_writes_it(overview), of_the_service(balance), "{when}");
    let credits = |source: &str| -> u64 {
        let grants = balance["grants"].as_array().unwrap().iter();
        grants.filter(|grant| grant["source"] == source).map(|grant| grant["remaining"].as_u64().unwrap()).sum()
    };
    assert_eq!(overview.position.top_up, credits("top_up"), "{when}");
    assert_eq!(overview.position.allowance, credits("allowance") + credits("trial"), "{when}");
}

/// What may happen to a workspace of a catalogue.
struct Scene {
    catalogue: &'static str,
    features: &'static [&'static str],
    plans: &'static [&'static str],
    pack: &'static str,
}

const A: Scene = Scene {
    catalogue: "a",
    features: &["ai-reply", "command", "knowledge-sync", "call", "none"],
    plans: &["starter", "professional", "scale"],
    pack: "top-up-2000",
};
const B: Scene = Scene {
    catalogue: "b",
    features: &["reply-suggestion", "draft", "automated-response", "summary", "classification", "assign"],
    plans: &["solo", "starter", "growth", "scale"],
    pack: "boost-1000",
};

/// Plays a random history over two month boundaries and a clock change, comparing after each step.
async fn play(scene: &Scene, seed: u64) {
    let world = World::new(scene.catalogue, "Europe/Berlin", "2026-02-20T09:41:13.250Z").await;
    let desk = Desk::new(&world).await;
    let mut dice = Dice::new(seed);
    let mut seen = Vec::new();
    for step in 0..70 {
        let done = match dice.roll(20) {
            0 => world.plan(&json!({ "do": "start_trial" })).await.1,
            1..=3 => world.plan(&json!({ "do": "subscribe", "plan": dice.pick(scene.plans) })).await.1,
            4 => world.plan(&json!({ "do": "cancel" })).await.1,
            5 => controls(&world, scene, &mut dice).await,
            6 => buy(&desk, scene).await,
            7..=10 => {
                // Up to a day and a half, by odd amounts.
                let ahead = i64::from(dice.roll(36)) * 3_600_000 + i64::from(dice.roll(3_600_000));
                world.clock.set(world.clock.now().plus_millis(ahead));
                json!({ "now": world.clock.now().to_string() })
            }
            _ => {
                let units = if dice.roll(8) == 0 { 1 + dice.roll(1_500) } else { 1 + dice.roll(40) };
                world.report(&format!("u{step}"), dice.pick(scene.features), units).await.1
            }
        };
        let when = format!("catalogue {}, seed {seed}, step {step}: {done}", scene.catalogue);
        seen.push(assert_agrees(&desk, &world, &when).await.position.state);
    }
    // To the end of March and beyond, in one leap: everything falls due that can.
    for now in ["2026-03-29T00:59:59.999Z", "2026-03-31T21:59:59.999Z", "2026-03-31T22:00:00Z", "2026-05-20T12:00:00Z"]
    {
        world.clock.set(world.clock.now().max(at(now)));
        let when = format!("catalogue {}, seed {seed}, at {now}", scene.catalogue);
        seen.push(assert_agrees(&desk, &world, &when).await.position.state);
        // What was due is written down by the next entry, and changes nothing.
        world.report(&format!("at-{now}"), scene.features[0], 1).await;
        assert_agrees(&desk, &world, &when).await;
    }
    assert!(seen.contains(&WorkspaceState::Active), "seed {seed} shows nothing: {seen:?}");
}

async fn controls(world: &World, scene: &Scene, dice: &mut Dice) -> Value {
    // The last one of each catalogue is no metered feature.
    let feature = scene.features[dice.roll(3) as usize];
    let cap = (dice.roll(2) == 0).then(|| dice.roll(500));
    let change =
        json!({ "automation": dice.roll(3) > 0, "features": { feature: { "on": dice.roll(4) > 0, "cap": cap } } });
    let (status, answer) = world.send(reqwest::Method::PUT, "controls", "application/json", &change).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn buy(desk: &Desk, scene: &Scene) -> Value {
    let bought = match desk.app.buy_pack(&desk.key, scene.pack).await {
        Ok(bought) => bought,
        // Without access nothing can be bought.
        Err(error) => return json!(error.code),
    };
    assert!(choose(&bought.checkout_url.unwrap(), "pay").await);
    desk.purchase(&bought.id, |purchase| purchase.left.is_some()).await;
    json!(bought.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn billing_cycles_come_out_as_at_the_service() {
    for seed in [1, 2, 3] {
        play(&A, seed).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calendar_months_come_out_as_at_the_service() {
    for seed in [4, 5, 6] {
        play(&B, seed).await;
    }
}
