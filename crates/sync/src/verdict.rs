//! The verdict: is the balance that the service names what its entries give by the rules?

use metering::Account;
use serde_json::Value;
use wire::api::BalanceBody;

use crate::Breach;

/// Differences that are told: the first ones say enough.
const MOST_TOLD: usize = 12;

/// Compares what the service says with the replayed account, which has to be at the same entry.
///
/// # Errors
/// The breach, which says what differs.
pub(crate) fn compare(account: &Account, theirs: &BalanceBody) -> Result<(), Breach> {
    let ours = BalanceBody::of(account, theirs.at);
    if ours == *theirs {
        return Ok(());
    }
    // Neither has anything that JSON cannot say.
    let (one, other) =
        (serde_json::to_value(&ours).unwrap_or_default(), serde_json::to_value(theirs).unwrap_or_default());
    let mut different = Vec::new();
    differences("", &one, &other, &mut different);
    different.truncate(MOST_TOLD);
    let (expected, found): (Vec<String>, Vec<String>) = different.into_iter().unzip();
    Err(Breach::Balance { seq: theirs.seq, expected: expected.join(", "), found: found.join(", ") })
}

/// What differs, each with the way to it.
fn differences(place: &str, one: &Value, other: &Value, different: &mut Vec<(String, String)>) {
    let below =
        |name: &dyn std::fmt::Display| if place.is_empty() { name.to_string() } else { format!("{place}.{name}") };
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            for (name, value) in one {
                differences(&below(name), value, other.get(name).unwrap_or(&Value::Null), different);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                differences(&below(&index), one, other, different);
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            different.push((format!("{place} of {}", one.len()), format!("{place} of {}", other.len())));
        }
        _ if one != other => different.push((format!("{place} {one}"), format!("{place} {other}"))),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_say_where_they_are() {
        let (one, other) = (
            serde_json::json!({"available": 5, "totals": {"spent": 1, "granted": 6}, "grants": [1, 2], "state": "active"}),
            serde_json::json!({"available": 5, "totals": {"spent": 2, "granted": 6}, "grants": [1], "state": "paused"}),
        );
        let mut different = Vec::new();
        differences("", &one, &other, &mut different);
        // Fields come in the order of whatever keeps them.
        different.sort();
        let expected = [
            ("grants of 2", "grants of 1"),
            ("state \"active\"", "state \"paused\""),
            ("totals.spent 1", "totals.spent 2"),
        ];
        assert_eq!(different, expected.map(|(one, other)| (one.to_owned(), other.to_owned())));
    }
}
