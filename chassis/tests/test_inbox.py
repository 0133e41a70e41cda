"""The inbox: once per event, in order per subject, bounded tries, parked and replayable."""

from __future__ import annotations

import errno
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from chassis.inbox import store
from chassis.objects import StoreUnavailable
from chassis.tables import InboxEvent
from chassis.testing import Harness
from chassis.testing.sample.contracts import ADDED, SKIPPED, Added
from chassis.testing.sample.database import Counter, Heard
from contracts.envelope import Envelope
from sqlalchemy import select, text


@pytest.fixture
def sample(service_harness: Callable[..., Harness]) -> Harness:
    return service_harness("chassis.testing.sample")


def envelope(sequence: int, *, history: str = "", name: str = "added", fail: str = "") -> Envelope:
    return Envelope(
        id=f"evt-{name}-{sequence}",
        source="/sample",
        type=f"sample.{name}.v1",
        subject="a",
        time=datetime.now(UTC),
        dataschema="/schemas/x.json",
        sequence=sequence,
        history=history,
        actor="service:sample",
        data=Added(counter="a", amount=1, fail=fail).model_dump(),
    )


def receive(sample: Harness, event: Envelope) -> None:
    sample._inbox.receive(f"on_{event.name}", event.model_dump_json().encode(), event.id)


def heard(sample: Harness) -> list[int]:
    with sample.uow() as uow:
        return list(uow.session.execute(select(Heard.sequence).order_by(Heard.number)).scalars())


def make_due(sample: Harness) -> None:
    with sample.uow() as uow:
        uow.session.execute(text("UPDATE inbox SET next_attempt_at = now() - interval '1 second'"))


@pytest.mark.requirement("S-01")
def test_an_event_that_comes_three_times_has_one_effect(sample: Harness) -> None:
    for _ in range(3):
        sample.deliver(ADDED, Added(counter="a", amount=5), event_id="evt-1", sequence=1)
    with sample.uow() as uow:
        assert uow.session.scalar(select(Counter.heard)) == 5


def test_events_that_come_out_of_order_are_handled_in_order(sample: Harness) -> None:
    receive(sample, envelope(3, name="skipped", history="added=2"))
    receive(sample, envelope(2, history="added=1"))
    assert sample.handle_events() > 0
    assert heard(sample) == []  # the first is on its way, as the history says
    receive(sample, envelope(1))
    for _ in range(3):
        make_due(sample)
        sample.handle_events()
    assert heard(sample) == [1, 2, 3]


