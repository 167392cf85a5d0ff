//! JSON Schemas of what crosses: how requests are read, and how answers are written.

use std::collections::BTreeMap;

use metering::MAX_TOTAL;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

/// An id: not empty, without control characters, without white space at its ends. `maxLength` counts characters: of ids
/// with others than those of ASCII, the reader takes fewer.
pub(crate) const ID: &str =
    r"^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$";
/// A name for people: it has something in it, and no control characters.
pub(crate) const NAME: &str =
    r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";
/// A text for people, which may be empty.
pub(crate) const TEXT: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";

/// Schemas of types as one side sees them.
#[derive(Debug)]
pub struct Schemas(SchemaGenerator);

impl Schemas {
    /// As they are read. References lead to `definitions`, like `/components/schemas`.
    #[must_use]
    pub fn of_requests(definitions: &'static str) -> Self {
        Self(settings(definitions).for_deserialize().into_generator())
    }

    /// As they are written: what may be absent is never `null`.
    #[must_use]
    pub fn of_answers(definitions: &'static str) -> Self {
        Self(settings(definitions).for_serialize().with_transform(absent_not_null).into_generator())
    }

    /// The schema of a type, or a reference to it among the [`Schemas::definitions`].
    #[must_use]
    pub fn of<T: JsonSchema + ?Sized>(&mut self) -> Value {
        let mut schema = self.0.subschema_for::<T>();
        self.finish(&mut schema);
        schema.to_value()
    }

    /// The properties of a type, each with whether it has to be there.
    #[must_use]
    pub fn properties_of<T: JsonSchema + ?Sized>(&mut self) -> Vec<(String, Value, bool)> {
        let mut schema = T::json_schema(&mut self.0);
        self.finish(&mut schema);
        let schema = schema.to_value();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let properties = schema["properties"].as_object().cloned().unwrap_or_default();
        properties
            .into_iter()
            .map(|(name, property)| {
                let is_required = required.iter().any(|one| *one == *name);
                (name, property, is_required)
            })
            .collect()
    }

    fn finish(&mut self, schema: &mut Schema) {
        self.0.transforms_mut().for_each(|transform| transform.transform(schema));
    }

    /// All schemas that references lead to, by name.
    #[must_use]
    pub fn definitions(mut self) -> Map<String, Value> {
        self.0.take_definitions(true)
    }
}

fn settings(definitions: &'static str) -> SchemaSettings {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = definitions.into());
    settings.with_transform(whole_numbers)
}

/// Whole numbers say their bounds instead of how many bits Rust keeps them in. None is larger than what a JSON number
/// carries exactly (rule 20).
fn whole_numbers(schema: &mut Schema) {
    let largest = match schema.get("format").and_then(Value::as_str) {
        Some("uint64") => Some(MAX_TOTAL),
        Some("uint32") => Some(u64::from(u32::MAX)),
        Some("uint16" | "uint8" | "uint") => None,
        _ => return transform_subschemas(&mut whole_numbers, schema),
    };
    schema.remove("format");
    if let Some(largest) = largest.filter(|_| schema.get("maximum").is_none()) {
        schema.insert("maximum".into(), largest.into());
    }
}

/// Answers leave out what they do not say: only a property that is always there can be `null`.
fn absent_not_null(schema: &mut Schema) {
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (_, property) in properties.iter_mut().filter(|(name, _)| !required.iter().any(|one| one == *name)) {
            not_null(property);
        }
    }
    transform_subschemas(&mut absent_not_null, schema);
}

fn not_null(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    if let Some(Value::Array(types)) = fields.get_mut("type") {
        types.retain(|one| one != "null");
        if let [one] = &mut types[..] {
            let one = one.take();
            fields.insert("type".into(), one);
        }
    }
    if let Some(Value::Array(choices)) = fields.get_mut("anyOf") {
        choices.retain(|one| one["type"] != "null");
        if let [Value::Object(one)] = &mut choices[..] {
            let one = std::mem::take(one);
            fields.remove("anyOf");
            fields.extend(one);
        }
    }
}

/// JSON with its fields in the order of their names: whether it keeps another one is up to what else is built with it.
#[must_use]
pub fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().collect();
            fields.into_iter().map(|(name, value)| (name, sorted(value))).collect()
        }
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Inner {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(max = 9))]
        number: Option<u8>,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inner: Option<Inner>,
        always: Option<Inner>,
    }

    #[test]
    fn what_an_answer_leaves_out_is_never_null_and_what_a_request_leaves_out_may_be() {
        let mut answers = Schemas::of_answers("/x");
        assert_eq!(answers.of::<Outer>(), json!({ "$ref": "#/x/Outer" }));
        let answers = answers.definitions();
        assert_eq!(answers["Outer"]["required"], json!(["always"]));
        assert_eq!(answers["Outer"]["properties"]["inner"], json!({ "$ref": "#/x/Inner" }));
        assert_eq!(answers["Outer"]["properties"]["always"]["anyOf"][1], json!({ "type": "null" }));
        assert_eq!(answers["Inner"]["properties"]["number"]["type"], "integer");

        let mut requests = Schemas::of_requests("/x");
        let _ = requests.of::<Outer>();
        let requests = requests.definitions();
        assert_eq!(requests["Inner"]["properties"]["number"]["type"], json!(["integer", "null"]));
        assert_eq!(requests["Inner"]["properties"]["number"]["maximum"], 9);
        assert_eq!(requests["Outer"]["additionalProperties"], false);
    }

    #[test]
    fn names_are_sorted_at_every_depth() {
        let text = sorted(json!([{ "b": { "d": 1, "c": 2 }, "a": 3 }])).to_string();
        assert_eq!(text, r#"[{"a":3,"b":{"c":2,"d":1}}]"#);
    }
}
