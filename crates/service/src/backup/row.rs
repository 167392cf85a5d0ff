//! Rows as a backup writes them.

use metering::Timestamp;
use serde::{Deserialize, Serialize};
use wire::api::PurchaseState;

use crate::store::Table;
use crate::store::sql::Value;

/// A column of a row. Bytes are written as hexadecimal digits.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Cell {
    Number(i64),
    Text(String),
    Bytes { hex: String },
    Null(()),
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null(()),
            Value::Number(number) => Self::Number(number),
            Value::Text(text) => Self::Text(text),
            Value::Bytes(bytes) => Self::Bytes { hex: bytes.iter().map(|byte| format!("{byte:02x}")).collect() },
        }
    }
}

impl TryFrom<Cell> for Value {
    type Error = String;

    fn try_from(cell: Cell) -> Result<Self, String> {
        Ok(match cell {
            Cell::Null(()) => Self::Null,
            Cell::Number(number) => Self::Number(number),
            Cell::Text(text) => Self::Text(text),
            Cell::Bytes { hex } => Self::Bytes(bytes(&hex).ok_or("bytes are pairs of hexadecimal digits")?),
        })
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = (0..hex.len()).step_by(2).map(|at| hex.get(at..at + 2));
    pairs.map(|pair| u8::from_str_radix(pair.filter(|pair| !pair.starts_with('+'))?, 16).ok()).collect()
}

/// Makes a row what it was at an instant at which its ledger ended with `last_seq`; false if it was not there yet.
pub(super) fn as_of(table: &Table, values: &mut [Value], until: Timestamp, last_seq: u64) -> bool {
    let number = |column: usize| match values.get(column) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    if table.made_at.and_then(number).is_some_and(|made_at| made_at > until.as_millis()) {
        return false;
    }
    let place = |name: &str| table.columns.iter().position(|column| *column == name);
    if table.name == "purchases"
        && let (Some(credited), Some(state)) = (place("credited_seq"), place("state"))
        && number(credited).is_some_and(|seq| u64::try_from(seq).unwrap_or(u64::MAX) > last_seq)
    {
        // It is paid at the provider, and its credits came later: they come again when the service asks the provider.
        values[credited] = Value::Null;
        values[state] = Value::from(PurchaseState::Waiting.as_str());
    }
    // The provider's event may have been taken in later: it is looked at again, which does no harm.
    if table.name == "sandbox_sessions"
        && let Some(delivered) = place("delivered")
    {
        values[delivered] = Value::from(false);
    }
    // A token that was revoked later stays revoked: nobody wants it back.
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were() {
        let all = [
            Value::Null,
            Value::Number(-7),
            Value::Text("é\n".into()),
            Value::Bytes(vec![0, 255, 16]),
            Value::Bytes(vec![]),
        ];
        for value in all {
            let text = serde_json::to_string(&Cell::from(value.clone())).unwrap();
            assert_eq!(Value::try_from(serde_json::from_str::<Cell>(&text).unwrap()), Ok(value), "{text}");
        }
        for wrong in ["0", "0g", "+1", "éé"] {
            assert!(Value::try_from(Cell::Bytes { hex: wrong.into() }).is_err(), "{wrong}");
        }
    }
}
