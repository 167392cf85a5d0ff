//! What the service does, whatever it keeps its records in: `on_sqlite` and `on_postgres` run all of this.

mod access;
mod hostile;
mod long;
mod pruning;
mod purchases;
mod tail;
mod together;
mod tokens;
mod usage;
mod walk;
mod webhooks;
mod work;
mod writer;
