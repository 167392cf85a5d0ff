//! Usage traces: rows that each stand for one AI action of somebody at an instant.
//!
//! Four forms are known by their header. A trace is read whole before anything is done with it, so that a broken one
//! does nothing.

mod forms;

use std::io::Read;

use metering::Timestamp;

pub use forms::Form;

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// When, in the trace's own time.
    pub at: Timestamp,
    /// What kind of work: an index into [`Trace::kinds`].
    pub kind: u16,
    /// Whose work, if the trace says.
    pub member: Option<u32>,
    /// Rows of one piece of work carry one number: the row that began it.
    pub thread: u32,
}

/// A trace, in the order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Its form.
    pub form: Form,
    /// The kinds of rows, as the trace names them.
    pub kinds: Vec<String>,
    /// The rows: at least one.
    pub rows: Vec<Row>,
}

/// The one mistake that keeps bytes from being a trace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct TraceError {
    /// The line, counted from 1; the header is the first.
    pub line: u64,
    /// What is wrong there and what would be right.
    pub message: String,
}

/// Most bytes of a trace that are read: a file beyond is a mistake, or a trap.
const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Rows of one member within so many milliseconds of each other are one piece of work.
const THREAD_GAP_MS: i64 = 10 * 60 * 1_000;
/// Most kinds of rows in a trace.
const MAX_KINDS: usize = 10_000;

impl TraceError {
    fn new(line: u64, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

impl Trace {
    /// Reads a trace; gzip is known by its first bytes.
    ///
    /// # Errors
    /// [`TraceError`]: the first row that is malformed or cut off, or that there is no row at all.
    pub fn read(bytes: &[u8]) -> Result<Self, TraceError> {
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            return Self::read_text(bytes);
        }
        let mut text = Vec::new();
        let unpacked = flate2::read::GzDecoder::new(bytes).take(MAX_BYTES).read_to_end(&mut text);
        if let Err(error) = unpacked {
            let line = text.iter().filter(|byte| **byte == b'\n').count();
            let line = u64::try_from(line).unwrap_or(u64::MAX).saturating_add(1);
            return Err(TraceError::new(line, format!("the gzip file is cut off or damaged: {error}")));
        }
        Self::read_text(&text)
    }

    fn read_text(text: &[u8]) -> Result<Self, TraceError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
        let header = reader.headers().map_err(|error| TraceError::new(1, plain(&error)))?.clone();
        let form = Form::of(&header)?;
        let mut kinds = forms::Kinds::default();
        let mut rows: Vec<Row> = Vec::new();
        let mut record = csv::StringRecord::new();
        let mut line = 1;
        loop {
            // A quoted field may hold line feeds, so that the reader's own count is the right one.
            let more = reader.read_record(&mut record).map_err(|error| {
                let line = error.position().map_or(line + 1, csv::Position::line);
                TraceError::new(line, plain(&error))
            })?;
            if !more {
                break;
            }
            line = record.position().map_or(line + 1, csv::Position::line);
            if record.len() != header.len() {
                let message = format!("has {} columns and the header {}", record.len(), header.len());
                return Err(TraceError::new(line, message));
            }
            let fields = form.row(&record, &mut kinds).map_err(|message| TraceError::new(line, message))?;
            if kinds.names.len() > MAX_KINDS {
                return Err(TraceError::new(line, format!("is the {MAX_KINDS}th kind of row and more: no such trace")));
            }
            rows.push(Row { at: fields.at, kind: fields.kind, member: fields.member, thread: 0 });
        }
        if rows.is_empty() {
            return Err(TraceError::new(line + 1, "is missing: there is no row after the header"));
        }
        if !text.ends_with(b"\n") {
            return Err(TraceError::new(line, "is cut off: there is no line feed at its end"));
        }
        rows.sort_by_key(|row| row.at);
        number_threads(&mut rows);
        Ok(Self { form, kinds: kinds.names, rows })
    }

    /// The instant of the first row.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        self.rows.first().map_or(Timestamp::MIN, |row| row.at)
    }

    /// The instant of the last row.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.rows.last().map_or(Timestamp::MIN, |row| row.at)
    }
}

/// Gives rows of one piece of work the number of its first.
fn number_threads(rows: &mut [Row]) {
    let mut last: std::collections::HashMap<Option<u32>, (Timestamp, u32)> = std::collections::HashMap::new();
    for (index, row) in (0_u32..).zip(rows.iter_mut()) {
        // Without a member there is no telling which rows belong together.
        let known = last.get(&row.member).filter(|_| row.member.is_some());
        row.thread = match known {
            Some((at, thread)) if row.at.since(*at) <= THREAD_GAP_MS => *thread,
            _ => index,
        };
        last.insert(row.member, (row.at, row.thread));
    }
}

/// A CSV error without the place, which is told apart.
fn plain(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { err, .. } => format!("is not UTF-8: {err}"),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("has {len} columns and the header {expected_len}")
        }
        _ => error.to_string(),
    }
}
