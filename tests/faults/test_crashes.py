"""The sample service, killed where it hurts: every command and event has one effect. And the broken variants show it.

Each scenario is one ``os._exit`` at a named point with a client that repeats its request. The chassis must come out
of it with one effect; a variant with one of its guards removed must not, or the scenario would prove nothing.
"""

from __future__ import annotations

import re
import threading
import time

import pytest
from chassis.ids import new_id
from sqlalchemy import text

from tests.faults.chaos import wait_until
from tests.faults.conftest import CHECKOUT, Sample
from tests.faults.variants import CRASHES

HERE = ("relay.confirmed", "inbox.claimed")
ELSEWHERE = {
    "chassis/tests/test_running_service.py": (
        "uow.before_commit",
        "uow.after_commit",
        "relay.published",
        "inbox.received",
        "inbox.acked",
    ),
    "chassis/tests/test_work.py": ("work.checkpointed",),
    "services/payment/tests/test_refund_histories.py": (
        "refunds.claimed",
        "refunds.before_call",
        "refunds.after_call",
    ),
    "services/payment/tests/test_statements.py": ("statement.kept",),
    "services/payment/tests/test_dropped_statements.py": ("folder.claimed", "folder.stored", "folder.told"),
    "services/filing/tests/test_queues.py": ("work.claimed",),
    "services/archive/tests/test_certificates.py": (
        "issuing.claimed",
        "issuing.signed",
        "issuing.recorded",
        "issuing.stored",
    ),
    "services/archive/tests/test_gazette.py": ("gazette.opened", "gazette.signed", "gazette.stored", "gazette.kept"),
    "services/archive/tests/test_dealings.py": ("dealings.told_over", "parties.keyed"),
    "services/archive/tests/test_office_acts.py": ("office_acts.confirmed", "office_acts.recorded"),
    "services/identity/tests/test_closures.py": ("closing.asked",),
    "tests/legacy/test_imports.py": ("imports.batch_written",),
    "tests/legacy/test_scans.py": ("scans.taken",),
}
"""Failpoints and where a process is killed at them."""

BROKEN = [
    ("publish_after_commit", "broken.before_publish"),
    ("mark_before_publish", "broken.before_publish"),
    ("ack_before_store", "broken.acked"),
    ("no_inbox_key", "relay.confirmed"),
    ("mark_apart_from_effect", "broken.before_mark"),
    ("no_request_memory", "uow.after_commit"),
]


def effects(sample: Sample, variant: str, failpoint: str) -> tuple[int, int, int]:
    """One repeated command, one death: what was counted, what was heard, and how many events were handled."""
    process = sample.start(variant, failpoint)
    caller = threading.Thread(target=sample.add, args=("a", new_id("req")))
    caller.start()
    assert process.wait(timeout=40) == 137
    sample.start(variant)
    caller.join()
    come_to_rest(sample)
    return (
        sample.scalar("SELECT total FROM counters WHERE name = 'a'"),
        sample.scalar("SELECT heard FROM counters WHERE name = 'a'"),
        sample.scalar("SELECT count(*) FROM heard"),
    )


def come_to_rest(sample: Sample, seconds: float = 25) -> None:
    """Until the event was heard or nothing has moved for two seconds."""
    wait_until(lambda: not sample.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL"), seconds)
    still = 0.0
    while still < 2:
        with sample.engine.begin() as connection:  # who claimed it has died: no need to wait for the lease
            connection.execute(text("UPDATE inbox SET next_attempt_at = now() WHERE done_at IS NULL"))
        if sample.scalar("SELECT count(*) FROM inbox WHERE done_at IS NULL AND parked_at IS NULL"):
            still = 0.0
        time.sleep(0.25)
        still += 0.25


@pytest.mark.requirement("S-01")
@pytest.mark.parametrize("failpoint", HERE)
def test_a_death_at_any_named_point_leaves_one_effect(sample: Sample, failpoint: str) -> None:
    assert effects(sample, "", failpoint) == (1, 1, 1)


@pytest.mark.parametrize(("variant", "failpoint"), BROKEN)
def test_without_one_of_its_guards_the_same_death_shows(sample: Sample, variant: str, failpoint: str) -> None:
    assert effects(sample, variant, failpoint) != (1, 1, 1)


def test_every_broken_variant_and_every_failpoint_is_tried() -> None:
    assert {variant for variant, _ in BROKEN} == set(CRASHES)
    named = set()
    for folder in ("chassis/chassis", "materials/materials", "services", "gateway/gateway"):
        for file in (CHECKOUT / folder).rglob("*.py"):
            named |= set(re.findall(r'failpoint\("([a-z_.]+)"\)', file.read_text(encoding="utf-8")))
    assert named == {*HERE, *(point for points in ELSEWHERE.values() for point in points)}
    for tests, points in ELSEWHERE.items():
        text_of = (CHECKOUT / tests).read_text(encoding="utf-8")
        assert [point for point in points if f'"{point}"' not in text_of] == []
