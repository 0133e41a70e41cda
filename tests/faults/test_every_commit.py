"""The main job while every process dies twice at each of its commits: once just before, once just after.

What random kills reach only by chance is gone through here step by step: every command, event, sweeper and worker of
the way from sign-up to the certificate. Whoever asked repeats the request, the broker repeats the event, the next
worker takes over; in the end everything has happened exactly once.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from chassis.answers import Asked
from chassis.signing.pki import create_sandbox_pki
from chassis.testing.databases import DatabaseFactory
from registry_infra.demo.people import new_applicant

from chassis import uow
from tests.author import Author
from tests.faults.audit_of_books import Books
from tests.one_process import System, running_system

LEASES = {
    "identity": "UPDATE verifications SET leased_until = now() WHERE leased_until IS NOT NULL",
    "filing": "UPDATE prechecks SET leased_until = now() WHERE leased_until IS NOT NULL",
    "archive": "UPDATE certificates SET leased_until = now() WHERE leased_until IS NOT NULL",
}
PASSED_BY = ("contextlib.py", "chassis/uow.py", "chassis/runtime.py", "chassis/testing/harness.py")


class Killed(BaseException):
    """Ends a process where it is, past every handler, as ``kill -9`` would."""


class Reaper:
    """Stands at every commit. ``deaths`` counts by service and what was being done."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._stages: Counter[tuple[str, str]] = Counter()
        self.deaths: Counter[str] = Counter()

    def failpoint(self, name: str) -> None:
        if name not in ("uow.before_commit", "uow.after_commit"):
            return
        frame = sys._getframe(1)
        work = frame.f_locals["self"]
        service = work.settings.service
        key = (service, work.request_id if not work.request_id.startswith("job-") else place(frame))
        if self._stages[key] == ("uow.before_commit", "uow.after_commit").index(name):
            self._stages[key] += 1
            self.deaths[f"{service} {name}"] += 1
            raise Killed

    def insist(self, act: Callable[[], Any]) -> Any:
        """Again after each death: within the caller's patience, and with what the dead had claimed."""
        while True:
            try:
                return act()
            except Killed:
                for service, harness in self._system.services.items():
                    harness.as_owner("UPDATE inbox SET next_attempt_at = now() WHERE done_at IS NULL")
                    if service in LEASES:
                        harness.as_owner(LEASES[service])


def place(frame: FrameType | None) -> str:
    """Where a sweeper or worker opened its unit of work."""
    while frame is not None and frame.f_code.co_filename.endswith(PASSED_BY):
        frame = frame.f_back
    assert frame is not None
    return f"{frame.f_code.co_filename}:{frame.f_code.co_name}:{frame.f_lineno}"


@pytest.fixture
def system(databases: DatabaseFactory, keys: Path, tmp_path: Path) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path) as made:
        yield made


def complaints_after(system: System, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], Counter[str]]:
    """What is wrong with the books after one journey under the reaper."""
    reaper = Reaper(system)
    monkeypatch.setattr(uow, "failpoint", reaper.failpoint)
    system.corridor.insist = reaper.insist
    author = Author(system, new_applicant(), system.client(), {})
    author.sign_up()
    author.verify()
    author.register()
    assert [repr(crash) for crash in system.corridor.crashes] == []
    return Books(system.owner_urls).complaints([author.ids["application_id"]]), reaper.deaths


@pytest.mark.requirement("S-01")
def test_a_death_at_any_commit_changes_nothing_in_the_end(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    complaints, deaths = complaints_after(system, monkeypatch)
    assert complaints == []
    assert deaths.total() > 80, deaths
    assert {name.split()[0] for name in deaths} == {"identity", "filing", "payment", "archive"}
    assert Books(system.owner_urls).unrest() == {}


def test_without_memory_of_requests_it_would_show(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that was committed and not answered runs again as a new one."""
    monkeypatch.setattr(Asked, "recall", lambda *_: None)
    with pytest.raises(AssertionError):
        assert complaints_after(system, monkeypatch)[0] == []
