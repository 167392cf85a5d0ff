//! Exporting entries: streamed into a file beside its final place, which it takes only when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache::{CacheError, EntryFilter, EntryRow, ExportedDetails, LedgerReader, SqliteExport};
use metering::{EntryKind, Timestamp};

use crate::data::ended;
use crate::jobs::Job;
use crate::view::{ExportFormat, ExportRequest, JobKind, LedgerFilter, Written};
use crate::{App, AppError, storage};

/// The columns of a CSV file, in order.
const COLUMNS: [&str; 16] = [
    "seq",
    "recorded_at",
    "occurred_at",
    "kind",
    "feature",
    "detail",
    "units",
    "rate",
    "credits",
    "balance_after",
    "member",
    "channel",
    "source",
    "id",
    "reference",
    "revision",
];

impl App {
    /// Exports the entries that a filter lets through, oldest first, and says where to. A file that is not whole never
    /// stands in its place: what was stopped or failed leaves nothing behind.
    ///
    /// # Errors
    /// `running`, `stopped`, `not_written`, `disk_full`, as [`App::local_copy`].
    pub async fn export_ledger(
        self: &Arc<Self>,
        workspace: &str,
        request: &ExportRequest,
    ) -> Result<Written, AppError> {
        let (connection, handle, ledger) = self.copy_of(workspace)?;
        let entries = ledger.cursor().map_err(storage)?.seq;
        let job = self.begin(connection.workspace, JobKind::Export, entries)?;
        let folder = self.places.downloads.clone();
        let name = format!("{}-ledger", plain(&connection.workspace_id));
        let (format, filter) = (request.format, filter_of(&request.filter));
        let run = move || export(&ledger, &job, format, &filter, &folder, &name);
        let written = tokio::task::spawn_blocking(run).await.map_err(|error| ended(&error))?;
        if let Err(error) = &written
            && error.code == crate::UNUSABLE
        {
            handle.rebuild(error.detail.as_deref().unwrap_or_default());
        }
        written
    }
}

pub(crate) fn filter_of(wish: &LedgerFilter) -> EntryFilter {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    EntryFilter {
        kinds: wish.kinds.clone(),
        features: wish.features.clone(),
        occurred_from: wish.from.map(Timestamp::from_millis),
        occurred_to: wish.to.map(Timestamp::from_millis),
        member: given(&wish.member),
        channel: given(&wish.channel),
        source: given(&wish.source),
        reference: given(&wish.reference),
    }
}

/// Writes the export into a part file, and gives it its name when it is whole.
pub(crate) fn export(
    ledger: &LedgerReader,
    job: &Job,
    format: ExportFormat,
    filter: &EntryFilter,
    folder: &Path,
    name: &str,
) -> Result<Written, AppError> {
    let extension = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Sqlite => "db",
    };
    fs::create_dir_all(folder).map_err(|error| not_written(folder, &error))?;
    // One name for all tries: what a killed app left behind is written over by the next.
    let part = folder.join(format!(".{name}.{extension}.part"));
    let written = write(ledger, job, format, filter, &part).and_then(|entries| {
        let target = free_name(folder, name, extension);
        fs::rename(&part, &target).map_err(|error| not_written(&target, &error))?;
        // The name is on the disk, too; where a system cannot do that for a folder, it does so by itself.
        let _unsupported = File::open(folder).and_then(|folder| folder.sync_all());
        let bytes = fs::metadata(&target).map_or(0, |file| file.len());
        Ok(Written { path: target.display().to_string(), entries, bytes })
    });
    if written.is_err() {
        // It may not even have been begun.
        let _absent = fs::remove_file(&part);
    }
    written
}

fn write(
    ledger: &LedgerReader,
    job: &Job,
    format: ExportFormat,
    filter: &EntryFilter,
    part: &Path,
) -> Result<u64, AppError> {
    let mut sink = Sink::create(format, part)?;
    let (mut count, mut after) = (0_u64, Some(0));
    while let Some(from) = after {
        let mut failed = None;
        after = ledger
            .each_match(filter, from, |row, body| {
                let result = sink.push(row, body);
                count += 1;
                failed = result.err();
                failed.is_none() && (!row.seq.is_multiple_of(4_096) || job.came_to(row.seq))
            })
            .map_err(storage)?;
        if let Some(error) = failed {
            return Err(error.about(part));
        }
        if job.is_stopped() || after.is_some_and(|after| !job.came_to(after)) {
            return Err(AppError::new("stopped", "The export was stopped.", "Nothing was written."));
        }
    }
    sink.finish().map_err(|error| error.about(part))?;
    Ok(count)
}

/// What keeps an export from being written.
enum SinkError {
    Csv(io::Error),
    Sqlite(CacheError),
}

impl SinkError {
    fn about(self, path: &Path) -> AppError {
        match self {
            Self::Csv(error) => not_written(path, &error),
            Self::Sqlite(error) => storage(error),
        }
    }
}

