"""Checks and jobs that stand apart from any case are forgotten, and the objects they kept are released."""

from __future__ import annotations

from datetime import timedelta

from chassis.db import run
from chassis.keeping.held import release
from chassis.uow import UnitOfWork

OF_VISITORS = timedelta(days=1)
OF_ACCOUNTS = timedelta(days=30)
OF_FACES = timedelta(hours=1)
"""Checks and repairs of photographs of people and their papers: whoever wants the result has it by then."""
AT_ONCE = 200

# A check that a material has is part of its case and stays.
_CHECKS = """
    DELETE FROM prechecks WHERE id IN (
        SELECT id FROM prechecks p
        WHERE case_id IS NULL AND queued_at < %(faces)s AND (
            queued_at < %(accounts)s
            OR (queued_at < %(visitors)s AND account_id = '')
            OR (profile IN ('id_image', 'handheld_photo') AND state = 'done'))
          AND NOT EXISTS (SELECT 1 FROM materials m WHERE m.precheck_id = p.id)
        ORDER BY queued_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING sha256
"""
_JOBS = """
    DELETE FROM jobs WHERE id IN (
        SELECT id FROM jobs
        WHERE queued_at < %(accounts)s OR (queued_at < %(visitors)s AND account_id = '')
          OR (queued_at < %(faces)s AND params ->> 'profile' IN ('id_image', 'handheld_photo') AND state <> 'running')
        ORDER BY queued_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING objects
"""


def forget_tried_out(uow: UnitOfWork) -> int:
    """Sweeper: what was checked, repaired or built to try it, and became no material in time."""
    now = uow.now()
    due = {
        "visitors": now - OF_VISITORS,
        "accounts": now - OF_ACCOUNTS,
        "faces": now - OF_FACES,
        "limit": AT_ONCE,
    }
    checks, jobs = run(uow.session, _CHECKS, due), run(uow.session, _JOBS, due)
    release(uow.session, [row.sha256 for row in checks] + [sha256 for row in jobs for sha256 in row.objects])
    return len(checks) + len(jobs)
