"""What nobody refers to goes soon; what anybody refers to stays, whatever happens meanwhile."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from chassis.db import sqlalchemy_url
from chassis.errors import Problem
from chassis.objects.references import says_what_it_is, tables_of
from chassis.testing import Harness
from contracts.objects import HELD_OBJECTS
from flask.testing import FlaskClient
from gateway.housekeeping import Rounds
from gateway.housekeeping.collector import Collector
from gateway.housekeeping.store import LeavingTable
from gateway.web.resources import EXTENSION, Resources
from registry_infra.objects import ObjectBooks
from sqlalchemy import Text, cast, create_engine, func, select, text
from structlog.testing import capture_logs

from tests.author import Author
from tests.one_process import System

pytestmark = [pytest.mark.requirement("F-08"), pytest.mark.requirement("S-01")]
TUS = {"Tus-Resumable": "1.0.0"}
BODY = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def resources(system: System) -> Resources:
    found: Resources = system.app.extensions[EXTENSION]
    return found


@pytest.fixture
def later(system: System, resources: Resources) -> Callable[[], None]:
    """Lets the grace pass for everything, and goes a round."""

    def pass_by() -> None:
        for file in (system.objects / "objects").glob("*/*/*"):
            os.utime(file, (0, 0))
        gateway(resources, "UPDATE leaving_objects SET not_before = now() - interval '1 s'")
        gateway(resources, "UPDATE chores SET due_at = now() - interval '1 s'")
        Rounds(resources).go_round()

    return pass_by


def gateway(resources: Resources, statement: str, **values: Any) -> list[Any]:
    with resources.runtime.engine.begin() as connection:
        found = connection.execute(text(statement), values)
        return list(found.all()) if found.returns_rows else []


def rows(harness: Harness, statement: str, **values: Any) -> None:
    with harness.uow() as uow:
        uow.session.execute(text(statement), values)


def rows_of(harness: Harness, statement: str, **values: Any) -> list[Any]:
    with harness.uow() as uow:
        return list(uow.session.execute(text(statement), values).all())


def place(system: System, data: bytes) -> Path:
    sha256 = hashlib.sha256(data).hexdigest()
    return system.objects / "objects" / sha256[:2] / sha256[2:4] / sha256


def send(who: FlaskClient, data: bytes, name: str = "作品.pdf") -> str:
    answer = who.post("/api/v1/uploads", data={"file": (io.BytesIO(data), name)})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["upload_id"])


def forget_tried_out(system: System) -> None:
    filing = system.services["filing"]
    for table in ("prechecks", "jobs"):
        rows(filing, f"UPDATE {table} SET queued_at = queued_at - interval '31 days'")  # noqa: S608  two names
    filing.sweep("forget_tried_out")


def test_an_upload_that_nobody_was_given_goes_at_once_by_delete_and_by_time(
    system: System, resources: Resources
) -> None:
    """Red when a finished upload becomes an object before its use, or its file outlives its row."""
    visitor = system.client()
    sent = {send(visitor, f"nobody's file {number}".encode()): number for number in range(20)}
    files = [system.objects / "uploads" / f"{upload_id}.part" for upload_id in sent]
    assert all(file.exists() for file in files)
    deleted, expired = list(sent)[:10], list(sent)[10:]
    for upload_id in deleted:
        assert visitor.delete(f"/api/v1/uploads/{upload_id}", headers=TUS).status_code == 204
    past = "UPDATE uploads SET expires_at = now() - interval '1 s' WHERE upload_id = ANY(:ids)"
    gateway(resources, past, ids=expired)
    Rounds(resources).go_round()
    assert [file for file in files if file.exists()] == []
    assert [number for number in sent.values() if place(system, f"nobody's file {number}".encode()).exists()] == []


def test_an_object_that_two_rows_release_at_once_stops_no_round(system: System, resources: Resources) -> None:
    """Red when a list of released objects must not name one twice: every later round would fail at it."""
    sha256 = hashlib.sha256(b"twice").hexdigest()
    release = "INSERT INTO released_objects (space, sha256) VALUES ('', :sha256), ('', :sha256)"
    rows(system.services["filing"], release, sha256=sha256)
    assert Collector(resources).take_released() >= 2
    assert LeavingTable(resources.runtime.ask).leaving("", [sha256]) == {sha256}
    assert Collector(resources).take_released() == 0


def test_what_visitors_had_checked_goes_when_the_check_is_forgotten(system: System, later: Callable[[], None]) -> None:
    visitor, data = system.client(), b"%PDF-1.7 a visitor's file"
    upload_id = send(visitor, data)
    body = {"upload_id": upload_id, "profile": "text_pdf"}
    assert visitor.post("/api/v1/prechecks", json=body).status_code == 202
    assert visitor.delete(f"/api/v1/uploads/{upload_id}", headers=TUS).status_code == 204
    later()
    assert place(system, data).exists(), "the check still refers to it"
    forget_tried_out(system)
    later()  # taken from the service
    later()
    assert not place(system, data).exists()


def test_checks_of_faces_are_forgotten_within_hours(system: System, later: Callable[[], None]) -> None:
    visitor, face = system.client(), b"\xff\xd8\xff a face that somebody wants to have checked"
    upload_id = send(visitor, face, "我.jpg")
    visitor.post("/api/v1/prechecks", json={"upload_id": upload_id, "profile": "handheld_photo"})
    visitor.delete(f"/api/v1/uploads/{upload_id}", headers=TUS)
    filing, sha256 = system.services["filing"], hashlib.sha256(face).hexdigest()
    done = "UPDATE prechecks SET state = 'done', verdict = 'pass' WHERE sha256 = :sha256"
    rows(filing, done, sha256=sha256)
    filing.sweep("forget_tried_out")
    later()
    assert place(system, face).exists(), "somebody may be looking at the result"
    rows(filing, "UPDATE prechecks SET queued_at = now() - interval '2 hours' WHERE sha256 = :sha256", sha256=sha256)
    filing.sweep("forget_tried_out")
    later()
    later()
    assert not place(system, face).exists()


@pytest.mark.parametrize("purpose", ["photo_check", "material"])
def test_pictures_of_a_person_with_an_account_lie_here_no_longer(
    system: System, author: Author, resources: Resources, later: Callable[[], None], purpose: str
) -> None:
    """Whatever they said it was for when they sent it; what a repair makes of it goes as soon."""
    filing, face = system.services["filing"], b"\xff\xd8\xff the face of somebody signed in, " + purpose.encode()
    made = face + b", repaired"
    upload_id = author.upload(face, "我.jpg", purpose)
    author.post("/prechecks", {"upload_id": upload_id, "profile": "handheld_photo"})
    [check] = rows_of(filing, "SELECT id FROM prechecks WHERE sha256 = :it", it=hashlib.sha256(face).hexdigest())
    ref = filing.runtime.objects.put_bytes(made)
    rows(
        filing,
        """INSERT INTO jobs (id, kind, account_id, params, result, state, attempts, queued_at, finished_at)
           SELECT 'job-' || p.id, 'repair', p.account_id, jsonb_build_object('profile', p.profile),
             jsonb_build_object('files', jsonb_build_array(jsonb_build_object('name', 'repaired',
               'sha256', cast(:made AS text), 'size', :size, 'file_name', 'a.jpg', 'content_type', 'image/jpeg',
               'precheck_id', p.id))), 'done', 1, now(), now()
           FROM prechecks p WHERE p.id = :check""",
        made=ref.sha256,
        size=len(made),
        check=check.id,
    )
    rows(filing, "UPDATE prechecks SET state = 'done', verdict = 'pass' WHERE id = :check", check=check.id)
    assert author.get(f"/jobs/job-{check.id}")["upload_id"]
    hour = (
        "SELECT count(*) FROM uploads WHERE stored_sha256 = ANY(:them) AND expires_at < now() + interval '61 minutes'"
    )
    them = [hashlib.sha256(face).hexdigest(), ref.sha256]
    assert gateway(resources, hour, them=them)[0][0] == 2, "their time is up within the hour"
    gateway(
        resources, "UPDATE uploads SET expires_at = now() - interval '1 s' WHERE stored_sha256 = ANY(:them)", them=them
    )
    hour_ago = "SET queued_at = now() - interval '61 minutes' WHERE id IN (:check, 'job-' || :check)"
    for table in ("prechecks", "jobs"):
        rows(filing, f"UPDATE {table} {hour_ago}", check=check.id)
    filing.sweep("forget_tried_out")
    for _ in range(3):
        later()
    assert [place(system, data).exists() for data in (face, made)] == [False, False]


def test_made_files_and_previews_go_with_their_job_and_its_offers(
    system: System, author: Author, resources: Resources, later: Callable[[], None]
) -> None:
    filing = system.services["filing"]
    made, preview = b"a file that a job made", b"its preview"
    refs = {name: filing.runtime.objects.put_bytes(data) for name, data in (("made", made), ("preview", preview))}
    rows(
        filing,
        """INSERT INTO jobs (id, kind, account_id, params, result, state, attempts, queued_at, finished_at)
           VALUES ('job-kept-for-a-while', 'repair', '', '{}', jsonb_build_object('files', jsonb_build_array(
             jsonb_build_object('name', 'repaired', 'sha256', cast(:made AS text), 'size', :size, 'file_name', 'a.pdf',
               'content_type', 'application/pdf', 'precheck_id', null)), 'previews', jsonb_build_array(
             jsonb_build_object('page', 1, 'before', null, 'after', jsonb_build_object(
               'sha256', cast(:preview AS text), 'size', 11)))), 'done', 1, now(), now())""",
        made=refs["made"].sha256,
        size=len(made),
        preview=refs["preview"].sha256,
    )
    upload_id = system.client().get("/api/v1/jobs/job-kept-for-a-while").get_json()["upload_id"]
    later()
    forget_tried_out(system)
    later()
    later()
    assert (place(system, made).exists(), place(system, preview).exists()) == (True, False), "one is offered still"
    gateway(resources, "UPDATE uploads SET expires_at = now() - interval '1 s' WHERE upload_id = :id", id=upload_id)
    later()
    later()
    assert not place(system, made).exists()


def test_what_a_case_refers_to_survives_everything(
    system: System, author: Author, resources: Resources, later: Callable[[], None]
) -> None:
    """Red when a column that refers to objects is not declared: every one of them has its object afterwards."""
    later()
    files = {file.name for file in (system.objects / "objects").glob("*/*/*")}
    gateway(resources, "UPDATE uploads SET expires_at = now() - interval '1 s'")
    gateway(
        resources,
        """INSERT INTO leaving_objects SELECT '', sha256, now() FROM unnest(cast(:all AS text[])) sha256
           ON CONFLICT DO NOTHING""",
        all=sorted(files),
    )
    later()
    later()
    for path, kept in author.belongings().items():
        if path.endswith("/documents"):
            for document in kept["items"]:
                answer = author.me.get(f"/api/v1/documents/{document['document_id']}")
                assert hashlib.sha256(answer.data).hexdigest() == document["object"]["sha256"]
    case = author.get(f"/applications/{author.ids['application_id']}")
    for material in case["materials"]:
        answer = author.me.get(
            f"/api/v1/applications/{case['application_id']}/materials/{material['material_id']}/file"
        )
        assert answer.status_code == 200, answer.text


def test_wherever_an_object_is_named_the_column_says_whether_it_holds_it(system: System, author: Author) -> None:
    """What a structure test cannot see: hashes within JSON. Tables that every service has only tell what happened."""
    names = [file.name for file in system.objects.rglob("*") if len(file.name) == 64]
    patterns = [f"%{name}%" for name in names]
    silent = []
    for package, url in system.owner_urls.items():
        engine = create_engine(sqlalchemy_url(url))
        with engine.connect() as connection:
            for table in tables_of(package).sorted_tables:
                for column in table.columns:
                    if says_what_it_is(column):
                        continue
                    found = select(column).where(cast(column, Text).like(func.any(patterns))).limit(1)
                    if connection.execute(found).first():
                        silent.append(f"{package}.{column}")
        engine.dispose()
    assert silent == []
    assert len(names) > 5


@contextmanager
def away(system: System, service: str) -> Iterator[None]:
    really = system.corridor.call

    def call(method: Any, request: Any, **options: Any) -> Any:
        if method.service == service and method.name in ("held_objects", "released_objects"):
            raise Problem("service_unavailable")
        return really(method, request, **options)

    system.corridor.call = call  # type: ignore[method-assign]
    try:
        yield
    finally:
        del system.corridor.call  # type: ignore[method-assign]


@pytest.mark.parametrize("service", sorted(HELD_OBJECTS))
def test_while_a_service_is_away_nothing_is_removed(
    system: System, later: Callable[[], None], resources: Resources, service: str
) -> None:
    """Red when somebody who does not answer counts as referring to nothing."""
    data = f"%PDF-1.7 while {service} is away".encode()
    resources.runtime.objects.put_bytes(data)
    gateway(
        resources,
        "INSERT INTO leaving_objects VALUES ('', :sha256, now())",
        sha256=hashlib.sha256(data).hexdigest(),
    )
    with away(system, service), capture_logs() as logs:
        later()
        later()
    assert place(system, data).exists()
    assert "collect" in {line["part"] for line in logs if line["event"] == "housekeeping_interrupted"}
    later()
    assert not place(system, data).exists()


def test_an_object_attached_at_the_moment_of_its_removal_stays(
    system: System, author: Author, resources: Resources, later: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the answers of all holders and the removal somebody attaches the same bytes. Red when ``adopt`` of an
    object that is there does not count as touching it, or ``collect`` does not look again."""
    data = b"%PDF-1.7 attached in the last moment"
    resources.runtime.objects.put_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    gateway(resources, "INSERT INTO leaving_objects VALUES ('', :sha256, now())", sha256=sha256)
    really = Collector.held

    def attach_meanwhile(self: Collector, space: str, sha256s: Any) -> set[str]:
        found = really(self, space, sha256s)
        if sha256 in sha256s:
            draft = author.draft["application_id"]
            body = {"role": "other", "upload_id": author.upload(data, "晚.pdf")}
            author.post(f"/applications/{draft}/materials", body)
        return found

    monkeypatch.setattr(Collector, "held", attach_meanwhile)
    later()
    monkeypatch.undo()
    assert place(system, data).exists()
    later()
    assert place(system, data).read_bytes() == data


