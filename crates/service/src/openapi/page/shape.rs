//! What a schema says, in words and tables.

use serde_json::Value;

use super::part::words;
use crate::html::escaped;

/// The whole of a schema: its fields, its choices, or what it is.
pub(super) fn shape(schema: &Value) -> String {
    if schema.get("properties").is_some() {
        return fields(schema);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        if choices.iter().all(|one| one.get("const").is_some()) {
            return names(choices);
        }
        let shown = choices.iter().map(|one| {
            let told = words(one["description"].as_str().unwrap_or_default());
            format!("<div class=\"choice\"><p>{told}</p>{}</div>", shape(one))
        });
        return shown.collect();
    }
    format!("<p>{}</p>", type_of(schema))
}

fn names(choices: &[Value]) -> String {
    let rows = choices.iter().map(|one| {
        format!(
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td></tr>",
            escaped(one["const"].as_str().unwrap_or_default()),
            words(one["description"].as_str().unwrap_or_default())
        )
    });
    format!("<div class=\"wide\"><table><tbody>{}</tbody></table></div>", rows.collect::<String>())
}

fn fields(schema: &Value) -> String {
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_required = |name: &str| required.iter().any(|one| one == name);
    let mut all: Vec<(&String, &Value)> = schema["properties"].as_object().into_iter().flatten().collect();
    all.sort_by_key(|(name, _)| !is_required(name));
    let rows = all.into_iter().map(|(name, property)| {
        let told = words(property["description"].as_str().unwrap_or_default());
        format!(
            "<tr><th scope=\"row\"><code>{}</code>{}</th><td>{}</td><td>{told}</td></tr>",
            escaped(name),
            if is_required(name) { " <em>required</em>" } else { "" },
            type_of(property)
        )
    });
    format!(
        "<div class=\"wide\"><table><thead><tr><th>Field</th><th>Type</th><th>What</th></tr></thead>\
         <tbody>{}</tbody></table></div>",
        rows.collect::<String>()
    )
}

/// A schema in a few words.
pub(super) fn type_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        let name = escaped(name);
        return format!("<a href=\"#type-{name}\">{name}</a>");
    }
    if let Some(only) = schema.get("const") {
        return format!("<code>{}</code>", escaped(&only.to_string()));
    }
    if let Some(names) = schema["enum"].as_array() {
        let names = names.iter().filter_map(Value::as_str).map(|name| format!("<code>{}</code>", escaped(name)));
        return names.collect::<Vec<_>>().join(", ");
    }
    if let Some(choices) = ["anyOf", "oneOf"].iter().find_map(|key| schema[key].as_array()) {
        return choices.iter().map(type_of).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::Array(types) => {
            let one = |name: &Value| single(name.as_str().unwrap_or_default(), schema);
            types.iter().map(one).collect::<Vec<_>>().join(" or ")
        }
        name => single(name.as_str().unwrap_or_default(), schema),
    }
}

fn single(name: &str, schema: &Value) -> String {
    match name {
        "string" if schema["format"] == "date-time" => "instant".into(),
        "string" => text(schema),
        "integer" => format!("whole number{}", between(&schema["minimum"], &schema["maximum"], "")),
        "boolean" => "true or false".into(),
        "null" => "<code>null</code>".into(),
        "array" => {
            let many = between(&schema["minItems"], &schema["maxItems"], "");
            format!("list of {}{many}", type_of(&schema["items"]))
        }
        "object" if schema["additionalProperties"].is_object() => {
            format!("object of {} by name", type_of(&schema["additionalProperties"]))
        }
        "object" => "object".into(),
        _ => "anything".into(),
    }
}

fn text(schema: &Value) -> String {
    format!("text{}", between(&schema["minLength"], &schema["maxLength"], " characters"))
}

/// Bounds, if there are any.
fn between(least: &Value, most: &Value, unit: &str) -> String {
    match (least.as_u64(), most.as_u64()) {
        (Some(least), Some(most)) if least == most => format!(", {}{unit}", grouped(least)),
        (Some(least), Some(most)) => format!(", {} to {}{unit}", grouped(least), grouped(most)),
        (Some(least), None) => format!(", from {}{unit}", grouped(least)),
        (None, Some(most)) => format!(", up to {}{unit}", grouped(most)),
        (None, None) => String::new(),
    }
}

/// A number with its thousands apart; the largest that JSON carries exactly as a power.
fn grouped(number: u64) -> String {
    if number == metering::MAX_TOTAL {
        return "2<sup>53</sup> − 1".into();
    }
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_told_in_words() {
        for (schema, words) in [
            (json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000 }), "whole number, 1 to 1,000,000"),
            (
                json!({ "type": "integer", "minimum": 0, "maximum": metering::MAX_TOTAL }),
                "whole number, 0 to 2<sup>53</sup> − 1",
            ),
            (json!({ "type": ["string", "null"], "maxLength": 9 }), "text, up to 9 characters or <code>null</code>"),
            (json!({ "type": "string", "format": "date-time", "pattern": "x" }), "instant"),
            (json!({ "$ref": "#/components/schemas/A" }), "<a href=\"#type-A\">A</a>"),
            (
                json!({ "anyOf": [{ "$ref": "#/components/schemas/A" }, { "type": "null" }] }),
                "<a href=\"#type-A\">A</a> or <code>null</code>",
            ),
            (json!({ "type": "array", "items": { "type": "boolean" } }), "list of true or false"),
            (
                json!({ "type": "object", "additionalProperties": { "type": "boolean" } }),
                "object of true or false by name",
            ),
            (json!({ "const": "a&b" }), "<code>&quot;a&amp;b&quot;</code>"),
            (json!({ "type": "string", "enum": ["a", "b"] }), "<code>a</code>, <code>b</code>"),
        ] {
            assert_eq!(type_of(&schema), words, "{schema}");
        }
    }
}
