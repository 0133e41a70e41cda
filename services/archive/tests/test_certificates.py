"""Issuing certificates: once, whatever is killed when, and only for eyes that may see them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from archive.certificates import issuing
from archive.certificates.store import Certificate
from chassis.errors import Problem
from chassis.signing import verify_certificate_pdf
from chassis.testing import anonymous, person, staff_actor
from chassis.work import parking
from contracts.archive import CERTIFICATE_ISSUED, GET_DOCUMENT, LIST_CERTIFICATES, LIST_DOCUMENTS, LIST_ISSUING
from contracts.objects import GetDocument, ListDocuments
from contracts.paging import Page
from pypdf import PdfReader
from sqlalchemy import text

from chassis import uow as chassis_uow

ANN = person("acc-person")
BOB = person("acc-other")


class Killed(BaseException):
    """Ends the worker's step where it is, past every handler, as kill -9 would."""


def execute(archive, statement):
    with archive.runtime.engine.begin() as connection:
        return connection.execute(text(statement))


def let_the_lease_run_out(archive):
    execute(archive, "UPDATE certificates SET leased_until = now() - interval '1 second' WHERE lease IS NOT NULL")


def stored_objects(archive):
    folder = archive.runtime.objects.root
    return [path for path in folder.rglob("*") if path.is_file() and len(path.name) == 64]


@pytest.mark.requirement("A-01")
def test_an_entry_gets_a_sealed_certificate_that_verifies_offline(archive, registered, keys):
    number = registered()
    assert archive.call(LIST_CERTIFICATES, Page(), ANN).items[0].state == "being_made"
    assert archive.events(CERTIFICATE_ISSUED) == []
    archive.run_worker()

    (event,) = archive.events(CERTIFICATE_ISSUED)
    assert event.registration_number == number
    pdf = archive.runtime.objects.read(event.certificate_sha256, 1 << 22)
    report = verify_certificate_pdf(pdf, [(keys / "pki" / "root.pem").read_bytes()])
    assert report.problems == []
    assert report.valid
    assert report.registration_number == number
    printed = PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace("\n", "")
    for fact in ("作品登记证书", number, "长江边的石头", "文字作品", "王小明（中国）", "2026年3月1日", "2026年5月20日"):
        assert fact in printed
    (document,) = event.documents
    assert document.document_id.startswith("arc-")
    assert document.object.size == len(pdf)
    mine = archive.call(LIST_CERTIFICATES, Page(), ANN).items[0]
    assert (mine.state, mine.document) == ("issued", document)


@pytest.mark.requirement("S-01")
@pytest.mark.parametrize("place", ["issuing.claimed", "issuing.signed", "issuing.recorded", "issuing.stored"])
def test_a_worker_killed_between_signing_and_marking_issues_once_in_the_end(archive, registered, monkeypatch, place):
    registered()
    kill_at(monkeypatch, issuing, place)
    with pytest.raises(Killed):
        issuing.issue_next(archive.runtime)
    monkeypatch.undo()
    assert archive.events(CERTIFICATE_ISSUED) == []
    assert not issuing.issue_next(archive.runtime), "the killed worker's lease still holds"
    let_the_lease_run_out(archive)
    archive.run_worker()
    (event,) = archive.events(CERTIFICATE_ISSUED)
    assert [path.name for path in stored_objects(archive)] == [event.certificate_sha256], "one signed file is kept"


@pytest.mark.requirement("S-01")
def test_a_worker_killed_before_the_commit_says_nothing_and_keeps_its_signature(archive, registered, monkeypatch):
    registered()
    kill_at(monkeypatch, issuing, "issuing.stored")
    with pytest.raises(Killed):
        issuing.issue_next(archive.runtime)
    monkeypatch.undo()
    signed = [path.name for path in stored_objects(archive)]
    let_the_lease_run_out(archive)
    with monkeypatch.context() as patch:
        patch.setattr(chassis_uow, "failpoint", lambda name: die(name == "uow.before_commit"))
        with pytest.raises(Killed):
            issuing.issue_next(archive.runtime)
    assert archive.events(CERTIFICATE_ISSUED) == []
    let_the_lease_run_out(archive)
    archive.run_worker()
    assert [event.certificate_sha256 for event in archive.events(CERTIFICATE_ISSUED)] == signed


def kill_at(monkeypatch, module, place):
    monkeypatch.setattr(module, "failpoint", lambda name: die(name == place))


def die(now):
    if now:
        raise Killed


@pytest.mark.requirement("S-01")
def test_a_real_worker_process_that_is_killed_leaves_the_certificate_to_the_next(archive, registered, keys):
    registered()
    settings = archive.runtime.settings
    environment = os.environ | {
        "REGISTRY_SERVICE": "archive",
        "REGISTRY_PROFILE": "sandbox",
        "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_AMQP_URL": settings.amqp_url,
        "OBJECT_STORE_URL": settings.object_store_url,
        "REGISTRY_KEYS_DIR": str(settings.keys_dir),
        "REGISTRY_FAILPOINT": "issuing.stored",
    }
    killed = subprocess.run([sys.executable, "-m", "chassis.worker", "archive"], env=environment, timeout=60)
    assert killed.returncode == 137
    let_the_lease_run_out(archive)
    archive.run_worker()
    assert len(archive.events(CERTIFICATE_ISSUED)) == 1
    assert len(stored_objects(archive)) == 1


