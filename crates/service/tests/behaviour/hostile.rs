//! Requests that nobody means well: every operation answers them as the document says, and never as if it had broken.

use serde_json::{Value, json};
use wire::api::Role;

use crate::support::walker::{Told, operations};
use crate::support::{Answer, World, answer, contract};

/// Bodies that are no JSON, or not the JSON that anybody takes.
const BODIES: [&[u8]; 16] = [
    b"",
    b" ",
    b"{",
    b"{}",
    b"[]",
    b"[[]]",
    b"[{}]",
    b"null",
    b"true",
    b"0",
    b"-1e999",
    b"\"\"",
    b"\"\\ud800\"",
    b"{\"\xff\":1}",
    b"\xef\xbb\xbf{}",
    b"{\"a\":1}{\"a\":1}",
];

/// What a field may hold that is meant for something else.
const VALUES: [&str; 20] = [
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e400",
    "1e9",
    "4294967296",
    "9007199254740992",
    "18446744073709551616",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"a\\u0000b\"",
    "\"\\u202e\"",
    "\"1970-01-01T00:00:00Z\"",
    "\"9999-12-31T23:59:59.999Z\"",
    "\"2026-06-30T23:59:60Z\"",
    "[]",
    "{\"\":{\"\":[]}}",
];

/// What may stand in addresses and headers.
const TEXTS: [&str; 14] = [
    "",
    "0",
    "-1",
    "1e9",
    "18446744073709551615",
    "99999999999999999999",
    "NaN",
    "null",
    "2026-06-03",
    "%00",
    "%ff",
    "%C3%A9",
    "a%2Fb",
    "..%2f..",
];

/// Sends a request; the answer is as the document says, and nothing has broken.
async fn harmless(request: reqwest::RequestBuilder, what: &str) -> Answer {
    let answer = answer(request).await;
    assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.body);
    answer
}

struct Enemy<'a> {
    world: &'a World,
    base: String,
}

impl Enemy<'_> {
    fn request(&self, told: &Told, path: &str) -> reqwest::RequestBuilder {
        let request = self.world.http.request(told.method.clone(), format!("{}{path}", self.base));
        request.bearer_auth(self.world.token(Role::Owner))
    }

    async fn bodies(&self, told: &Told, path: &str) {
        for (media, content) in told.fields["requestBody"]["content"].as_object().into_iter().flatten() {
            let send = |body: Vec<u8>| {
                let mut request = self.request(told, path).header("content-type", media).body(body);
                if media == "application/json" && told.id == "report_usage" {
                    for (name, value) in
                        [("specversion", "1.0"), ("type", "ai.usage.recorded"), ("source", "s"), ("id", "i")]
                    {
                        request = request.header(format!("ce-{name}"), value);
                    }
                }
                request
            };
            for body in BODIES {
                harmless(send(body.to_vec()), &format!("{} with {}", told.id, String::from_utf8_lossy(body))).await;
            }
            harmless(send(vec![b'['; 100_000]), told.id).await;
            let example = &content["example"];
            let is_list = example.is_array();
            let one = if is_list { example[0].clone() } else { example.clone() };
            let Value::Object(fields) = &one else { continue };
            let wrap = |text: String| if is_list { format!("[{text}]") } else { text };
            let mut more = one.clone();
            more["surplus"] = json!(1);
            harmless(send(wrap(more.to_string()).into_bytes()), &format!("{} with a field too many", told.id)).await;
            let long = json!("x".repeat(100_000)).to_string();
            for name in fields.keys() {
                let mut without = one.clone();
                without.as_object_mut().unwrap().remove(name);
                harmless(send(wrap(without.to_string()).into_bytes()), &format!("{} without {name}", told.id)).await;
                for value in VALUES.into_iter().chain([long.as_str()]) {
                    let mut with = without.to_string();
                    let comma = if with == "{}" { "" } else { "," };
                    with.insert_str(1, &format!("{}:{value}{comma}", json!(name)));
                    let shown: String = value.chars().take(40).collect();
                    harmless(send(wrap(with).into_bytes()), &format!("{} with {name}: {shown}", told.id)).await;
                }
            }
        }
    }

    async fn addresses(&self, told: &Told, path: &str) {
        let long = "x".repeat(5_000);
        let parameters = told.fields["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        for text in TEXTS.into_iter().chain([long.as_str()]) {
            for parameter in parameters {
                let name = parameter["name"].as_str().unwrap();
                let request = match parameter["in"].as_str().unwrap() {
                    "path" => self.request(told, &filled(&told.path.replace(&format!("{{{name}}}"), text))),
                    "query" => self.request(told, &format!("{path}?{name}={text}")),
                    _ => self.request(told, path).header(name, text),
                };
                let what = format!("{} with {name} = {text}", told.id);
                harmless(request, &what).await;
                if parameter["in"] == "query" {
                    let twice = self.request(told, &format!("{path}?{name}=1&{name}={text}"));
                    assert!(harmless(twice, &what).await.status >= 400, "{what}, twice");
                }
            }
            if parameters.iter().any(|one| one["in"] == "query") {
                let surplus = harmless(self.request(told, &format!("{path}?surplus={text}")), told.id).await;
                assert_eq!(surplus.status, 400, "{} with a parameter too many", told.id);
            }
        }
    }

    async fn methods(&self, told: &Told, path: &str) {
        let known: Vec<&String> = contract::DOCUMENT["paths"][told.path].as_object().unwrap().keys().collect();
        for method in ["get", "put", "post", "delete", "patch", "options", "trace", "head", "brew"] {
            if known.iter().any(|one| **one == method) || (method == "head" && known.iter().any(|one| **one == "get")) {
                continue;
            }
            let method: reqwest::Method = method.to_ascii_uppercase().parse().unwrap();
            let request = self.world.http.request(method.clone(), format!("{}{path}", self.base));
            let answer = harmless(request.bearer_auth(self.world.token(Role::Owner)), told.id).await;
            assert_eq!(answer.status, 405, "{method} {path}");
        }
    }
}

/// A path with somebody in each pair of braces.
fn filled(path: &str) -> String {
    let path = path.replace("{workspace}", "acme");
    ["{hold}", "{purchase}", "{token}"].into_iter().fold(path, |path, name| path.replace(name, "none"))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_breaks_anything() {
    let world = World::new().await;
    let enemy = Enemy { world: &world, base: world.running.as_ref().unwrap().url() };
    for told in operations() {
        let path = filled(told.path);
        enemy.bodies(&told, &path).await;
        enemy.addresses(&told, &path).await;
        enemy.methods(&told, &path).await;
    }
    // All of it is still there, and in order.
    assert!(!world.ledger().await.is_empty());
    assert_eq!(world.get(Role::Owner, "/readyz").await.status, 200);
}
