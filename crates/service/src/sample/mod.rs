//! Samples: real usage traces played into a workspace, so that there is something true to look at.
//!
//! A [`Recipe`] says which workspace, which trace, what a row stands for, and what its admin does. A player turns
//! both into commands, each decided at its own instant by the same rules as everybody's. An import plays all that lies
//! before an instant; a feed goes on from there while the service runs.

mod embedded;
mod feed;
mod import;
mod player;
mod progress;
mod recipe;
mod shift;
pub mod trace;

pub use embedded::{NAMES, Sample, files, sample};
pub(crate) use feed::run as feed;
pub use import::{ImportError, Imported, import};
pub(crate) use player::Player;
pub use recipe::{Recipe, RecipeError};
