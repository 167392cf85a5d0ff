//! The parts of an operation on the page.

use serde_json::Value;
use wire::problem::MEDIA_TYPE;

use super::call::call;
use super::shape::{shape, type_of};
use crate::html::escaped;
use crate::openapi::operation::{Callers, Operation};

/// An operation as the document tells of it.
pub(super) fn operation(operation: &Operation, told: &Value, document: &Value) -> String {
    let (id, path) = (operation.id, escaped(operation.path));
    let mut html = format!(
        "<article id=\"{id}\"><h3>{}</h3><p class=\"address\">{} <code>{path}</code></p>{}",
        escaped(operation.summary),
        method(operation.method.as_str()),
        callers(operation.callers)
    );
    html.push_str(&paragraphs(operation.description));
    html.push_str(&parameters(&told["parameters"]));
    for (media, content) in told["requestBody"]["content"].as_object().into_iter().flatten() {
        let description = operation.bodies.iter().find(|body| body.media == media).map_or("", |body| body.description);
        html.push_str(&format!(
            "<h4>Body <code>{}</code></h4>{}{}",
            escaped(media),
            paragraphs(description),
            named(&content["schema"], document)
        ));
    }
    html.push_str("<h4>Command</h4>");
    html.push_str(&call(operation, told));
    html.push_str("<h4>Answers</h4>");
    html.push_str(&answers(&told["responses"]));
    html.push_str("<h4>Problems</h4>");
    html.push_str(&problems(&told["responses"], document));
    html.push_str("</article>");
    html
}

/// A method as a badge.
pub(super) fn method(method: &str) -> String {
    format!("<b class=\"method {}\">{method}</b>", method.to_ascii_lowercase())
}

/// A text in paragraphs, with what stands in backquotes as code.
pub(super) fn prose(text: &Value) -> String {
    paragraphs(text.as_str().unwrap_or_default())
}

fn paragraphs(text: &str) -> String {
    let shown = text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty());
    shown.map(|paragraph| format!("<p>{}</p>", words(paragraph))).collect()
}

/// A line, with what stands in backquotes as code.
pub(super) fn words(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(index, part)| match index % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    });
    parts.collect()
}

/// JSON as it is read by people.
pub(super) fn json(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => format!("{other:#}"),
    }
}

fn callers(callers: Callers) -> String {
    let roles: Vec<String> = match callers {
        Callers::Anybody => vec!["<li>no token</li>".into()],
        Callers::Signer(header) => vec![format!("<li>no token, but a signature in <code>{header}</code></li>")],
        Callers::AnyToken => vec!["<li>any token</li>".into()],
        Callers::Roles(allowed) => {
            crate::openapi::document::roles(allowed).map(|role| format!("<li>{role}</li>")).collect()
        }
    };
    format!("<ul class=\"roles\" aria-label=\"Who may\">{}</ul>", roles.concat())
}

fn parameters(parameters: &Value) -> String {
    let rows: String = parameters
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            let is_required = one["required"] == true;
            format!(
                "<tr><th scope=\"row\"><code>{}</code>{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
                escaped(one["name"].as_str().unwrap_or_default()),
                if is_required { " <em>required</em>" } else { "" },
                type_of(&one["schema"]),
                escaped(one["in"].as_str().unwrap_or_default()),
                words(one["description"].as_str().unwrap_or_default())
            )
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    format!(
        "<h4>Parameters</h4><div class=\"wide\"><table><thead><tr><th>Name</th><th>Type</th><th>Where</th>\
         <th>What</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

/// The shape of a body: if it has a name, the shape that goes by it.
fn named(schema: &Value, document: &Value) -> String {
    match followed(schema, document) {
        Some(found) => format!("<p>{}</p>{}", type_of(schema), shape(found)),
        None => format!("<p>{}</p>", type_of(schema)),
    }
}

/// Where a reference leads.
fn followed<'a>(value: &Value, document: &'a Value) -> Option<&'a Value> {
    document.pointer(value["$ref"].as_str()?.strip_prefix('#')?)
}

fn answers(responses: &Value) -> String {
    let mut html = String::new();
    for (status, response) in responses.as_object().into_iter().flatten() {
        if response.get("$ref").is_some() || response["content"].get(MEDIA_TYPE).is_some() {
            continue;
        }
        html.push_str(&format!(
            "<div class=\"answer\"><p><b class=\"status\">{status}</b> {}</p>",
            words(response["description"].as_str().unwrap_or_default())
        ));
        for (media, content) in response["content"].as_object().into_iter().flatten() {
            html.push_str(&format!("<p>{} as <code>{}</code></p>", type_of(&content["schema"]), escaped(media)));
            html.push_str(&example("Example", content.get("example")));
        }
        html.push_str("</div>");
    }
    html
}

fn problems(responses: &Value, document: &Value) -> String {
    let (mut rows, mut shown) = (String::new(), String::new());
    for (status, response) in responses.as_object().into_iter().flatten() {
        let response = followed(response, document).unwrap_or(response);
        let Some(content) = response["content"].get(MEDIA_TYPE) else { continue };
        for told in response["description"].as_str().unwrap_or_default().split("\n\n") {
            let (code, meaning) = told.split_once(": ").unwrap_or((told, ""));
            rows.push_str(&format!(
                "<tr><td>{status}</td><th scope=\"row\">{}</th><td>{}</td></tr>",
                words(code),
                words(meaning)
            ));
        }
        for (code, one) in content["examples"].as_object().into_iter().flatten() {
            shown.push_str(&example(&format!("Example: {code}"), one.get("value")));
        }
    }
    format!(
        "<div class=\"wide\"><table class=\"problems\"><thead><tr><th>Status</th><th>Code</th><th>What</th>\
         </tr></thead><tbody>{rows}</tbody></table></div>{shown}"
    )
}

fn example(title: &str, value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    format!("<details><summary>{}</summary><pre><code>{}</code></pre></details>", escaped(title), escaped(&json(value)))
}
