"""A backup of a working office, made and restored by the runbook's own commands: one moment of everything."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from chassis.objects import open_store
from contracts.objects import IDENTITY_SPACE
from registry_infra.folders import find_folders
from registry_infra.portal import Portal
from registry_infra.ports import choose_ports
from registry_infra.processes import Settings
from registry_infra.state import load_state
from registry_infra.testing import Stack

from tests.faults.audit_of_books import Books, gaps
from tests.faults.chaos import wait_until
from tests.faults.journey import Journey, Office
from tests.faults.runbook import Page

pytestmark = [pytest.mark.stack, pytest.mark.requirement("S-01")]
PATIENCE = 150
"""Seconds for a journey on a busy machine."""
REFERENCES = {
    "filing": ("SELECT sha256 FROM documents", "SELECT sha256 FROM materials"),
    "archive": ("SELECT sha256 FROM documents",),
    "identity": ("SELECT sealed_sha256 FROM verification_images WHERE removed_at IS NULL",),
}
"""What a database says lies in the object store."""
NUMBERS = {
    "filing": "SELECT unnest(ARRAY[serial_number, acceptance_number]) FROM cases WHERE serial_number IS NOT NULL",
    "archive": "SELECT registration_number FROM register_entries",
    "payment": "SELECT receipt_id FROM orders WHERE receipt_id IS NOT NULL",
}


@dataclass
class Running:
    """A running office as a test reaches it."""

    data: Path
    settings: Settings = field(init=False)
    office: Office = field(init=False)
    books: Books = field(init=False)

    def __post_init__(self) -> None:
        self.settings = Settings.load(find_folders(self.data).settings)
        self.office, self.books = Office(self.settings.public_url), Books(self.settings.owner_database_urls)

    def numbers(self, service: str) -> set[str]:
        return {row[0] for row in self.books.rows(service, NUMBERS[service]) if row[0]}

    def missing_objects(self) -> list[str]:
        missing: list[str] = []
        for service, queries in REFERENCES.items():
            space = IDENTITY_SPACE if service == "identity" else ""
            store = open_store(self.settings.object_store_url, space)
            wanted = {row[0] for query in queries for row in self.books.rows(service, query)}
            assert wanted
            missing += [sha256 for sha256 in wanted if not store.exists(sha256)]
        return missing

    def certificates(self, folder: Path) -> Iterator[Path]:
        store = open_store(self.settings.object_store_url)
        for number, (sha256,) in enumerate(
            self.books.rows("archive", "SELECT sha256 FROM documents WHERE kind = 'certificate'")
        ):
            file = folder / f"certificate-{number}.pdf"
            file.write_bytes(store.read(sha256, 1 << 24))
            yield file


@dataclass
class Parked:
    """Somebody whose case waits."""

    journey: Journey
    serial_number: str

    def elsewhere(self, office: Office) -> Journey:
        """The same person at another office, still signed in."""
        journey = Journey(office, self.journey.number, time.monotonic() + PATIENCE)
        journey.me = journey.visitor.as_account(self.journey.me.token or "")
        journey.applicant, journey.application_id = self.journey.applicant, self.journey.application_id
        journey.acceptance_number = self.journey.acceptance_number
        return journey


@dataclass
class Restored:
    """Two offices: the one that went on, and the one that came of its backup. ``said``: by `restore`."""

    first: Running
    second: Running
    said: str
    incremental: str
    before: list[Journey]
    under_way: dict[str, Parked]
    after: list[Journey]


def parked(office: Office, number: int, *, paid: bool) -> Parked:
    """A journey that goes no further than to its submission or payment."""
    journey = Journey(office, number, time.monotonic() + PATIENCE)
    journey.arrive()
    journey.draft(journey.filing)
    serial_number = journey.submit()
    if paid:
        journey.pay()
        if journey.me.get(f"/applications/{journey.application_id}")["paper_required"]:
            journey.wait("the cover sheet", lambda: journey._document("cover_sheet"))
            office("intake").post("/staff/paper-receipts", {"serial_number": serial_number})
    return Parked(journey, serial_number)


def to_the_end(office: Office, number: int) -> Journey:
    journey = Journey(office, number, time.monotonic() + PATIENCE)
    journey.go()
    return journey


@pytest.fixture(scope="module")
def restored(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restored]:
    first, page = Running(stack.data), Page("backup-and-restore.md")
    places = tmp_path_factory.mktemp("backup")
    port = choose_ports(["gateway"], places / "port.json")["gateway"]
    variables = {name: places / name for name in ("BACKUP", "SAFE", "NEW")} | {"PORT": Path(str(port))}
    archive = next(part.pid for part in load_state(find_folders(stack.data).state).parts if part.name == "archive")
    with ThreadPoolExecutor(6) as pool:
        submitted = pool.submit(parked, first.office, 101, paid=False)
        accepted = pool.submit(parked, first.office, 102, paid=True)
        approved = pool.submit(parked, first.office, 103, paid=True)
        before = [pool.submit(to_the_end, first.office, number) for number in (104, 105)]
        under_way = {"submitted": submitted.result(), "accepted": accepted.result(), "approved": approved.result()}
        done = [journey.result() for journey in before]
        page.follow('backup "$BACKUP"', REGISTRY_DATA=stack.data, **variables)
        # The archive hears nothing for a while: what it is to hear is with the broker alone.
        os.kill(archive, signal.SIGSTOP)
        try:
            case = under_way["approved"]
            case.journey.examine(case.serial_number)
            traffic = [pool.submit(to_the_end, first.office, number) for number in (106, 107)]
            said = "SELECT count(*) FROM outbox WHERE subject = %s AND type LIKE %s AND published_at IS NOT NULL"
            wait_until(
                lambda: first.books.rows("filing", said, case.journey.application_id, "filing.application_approved%")[
                    0
                ][0],
                60,
                "the approval at the broker",
            )
            incremental = page.follow('backup "$BACKUP"', REGISTRY_DATA=stack.data, **variables)
        finally:
            os.kill(archive, signal.SIGCONT)
        traffic.append(pool.submit(to_the_end, first.office, 108))
        after = [journey.result() for journey in traffic]
    try:
        told = page.follow('restore "$BACKUP"', **variables)
        second = Running(places / "NEW")
        yield Restored(first, second, told, incremental, done, under_way, after)
    finally:
        subprocess.run([sys.executable, "-m", "registry_infra", "down", "--data", str(places / "NEW")], check=False)


def test_what_was_under_way_goes_on_to_its_certificate(restored: Restored) -> None:
    """First of all: the other tests look at the books after this."""
    second = restored.second
    assert second.books.wait_for_rest(60) == {}
    cases = restored.under_way
    submitted, accepted, approved = (cases[name].elsewhere(second.office) for name in cases)
    submitted.pay()
    submitted.examine(cases["submitted"].serial_number)
    accepted.examine(cases["accepted"].serial_number)
    for journey in (submitted, accepted, approved):
        journey.certificate(journey.acceptance_number)
    new = to_the_end(second.office, 109)
    assert second.books.wait_for_rest(60) == {}
    journeys = [*restored.before, submitted, accepted, approved, new]
    books = second.books.complaints([journey.application_id for journey in journeys])
    assert [complaint for complaint in books if "nobody asked" not in complaint] == []


def test_events_that_only_the_broker_had_are_published_again(restored: Restored) -> None:
    assert re.search(r"[1-9]\d* events that their receivers never had", restored.said)


def test_numbers_are_without_gaps_and_none_was_given_twice(restored: Restored) -> None:
    for service in NUMBERS:
        query = NUMBERS[service]
        found = [row[0] for row in restored.second.books.rows(service, query) if row[0]]
        assert len(found) == len(set(found))
    entries = restored.second.books.rows("archive", "SELECT series, year, sequence FROM register_entries")
    for series in {row[:2] for row in entries}:
        assert list(gaps(str(series), [row[2] for row in entries if row[:2] == series])) == []


def test_the_ledger_balances(restored: Restored) -> None:
    query = "SELECT sum(amount), count(*) FROM ledger_postings"
    balance, postings = restored.second.books.rows("payment", query)[0]
    assert (balance, postings > 0) == (0, True)


def test_every_reference_has_its_object(restored: Restored) -> None:
    assert restored.second.missing_objects() == []


def test_certificates_verify(restored: Restored, tmp_path: Path) -> None:
    files = list(restored.second.certificates(tmp_path))
    assert len(files) >= len(restored.before)
    for file in files[:1]:
        command = [sys.executable, "-m", "registry_infra", "verify", str(file), "--data", str(restored.second.data)]
        verified = subprocess.run(command, capture_output=True, text=True)
        assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_token_from_before_opens_the_case_it_opened(restored: Restored) -> None:
    journey = restored.before[0]
    there = Portal(restored.second.settings.public_url, journey.me.token)
    assert there.get(f"/applications/{journey.application_id}")["registration_number"]


def test_it_is_told_what_came_after(restored: Restored) -> None:
    told = re.search(r"The last numbers that were given: (.*)\.\n", restored.said)
    assert told is not None
    last = told.group(1).split(", ")
    query = "SELECT serial_number FROM cases WHERE id = ANY(%s)"
    later = restored.first.books.rows("filing", query, [journey.application_id for journey in restored.after])
    newest = max(row[0] for row in later)
    assert newest > max(number for number in last if number[:8] == newest[:8]), "each form counts for itself"
    receipts = restored.first.numbers("payment")
    assert max(receipts) > next(number for number in last if number.startswith("SJ"))
    assert re.search(r"The last action that is in it: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d", restored.said)


def test_the_second_backup_copies_only_new_objects(restored: Restored) -> None:
    found = re.search(r"(\d+) objects \((\d+) new\)", restored.incremental)
    assert found is not None
    assert 0 < int(found.group(2)) < int(found.group(1))
