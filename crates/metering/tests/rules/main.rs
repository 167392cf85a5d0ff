//! What the rules promise, tried on random histories and against a second implementation.

mod histories;
mod properties;
mod verify;
mod warnings;
