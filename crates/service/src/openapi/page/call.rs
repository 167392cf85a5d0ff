//! The command lines that call an operation, with what its examples send.

use serde_json::Value;

use super::part::json;
use crate::html::escaped;
use crate::openapi::operation::{Callers, Operation};

/// A command for each media type that an operation takes; one, if it takes no body.
pub(super) fn call(operation: &Operation, told: &Value) -> String {
    let bodies = told["requestBody"]["content"].as_object();
    let commands: Vec<String> = match bodies {
        None => vec![command(operation, told, None)],
        Some(bodies) => {
            bodies.iter().map(|(media, content)| command(operation, told, Some((media, content)))).collect()
        }
    };
    commands.iter().map(|text| format!("<pre><code>{}</code></pre>", escaped(text))).collect()
}

fn command(operation: &Operation, told: &Value, body: Option<(&String, &Value)>) -> String {
    let mut line = String::from("curl");
    let streams = told["responses"]["200"]["content"].get("text/event-stream").is_some();
    line.push_str(if streams { " -N " } else { " " });
    if operation.method != "GET" {
        line.push_str(&format!("-X {} ", operation.method));
    }
    let mut path = operation.path.to_owned();
    let (mut query, mut headers) = (Vec::new(), Vec::new());
    for one in told["parameters"].as_array().into_iter().flatten() {
        let (Some(name), Some(value)) = (one["name"].as_str(), one.get("example")) else { continue };
        let value = json(value);
        match one["in"].as_str() {
            Some("path") => path = path.replace(&format!("{{{name}}}"), &value),
            Some("query") => query.push(format!("{name}={value}")),
            // Attributes are headers in binary mode, and part of the body in the others.
            Some("header")
                if !name.starts_with("ce-") || body.is_some_and(|(media, _)| media == "application/json") =>
            {
                headers.push(format!("{name}: {value}"));
            }
            _ => {}
        }
    }
    let question = if query.is_empty() { "" } else { "?" };
    line.push_str(&format!("\"$SERVICE{path}{question}{}\"", query.join("&")));
    match operation.callers {
        Callers::AnyToken | Callers::Roles(_) => line.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\""),
        Callers::Signer(header) => line.push_str(&format!(" \\\n  -H \"{header}: $SIGNATURE\"")),
        Callers::Anybody => {}
    }
    if let Some((media, content)) = body {
        headers.insert(0, format!("Content-Type: {media}"));
        headers.iter().for_each(|header| line.push_str(&format!(" \\\n  -H {}", quoted(header))));
        if let Some(example) = content.get("example") {
            line.push_str(&format!(" \\\n  -d {}", quoted(&example.to_string())));
        }
    } else {
        headers.iter().for_each(|header| line.push_str(&format!(" \\\n  -H {}", quoted(header))));
    }
    line
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