def test_a_predecessor_that_never_comes_does_not_hold_an_event_for_ever(sample: Harness) -> None:
    receive(sample, envelope(2, history="added=1"))
    sample.as_owner("UPDATE inbox SET received_at = now() - %s", store.PREDECESSOR_PATIENCE + timedelta(seconds=1))
    sample.handle_events()
    assert heard(sample) == [2]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_process_whose_clock_is_wrong_keeps_the_order_too(
    sample: Harness, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """How long an event has waited is the database's to say: clocks of machines differ."""
    monkeypatch.setattr("chassis.clock.utc_now", lambda: datetime.now(UTC) + timedelta(hours=hours))
    monkeypatch.setattr("chassis.inbox.worker.utc_now", lambda: datetime.now(UTC) + timedelta(hours=hours))
    receive(sample, envelope(2, history="added=1"))
    sample.handle_events()
    assert heard(sample) == []
    receive(sample, envelope(1))
    for _ in range(2):
        make_due(sample)
        sample.handle_events()
    assert heard(sample) == [1, 2]


class Died(BaseException):
    """The process ended in the middle of handling."""


@pytest.mark.parametrize("counted", [True, False])
def test_an_attempt_counts_before_it_starts(sample: Harness, monkeypatch: pytest.MonkeyPatch, counted: bool) -> None:
    """If it counted when it has failed, an event that ends the process would come for ever."""

    def die(*_: object, **__: object) -> None:
        raise Died

    if not counted:
        monkeypatch.setattr(store, "_CLAIM", store._CLAIM.replace("attempts = attempts + 1, ", ""))
    monkeypatch.setattr("chassis.testing.sample.service._count", die)
    receive(sample, envelope(1))
    deaths = 0
    for _ in range(2 * store.MAX_ATTEMPTS):
        make_due(sample)
        try:
            sample.handle_events()
        except Died:
            deaths += 1
    with sample.uow() as uow:
        assert len(store.dead_letters(uow.session)) == int(counted)
    assert deaths == (store.MAX_ATTEMPTS if counted else 2 * store.MAX_ATTEMPTS)


@pytest.mark.parametrize("counted", [False, True])
def test_an_event_whose_needs_are_away_waits_for_them_without_being_counted(
    sample: Harness, monkeypatch: pytest.MonkeyPatch, counted: bool
) -> None:
    """If it were counted, it would be given up although nothing is wrong with it."""

    def full(*_: object, **__: object) -> None:
        raise StoreUnavailable(errno.ENOSPC, "No space left on device")

    receive(sample, envelope(1))
    with monkeypatch.context() as patch:
        patch.setattr("chassis.testing.sample.service._count", full)
        if counted:
            patch.setattr("chassis.inbox.worker._is_away", lambda error: False)
        for _ in range(2 * store.MAX_ATTEMPTS):
            make_due(sample)
            sample.handle_events()
    assert heard(sample) == []
    make_due(sample)
    sample.handle_events()
    assert heard(sample) == ([] if counted else [1])


def test_events_of_other_kinds_are_not_waited_for(sample: Harness) -> None:
    receive(sample, envelope(7, history="somebody_elses=6"))
    sample.handle_events()
    assert heard(sample) == [7]


def test_an_event_that_always_fails_is_parked_after_five_tries_and_others_go_on(sample: Harness) -> None:
    receive(sample, envelope(1, fail="event-fails"))
    for _ in range(8):
        make_due(sample)
        sample.handle_events()
    with sample.uow() as uow:
        row = uow.session.execute(select(InboxEvent)).scalar_one()
        assert (row.attempts, row.parked_at is not None) == (5, True)
        assert "failed on purpose" in (row.error or "")
        assert [letter["event_id"] for letter in store.dead_letters(uow.session)] == ["evt-added-1"]
    assert heard(sample) == []
    receive(sample, envelope(2, history="added=1"))
    sample.handle_events()
    assert heard(sample) == [2]


def test_a_parked_event_can_be_replayed(sample: Harness) -> None:
    receive(sample, envelope(1, fail="event-fails"))
    for _ in range(6):
        make_due(sample)
        sample.handle_events()
    sample.as_owner("""UPDATE inbox SET envelope = jsonb_set(envelope, '{data,fail}', '""')""")
    with sample.uow() as uow:
        assert store.replay(uow.session) == 1
    sample.handle_events()
    assert heard(sample) == [1]


@pytest.mark.parametrize("body", [b"{", b"\xff\x00", b"[]", b'{"type": "sample.added.v9"}', b""])
def test_what_is_not_an_event_is_parked_at_once(sample: Harness, body: bytes) -> None:
    sample._inbox.receive("on_added", body, "message-1")
    with sample.uow() as uow:
        assert uow.session.execute(select(InboxEvent)).scalar_one().parked_at is not None


def test_an_attempt_is_counted_before_it_starts_so_that_a_crash_cannot_repeat_for_ever(sample: Harness) -> None:
    receive(sample, envelope(1))
    for _ in range(store.MAX_ATTEMPTS):
        make_due(sample)
        assert store.claim(sample.runtime.ask) is not None  # and the process dies here
    make_due(sample)
    sample.handle_events()
    with sample.uow() as uow:
        row = uow.session.execute(select(InboxEvent)).scalar_one()
        assert row.parked_at is not None
        assert row.error == "the process died while handling it"


def test_skipped_is_heard_too(sample: Harness) -> None:
    sample.deliver(SKIPPED, Added(counter="a", amount=1))
    assert heard(sample) == [1]


@pytest.mark.requirement("S-02")
def test_workers_side_by_side_leave_no_event_to_its_lease(sample: Harness) -> None:
    """A claim that looks at a row which another has just claimed holds it for a moment: no reason to skip it."""
    for number in range(300):
        counter = f"c-{number}"
        sample.deliver(ADDED, Added(counter=counter, amount=1), event_id=f"evt-{number}", handle=False)

    def work(_: int) -> None:
        while sample._inbox.run_once():
            pass

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    with sample.uow() as uow:
        left = select(InboxEvent.id).where((InboxEvent.done_at.is_(None)) | (InboxEvent.attempts > 1))
        assert uow.session.scalars(left).all() == []
