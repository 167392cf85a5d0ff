//! Arguments that may hold a password: what is wrong with them is said without quoting them.

use std::ffi::OsStr;
use std::process::ExitCode;

use clap::builder::{TypedValueParser, ValueParserFactory};
use clap::error::ErrorKind;
use clap::{Arg, Command};

use super::say_aside;
use crate::store::Location;

/// Reads where a database is. clap's own readers quote what they cannot read.
#[allow(unreachable_pub, reason = "a public trait names it for a public type")]
#[derive(Clone, Debug)]
pub struct LocationParser;

impl ValueParserFactory for Location {
    type Parser = LocationParser;

    fn value_parser() -> LocationParser {
        LocationParser
    }
}

impl TypedValueParser for LocationParser {
    type Value = Location;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<Location, clap::Error> {
        let read = value.to_str().ok_or_else(|| "is no text".to_owned());
        read.and_then(|text| text.trim().parse().map_err(|error: crate::store::BadLocation| error.to_string())).map_err(
            |message| {
                let name = argument.and_then(Arg::get_long).unwrap_or("database");
                clap::Error::raw(ErrorKind::ValueValidation, format!("--{name}: {message}\n")).with_cmd(command)
            },
        )
    }
}

/// Says what clap does not understand, or what it was asked to say. An address that stands where it has no place is not
/// quoted: there may be a password in it.
pub(super) fn not_understood(error: &clap::Error) -> ExitCode {
    let plain = error.to_string();
    let hidden = hide(&plain, std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()));
    if hidden == plain {
        // Whoever cannot be told is not there any more.
        let _ = error.print();
    } else {
        say_aside(hidden.trim_end());
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// A message without those arguments that are addresses.
fn hide(message: &str, arguments: impl Iterator<Item = String>) -> String {
    let mut hidden = message.to_owned();
    for argument in arguments {
        let value = argument.split_once('=').filter(|(name, _)| name.starts_with('-')).map(|(_, value)| value);
        let address = value.unwrap_or(&argument);
        if address.contains("://") || address.starts_with("postgres") {
            hidden = hidden.replace(address, "…");
        }
    }
    hidden
}
