"""The last 365 days by day and group of features, from the raw rows of a ledger, by DuckDB with one thread."""

import json
import sys
import time

import duckdb

QUERY = """
    SELECT date_trunc('day', timezone('Europe/Berlin', to_timestamp(occurred_at / 1000.0))) AS day,
           CASE feature WHEN 'summary' THEN 'summaries' WHEN 'classification' THEN 'classification'
                        WHEN 'knowledge-sync' THEN 'syncs' ELSE 'replies' END AS class,
           -sum(credits) AS credits
    FROM entries
    WHERE feature <> '' AND occurred_at >= (SELECT max(occurred_at) FROM entries) - 365 * CAST(86400000 AS BIGINT)
    GROUP BY ALL
"""

db = duckdb.connect()
db.execute("SET threads = 1")
db.execute("SET TimeZone = 'UTC'")
db.execute(
    "CREATE TABLE entries AS SELECT seq, occurred_at, coalesce(feature, '') AS feature, credits, units "
    "FROM read_csv(?, header = true)",
    [sys.argv[1]],
)
times = []
for _ in range(7):
    begin = time.perf_counter()
    rows = db.execute(QUERY).fetchall()
    times.append((time.perf_counter() - begin) * 1000)
times.sort()
print(json.dumps({"ms": times[len(times) // 2], "rows": len(rows), "version": duckdb.__version__}))
