//! `catalogue check`: everything that is to be said of some files, each with its place.

use std::sync::Arc;

use metering::{Catalogue, Fault, Revisions};
use wire::catalogue::{CatalogueError, Reviewed};

use super::super::{Stopped, one_line, say, say_aside};
use super::summary;
use crate::catalogues;

/// A file that is a catalogue.
struct Readable<'a> {
    file: &'a str,
    reviewed: Reviewed,
}

pub(super) fn check(files: &[String]) -> Result<(), Stopped> {
    let (mut mistakes, mut untold) = (0, 0);
    let (mut readable, mut all) = (Vec::new(), Vec::new());
    for file in files {
        let reviewed = match catalogues::review(file) {
            Ok(reviewed) => reviewed,
            Err(error) if files.len() == 1 => return Err(Stopped::wrong(error)),
            Err(error) => {
                say_aside(format_args!("error: {}", one_line(&error.to_string())));
                mistakes += 1;
                continue;
            }
        };
        match &reviewed.catalogue {
            Ok(catalogue) => {
                all.push(Arc::new(catalogue.clone()));
                readable.push(Readable { file, reviewed });
            }
            Err(found) => {
                found.iter().for_each(|mistake| tell(file, "error", mistake));
                mistakes += found.len() + reviewed.more;
                untold += reviewed.more;
            }
        }
    }
    let all_are_read = mistakes == 0;
    mistakes += together(&readable, &all, files.len() == 1)?;
    if mistakes == 0 { Ok(()) } else { Err(refusal(mistakes, untold, all_are_read)) }
}

/// Tells the mistakes that keep a file from being a catalogue, `more` of which are not told.
pub(super) fn refuse(file: &str, mistakes: &[CatalogueError], more: usize) -> Stopped {
    mistakes.iter().for_each(|mistake| tell(file, "error", mistake));
    refusal(mistakes.len() + more, more, false)
}

/// The last word on so many mistakes, some of which are untold.
fn refusal(mistakes: usize, untold: usize, all_are_read: bool) -> Stopped {
    let (sum, they) = match (mistakes, untold) {
        (1, _) => ("one mistake: see above".to_owned(), "it is"),
        (_, 0) => (format!("{mistakes} mistakes: see above"), "they are"),
        _ => (format!("{mistakes} mistakes: {} of them are above", mistakes - untold), "they are"),
    };
    let more = if all_are_read { String::new() } else { format!(". More may show when {they} mended") };
    Stopped::wrong(sum + &more)
}

/// Tells what is to be said of each catalogue, alone and among the others, and gives how many mistakes that were.
fn together(readable: &[Readable<'_>], all: &[Arc<Catalogue>], is_alone: bool) -> Result<usize, Stopped> {
    let (faults, doubts) = (Revisions::faults(all), Revisions::doubts(all));
    let lowest = all.iter().map(|one| one.revision).min();
    for (index, (Readable { file, reviewed }, catalogue)) in readable.iter().zip(all).enumerate() {
        let of_this = |found: &[(usize, Fault)]| -> Vec<CatalogueError> {
            let own = found.iter().filter(|(of, _)| *of == index);
            own.map(|(_, fault)| reviewed.placed(fault.clone())).collect()
        };
        of_this(&faults).iter().for_each(|fault| tell(file, "error", fault));
        reviewed.doubts.iter().for_each(|doubt| tell(file, "warning", doubt));
        of_this(&doubts).iter().for_each(|doubt| tell(file, "warning", doubt));
        // Alone it may be a later revision, or the first that is kept.
        if is_alone && catalogue.revision > 1 && catalogue.counts_from.is_none() {
            let revision = catalogue.revision;
            let message = format!("is missing: without it, revision {revision} cannot be added to an earlier one");
            tell(file, "warning", &reviewed.placed(Fault { place: "counts_from".into(), message }));
        }
        let is_first = catalogue.revision == 1 || !is_alone && Some(catalogue.revision) == lowest;
        say(summary(catalogue, is_first))?;
    }
    Ok(faults.len())
}

/// A line that editors can follow to its place.
pub(super) fn tell(file: &str, what: &str, error: &CatalogueError) {
    say_aside(one_line(&format!("{file}:{}:{}: {what}: {}", error.line, error.column, error.said())));
}
