"""Files that strangers want checked delay no certificate; nobody's certificates delay another's."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from archive.authenticity import checking, handlers, store
from archive.authenticity.store import FileCheck
from archive.certificates.issuing import issue_next
from archive.worker import WORKER
from chassis.errors import Problem
from chassis.testing import anonymous, person
from chassis.testing.confined_deaths import killed_from_outside
from chassis.work import Rank, Sender
from contracts.archive import CERTIFICATE_ISSUED, CHECK_CERTIFICATE_FILE, CheckCertificateFile

from chassis import worker

from .test_authenticity import empty_pdf

ANN = person("acc-ann")
NONE_WRONG = {"problems": ["no_signature"], "registration_number": None}


class Checks:
    """In the place of the confined processes: files whose bytes say ``slow`` take until the gate opens."""

    def __init__(self):
        self.begun = []
        self.gate = threading.Event()

    def findings(self, runtime, sha256):
        data = runtime.objects.read(sha256, 100)
        self.begun.append(data)
        if data.startswith(b"slow"):
            assert self.gate.wait(30)
        return NONE_WRONG


@pytest.fixture
def checks(monkeypatch):
    made = Checks()
    monkeypatch.setattr(checking, "_findings", made.findings)
    return made


@contextmanager
def working(archive):
    """The issuing worker with all its hands."""
    stopping = threading.Event()
    thread = threading.Thread(target=worker.run, args=(WORKER, archive.runtime, stopping))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(30)
    assert not thread.is_alive()


def check(archive, data, network="198.51.100.7", actor=None):
    owner = actor.subject if actor else "visitor-1"
    request = CheckCertificateFile(receipt=archive.receipt(owner, data), client=owner, network=network)
    return archive.call(CHECK_CERTIFICATE_FILE, request, actor or anonymous())


def answer(archive, *arguments):
    try:
        return check(archive, *arguments).status
    except Problem as problem:
        return problem.code


def until(what, seconds=30):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.01)


def waiting(archive):
    return archive.as_owner("SELECT count(*) FROM file_checks WHERE done_at IS NULL")[0][0]


def request(archive, data, rank, party):
    """Asks without waiting for the answer."""
    ref = archive.runtime.objects.put_bytes(data)
    with archive.uow() as uow:
        store.request_check(uow.session, ref.sha256, ref.size, Sender(rank, party))


@pytest.mark.requirement("A-01")
@pytest.mark.requirement("S-02")
def test_a_certificate_is_made_while_visitors_files_take_for_ever(archive, registered, checks):
    """Of 24 visitors at once half the service's workers wait, and one hand works for them; the rest goes on."""
    seats = archive.runtime.settings.max_workers // 2
    with working(archive), ThreadPoolExecutor(24) as visitors:
        asked = [visitors.submit(answer, archive, b"slow %d" % n, f"198.51.100.{n}") for n in range(24)]
        until(lambda: len(checks.begun) == 1 and waiting(archive) == seats)
        number = registered()
        until(lambda: archive.events(CERTIFICATE_ISSUED))
        assert archive.events(CERTIFICATE_ISSUED)[0].registration_number == number
        assert check(archive, b"mine", actor=ANN).problems == ["no_signature"]
        assert checks.begun[1:] == [b"mine"], "no second file of a visitor"
        checks.gate.set()
        answers = [each.result(30) for each in asked]
    assert answers.count("unknown") == seats
    assert answers.count("service_unavailable") == 24 - seats
    assert waiting(archive) == 0


@pytest.mark.requirement("S-02")
def test_one_senders_certificates_let_anothers_pass(archive, registered):
    for n in range(6):
        registered(f"app-{n}", "acc-company")
    assert issue_next(archive.runtime)
    registered("app-other", "acc-other")
    archive.run_worker()
    issued = [event.application_id for event in archive.events(CERTIFICATE_ISSUED)]
    assert issued.index("app-other") <= 2
    assert [one for one in issued if one != "app-other"] == [f"app-{n}" for n in range(6)]


@pytest.mark.requirement("A-02")
def test_one_network_may_have_so_many_files_waiting(archive):
    most = FileCheck.TERMS.most[Rank.VISITOR]
    for n in range(most):
        request(archive, b"file %d" % n, Rank.VISITOR, "network:198.51.100.7")
    with pytest.raises(Problem) as refused:
        check(archive, b"one more")
    assert (refused.value.code, refused.value.params["limit"]) == ("work_too_many", most)
    assert waiting(archive) == most


@pytest.mark.requirement("A-02")
def test_a_file_that_nobody_waits_for_any_more_is_not_checked(archive, checks, monkeypatch):
    """Callers that gave up take their file along; of those that died it is dropped."""
    monkeypatch.setattr(handlers, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(store, "_PATIENCE", timedelta(seconds=0.1))
    assert answer(archive, b"given up") == "service_unavailable"
    assert waiting(archive) == 0
    request(archive, b"caller died", Rank.VISITOR, "network:198.51.100.7")
    until(lambda: archive.as_owner("SELECT wanted_until < now() FROM file_checks") == [(True,)])
    archive.run_worker()
    assert checks.begun == []
    assert archive.sweep("forget_unwanted_checks") == 1
    assert waiting(archive) == 0


def test_a_file_that_somebody_else_waits_for_stays_when_one_gives_up(archive, monkeypatch):
    monkeypatch.setattr(handlers, "PATIENCE_SECONDS", 0.1)
    request(archive, b"the same", Rank.SIGNED_IN, "acc-ann")
    assert answer(archive, b"the same") == "service_unavailable"
    assert archive.as_owner("SELECT rank, party FROM file_checks") == [(1, "acc-ann")]


@pytest.mark.requirement("A-02")
def test_a_file_that_two_wait_for_is_served_when_the_first_of_them_would_be(archive):
    """Nobody can push another's file back by asking for it first."""
    for n in range(3):
        request(archive, b"file %d" % n, Rank.VISITOR, "network:198.51.100.7")
    request(archive, b"file 2", Rank.VISITOR, "network:2001:db8::/64")
    seen = "SELECT rank, turn, party FROM file_checks ORDER BY queued_at"
    assert archive.as_owner(seen)[2] == (2, 0, "network:2001:db8::/64")
    request(archive, b"file 2", Rank.SIGNED_IN, "acc-ann")
    assert archive.as_owner(seen)[2] == (1, 0, "acc-ann")
    request(archive, b"file 2", Rank.VISITOR, "network:203.0.113.9")
    assert archive.as_owner(seen)[2] == (1, 0, "acc-ann")


@pytest.mark.requirement("S-01")
def test_a_check_whose_sandbox_is_killed_is_made_on_another(archive):
    data = empty_pdf()
    with working(archive), killed_from_outside(times=1) as died:
        assert check(archive, data).problems == ["no_signature"]
    assert len(died) == 1


@pytest.mark.requirement("S-01")
def test_a_check_whose_confined_processes_are_all_killed_blames_nobody(archive, monkeypatch):
    monkeypatch.setattr(handlers, "PATIENCE_SECONDS", 30.0)
    monkeypatch.setattr(store, "_PATIENCE", timedelta(seconds=30))
    with working(archive), killed_from_outside():
        assert answer(archive, empty_pdf()) == "certificate_not_checked"
    with working(archive):
        assert check(archive, empty_pdf()).problems == ["no_signature"]
