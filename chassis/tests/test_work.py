"""Leased work: held by one hand at a time, gone on with where it stopped, and parked when a person has to look."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from chassis.ids import new_id
from chassis.testing import Harness
from chassis.testing.sample.database import Piece
from chassis.testing.sample.worker import work_off
from chassis.work import Lane, LeaseLost, Rank, Sender, Terms, enter, keep_checkpoint, parking
from chassis.work import store as queues
from chassis.work.lanes import CHECKPOINT_BYTES
from structlog.testing import capture_logs

pytestmark = pytest.mark.requirement("S-01")


@pytest.fixture
def sample(service_harness: Callable[..., Harness]) -> Harness:
    return service_harness("chassis.testing.sample")


def send(sample: Harness, steps: int = 1, fail: str = "") -> str:
    """A piece of work."""
    with sample.uow() as uow:
        piece = Piece(id=new_id("pie"), state="running", steps=steps, fail=fail)
        enter(uow, piece, Sender(Rank.OFFICE, "acc-1"))
        return piece.id


def run_a_worker(sample: Harness, failpoint: str = "") -> int:
    """A worker process, which ends by dying; its exit status."""
    settings = sample.runtime.settings
    environment = os.environ | {
        "REGISTRY_SERVICE": "sample",
        "REGISTRY_PROFILE": "sandbox",
        "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_AMQP_URL": settings.amqp_url,
        "OBJECT_STORE_URL": settings.object_store_url,
        "REGISTRY_KEYS_DIR": str(settings.keys_dir),
        "REGISTRY_FAILPOINT": failpoint,
    }
    command = [sys.executable, "-m", "chassis.worker", "chassis.testing.sample"]
    return subprocess.run(command, env=environment, timeout=60).returncode


def leases_run_out(sample: Harness) -> None:
    sample.as_owner("UPDATE pieces SET leased_until = now()")


def test_a_killed_worker_s_piece_is_gone_on_with_where_it_stopped(sample: Harness) -> None:
    send(sample, steps=4)
    for reached in (1, 2):
        assert run_a_worker(sample, "work.checkpointed") == 137
        kept = sample.as_owner("SELECT checkpoint, attempts, state FROM pieces")
        assert kept == [({"done": reached}, 1, "running")], "what got on counts as no attempt"
        assert not work_off(sample.runtime), "the killed worker's lease still holds"
        leases_run_out(sample)
    assert work_off(sample.runtime)
    steps = sample.as_owner("SELECT step, process FROM steps ORDER BY number")
    assert [step for step, _ in steps] == [0, 1, 2, 3]
    assert len({process for _, process in steps}) == 3
    assert sample.as_owner("SELECT state FROM pieces") == [("done",)]


def test_two_hands_never_hold_one_piece(sample: Harness) -> None:
    sent = {send(sample) for _ in range(30)}
    taken: list[str] = []
    start = threading.Barrier(6)

    def take() -> None:
        start.wait(10)
        while (piece := queues.claim(sample.runtime.ask, Piece, Rank.VISITOR)) is not None:
            taken.append(piece.id)

    hands = [threading.Thread(target=take) for _ in range(6)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(taken) == sorted(sent)


def test_a_hand_that_lives_keeps_its_piece_for_longer_than_a_lease(
    sample: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Piece, "TERMS", replace(Piece.TERMS, lease=timedelta(seconds=2)))
    send(sample)
    with Lane().piece(sample.runtime, Piece) as piece:
        assert piece is not None
        deadline = time.monotonic() + 1.5 * Piece.TERMS.lease.total_seconds()
        while time.monotonic() < deadline:
            assert queues.claim(sample.runtime.ask, Piece, Rank.VISITOR) is None
            time.sleep(0.1)
    assert sample.as_owner("SELECT attempts FROM pieces") == [(1,)]


def test_a_hand_that_was_taken_for_dead_stops_at_its_next_checkpoint(sample: Harness) -> None:
    send(sample)
    slow = queues.claim(sample.runtime.ask, Piece, Rank.VISITOR)
    leases_run_out(sample)
    other = queues.claim(sample.runtime.ask, Piece, Rank.VISITOR)
    assert slow is not None
    assert other is not None
    keep_checkpoint(sample.runtime, other, {"done": 1})
    with pytest.raises(LeaseLost):
        keep_checkpoint(sample.runtime, slow, {"done": 0})
    assert sample.as_owner("SELECT checkpoint, lease FROM pieces") == [({"done": 1}, other.lease)]


def test_a_checkpoint_is_small(sample: Harness) -> None:
    send(sample)
    piece = queues.claim(sample.runtime.ask, Piece, Rank.VISITOR)
    assert piece is not None
    with pytest.raises(ValueError, match="at most"):
        keep_checkpoint(sample.runtime, piece, {"all": "字" * CHECKPOINT_BYTES})


def test_who_waits_sees_how_far_it_is(sample: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.work.lanes.REPORT_EVERY", 0)
    send(sample, steps=3)
    seen: list[float] = []

    def look(ask: object, row: Piece, share: float) -> None:
        tell(sample.runtime.ask, row, share)
        seen.extend(sample.as_owner("SELECT progress FROM pieces")[0])

    tell = queues.tell_progress
    monkeypatch.setattr(queues, "tell_progress", look)
    assert work_off(sample.runtime)
    assert seen == pytest.approx([1 / 3, 2 / 3, 1])


def test_what_fails_again_and_again_is_parked_with_its_reason_and_released_by_a_person(sample: Harness) -> None:
    failing, sound = send(sample, fail="raise"), send(sample)
    with capture_logs() as logs:
        for _ in range(Piece.TERMS.attempts):
            with pytest.raises(RuntimeError):
                work_off(sample.runtime)
            leases_run_out(sample)
            sample.as_owner("UPDATE pieces SET turn = 0 WHERE id = %s", failing)
            sample.as_owner("UPDATE pieces SET turn = 1 WHERE id = %s", sound)
    [said] = [line for line in logs if line["event"] == "work_parked"]
    assert (said["queue"], said["piece"]) == ("pieces", failing)
    assert work_off(sample.runtime), "what is behind it goes on"
    assert not work_off(sample.runtime), "nobody takes it"
    with sample.uow() as uow:
        [counted] = parking.counts(uow.session)
        [parked] = parking.parked(uow.session)
    assert (counted.queue, counted.waiting, counted.held, counted.parked) == ("pieces", 0, 0, 1)
    assert (parked.key, parked.attempts) == (failing, Piece.TERMS.attempts)
    assert parked.error == "RuntimeError: failed on purpose over '…'"
    sample.as_owner("UPDATE pieces SET fail = ''")
    with sample.uow() as uow:
        assert parking.release(uow.session, ["pie-of-nobody"]) == 0
        assert parking.release(uow.session, [failing]) == 1
        assert parking.parked(uow.session) == []
    assert work_off(sample.runtime)
    assert sample.as_owner("SELECT DISTINCT state FROM pieces") == [("done",)]


def test_what_takes_its_worker_down_again_and_again_is_parked(sample: Harness) -> None:
    deadly, sound = send(sample, fail="die"), send(sample)
    for _ in range(Piece.TERMS.attempts):
        assert run_a_worker(sample) == 137
        leases_run_out(sample)
    assert work_off(sample.runtime)
    with sample.uow() as uow:
        [parked] = parking.parked(uow.session)
    assert (parked.key, parked.error) == (deadly, "each attempt ended with its worker")
    assert sample.as_owner("SELECT piece_id FROM steps") == [(sound,)]


def test_pauses_double_up_to_the_longest() -> None:
    terms = Terms("x", again=timedelta(seconds=10), longest=timedelta(minutes=1))
    assert [terms.pause(n).total_seconds() for n in (0, 1, 2, 3, 4, 10**6)] == [10, 10, 20, 40, 60, 60]
