"""What an organisation with many works posts is one file: cover sheets and signed forms, as the sheet has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, BinaryIO

import pypdfium2 as pdfium
import pytest
from archive.signatures import sealing
from archive.signatures.store import SignedDocument
from chassis.clock import utc_now
from chassis.objects import ObjectMissing
from filing.batches.store import BatchRow, BatchWork
from filing.cases.store import Case
from filing.documents.store import DocumentRow
from filing.signatures.store import SignatureRow
from gateway.batches import papers, printing
from registry_infra.demo.people import new_applicant
from sqlalchemy import select, update

from tests.author import Author
from tests.one_process import System

BATCH = "bat-01m80000000000000000000001"


def papers_of(batch_id: str) -> str:
    return f"/account/batches/{batch_id}/papers.pdf"


def page_of(batch_id: str) -> str:
    return f"/account/batches/{batch_id}/papers"


PAPERS = papers_of(BATCH)


def signed_up(system: System) -> Author:
    newcomer = Author(system, new_applicant(), system.client(), {})
    newcomer.sign_up()
    return newcomer


def as_a_batch(author: Author, cases: list[dict[str, str]], batch_id: str = BATCH) -> None:
    """As if these cases, in this order, had been rows of one sheet."""
    filing = author.system.services["filing"]
    with filing.uow() as uow:
        sheet = uow.objects.put_bytes(b"PK a spreadsheet")
        facts: dict[str, Any] = {
            "id": batch_id,
            "account_id": author.get("/me")["account_id"],
            "type": "work_registration",
            "name": "一批",
            "organisation": "张三",
            "state": "accepted",
            "step": "",
            "version": 1,
            "spreadsheet_sha256": sheet.sha256,
            "spreadsheet_size": sheet.size,
            "spreadsheet_name": "作品.xlsx",
            "read_sheet": True,
            "layout": {"columns": {}, "others": []},
            "notes": [],
            "works": len(cases),
            "created_at": uow.legal_now(),
            "evidence": "a token",
            "submitted_by": "acc-1",
            "submitted_at": uow.legal_now(),
            "accepted_at": uow.legal_now(),
        }
        uow.session.add(BatchRow(**facts))
        uow.session.flush()
        for line, case in enumerate(cases, start=5):
            work = {"line": line, "key": f"W{line}", "title": "长江", "state": "accepted", "problems": [], "files": {}}
            uow.session.add(
                BatchWork(
                    id=f"bwk-{line}-{batch_id}",
                    batch_id=batch_id,
                    case_id=case["application_id"],
                    cells={},
                    form={},
                    unread=[],
                    **work,
                )
            )
            uow.session.execute(update(Case).where(Case.id == case["application_id"]).values(batch_id=batch_id))


def printed(data: bytes) -> list[str]:
    """The text of each page, as printers see it, without spaces."""
    return ["".join(str(page.get_textpage().get_text_range()).split()) for page in pdfium.PdfDocument(data)]


@pytest.mark.requirement("F-10")
@pytest.mark.requirement("F-15")
def test_the_paper_of_a_batch_is_one_file_of_what_is_awaited_in_the_order_of_its_sheet(system: System) -> None:
    author, stranger = signed_up(system), signed_up(system)
    author.verify()
    later, sooner = author.accepted(paper=False), author.accepted(paper=False)
    author.system.insist(system.services["archive"].run_worker)
    as_a_batch(author, [sooner, later])
    page = author.me.get(f"/account/batches/{BATCH}")
    assert f'href="{page_of(BATCH)}"' in page.text
    assert f'href="{PAPERS}?first=5&amp;last=6"' in author.me.get(page_of(BATCH)).text
    answer = author.me.get(PAPERS)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    pages = printed(answer.data)
    numbered = [re.findall(r"2\d{3}Z11S\d{6}", page) for page in pages]
    told = [numbers[0] for numbers in numbered if numbers]
    assert [number for at, number in enumerate(told) if at == 0 or told[at - 1] != number] == [
        sooner["number"],
        later["number"],
    ]
    assert sum("登记材料封面" in page for page in pages) == 2
    assert sum("已电子签名" in page for page in pages) == 2, "the signature is part of the page"

    author.act("intake", "/staff/paper-receipts", {"serial_number": sooner["number"]})
    left = "".join(printed(author.me.get(PAPERS).data))
    assert later["number"] in left
    assert sooner["number"] not in left
    author.act("intake", "/staff/paper-receipts", {"serial_number": later["number"]})
    assert author.me.get(PAPERS).status_code == 404
    assert page_of(BATCH) not in author.me.get(f"/account/batches/{BATCH}").text
    assert [person.me.get(page_of(BATCH)).status_code for person in (author, stranger)] == [404, 404]
    assert stranger.me.get(PAPERS).status_code == 404


@pytest.mark.requirement("F-10")
@pytest.mark.requirement("F-15")
def test_the_paper_of_a_batch_is_whole_or_not_there(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """While cover sheets are issued, while a form is not sealed, and when a file is lost."""
    batch_id = "bat-01m80000000000000000000002"
    author = signed_up(system)
    author.verify()
    cases = [author.accepted(paper=False)]
    system.insist(system.services["archive"].run_worker)
    cases.append(author.accepted(paper=False))
    as_a_batch(author, cases, batch_id)

    def covers(due: bool) -> None:
        with system.services["filing"].uow() as uow:
            uow.session.execute(update(BatchRow).where(BatchRow.id == batch_id).values(covers_due=due))

    def refused() -> str:
        answer = author.me.get(papers_of(batch_id))
        assert (answer.status_code, answer.content_type) == (503, "text/html; charset=utf-8")
        return str(answer.headers.get("Retry-After"))

    def offered() -> bool:
        return page_of(batch_id) in author.me.get(f"/account/batches/{batch_id}").text

    system.insist(system.services["archive"].run_worker)
    assert author.me.get(papers_of(batch_id)).status_code == 200
    covers(due=True)
    assert refused() == "30"
    assert not offered()
    covers(due=False)
    assert offered()
    with monkeypatch.context() as patch:
        patch.setattr("archive.signatures.handlers.signed_forms", lambda *_: [])
        assert refused() == "30"
    objects = type(system.services["filing"].runtime.objects)
    with monkeypatch.context() as patch:
        patch.setattr(objects, "open", lost)
        refused()
    with printing._joining:  # others' are being joined in this process
        assert refused() == "30"
    assert author.me.get(papers_of(batch_id)).status_code == 200


@contextmanager
def later(monkeypatch: pytest.MonkeyPatch, **after: int) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(papers, "utc_now", lambda: utc_now() + timedelta(**after))
        yield


@pytest.mark.requirement("F-10")
@pytest.mark.requirement("F-15")
def test_a_form_that_cannot_be_sealed_does_not_keep_the_paper_of_the_others(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which work is missing and why is told at once, and after an hour the rest is printed behind a sheet that names
    it; never without."""
    batch_id = "bat-01m80000000000000000000014"
    author = signed_up(system)
    author.verify()
    good = author.accepted(paper=False)
    system.insist(system.services["archive"].run_worker)
    bad = author.accepted(paper=False)
    as_a_batch(author, [good, bad], batch_id)
    accepted = author.get(f"/applications/{bad['application_id']}")["acceptance_number"]
    rest = f"{papers_of(batch_id)}?first=5&last=6&rest=1"

    page = author.me.get(page_of(batch_id)).text
    assert "已签名的申请表还在制作" in page
    assert accepted in page
    assert papers_of(batch_id) not in page, "nothing is offered yet"
    assert author.me.get(rest).status_code == 503

    def broken(*_: object) -> bytes:
        raise ValueError("no such page")

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_sealed", broken)
        with system.services["archive"].uow() as uow:
            form = (SignedDocument.application_id == bad["application_id"], SignedDocument.kind == "application_form")
            changed = update(SignedDocument).where(*form).values(attempts=SignedDocument.TERMS.attempts)
            uow.session.execute(changed)
        system.services["archive"].run_worker()
    assert "须由工作人员处理" in author.me.get(page_of(batch_id)).text
    with later(monkeypatch, minutes=59):
        assert author.me.get(rest).status_code == 503
    with later(monkeypatch, minutes=61):
        assert f'href="{rest.replace("&", "&amp;")}"' in author.me.get(page_of(batch_id)).text
        assert author.me.get(papers_of(batch_id)).status_code == 503, "only who asks for it gets less than all"
        first, *others = printed(author.me.get(rest).data)
    assert "本份打印件缺少的作品" in first
    assert "须由工作人员处理" in first
    assert accepted in first
    assert good["number"] in "".join(others)
    assert bad["number"] not in "".join(others)