def test_the_daily_round_finds_what_is_missing_and_what_nobody_refers_to(
    system: System, author: Author, resources: Resources
) -> None:
    """Red when a reference is not looked after, or work in flight is taken for an orphan."""
    data = b"%PDF-1.7 lost by the disk"
    draft = author.draft["application_id"]
    author.post(f"/applications/{draft}/materials", {"role": "other", "upload_id": author.upload(data, "失.pdf")})
    orphan, young = b"an object that nobody knows", b"an object that somebody is about to refer to"
    for each in (orphan, young):
        resources.runtime.objects.put_bytes(each)
    os.utime(place(system, orphan), (0, 0))
    place(system, data).rename(system.objects / "aside")
    filing = system.services["filing"]
    with capture_logs() as logs:
        assert filing.sweep("check_objects") == 0, "the first round is a day after the first start"
        rows(filing, "UPDATE object_checks SET ended_at = now() - interval '25 hours'")
        filing.sweep("check_objects")
        assert filing.sweep("check_objects") == 0, "once a day"
        Rounds(resources).go_round()
        gateway(resources, "UPDATE object_checks SET ended_at = now() - interval '25 hours'")
        Rounds(resources).go_round()
    assert place(system, orphan).exists(), "there is a week to look at it"
    problems: list[str] = []
    gateway(resources, "DELETE FROM leaving_objects WHERE sha256 = :orphan", orphan=hashlib.sha256(orphan).hexdigest())
    books = ObjectBooks(system.owner_urls, system.objects.as_uri())
    assert list(books.check(problems))[-1].endswith("2 are wrong: docs/runbooks/objects.md.")
    expected = {f"missing: {hashlib.sha256(data).hexdigest()}", f"unreferenced: {hashlib.sha256(orphan).hexdigest()}"}
    assert set(problems) == expected
    (system.objects / "aside").rename(place(system, data))
    os.remove(place(system, orphan))
    assert list(books.check([]))[-1].endswith("all agree.")
    assert "objects were released" in list(books.rounds())[-1]
    told = {(line["event"], line["sha256"]) for line in logs if line["event"].startswith("object_")}
    missing = ("object_missing", hashlib.sha256(data).hexdigest())
    unreferenced = ("object_unreferenced", hashlib.sha256(orphan).hexdigest())
    assert {missing, unreferenced} <= told
    assert [sha256 for event, sha256 in told if event == "object_missing"] == [missing[1]]
    assert ("object_unreferenced", hashlib.sha256(young).hexdigest()) not in told


