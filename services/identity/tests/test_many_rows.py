"""Lists of identity, page by page, with thousands of rows."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing.lists import every_page, multiply, selects, tables_read_whole
from contracts.base import Empty
from contracts.identity import ListVerifications
from contracts.paging import Page

from contracts import identity

MANY = 5000


@pytest.fixture
def queue(office: Any) -> Any:
    """5,001 submissions that wait, the check of half of them not done, and 5,000 that are decided."""
    office.submit(office.sign_up())
    nobody = {"mobile": "'139' || lpad(n::text, 8, '0')", "email": "null", "account_name": "null"}
    multiply(office.harness, "accounts", 2 * MANY, "model.kind = 'natural_person'", account_id="'acc-' || n", **nobody)
    for state, first in (("pending", 0), ("approved", MANY)):
        multiply(
            office.harness,
            "verifications",
            MANY,
            "model.verification_id NOT LIKE 'ver-x%'",
            verification_id=f"'ver-x' || (n + {first})",
            account_id=f"'acc-' || (n + {first})",
            state=f"'{state}'",
            check_state="CASE n % 2 WHEN 0 THEN 'running' ELSE 'done' END",
            due_on="current_date - 3 + n % 20",
            decided_at="null" if state == "pending" else "now()",
            decided_by="null" if state == "pending" else "'acc-reviewer'",
        )
    return office


@pytest.mark.requirement("I-07")
def test_every_submission_is_on_one_page_of_the_queue_and_counted(queue: Any) -> None:
    asked = ListVerifications(limit=200)
    items = every_page(queue.harness, identity.LIST_VERIFICATION_QUEUE, asked, queue.reviewer)
    assert len({item.verification_id for item in items}) == len(items) == MANY + 1
    keys = [(item.due_on, item.verification_id) for item in items]
    assert keys == sorted(keys)

    totals = queue.call(identity.TOTAL_VERIFICATIONS, Empty(), queue.reviewer)
    assert (totals.count, totals.late, totals.due_on) == (MANY + 1, sum(item.overdue for item in items), keys[0][0])
    assert (totals.on - totals.since).days == 0

    checked = ListVerifications(limit=200, checked=True)
    ready = every_page(queue.harness, identity.LIST_VERIFICATION_QUEUE, checked, queue.reviewer)
    assert [item.verification_id for item in ready] == [i.verification_id for i in items if i.check == "done"]


def test_a_page_of_the_queue_asks_the_database_as_often_whatever_its_length(queue: Any) -> None:
    def asked(limit: int) -> int:
        with selects() as said:
            queue.call(identity.LIST_VERIFICATION_QUEUE, ListVerifications(limit=limit), queue.reviewer)
        return len(said)

    assert asked(200) == asked(2) < 20


def test_a_page_of_the_queue_does_not_read_what_is_decided(queue: Any) -> None:
    queue.harness.as_owner(
        "UPDATE verifications SET state = 'approved', decided_at = now(), decided_by = 'acc-reviewer'"
        " WHERE verification_id NOT LIKE '%%00'"
    )

    def ask() -> None:
        queue.call(identity.LIST_VERIFICATION_QUEUE, ListVerifications(limit=20), queue.reviewer)
        queue.call(identity.TOTAL_VERIFICATIONS, Empty(), queue.reviewer)

    assert "verifications" not in tables_read_whole(queue.harness, ask)


def test_every_session_is_on_one_page_last_used_first(office: Any) -> None:
    """Programs that sign in anew for each call leave that many."""
    person = office.sign_up()
    actor = office.actor_of(office.sign_in(person.mobile))
    multiply(office.harness, "sessions", MANY, session_id="'ses-' || n",
             last_used_at="now() - (n / 50) * interval '1 minute'")  # fmt: skip
    items = every_page(office.harness, identity.LIST_SESSIONS, Page(limit=200), actor)
    assert len({item.session_id for item in items}) == len(items) == MANY + 1
    used = [(item.last_used_at, item.session_id) for item in items]
    assert used == sorted(used, reverse=True)
    assert [item.current for item in items].count(True) == 1
    with pytest.raises(Problem, match="request_invalid"):
        office.call(identity.LIST_SESSIONS, Page(cursor="yesterday"), actor)