@pytest.mark.requirement("F-10")
@pytest.mark.requirement("F-15")
def test_a_form_that_was_corrected_is_not_printed_as_it_was_before(system: System) -> None:
    batch_id = "bat-01m80000000000000000000015"
    author = signed_up(system)
    author.verify()
    case = author.accepted(paper=False)
    system.insist(system.services["archive"].run_worker)
    as_a_batch(author, [case], batch_id)
    assert author.me.get(papers_of(batch_id)).status_code == 200
    with system.services["filing"].uow() as uow:
        query = select(SignatureRow).where(SignatureRow.case_id == case["application_id"])
        former = uow.session.scalars(query).one()
        printed_anew = uow.session.get_one(DocumentRow, former.application_form_id)
        form = {column.name: getattr(printed_anew, column.name) for column in DocumentRow.__table__.columns}
        form |= {"id": "fil-corrected", "sha256": uow.objects.put_bytes(b"%PDF corrected").sha256}
        signature = {column.name: getattr(former, column.name) for column in SignatureRow.__table__.columns}
        signature |= {"evidence_id": "evi-corrected", "application_form_id": "fil-corrected"}
        signature |= {"correction_id": "cor-1", "signed_at": former.signed_at + timedelta(seconds=1)}
        uow.session.add(DocumentRow(**form))
        uow.session.flush()
        uow.session.add(SignatureRow(**signature))
    assert author.me.get(papers_of(batch_id)).status_code == 503
    assert "补正后的申请表还在制作" in author.me.get(page_of(batch_id)).text