def test_a_staging_file_that_no_row_speaks_of_is_cleared_away(system: System, resources: Resources) -> None:
    lost = system.objects / "uploads" / "0123456789abcdef.part"
    lost.write_bytes(b"its process died")
    kept = system.objects / "uploads" / f"{send(system.client(), b'somebody comes back for it')}.part"
    for file in (lost, kept):
        os.utime(file, (0, 0))
    gateway(resources, "UPDATE chores SET due_at = now() - interval '1 s'")
    Rounds(resources).go_round()
    assert (lost.exists(), kept.exists()) == (False, True)


def upload(visitor: FlaskClient, address: str, size: int) -> tuple[int, str]:
    answer = visitor.post(
        "/api/v1/uploads",
        headers={**TUS, "Upload-Length": str(size)},
        environ_overrides={"REMOTE_ADDR": address},
    )
    return answer.status_code, "" if answer.status_code == 201 else str(answer.get_json()["code"])


@pytest.mark.parametrize("network", ["203.0.113.7", "2001:db8:1:2:{}::1"])
def test_visitors_of_one_network_have_one_quota_however_many_they_are(system: System, network: str) -> None:
    """Red when the count goes by owner, of which each call makes a new one, or by whole IPv6 address."""
    size = 20 << 20
    visitors = [system.client(cookies=bool(number % 2)) for number in range(15)]
    for number, visitor in enumerate(visitors):
        assert upload(visitor, network.format(number), size) == (201, "")
    for number in range(15, 18):
        assert upload(system.client(), network.format(number), size) == (429, "upload_quota_full")
    elsewhere = network.replace("203.0.113.7", "203.0.113.8").replace("2001:db8:1:2", "2001:db8:1:3")
    assert upload(system.client(), elsewhere.format(1), size) == (201, "")


def test_a_refused_upload_takes_no_room_and_neighbours_reach_only_their_own(system: System) -> None:
    address = {"REMOTE_ADDR": "198.51.100.9"}
    largest = {**TUS, "Upload-Length": str(20 << 20)}
    first, neighbour = system.client(), system.client(cookies=True)
    paths = [
        first.post("/api/v1/uploads", headers=largest, environ_overrides=address).headers["Location"] for _ in range(15)
    ]
    for _ in range(3):
        assert upload(neighbour, address["REMOTE_ADDR"], 1)[0] == 429
    guess = f"{paths[0].rsplit('/', 1)[0]}/{'0' * 32}"
    assert neighbour.delete(guess, headers=TUS, environ_overrides=address).status_code == 404
    assert first.delete(paths[0], headers=TUS, environ_overrides=address).status_code == 204
    browsers = neighbour.post("/api/v1/uploads", headers=largest, environ_overrides=address)
    assert browsers.status_code == 201
    path = browsers.headers["Location"]
    assert first.head(path, headers=TUS, environ_overrides=address).status_code in (200, 404)
    assert system.client(cookies=True).delete(guess, headers=TUS, environ_overrides=address).status_code == 404
