//! The tables, and the versions of them.
//!
//! They stand in a schema of their own, `creditdeck`, beside whatever else the database has. A step only adds what an
//! older service does not mind, so that services of two versions can run while they are replaced one by one; what nobody
//! uses any more goes in a later step. (The third does not: it is from before the first release.)

use deadpool_postgres::Object;
use futures_executor::block_on;

use super::server::said;

/// The oldest server that is known to do, in PostgreSQL's own counting.
const OLDEST: i32 = 150_000;
/// The lock that processes take who would change tables: "Crdk".
const LOCK: i64 = 0x4372_646b;

/// A step from the version before it, and the oldest version whose programs may still run on what it makes: they read
/// and write it rightly without knowing of it.
struct Step {
    sql: &'static str,
    oldest: i64,
}

/// Each step brings a database from the version before it. A step is never changed once it was released.
const STEPS: [Step; 3] =
    [Step { sql: FIRST, oldest: 1 }, Step { sql: SECOND, oldest: 1 }, Step { sql: THIRD, oldest: 3 }];

const FIRST: &str = r#"
CREATE TABLE settings (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE catalogues (
    id       TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    json     TEXT NOT NULL,
    PRIMARY KEY (id, revision)
);

CREATE TABLE workspaces (
    workspace_id       TEXT COLLATE "C" PRIMARY KEY,
    name               TEXT NOT NULL,
    time_zone          TEXT NOT NULL,
    catalogue_id       TEXT COLLATE "C" NOT NULL,
    catalogue_revision BIGINT NOT NULL,
    created_at         BIGINT NOT NULL,
    FOREIGN KEY (catalogue_id, catalogue_revision) REFERENCES catalogues (id, revision)
);

-- Where each ledger ends. Whoever appends moves it on from where he thinks it is: that is what keeps processes apart.
-- Rows are rewritten all the time and have room for that in their page.
CREATE TABLE heads (
    workspace_id TEXT COLLATE "C" PRIMARY KEY REFERENCES workspaces,
    seq          BIGINT NOT NULL,
    hash         BYTEA NOT NULL CHECK (length(hash) = 32)
) WITH (fillfactor = 40);

CREATE FUNCTION begin_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO heads (workspace_id, seq, hash) VALUES (NEW.workspace_id, 0, decode(repeat('00', 32), 'hex'));
    RETURN NEW;
END $$;
CREATE TRIGGER begin_ledger AFTER INSERT ON workspaces FOR EACH ROW EXECUTE FUNCTION begin_ledger();

CREATE TABLE entries (
    workspace_id TEXT COLLATE "C" NOT NULL,
    seq          BIGINT NOT NULL CHECK (seq > 0),
    hash         BYTEA NOT NULL CHECK (length(hash) = 32),
    body         BYTEA NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);

CREATE FUNCTION entries_are_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
CREATE TRIGGER entries_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION entries_are_never_changed();

CREATE TABLE names (
    workspace_id TEXT COLLATE "C" NOT NULL,
    key          BYTEA NOT NULL CHECK (length(key) = 16),
    seq          BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, key, seq)
);

CREATE TABLE snapshots (
    workspace_id TEXT COLLATE "C" NOT NULL REFERENCES workspaces,
    seq          BIGINT NOT NULL,
    hash         BYTEA NOT NULL CHECK (length(hash) = 32),
    account      BYTEA NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);

CREATE TABLE tokens (
    workspace_id TEXT COLLATE "C" NOT NULL REFERENCES workspaces,
    hash         BYTEA NOT NULL CHECK (length(hash) = 32),
    role         TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'meter')),
    name         TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    revoked_at   BIGINT,
    PRIMARY KEY (workspace_id, hash)
);
CREATE INDEX tokens_by_hash ON tokens (hash);

-- One-time codes that become a token.
CREATE TABLE pairings (
    workspace_id TEXT COLLATE "C" NOT NULL REFERENCES workspaces,
    hash         BYTEA NOT NULL CHECK (length(hash) = 32),
    role         TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'meter')),
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    used_at      BIGINT,
    PRIMARY KEY (workspace_id, hash)
);
CREATE INDEX pairings_by_hash ON pairings (hash);

-- What requests with an idempotency key were answered.
CREATE TABLE answers (
    workspace_id    TEXT COLLATE "C" NOT NULL REFERENCES workspaces,
    idempotency_key TEXT COLLATE "C" NOT NULL,
    request         BYTEA NOT NULL CHECK (length(request) = 32),
    status          BIGINT NOT NULL,
    body            BYTEA NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, idempotency_key)
);

-- What the vendor is told, once each.
CREATE TABLE outbox (
    workspace_id TEXT COLLATE "C" NOT NULL REFERENCES workspaces,
    event_id     TEXT COLLATE "C" NOT NULL,
    body         BYTEA NOT NULL,
    created_at   BIGINT NOT NULL,
    attempts     BIGINT NOT NULL DEFAULT 0,
    next_at      BIGINT,
    told_at      BIGINT,
    PRIMARY KEY (workspace_id, event_id)
);
CREATE INDEX outbox_by_time ON outbox (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE purchases (
    workspace_id       TEXT COLLATE "C" NOT NULL REFERENCES workspaces,
    purchase_id        TEXT COLLATE "C" NOT NULL,
    pack               TEXT NOT NULL,
    name               TEXT NOT NULL,
    credits            BIGINT NOT NULL,
    price              BIGINT NOT NULL,
    currency           TEXT NOT NULL,
    expires_after_days BIGINT,
    state              TEXT NOT NULL
        CHECK (state IN ('created', 'waiting', 'processing', 'paid', 'cancelled', 'failed', 'expired')),
    checkout_url       TEXT,
    created_at         BIGINT NOT NULL,
    credited_seq       BIGINT,
    message            TEXT,
    PRIMARY KEY (workspace_id, purchase_id)
);

CREATE TABLE payment_events (
    workspace_id TEXT COLLATE "C" NOT NULL REFERENCES workspaces,
    provider     TEXT COLLATE "C" NOT NULL,
    event_id     TEXT COLLATE "C" NOT NULL,
    purchase_id  TEXT NOT NULL,
    received_at  BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, provider, event_id)
);