@pytest.mark.requirement("F-15")
def test_the_paper_of_many_works_is_printed_in_parts(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    batch_id = "bat-01m80000000000000000000016"
    author = signed_up(system)
    author.verify()
    cases = [author.accepted(paper=False) for _ in range(3)]
    system.insist(system.services["archive"].run_worker)
    as_a_batch(author, cases, batch_id)
    monkeypatch.setattr(papers, "MOST_AT_ONCE", 2)
    page = author.me.get(page_of(batch_id)).text
    parts = [f"{papers_of(batch_id)}?first=5&last=6", f"{papers_of(batch_id)}?first=7&last=7"]
    assert [f'href="{part.replace("&", "&amp;")}"' in page for part in parts] == [True, True]
    for part, inside in zip(parts, (cases[:2], cases[2:]), strict=True):
        told = "".join(printed(author.me.get(part).data))
        assert [case["number"] in told for case in cases] == [case in inside for case in cases]
    whole = author.me.get(papers_of(batch_id))
    assert (whole.status_code, whole.headers["Location"]) == (303, page_of(batch_id))
    for nonsense in ("first=x&last=-1", f"first=²&last={'9' * 30}"):
        assert author.me.get(f"{papers_of(batch_id)}?{nonsense}").status_code == 303
    assert author.me.get(f"{papers_of(batch_id)}?first=9&last=9").status_code == 404


@pytest.mark.requirement("F-15")
def test_a_programme_reads_what_is_to_be_printed_and_prints_it(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    batch_id = "bat-01m80000000000000000000017"
    author, stranger = signed_up(system), signed_up(system)
    author.verify()
    case = author.accepted(paper=False)
    system.insist(system.services["archive"].run_worker)
    late = author.accepted(paper=False)
    as_a_batch(author, [case, late], batch_id)
    told = author.get(f"/batches/{batch_id}/papers")
    assert told["parts"] == [{"first": 5, "last": 6, "ready": 1, "missing": 1, "rest_offered": False}]
    [missing] = told["missing"]
    assert (missing["line"], missing["serial_number"], missing["why"]) == (6, late["number"], "being_sealed")
    file = f"/api/v1/batches/{batch_id}/papers.pdf"

    def asked(query: str) -> Any:
        return author.me.get(f"{file}?{query}")

    assert [asked(query).status_code for query in ("", "rest=true", "first=5&last=5")] == [503, 503, 200]
    with later(monkeypatch, hours=2):
        first, *_ = printed(asked("rest=true").data)
    assert "本份打印件缺少的作品" in first
    system.insist(system.services["archive"].run_worker)
    monkeypatch.setattr(papers, "MOST_AT_ONCE", 1)
    assert asked("").get_json()["code"] == "batch_papers_in_parts"
    for address in (file, f"/api/v1/batches/{batch_id}/papers"):
        assert stranger.me.get(address).status_code == 404


def lost(_: object, sha256: str) -> BinaryIO:
    raise ObjectMissing(sha256)


@pytest.mark.requirement("F-15")
@pytest.mark.requirement("I-09")
def test_a_batch_says_nothing_of_cases_that_are_anothers_by_now(system: System) -> None:
    batch_id = "bat-01m80000000000000000000003"
    author, other = signed_up(system), signed_up(system)
    author.verify()
    gone, kept = author.accepted(paper=False), author.accepted(paper=False)
    system.insist(system.services["archive"].run_worker)
    as_a_batch(author, [gone, kept], batch_id)
    accepted = [author.get(f"/applications/{one['application_id']}")["acceptance_number"] for one in (gone, kept)]
    moved = update(Case).where(Case.id == gone["application_id"]).values(account_id=other.get("/me")["account_id"])
    with system.services["filing"].uow() as uow:
        uow.session.execute(moved)
    left = "".join(printed(author.me.get(papers_of(batch_id)).data))
    assert kept["number"] in left
    assert gone["number"] not in left
    for address in (f"/account/batches/{batch_id}", f"/account/batches/{batch_id}?case_state=accepted"):
        page = author.me.get(address).text
        assert [number in page for number in accepted] == [False, True]
    rows = author.get(f"/batches/{batch_id}/rows?case_state=accepted")["items"]
    assert [row["serial_number"] for row in rows] == [kept["number"]]
    assert author.get(f"/batches/{batch_id}")["by_case"] == [{"state": "accepted", "works": 1}]
