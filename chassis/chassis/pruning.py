"""Forgetting events and answers that have served their time.

Deleting them is the owner role's right alone. A service calls the owner's function ``prune()``, which knows by itself
what may go and takes no arguments: whoever has taken over a service cannot make it forget anything else, or earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, text

from chassis.uow import UnitOfWork

KEEP_PUBLISHED = timedelta(days=90)
"""How far back a consumer can be replayed from the outbox."""
KEEP_HANDLED = timedelta(days=100)
"""Longer than the outbox: whatever may be published again must be known. Counted from a subject's last event."""
KEEP_ANSWERS = timedelta(days=30)
"""Within which a repeated command gets its first answer again."""
PRUNE_SECONDS = 3600.0
BATCH = 1000

# What waits, what failed and what is about a living subject stays. Replicas that prune at once share the work.
_FUNCTION = """
    CREATE OR REPLACE FUNCTION prune() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    DECLARE gone bigint; total bigint := 0;
    BEGIN
        DELETE FROM outbox WHERE id IN (
            SELECT id FROM outbox
            WHERE created_at < now() - interval '{published} days' AND published_at IS NOT NULL
            ORDER BY created_at LIMIT {batch} FOR UPDATE SKIP LOCKED);
        GET DIAGNOSTICS gone = ROW_COUNT; total := total + gone;
        DELETE FROM inbox WHERE id IN (
            SELECT i.id FROM inbox i
            WHERE i.received_at < now() - interval '{handled} days' AND i.done_at IS NOT NULL
              AND NOT EXISTS (
                SELECT 1 FROM inbox later
                WHERE later.source = i.source AND later.subject = i.subject
                  AND (later.done_at IS NULL OR later.received_at >= now() - interval '{handled} days'))
            LIMIT {batch} FOR UPDATE SKIP LOCKED);
        GET DIAGNOSTICS gone = ROW_COUNT; total := total + gone;
        DELETE FROM answered_requests WHERE (request_id, method, asked_by) IN (
            SELECT request_id, method, asked_by FROM answered_requests
            WHERE created_at < now() - interval '{answers} days'
            ORDER BY created_at LIMIT {batch} FOR UPDATE SKIP LOCKED);
        GET DIAGNOSTICS gone = ROW_COUNT; total := total + gone;
        {own}
        RETURN total;
    END $$
"""


def install(connection: Connection, role: str, own: Sequence[str] = ()) -> None:
    """Makes the function anew, as the owner, and lets the application role (quoted) call it and nobody else.

    ``own``: what of the service's own tables has served its time, each a DELETE of at most ``{batch}`` rows.
    """
    days = {"published": KEEP_PUBLISHED.days, "handled": KEEP_HANDLED.days, "answers": KEEP_ANSWERS.days}
    counted = [f"{sql.format(batch=BATCH)}; GET DIAGNOSTICS gone = ROW_COUNT; total := total + gone;" for sql in own]
    connection.execute(text(_FUNCTION.format(**days, batch=BATCH, own="".join(counted))))
    connection.execute(text("REVOKE ALL ON FUNCTION prune() FROM PUBLIC"))
    connection.execute(text(f"GRANT EXECUTE ON FUNCTION prune() TO {role}"))


def prune(uow: UnitOfWork) -> int:
    """Sweeper: forgets some rows that are due, in one statement of its own; returns how many."""
    return int(uow.ask("SELECT prune()", {})[0][0])
