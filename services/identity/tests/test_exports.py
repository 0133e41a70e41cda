"""A copy of one's own data: made in the background of what every service tells, for its holder alone, for a week."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import secrets
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from chassis.work import LeaseLost
from contracts.base import Empty
from contracts.enquiries import NOTE_ENQUIRY
from contracts.identity.exports import (
    ASK_EXPORT,
    LIST_EXPORTS,
    OPEN_EXPORT,
    READ_EXPORT_PIECE,
    AskExport,
    OpenExport,
    ReadExportPiece,
)
from contracts.own_data import PAGE, SECTIONS, OwnData, OwnDocument, OwnFile, OwnRecord, ReadOwnData
from identity.exports import model, store
from identity.exports.export_worker import Exporting
from identity.exports.model import PIECE, Pieces
from identity.exports.store import DataExport, DataExportPiece
from sqlalchemy import func, select

pytestmark = pytest.mark.requirement("I-12")
PASSWORD = "Ink-stone 27"


def nothing(service: str, request: ReadOwnData) -> OwnData:
    return OwnData(items=[])


def many(service: str, request: ReadOwnData) -> OwnData:
    """Three pages of applications, each with a file and a document; the first has a title like HTML."""
    if request.section != "applications":
        return OwnData(items=[])
    first = int(request.cursor or 0)
    items = [
        OwnRecord(
            record_id=f"{number:04d}",
            title="<b>墨石记</b>" if number == 1 else "" if number == 2 else f"作品{number}",
            facts={"form": {"title": "墨石记"}, "state": "draft"},
            files=[OwnFile(file_name="样本.pdf", sha256="ab" * 32, size=12)],
            documents=[OwnDocument(document_id=f"fil-{number}", title="受理通知书")],
        )
        for number in range(first + 1, first + PAGE + 1)
    ]
    return OwnData(items=items, next_cursor=f"{first + PAGE:04d}" if first < 2 * PAGE else None)


def ask(office: Any, person: Any, language: str = "zh") -> str:
    request = AskExport.model_validate({"language": language})
    return str(office.call(ASK_EXPORT, request, person.actor).export_id)


def made(office: Any, person: Any, tell: Any = nothing, language: str = "zh") -> str:
    export = ask(office, person, language)
    assert Exporting(tell).step(office.harness.runtime)
    return export


def opened(office: Any, person: Any, export: str, password: str = PASSWORD) -> Any:
    return office.call(OPEN_EXPORT, OpenExport(export_id=export, password=password), person.actor)


def fetched(office: Any, person: Any, export: str) -> bytes:
    told = opened(office, person, export)
    pieces = [
        office.call(
            READ_EXPORT_PIECE, ReadExportPiece(export_id=export, ticket=told.ticket, number=number), person.actor
        ).content
        for number in range(told.pieces)
    ]
    whole = b"".join(base64.b64decode(piece) for piece in pieces)
    assert len(whole) == told.size
    return whole


def pieces_kept(office: Any) -> int:
    with office.harness.uow() as uow:
        return int(uow.session.execute(select(func.count()).select_from(DataExportPiece)).scalar_one())


@pytest.mark.parametrize(("language", "heading"), [("zh", "登记申请和草稿"), ("en", "Applications and drafts")])
def test_a_copy_has_everything_for_programs_and_for_people(office: Any, language: str, heading: str) -> None:
    person = office.sign_up()
    office.verify(person)
    office.code_for(person.mobile, "sign_in")
    noted = {"subject": "account", "subject_id": person.account_id, "text": "问何时能下证", "telephone": "13800138000"}
    office.call(NOTE_ENQUIRY, NOTE_ENQUIRY.request.model_validate(noted), staff_actor("customer_service"))
    export = made(office, person, many, language)
    whole = fetched(office, person, export)
    [shown] = office.call(LIST_EXPORTS, Empty(), person.actor).items
    assert (shown.state, shown.progress, shown.sha256) == ("ready", 1.0, hashlib.sha256(whole).hexdigest())
    with ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        files = {f"{service}/{section}.json" for service, sections in SECTIONS.items() for section in sections}
        assert set(archive.namelist()) == files | {"index.html"}
        read = {name: json.loads(archive.read(name)) for name in files}
        page = archive.read("index.html").decode()
    [account] = read["identity/account.json"]
    assert account["facts"]["id_number"] == person.id_number
    assert account["facts"]["mobile"] == person.mobile
    [verification] = read["identity/verifications.json"]
    assert {file["file_name"] for file in verification["files"]} == {"id_front.jpg", "id_back.jpg", "handheld.jpg"}
    assert {row["facts"]["notice"] for row in read["identity/consents.json"]} == {"privacy", "terms", "face"}
    told = {row["facts"]["template"]: row["facts"] for row in read["identity/messages.json"]}
    assert "body" not in told["otp_sign_in"], "a code is told to nobody again"
    assert told["account_registered"]["body"]
    assert [row["facts"]["text"] for row in read["identity/enquiries.json"]] == ["问何时能下证"]
    assert len(read["filing/applications.json"]) == 3 * PAGE
    assert heading in page
    assert "&lt;b&gt;墨石记" in page
    lines = {" ".join(re.sub("<[^>]*>", " ", line).split()) for line in re.findall("<li>(.*?)</li>", page, re.DOTALL)}
    for raw in ("privacy", "terms", "face", "pending", "approved", "telephone", "0002") if language == "zh" else ():
        assert not [line for line in lines if re.search(rf"\b{raw}\b", line.split("·")[0])], raw
    assert any(line.startswith("（未命名） · 草稿" if language == "zh" else "(no title yet) · draft") for line in lines)
    assert "/account/documents/fil-7" in page
    assert "样本.pdf" in page


def test_the_holder_hears_and_fetches_it_with_the_password(office: Any, later: Callable[..., None]) -> None:
    person, other = office.sign_up(), office.sign_up()
    export = ask(office, person)
    with pytest.raises(Problem, match="export_not_ready"):
        opened(office, person, export)
    assert Exporting(nothing).step(office.harness.runtime)
    assert office.messages(person.mobile)[0].template == "export_ready"
    with pytest.raises(Problem, match="password_wrong"):
        opened(office, person, export, "wrong words 1")
    with pytest.raises(Problem, match="export_unknown"):
        opened(office, other, export)
    ticket = opened(office, person, export).ticket
    piece = ReadExportPiece(export_id=export, ticket=ticket, number=0)
    assert office.call(READ_EXPORT_PIECE, piece, person.actor).content
    for caller, asked in (
        (other, piece),
        (person, piece.model_copy(update={"ticket": "guessed"})),
        (person, piece.model_copy(update={"number": 9})),
    ):
        with pytest.raises(Problem, match="export_unknown"):
            office.call(READ_EXPORT_PIECE, asked, caller.actor)
    later(minutes=11)
    with pytest.raises(Problem, match="export_unknown"):
        office.call(READ_EXPORT_PIECE, piece, person.actor)


def test_after_a_week_it_is_destroyed(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    export = made(office, person)
    later(days=6, hours=23)
    assert office.harness.sweep("forget_exports") == 0
    assert fetched(office, person, export)
    later(hours=2)
    with pytest.raises(Problem, match="export_gone"):
        opened(office, person, export)
    assert office.harness.sweep("forget_exports") == 1
    assert pieces_kept(office) == 0
    assert office.call(LIST_EXPORTS, Empty(), person.actor).items[0].state == "expired"
    with pytest.raises(Problem, match="export_gone"):
        opened(office, person, export)


def test_one_runs_at_a_time_and_three_a_day(office: Any, later: Callable[..., None]) -> None:
    person, other = office.sign_up(), office.sign_up()
    ask(office, person)
    with pytest.raises(Problem, match="export_running"):
        ask(office, person)
    ask(office, other)
    exporting = Exporting(nothing)
    assert exporting.step(office.harness.runtime)
    assert exporting.step(office.harness.runtime)
    assert not exporting.step(office.harness.runtime)
    for _ in range(2):
        made(office, person)
    with pytest.raises(Problem, match="export_too_many"):
        ask(office, person)
    later(hours=25)
    ask(office, person)


def test_a_service_that_is_away_is_waited_for(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    export = ask(office, person)

    def away(service: str, request: ReadOwnData) -> OwnData:
        raise Problem("service_unavailable")

    runtime = office.harness.runtime
    for _ in range(7):
        assert Exporting(away).step(runtime)
        _again(office)
    assert office.call(LIST_EXPORTS, Empty(), person.actor).items[0].state == "running"
    assert Exporting(nothing).step(runtime)
    assert fetched(office, person, export)


def _again(office: Any) -> None:
    """The pause before the next attempt is over."""
    over = "UPDATE data_exports SET leased_until = now() - interval '1 second' WHERE state = 'running'"
    office.harness.as_owner(over)


def test_what_cannot_be_made_is_told_and_may_be_asked_for_again(office: Any) -> None:
    person = office.sign_up()
    ask(office, person)

    def broken(service: str, request: ReadOwnData) -> OwnData:
        raise ValueError("a defect")

    runtime = office.harness.runtime
    for _ in range(5):
        with pytest.raises(ValueError, match="a defect"):
            Exporting(broken).step(runtime)
        _again(office)
    assert Exporting(broken).step(runtime)
    assert office.messages(person.mobile)[0].template == "export_failed"
    assert pieces_kept(office) == 0
    assert office.call(LIST_EXPORTS, Empty(), person.actor).items[0].state == "failed"
    assert fetched(office, person, made(office, person))


def test_a_hand_that_was_taken_for_dead_writes_nothing(office: Any) -> None:
    """Another made it meanwhile: neither its pieces nor its end change the copy."""
    person = office.sign_up()
    export = ask(office, person)
    runtime, seen = office.harness.runtime, []

    def slow(service: str, request: ReadOwnData) -> OwnData:
        if not seen:
            seen.append(request)
            _again(office)
            assert Exporting(many).step(runtime)
        return OwnData(items=[])

    with pytest.raises(LeaseLost):
        Exporting(slow).step(runtime)
    with ZipFile(io.BytesIO(fetched(office, person, export))) as archive:
        assert len(json.loads(archive.read("filing/applications.json"))) == 3 * PAGE
    told = [one for one in office.messages(person.mobile) if one.template == "export_ready"]
    assert len(told) == 1


def test_pieces_of_an_attempt_that_died_are_no_part_of_the_next(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first attempt got far before its worker died; the second one's copy is smaller."""
    monkeypatch.setattr(model, "PIECE", 512)
    person = office.sign_up()
    export = ask(office, person)
    runtime = office.harness.runtime

    def dying(service: str, request: ReadOwnData) -> OwnData:
        if service == "legacy_bridge":
            raise SystemExit
        return OwnData(items=[OwnRecord(record_id="1", facts={"noise": secrets.token_hex(2000)})])

    with pytest.raises(SystemExit):
        Exporting(dying).step(runtime)
    before = pieces_kept(office)
    _again(office)
    assert Exporting(nothing).step(runtime)
    assert 0 < pieces_kept(office) < before
    with ZipFile(io.BytesIO(fetched(office, person, export))) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("filing/applications.json")) == []


def test_nothing_of_a_copy_lies_in_clear(office: Any) -> None:
    person = office.sign_up()
    export = made(office, person)
    whole = fetched(office, person, export)
    with office.harness.uow() as uow:
        kept = uow.session.get(DataExportPiece, (export, 0)).sealed
        row = uow.session.get(DataExport, export)
        assert row.ticket_hash
        assert store.piece_context(export, 0) == f"{export}:0"
    assert whole[:4] == b"PK\x03\x04"
    assert whole[:64] not in kept


def test_a_copy_of_any_size_is_cut_into_pieces() -> None:
    kept: list[tuple[int, bytes]] = []
    out = Pieces(lambda number, data: kept.append((number, data)))
    data = bytes(range(256)) * (PIECE // 100)
    for start in range(0, len(data), 70_000):
        out.write(data[start : start + 70_000])
    out.close()
    assert b"".join(part for _, part in kept) == data
    assert [number for number, _ in kept] == list(range(out.count))
    assert max(len(part) for _, part in kept) == PIECE
