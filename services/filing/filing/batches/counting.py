"""Figures of batches: how many works stand where, and what is wrong with how many."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from chassis.db import run
from sqlalchemy.orm import Session


def counts_of(session: Session, batch_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Works by state, of each of some batches."""
    found: dict[str, dict[str, int]] = {batch_id: {} for batch_id in batch_ids}
    statement = """SELECT batch_id, state, count(*) AS works FROM batch_works WHERE batch_id = ANY(%(ids)s)
        GROUP BY batch_id, state"""
    for row in run(session, statement, {"ids": list(batch_ids)}):
        found[row.batch_id][row.state] = row.works
    return found


def problems_of(session: Session, batch_id: str) -> list[Any]:
    """(code, severity, finding, rows) of each problem, the most frequent first. ``finding``: that it is what a check
    of a file found, whose codes are the checks' own."""
    statement = """SELECT problem ->> 'code' AS code, min(problem ->> 'severity') AS severity,
            bool_or(problem ? 'finding') AS finding, count(DISTINCT work.id) AS rows
        FROM batch_works AS work, jsonb_array_elements(work.problems) AS problem
        WHERE work.batch_id = %(id)s AND work.state <> 'left'
        GROUP BY 1 ORDER BY rows DESC, 1"""
    return run(session, statement, {"id": batch_id})


def warned(session: Session, batch_id: str) -> int:
    """Works that can be filed, and of which something is to be said all the same."""
    statement = """SELECT count(*) AS rows FROM batch_works
        WHERE batch_id = %(id)s AND state = 'complete' AND problems <> '[]'"""
    [found] = run(session, statement, {"id": batch_id})
    return int(found.rows)


def charged_alike(session: Session, batch_id: str) -> list[Any]:
    """(fee_basis, works) of the works that are printed to be signed for, by what they are charged by."""
    statement = """SELECT fee_basis, count(*) AS works FROM batch_works
        WHERE batch_id = %(id)s AND state = 'complete' AND basis IS NOT NULL AND fee_basis IS NOT NULL
        GROUP BY fee_basis ORDER BY min(line)"""
    return run(session, statement, {"id": batch_id})


def count_to_print(session: Session, batch_id: str) -> int:
    """Works that can be filed and whose forms are not printed since they were asked to be."""
    statement = """SELECT count(*) AS rows FROM batch_works
        WHERE batch_id = %(id)s AND state = 'complete' AND basis IS NULL"""
    [found] = run(session, statement, {"id": batch_id})
    return int(found.rows)


def cases_of(session: Session, batch_id: str, account_id: str) -> dict[str, int]:
    """Works that were filed with an account's batch, and are still its own, by the state that their cases have come
    to."""
    statement = """SELECT state, count(*) AS cases FROM cases
        WHERE batch_id = %(id)s AND account_id = %(account)s AND state <> 'draft' GROUP BY state"""
    found = run(session, statement, {"id": batch_id, "account": account_id})
    return {row.state: int(row.cases) for row in found}


def titles_filed(session: Session, account_id: str, type_: str, titles: Collection[str], batch_id: str) -> list[Any]:
    """(title, number) of what an account has filed before under one of these titles, and not given up."""
    statement = """SELECT DISTINCT ON (title) title, coalesce(acceptance_number, serial_number) AS number FROM cases
        WHERE account_id = %(account)s AND type = %(type)s AND title = ANY(%(titles)s)
          AND state NOT IN ('draft', 'withdrawn', 'lapsed', 'refused') AND batch_id IS DISTINCT FROM %(batch)s
        ORDER BY title, id DESC"""
    return run(session, statement, {"account": account_id, "type": type_, "titles": list(titles), "batch": batch_id})