impl From<csv::Error> for SinkError {
    fn from(error: csv::Error) -> Self {
        Self::Csv(error.into())
    }
}

/// Where entries are written to.
enum Sink {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Sqlite(SqliteExport),
}

impl Sink {
    fn create(format: ExportFormat, path: &Path) -> Result<Self, AppError> {
        match format {
            ExportFormat::Csv => {
                let file = File::create(path).map_err(|error| not_written(path, &error))?;
                let mut writer = csv::Writer::from_writer(BufWriter::with_capacity(1 << 20, file));
                writer.write_record(COLUMNS).map_err(|error| not_written(path, &error.into()))?;
                Ok(Self::Csv(Box::new(writer)))
            }
            ExportFormat::Sqlite => SqliteExport::create(path).map(Self::Sqlite).map_err(storage),
        }
    }

    fn push(&mut self, row: &EntryRow, body: &[u8]) -> Result<(), SinkError> {
        let details = details(row, body);
        match self {
            Self::Sqlite(export) => export.push(row, &details, body).map_err(SinkError::Sqlite),
            Self::Csv(writer) => {
                let text = |text: &Option<String>| safe(text.as_deref().unwrap_or_default());
                let number = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
                writer.write_record([
                    row.seq.to_string(),
                    details.recorded_at.clone(),
                    details.occurred_at.clone(),
                    safe(&row.kind),
                    text(&row.feature),
                    text(&row.detail),
                    row.units.to_string(),
                    number(details.rate),
                    row.credits.to_string(),
                    row.balance_after.to_string(),
                    text(&row.member),
                    text(&row.channel),
                    text(&row.source),
                    text(&details.id),
                    text(&details.reference),
                    number((row.revision > 0).then_some(row.revision)),
                ])?;
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<(), SinkError> {
        match self {
            Self::Sqlite(export) => export.finish().map_err(SinkError::Sqlite),
            Self::Csv(writer) => {
                let mut writer = writer.into_inner().map_err(|error| SinkError::Csv(error.into_error()))?;
                writer.flush().map_err(SinkError::Csv)?;
                writer.get_ref().sync_all().map_err(SinkError::Csv)
            }
        }
    }
}

/// A text that no spreadsheet takes for a formula: one that could begin one gets an apostrophe in front.
fn safe(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'', '＝', '＋', '－', '＠']) {
        return format!("'{text}");
    }
    text.to_owned()
}

/// What an entry's body says that its row does not.
fn details(row: &EntryRow, body: &[u8]) -> ExportedDetails {
    let mut details = ExportedDetails {
        recorded_at: row.recorded_at.to_string(),
        occurred_at: row.occurred_at.to_string(),
        ..ExportedDetails::default()
    };
    let mut room = Vec::new();
    if let Some(line) = wire::line::read_usage(body, &mut room) {
        details.id = Some(line.usage.id.to_owned());
        details.reference = line.reference.map(str::to_owned);
        details.rate = Some(line.usage.rate);
    } else if let Ok(entry) = wire::line::decode_body(body) {
        match entry.kind {
            EntryKind::Usage(usage) => {
                (details.id, details.reference, details.rate) =
                    (Some(usage.id), usage.labels.reference, Some(usage.rate));
            }
            EntryKind::Amendment(amendment) => details.id = Some(amendment.id),
            EntryKind::Hold(hold) => (details.id, details.rate) = (Some(hold.id), Some(hold.rate)),
            _ => {}
        }
    }
    details
}

/// A name that a file can have on any system.
pub(crate) fn plain(text: &str) -> String {
    let letter =
        |letter: char| if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_') { letter } else { '-' };
    text.chars().map(letter).take(60).collect()
}

/// A path that nothing stands at: with a number, if need be.
pub(crate) fn free_name(folder: &Path, name: &str, extension: &str) -> PathBuf {
    let mut path = folder.join(format!("{name}.{extension}"));
    for number in 2_u32.. {
        if !path.exists() {
            break;
        }
        path = folder.join(format!("{name}-{number}.{extension}"));
    }
    path
}

/// What a person is told when a file cannot be written.
pub(crate) fn not_written(path: &Path, error: &io::Error) -> AppError {
    if error.kind() == io::ErrorKind::StorageFull {
        return storage(CacheError::DiskFull);
    }
    AppError::new(
        "not_written",
        format!("{} could not be written.", path.display()),
        "Look whether the folder is there and can be written, and try again.",
    )
    .detail(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1"] {
            assert!(safe(text).starts_with('\''), "{text:?}");
        }
        for text in ["", "ticket-1", "a=1", "ana", "1-2"] {
            assert_eq!(safe(text), text);
        }
    }

    #[test]
    fn names_are_plain_and_free() {
        assert_eq!(plain("../A c/ö"), "---A-c--");
        let folder = tempfile::tempdir().unwrap();
        let first = free_name(folder.path(), "x", "csv");
        fs::write(&first, "").unwrap();
        assert!(free_name(folder.path(), "x", "csv").ends_with("x-2.csv"));
    }
}
