"""Events: how long from commit to handler at 200 a second, and how fast a relay empties an outbox (quorum queue)."""

from __future__ import annotations

import sys
import time

from chassis.runtime import Runtime
from chassis.testing.databases import TestDatabase
from chassis.testing.harness import settings_for
from chassis.testing.sample.contracts import ADDED, Added
from sqlalchemy import create_engine, text

from tests.load.servers import bench, run_client, show

RATE, SUBJECTS = 200, 20
_WAITS = text(
    """
    SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY
        1000 * extract(epoch FROM i.done_at - o.created_at)::float), count(*), count(*) FILTER (WHERE i.done_at IS NULL)
    FROM outbox o LEFT JOIN inbox i USING (event_id) WHERE o.subject <> 'first'
    """
)
_FILL = text(
    """
    INSERT INTO outbox (event_id, type, subject, sequence, lane, history, actor, data)
    SELECT 'evt-' || n, 'sample.added.v1', 's-' || n, 1, n % 16, '{}', 'service:sample',
           jsonb_build_object('counter', 's-' || n, 'amount', 1, 'fail', repeat('x', 200))
    FROM generate_series(1, :rows) AS n
    """
)


def main(seconds: float = 10.0, rows: int = 20_000) -> None:
    with bench() as servers:
        with servers.databases.database("chassis.testing.sample") as database, servers.sample(database):
            runtime = Runtime(settings_for("sample", database.application_url, servers.keys, servers.folder))
            _wait(database, runtime, seconds)
            runtime.close()
        for _ in range(3):
            with servers.databases.database("chassis.testing.sample") as database:
                engine = create_engine(database.owner_url.replace("postgresql://", "postgresql+psycopg://"))
                with engine.begin() as connection:
                    connection.execute(_FILL, {"rows": rows})
                engine.dispose()
                facts = run_client("tests.load.relay", database.application_url, servers.broker)
                show(bench="relay", rows=rows, **facts)


def _wait(database: TestDatabase, runtime: Runtime, seconds: float) -> None:
    """Says 200 events a second about twenty subjects; the service relays, receives and handles them."""
    with runtime.unit_of_work() as work:  # what is loaded once is not for the measurement
        work.emit(ADDED, Added(counter="first", amount=1))
    time.sleep(1)
    started = time.monotonic()
    for number in range(int(seconds * RATE)):
        time.sleep(max(0.0, started + number / RATE - time.monotonic()))
        with runtime.unit_of_work() as work:
            work.emit(ADDED, Added(counter=f"c-{number % SUBJECTS}", amount=1))
    took = time.monotonic() - started
    time.sleep(2)
    engine = create_engine(database.owner_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        waits, events, unhandled = connection.execute(_WAITS).one()
    engine.dispose()
    show(
        bench="commit to handled",
        events=events,
        rate=events / took,
        p50_ms=float(waits[0]),
        p99_ms=float(waits[1]),
        unhandled=unhandled,
    )


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:2]))
