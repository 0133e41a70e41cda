"""The object store takes nothing for longer than anybody tries: every step says so or waits, none is given up."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from chassis.inbox.store import MAX_ATTEMPTS
from chassis.objects import StoreUnavailable
from chassis.objects.folder import FolderStore
from chassis.signing.pki import create_sandbox_pki
from chassis.testing.databases import DatabaseFactory
from chassis.work import Rank, Sender
from contracts.base import SERVICES
from filing.jobs import handlers as jobs
from filing.jobs.model import JobResult
from registry_infra.demo.people import new_applicant

from tests.author import Author
from tests.faults.audit_of_books import Books
from tests.one_process import System, running_system

DUE = {
    "identity": "UPDATE verifications SET leased_until = now() WHERE leased_until IS NOT NULL",
    "filing": "UPDATE jobs SET leased_until = now() WHERE leased_until IS NOT NULL",
    "archive": "UPDATE certificates SET leased_until = NULL",
}

OPEN = "SELECT count(*) FROM inbox WHERE done_at IS NULL AND parked_at IS NULL"
WAITING = [
    *((service, OPEN) for service in SERVICES),
    ("identity", "SELECT count(*) FROM verifications WHERE check_state = 'running'"),
    ("filing", "SELECT count(*) FROM jobs WHERE state = 'running'"),
    ("archive", "SELECT count(*) FROM certificates WHERE state = 'queued'"),
    ("payment", "SELECT count(*) FROM orders WHERE state = 'paid' AND receipt_id IS NULL"),
]


class FullDisk:
    """Makes the store's disk full and empty again."""

    def __init__(self, system: System, patch: pytest.MonkeyPatch) -> None:
        self._system = system
        self._patch = patch

    @contextmanager
    def full(self) -> Iterator[None]:
        def refuse(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with self._patch.context() as patch:
            patch.setattr(FolderStore, "_finish", refuse)
            yield

    def insist(self, act: Callable[[], object]) -> None:
        """Tries more often than anything is tried, with the disk full, until nothing waits for it."""
        with self.full():
            for _ in range(MAX_ATTEMPTS + 1):
                with suppress(StoreUnavailable):
                    act()
                if not self.waiting():
                    break
                self.make_due()

    def waiting(self) -> int:
        services = self._system.services
        return sum(services[name].as_owner(statement)[0][0] for name, statement in WAITING)

    def make_due(self) -> None:
        for service, harness in self._system.services.items():
            harness.as_owner("UPDATE inbox SET next_attempt_at = now() WHERE done_at IS NULL")
            if service in DUE:
                harness.as_owner(DUE[service])


@pytest.fixture
def system(databases: DatabaseFactory, keys: Path, tmp_path: Path) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path) as made:
        yield made


@pytest.mark.requirement("S-01")
def test_the_main_job_with_a_full_disk_at_every_step(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = FullDisk(system, monkeypatch)
    waited = []

    def insist(act: Callable[[], object]) -> object:
        """Every worker, sweeper and event meets a full disk first. Commands answer at once and are not repeated."""
        if act.__name__ in ("handle_events", "run_worker", "look_at_images", "issue_receipts"):
            disk.insist(act)
            waited.append(act.__name__)
        return act()

    system.corridor.insist = insist
    author = Author(system, new_applicant(), system.client(), {})
    author.sign_up()
    author.verify()
    findings = system.services["identity"].as_owner("SELECT findings FROM verifications")
    assert findings == [([],)]
    author.register(before_declaration=lambda path: refused(author, disk, path))
    assert Books(system.owner_urls).complaints([author.ids["application_id"]]) == []
    assert set(waited) == {"handle_events", "run_worker", "look_at_images", "issue_receipts"}
    assert system.corridor.crashes == []


def refused(author: Author, disk: FullDisk, path: str) -> None:
    with disk.full():
        answer = author.me.post(f"/api/v1{path}", json={})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "service_unavailable")
    assert answer.get_json()["remedy"]


def test_a_job_of_the_materials_workers_is_given_back_and_done_later(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    filing, disk = system.services["filing"], FullDisk(system, monkeypatch)
    with filing.uow() as uow:
        job = jobs.queue_job(uow, "repair", "acc-1", Sender(Rank.SIGNED_IN, "acc-1"), {}).id

    def repair(*_: object) -> JobResult:
        filing.runtime.objects.put_bytes(b"repaired")
        return JobResult()

    disk.insist(lambda: jobs.work_off(filing.runtime, {"repair": repair}))
    assert filing.as_owner("SELECT state, attempts FROM jobs WHERE id = %s", job) == [("running", 0)]
    assert jobs.work_off(filing.runtime, {"repair": repair})
    assert filing.as_owner("SELECT state, attempts FROM jobs WHERE id = %s", job) == [("done", 1)]