-- What the sandbox provider knows: another provider keeps this at its own place.
CREATE TABLE sandbox_sessions (
    workspace_id TEXT COLLATE "C" NOT NULL REFERENCES workspaces,
    purchase_id  TEXT COLLATE "C" NOT NULL,
    session      TEXT COLLATE "C" NOT NULL,
    description  TEXT NOT NULL,
    buyer        TEXT NOT NULL,
    price        BIGINT NOT NULL,
    currency     TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('open', 'paid', 'declined', 'cancelled')),
    event_id     TEXT,
    delivered    BIGINT NOT NULL DEFAULT 0,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, purchase_id)
);
CREATE INDEX sandbox_sessions_by_session ON sandbox_sessions (session);

CREATE TABLE sample_state (
    workspace_id TEXT COLLATE "C" PRIMARY KEY REFERENCES workspaces,
    sample       TEXT NOT NULL,
    digest       BYTEA NOT NULL,
    progress     TEXT NOT NULL
);
"#;

/// Older programs may run on newer tables that say so. What grew for ever is found by its age.
const SECOND: &str = r"
-- The oldest version whose programs may run on the tables of each.
ALTER TABLE versions ADD COLUMN oldest BIGINT NOT NULL DEFAULT 1;

-- What was told, or given up, is found by its age, and so are answers.
CREATE INDEX outbox_by_told ON outbox (told_at, workspace_id, event_id) WHERE told_at IS NOT NULL;
CREATE INDEX outbox_given_up ON outbox (created_at, workspace_id, event_id)
    WHERE next_at IS NULL AND told_at IS NULL AND length(body) > 0;
CREATE INDEX answers_by_time ON answers (created_at);
";

/// What keeps processes apart was a row a workspace that each of them rewrote; it is the key of entries now.
const THIRD: &str = r"
DROP TRIGGER begin_ledger ON workspaces;
DROP FUNCTION begin_ledger;
DROP TABLE heads;

-- Everything that the service appends has these lengths by its types, and `verify` sees what has not. The server would
-- make the checks ready anew for every statement.
ALTER TABLE entries DROP CONSTRAINT entries_seq_check, DROP CONSTRAINT entries_hash_check;
ALTER TABLE names DROP CONSTRAINT names_key_check;
";

/// Makes the tables, or brings them to this version: all steps or none, and one process after the other.
pub(super) fn prepare(client: &Object) -> Result<(), String> {
    let version = number(client, "SELECT current_setting('server_version_num')::bigint")?;
    if version < i64::from(OLDEST) {
        return Err(format!("PostgreSQL {} is too old: 15 or newer is needed", version / 10_000));
    }
    if is_there(client)? && is_done(client)? {
        return Ok(());
    }
    run(client, "BEGIN")?;
    let done = migrate(client);
    run(client, if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

fn is_there(client: &Object) -> Result<bool, String> {
    let sql = "SELECT count(*) FROM pg_tables WHERE schemaname = 'creditdeck' AND tablename = 'versions'";
    Ok(number(client, sql)? == 1)
}

/// Whether there is nothing to do, because the tables are of this version, or of a newer one that this one may run on.
/// The usual case takes no lock.
fn is_done(client: &Object) -> Result<bool, String> {
    let version = known(client)?;
    if version <= STEPS.len() {
        return Ok(version == STEPS.len());
    }
    let oldest = number(client, "SELECT max(oldest) FROM versions")?;
    if usize::try_from(oldest).is_ok_and(|oldest| oldest <= STEPS.len()) {
        tracing::warn!(version, "the tables are of a newer version, which this one may run on");
        return Ok(true);
    }
    Err(format!(
        "was written by a newer version (its tables are version {version}, this version knows {}): update",
        STEPS.len()
    ))
}

fn migrate(client: &Object) -> Result<(), String> {
    run(client, &format!("SELECT pg_advisory_xact_lock({LOCK})"))?;
    run(client, "CREATE SCHEMA IF NOT EXISTS creditdeck")?;
    run(
        client,
        "CREATE TABLE IF NOT EXISTS versions (version BIGINT PRIMARY KEY, made_at TIMESTAMPTZ NOT NULL DEFAULT now())",
    )?;
    // Another process may have been quicker.
    if is_done(client)? {
        return Ok(());
    }
    let done = known(client)?;
    STEPS.iter().skip(done).try_for_each(|step| run(client, step.sql))?;
    for (version, Step { oldest, .. }) in (1..).zip(&STEPS).skip(done) {
        run(client, &format!("INSERT INTO versions (version, oldest) VALUES ({version}, {oldest})"))?;
    }
    Ok(())
}

/// The version of the tables; 0 without any.
fn known(client: &Object) -> Result<usize, String> {
    let version = number(client, "SELECT coalesce(max(version), 0) FROM versions")?;
    usize::try_from(version).map_err(|_| format!("its tables are version {version}, which never was"))
}

fn number(client: &Object, sql: &str) -> Result<i64, String> {
    let row = block_on(client.query_one(sql, &[])).map_err(|error| said(&error))?;
    row.try_get(0).map_err(|error| said(&error))
}

fn run(client: &Object, sql: &str) -> Result<(), String> {
    block_on(client.batch_execute(sql)).map_err(|error| said(&error))
}
