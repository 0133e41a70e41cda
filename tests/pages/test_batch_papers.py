"""What an organisation with many works posts is one file: cover sheets and signed forms, as the sheet has them."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2 as pdfium
import pytest
from filing.batches.store import BatchRow, BatchWork
from filing.cases.store import Case
from registry_infra.demo.people import new_applicant
from sqlalchemy import update

from tests.author import Author
from tests.one_process import System

BATCH = "bat-01m80000000000000000000001"
PAPERS = f"/account/batches/{BATCH}/papers.pdf"


def signed_up(system: System) -> Author:
    newcomer = Author(system, new_applicant(), system.client(), {})
    newcomer.sign_up()
    return newcomer


def as_a_batch(author: Author, cases: list[dict[str, str]]) -> None:
    """As if these cases, in this order, had been rows of one sheet."""
    filing = author.system.services["filing"]
    with filing.uow() as uow:
        sheet = uow.objects.put_bytes(b"PK a spreadsheet")
        facts: dict[str, Any] = {
            "id": BATCH,
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
                    id=f"bwk-{line}",
                    batch_id=BATCH,
                    case_id=case["application_id"],
                    cells={},
                    form={},
                    unread=[],
                    **work,
                )
            )
            uow.session.execute(update(Case).where(Case.id == case["application_id"]).values(batch_id=BATCH))


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
    assert f'href="{PAPERS}"' in page.text
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
    assert PAPERS not in author.me.get(f"/account/batches/{BATCH}").text
    assert stranger.me.get(PAPERS).status_code == 404
