"""Requests: access, de-duplication, what stays after a problem. On a real database, through the real path."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

import pytest
from chassis.db import run
from chassis.errors import Problem
from chassis.tables import AnsweredRequest, AuditRow, OutboxEvent
from chassis.testing import Harness, anonymous, person, service_actor, staff_actor
from chassis.testing.sample.contracts import ADD, ADD_AS_STAFF, ADD_MINE, ADDED, READ, Add
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

MakeHarness = Callable[..., Harness]


@pytest.fixture
def sample(service_harness: MakeHarness) -> Harness:
    return service_harness("chassis.testing.sample")


def total(sample: Harness, counter: str) -> int:
    return sample.call(READ, Add(counter=counter)).total


def test_a_command_changes_state_audits_and_says_so_in_one_transaction(sample: Harness) -> None:
    assert sample.call(ADD, Add(counter="a", amount=3)).total == 3
    assert [event.amount for event in sample.events(ADDED)] == [3]
    with sample.uow() as uow:
        assert uow.session.scalar(select(func.count()).select_from(AuditRow)) == 1


@pytest.mark.requirement("W-06")
def test_a_repeated_request_is_answered_with_the_first_reply_and_runs_once(sample: Harness) -> None:
    first = sample.call(ADD, Add(counter="a"), person(), "req-1")
    again = sample.call(ADD, Add(counter="a"), person(), "req-1")
    assert (first.total, again.total, total(sample, "a")) == (1, 1, 1)


@pytest.mark.requirement("W-06")
def test_twenty_equal_requests_at_once_run_once(sample: Harness) -> None:
    replies: list[int] = []

    def call() -> None:
        replies.append(sample.call(ADD, Add(counter="a"), person(), "req-1").total)

    threads = [threading.Thread(target=call) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == [1] * 20
    assert len(sample.events(ADDED)) == 1


def test_a_request_id_used_for_something_else_is_refused(sample: Harness) -> None:
    sample.call(ADD, Add(counter="a"), person(), "req-1")
    with pytest.raises(Problem, match="idempotency_key_reused"):
        sample.call(ADD, Add(counter="a", amount=2), person(), "req-1")


@pytest.mark.parametrize("fail", ["forbidden", "crash"])
def test_a_failed_command_leaves_nothing_behind_and_may_be_tried_again(sample: Harness, fail: str) -> None:
    with pytest.raises((Problem, RuntimeError)):
        sample.call(ADD, Add(counter="a", fail=fail), person(), "req-1")
    assert total(sample, "a") == 0
    assert sample.events() == []
    with sample.uow() as uow:
        assert uow.session.scalar(select(func.count()).select_from(AnsweredRequest)) == 0
    assert sample.call(ADD, Add(counter="a"), person(), "req-1").total == 1


def test_what_a_handler_keeps_stays_although_it_refuses(sample: Harness) -> None:
    with pytest.raises(Problem, match="forbidden"):
        sample.call(ADD, Add(counter="a", fail="kept"))
    assert total(sample, "a") == 1


@pytest.mark.parametrize(
    ("method", "actor", "code"),
    [
        (ADD_AS_STAFF, anonymous(), "not_signed_in"),
        (ADD_AS_STAFF, person(), "forbidden"),
        (ADD_AS_STAFF, staff_actor("examiner"), "forbidden"),
        (ADD_AS_STAFF, service_actor("gateway"), "forbidden"),
        (ADD_MINE, anonymous(), "not_signed_in"),
        (ADD_MINE, staff_actor("cashier"), "forbidden"),
    ],
)
def test_only_those_whom_the_contract_names_may_call(sample: Harness, method, actor, code: str) -> None:
    with pytest.raises(Problem, match=code):
        sample.call(method, Add(counter="a"), actor)


def test_staff_with_the_role_may_call(sample: Harness) -> None:
    assert sample.call(ADD_AS_STAFF, Add(counter="a"), staff_actor("cashier")).total == 1


@pytest.mark.requirement("S-01")
def test_the_application_role_can_neither_change_nor_delete_what_is_append_only(sample: Harness) -> None:
    sample.call(ADD, Add(counter="a"))
    for statement in (
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "DELETE FROM outbox",
        "DELETE FROM counters",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), sample.uow() as uow:
            uow.session.execute(text(statement))


def test_events_about_one_subject_are_numbered_without_gap_and_know_what_came_before(sample: Harness) -> None:
    def add() -> None:
        for _ in range(10):
            sample.call(ADD, Add(counter="a"))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sample.uow() as uow:
        rows = uow.session.execute(select(OutboxEvent).order_by(OutboxEvent.id)).scalars().all()
    assert [row.sequence for row in rows] == list(range(1, 41))
    assert rows[0].history == {}
    assert rows[20].history == {"added": 20}


def test_the_database_keeps_the_plans_of_what_is_asked_again(sample: Harness) -> None:
    """psycopg forgets all of a connection's prepared statements with every ROLLBACK.

    Looking for ended sessions, which every process does each second, must leave none behind.
    """
    counted = "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 41 + 1'"
    for engine in (sample.runtime.engine, sample.runtime.reading_engine):
        with engine.connect() as connection:
            for _ in range(2):
                connection.exec_driver_sql("SELECT 41 + 1")
            connection.commit()
    assert "ses-0" not in sample.runtime.revoked_sessions
    for engine in (sample.runtime.engine, sample.runtime.reading_engine):
        with engine.connect() as connection:
            assert connection.exec_driver_sql(counted).scalar_one() == 1
            connection.commit()


def test_a_statement_that_is_cut_off_takes_its_connection_along(sample: Harness) -> None:
    """As by a caller's deadline: what is in the middle of a query can neither be rolled back nor used again."""

    class Cut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise Cut

    backend = "SELECT pg_backend_pid() AS pid"
    usual = signal.signal(signal.SIGALRM, cut)
    try:
        with sample.runtime.sessions() as session:
            [first] = run(session, backend)
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with pytest.raises(Cut):
                run(session, "SELECT pg_sleep(20)")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, usual)
    with sample.runtime.sessions() as session:
        assert run(session, backend) != [first]
