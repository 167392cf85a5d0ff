//! What SQLite and PostgreSQL have in common: statements with numbered parameters in, rows out.
//!
//! What is not asked for thousands of times a second is written once, in the words that both databases understand:
//! `$1` for a parameter, `ON CONFLICT`, `RETURNING`. What is, is written for each of them in its own folder.

use metering::Timestamp;

use super::StoreError;

/// A parameter, or a column of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// SQL's `NULL`.
    Null,
    /// A whole number, or a truth: 0 or 1.
    Number(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A row of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Row(pub(crate) Vec<Value>);

/// One transaction on a database.
pub(crate) trait Sql {
    /// Runs a statement, and says how many rows it changed.
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError>;

    /// Runs a statement, and gives its rows.
    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError>;
}

impl dyn Sql + '_ {
    /// The first row of an answer.
    pub(crate) fn first(&mut self, sql: &str, parameters: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, parameters)?.into_iter().next())
    }

    /// Whether an answer has a row.
    pub(crate) fn finds(&mut self, sql: &str, parameters: &[Value]) -> Result<bool, StoreError> {
        Ok(!self.query(sql, parameters)?.is_empty())
    }
}

/// What a column can be read as.
pub(crate) trait Column: Sized {
    /// The value, or `None` if it is of another kind.
    fn read(value: &Value) -> Option<Self>;
}

impl Row {
    /// The column with this number, from 0.
    pub(crate) fn get<T: Column>(&self, column: usize) -> Result<T, StoreError> {
        self.0.get(column).and_then(T::read).ok_or_else(|| {
            StoreError::Contradiction(format!(
                "the database answered with another column {column} than it was asked for"
            ))
        })
    }
}

impl Column for i64 {
    fn read(value: &Value) -> Option<Self> {
        if let Value::Number(number) = value { Some(*number) } else { None }
    }
}

/// The rules keep every number under 2^53.
impl Column for u64 {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value).and_then(|number| Self::try_from(number).ok())
    }
}

impl Column for u32 {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value).and_then(|number| Self::try_from(number).ok())
    }
}

impl Column for bool {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value).map(|number| number != 0)
    }
}

impl Column for String {
    fn read(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
    }
}

impl Column for Vec<u8> {
    fn read(value: &Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None }
    }
}

impl<const N: usize> Column for [u8; N] {
    fn read(value: &Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { bytes.as_slice().try_into().ok() } else { None }
    }
}

impl Column for Timestamp {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value).map(Self::from_millis)
    }
}

impl<T: Column> Column for Option<T> {
    fn read(value: &Value) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::read(value).map(Some) }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Number(truth.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<&Vec<u8>> for Value {
    fn from(bytes: &Vec<u8>) -> Self {
        Self::Bytes(bytes.clone())
    }
}

impl From<&[u8; 32]> for Value {
    fn from(bytes: &[u8; 32]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Number(at.as_millis())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Parameters, in the order of their numbers.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        &[$($crate::store::sql::Value::from($value)),*]
    };
}
pub(crate) use values;
