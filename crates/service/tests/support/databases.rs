//! Databases for tests, and what is done to them past the store.

use std::path::Path;

use service::store::Location;
use tokio_postgres::NoTls;

use super::Kind;

/// A database of the test's own.
pub(super) fn new(kind: Kind, folder: &Path) -> Location {
    address(kind, folder).parse().unwrap()
}

/// The same, as the command line takes it.
pub(crate) fn address(kind: Kind, folder: &Path) -> String {
    match kind {
        Kind::Sqlite => format!("sqlite:{}", folder.join("credits.db").display()),
        Kind::Postgres => {
            let name = format!("test_{}", unique());
            on_server(&server(), &format!("CREATE DATABASE {name}")).unwrap();
            url(&name)
        }
    }
}

/// Runs statements.
pub(super) fn run(database: &Location, text: &str) -> Result<(), String> {
    match database {
        Location::Sqlite(path) => {
            rusqlite::Connection::open(path).unwrap().execute_batch(text).map_err(|error| error.to_string())
        }
        Location::Postgres(server) => {
            let name = server.to_string();
            on_server(&url(name.rsplit('/').next().unwrap()), &format!("SET search_path = creditdeck; {text}"))
        }
    }
}

/// The number that a query gives.
pub(super) fn number(database: &Location, query: &str) -> i64 {
    match database {
        Location::Sqlite(path) => {
            rusqlite::Connection::open(path).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
        }
        Location::Postgres(server) => {
            let name = server.to_string();
            let url = url(name.rsplit('/').next().unwrap());
            let query = query.to_owned();
            let asked = async move |client: tokio_postgres::Client| {
                client.batch_execute("SET search_path = creditdeck").await?;
                client.query_one(&query, &[]).await?.try_get(0)
            };
            on_client(&url, asked).unwrap()
        }
    }
}

pub(super) fn refuse(database: &Location, table: &str, rows: &str) {
    let text = match database {
        Location::Sqlite(_) => format!(
            "CREATE TRIGGER broken_{table} BEFORE INSERT ON {table} WHEN {rows}
             BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        ),
        Location::Postgres(_) => format!(
            "CREATE FUNCTION broken_{table}() RETURNS trigger LANGUAGE plpgsql
             AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
             CREATE TRIGGER broken_{table} BEFORE INSERT ON {table} FOR EACH ROW WHEN ({rows})
             EXECUTE FUNCTION broken_{table}()"
        ),
    };
    run(database, &text).unwrap();
}

pub(super) fn take(database: &Location, table: &str) {
    let text = match database {
        Location::Sqlite(_) => format!("DROP TRIGGER broken_{table}"),
        Location::Postgres(_) => format!("DROP FUNCTION broken_{table} CASCADE"),
    };
    run(database, &text).unwrap();
}

/// The server that the tests were given.
fn server() -> String {
    std::env::var("CREDITDECK_TEST_POSTGRES")
        .expect("these tests need a PostgreSQL server: run them with script/with-postgres cargo test …")
}

/// The address of one of its databases.
fn url(database: &str) -> String {
    let mut url: url::Url = server().parse().unwrap();
    url.set_path(database);
    url.into()
}

fn on_server(url: &str, text: &str) -> Result<(), String> {
    let text = text.to_owned();
    on_client(url, async move |client: tokio_postgres::Client| client.batch_execute(&text).await)
}

/// Works on a connection of its own.
fn on_client<T: Send + 'static>(
    url: &str,
    work: impl AsyncFnOnce(tokio_postgres::Client) -> Result<T, tokio_postgres::Error> + Send + 'static,
) -> Result<T, String> {
    let url = url.to_owned();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
            tokio::spawn(connection);
            let done = work(client).await;
            done.map_err(|error| {
                error.as_db_error().map_or_else(|| error.to_string(), |said| said.message().to_owned())
            })
        })
    });
    thread.join().unwrap()
}

/// A name that no other test has.
fn unique() -> String {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    format!("{}_{number}", std::process::id())
}
