"""What an import brought goes again."""

from __future__ import annotations

from chassis.db import run
from sqlalchemy.orm import Session


def taken_over(session: Session, import_id: str) -> int:
    """Of how many registrations of an import this register has an entry by now."""
    statement = """
        SELECT count(*) FROM legacy_registrations l JOIN register_entries e ON e.application_id = l.record_id
        WHERE hashtext(l.import_id) = hashtext(%(id)s) AND l.import_id = %(id)s"""
    return int(run(session, statement, {"id": import_id})[0].count)


def withdraw(session: Session, import_id: str) -> int:
    """Takes out all that an import brought; how many rows."""
    run(session, "DELETE FROM legacy_batches WHERE import_id = %(id)s", {"id": import_id})
    statement = """
        DELETE FROM legacy_registrations
        WHERE hashtext(import_id) = hashtext(%(id)s) AND import_id = %(id)s RETURNING 1"""
    gone = run(session, statement, {"id": import_id})
    return len(gone)


def withdraw_papers(session: Session, import_id: str) -> list[str]:
    """Takes out all that came with an import; the objects that they were."""
    statement = "DELETE FROM legacy_papers WHERE import_id = %(id)s RETURNING sha256"
    return [row.sha256 for row in run(session, statement, {"id": import_id})]