@pytest.mark.requirement("S-02")
def test_two_issuing_workers_at_once_issue_every_certificate_once(archive, registered):
    expected = {registered(f"app-{n}") for n in range(8)}
    workers = [threading.Thread(target=archive.run_worker) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    issued = [event.registration_number for event in archive.events(CERTIFICATE_ISSUED)]
    assert sorted(issued) == sorted(expected)
    assert len(stored_objects(archive)) == len(expected)


@pytest.mark.requirement("S-02")
def test_a_worker_that_was_taken_for_dead_cannot_issue_a_second_time(archive, registered, monkeypatch):
    registered()

    def overtaken(name):
        if name == "issuing.stored":
            monkeypatch.undo()
            let_the_lease_run_out(archive)
            archive.run_worker()

    monkeypatch.setattr(issuing, "failpoint", overtaken)
    assert issuing.issue_next(archive.runtime)
    assert len(archive.events(CERTIFICATE_ISSUED)) == 1


@pytest.mark.requirement("S-01")
def test_a_failure_is_shown_and_tried_again_later(archive, registered, monkeypatch):
    number = registered()
    archivist = staff_actor("archivist")

    class BrokenSeal:
        def sign_pdf(self, *_, **__):
            raise OSError("the timestamp authority does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "seal_of", lambda _: BrokenSeal())
        assert archive.run_worker() == 1, "it is not tried again at once"
        (job,) = archive.call(LIST_ISSUING, Page(), archivist).items
        assert (job.registration_number, job.attempts) == (number, 1)
        assert "timestamp authority" in job.last_error
        assert job.next_attempt_at > job.queued_at
        for _ in range(3):
            execute(archive, "UPDATE certificates SET leased_until = NULL")
            archive.run_worker()
        assert archive.call(LIST_CERTIFICATES, Page(), ANN).items[0].delayed
    execute(archive, "UPDATE certificates SET leased_until = NULL")
    archive.run_worker()
    assert archive.call(LIST_ISSUING, Page(), archivist).items == []
    mine = archive.call(LIST_CERTIFICATES, Page(), ANN).items[0]
    assert (mine.state, mine.delayed) == ("issued", False)


def test_the_delay_grows_to_a_quarter_of_an_hour_and_never_ends():
    pause = Certificate.TERMS.pause
    assert [pause(n) for n in (1, 2, 3)] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert pause(100_000) == timedelta(minutes=15)


@pytest.mark.requirement("A-04")
def test_only_the_owner_and_staff_who_need_it_see_a_certificate(archive, registered):
    registered()
    archive.run_worker()
    (listed,) = archive.call(LIST_DOCUMENTS, ListDocuments(application_id="app-1"), ANN).items
    wanted = GetDocument(document_id=listed.document_id)
    assert archive.call(GET_DOCUMENT, wanted, ANN) == listed
    assert archive.call(GET_DOCUMENT, wanted, staff_actor("archivist")) == listed
    assert archive.call(LIST_DOCUMENTS, ListDocuments(application_id="app-1"), BOB).items == []
    assert archive.call(LIST_CERTIFICATES, Page(), BOB).items == []
    for stranger in (BOB, staff_actor("cashier"), staff_actor("reviewer")):
        with pytest.raises(Problem) as refused:
            archive.call(GET_DOCUMENT, wanted, stranger)
        assert refused.value.code == "document_unknown"
    with pytest.raises(Problem) as refused:
        archive.call(GET_DOCUMENT, wanted, anonymous())
    assert refused.value.code == "not_signed_in"
    with pytest.raises(Problem) as refused:
        archive.call(LIST_ISSUING, Page(), ANN)
    assert refused.value.code == "forbidden"


def test_my_certificates_are_paged_newest_first(archive, registered):
    numbers = [registered(f"app-{n}") for n in range(3)]
    first = archive.call(LIST_CERTIFICATES, Page(limit=2), ANN)
    rest = archive.call(LIST_CERTIFICATES, Page(limit=2, cursor=first.next_cursor), ANN)
    assert [item.registration_number for item in first.items + rest.items] == numbers[::-1]
    assert rest.next_cursor is None


@pytest.mark.requirement("S-01")
def test_a_certificate_that_fails_for_a_day_waits_for_a_person_and_is_made_once_released(
    archive, registered, monkeypatch
):
    number = registered()

    class BrokenSeal:
        def sign_pdf(self, *_, **__):
            raise OSError("the timestamp authority does not answer")

    monkeypatch.setattr(Certificate, "TERMS", replace(Certificate.TERMS, attempts=1))
    with monkeypatch.context() as patch:
        patch.setattr(issuing, "seal_of", lambda _: BrokenSeal())
        archive.run_worker()
    execute(archive, "UPDATE certificates SET leased_until = NULL")
    assert archive.run_worker() == 0
    (job,) = archive.call(LIST_ISSUING, Page(), staff_actor("archivist")).items
    assert job.parked_at is not None
    assert "timestamp authority" in job.last_error
    with archive.uow() as uow:
        [parked] = parking.parked(uow.session)
        assert parked.queue == "certificates"
        assert parking.release(uow.session, [parked.key]) == 1
    archive.run_worker()
    assert [event.registration_number for event in archive.events(CERTIFICATE_ISSUED)] == [number]
