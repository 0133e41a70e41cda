"""An organisation files many works by one spreadsheet: checked, corrected, signed once, paid once."""

from __future__ import annotations

from typing import Any

import pytest
from registry_infra.portal import Portal, wait_for

from tests.batch_sheets import archive, fill, picture, proof, work
from tests.journeys.conftest import Problem
from tests.journeys.people import Person, Staff
from tests.journeys.test_organisation import NAME, Organisation


class Batch:
    """A batch as a careful client takes it from its sheet to its numbers."""

    def __init__(self, company: Organisation) -> None:
        self.company = company
        self.batch_id = ""

    def template(self) -> bytes:
        return self.company.me.fetch("/batch-templates/work_registration")

    def begin(self, rows: list[dict[str, Any]], files: dict[str, bytes]) -> dict[str, Any]:
        me = self.company.me
        sheet = me.upload(fill(self.template(), rows), "作品.xlsx", "batch_sheet")
        packed = me.upload(archive(files), "材料.zip", "batch_archive", break_at=5000)
        body = {"type": "work_registration", "spreadsheet": sheet, "archive": packed, "name": "江边写生"}
        self.batch_id = me.post("/batches", body)["batch_id"]
        return self.until("checked")

    def until(self, *states: str) -> dict[str, Any]:
        def there() -> dict[str, Any] | None:
            found: dict[str, Any] = self.company.me.get(f"/batches/{self.batch_id}")
            return found if found["state"] in states else None

        return wait_for(f"a batch that is {states}", there, 60)

    def rows(self, narrowed: str = "") -> list[dict[str, Any]]:
        return list(self.company.me.get(f"/batches/{self.batch_id}/rows{narrowed}")["items"])

    def post(self, step: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.company.me.post(f"/batches/{self.batch_id}/{step}", body)
        return answer


@pytest.mark.requirement("F-15")
def test_an_organisation_files_a_batch(visitor: Portal, staff: Staff) -> None:
    company = Organisation(visitor, staff)
    company.sign_up().verify()
    batch = Batch(company)
    own = {"authors__0__name": NAME}
    rows = [work(1, **own), work(2, completion_date="明年", **own), work(3, **own)]
    files = {f"W{number:03d}.jpg": picture(number) for number in (1, 2)}
    seen = batch.begin(rows, files | {"权属/创作证明.pdf": proof()})
    assert (seen["counts"]["complete"], seen["counts"]["failed"]) == (1, 2)
    wrong = {row["key"]: [problem["code"] for problem in row["problems"]] for row in batch.rows("?state=failed")}
    assert "cell_not_a_date" in wrong["W002"]
    assert "file_missing" in wrong["W003"]
    assert all(problem["message"] for row in batch.rows("?state=failed") for problem in row["problems"])
    assert company.me.fetch(f"/batches/{batch.batch_id}/sheet")[:2] == b"PK"

    me = company.me
    sheet = me.upload(fill(batch.template(), [work(2, **own)]), "更正.xlsx", "batch_sheet")
    packed = me.upload(archive({"W003.jpg": picture(3)}), "补充.zip", "batch_archive")
    batch.post("corrections", {"spreadsheet": sheet, "archive": packed})
    assert batch.until("checked")["counts"]["complete"] == 3

    batch.post("declaration", {})
    prepared = batch.until("prepared")
    assert company.me.fetch(f"/batches/{batch.batch_id}/declaration")[:5] == b"%PDF-"
    batch.post("submission", {"otp": company.code("sign"), "sha256": prepared["declaration"]["object"]["sha256"]})
    batch.until("filed")
    ordered = wait_for("the order", lambda: batch.until("filed")["order"], 30)
    first = batch.rows()[0]["application_id"]
    payment = company.start_payment(first, "alipay")
    company.provider(payment["payment_id"])
    accepted = batch.until("accepted")
    assert accepted["counts"]["accepted"] == 3
    assert ordered["amount"] == sum(row["amount"] for row in batch.rows())
    numbers = [row["acceptance_number"] for row in batch.rows()]
    assert len(set(numbers)) == 3
    for number in numbers:
        assert wait_for("progress", lambda number=number: visitor.get(f"/progress/{number}"))["kind"] == "work"
    wait_for("the notices", lambda: _notices(company, first), 30)
    told = [message["template"] for message in company.me.get("/messages")["items"]]
    assert told.count("application_submitted") == 0


def _notices(company: Organisation, application_id: str) -> set[str] | None:
    documents = company.me.get(f"/applications/{application_id}/documents")["items"]
    kinds = {document["kind"] for document in documents}
    return kinds if {"acceptance_notice", "cover_sheet", "declaration", "application_form"} <= kinds else None


@pytest.mark.requirement("F-15")
def test_a_person_is_told_that_batches_are_for_organisations(author: Person, problem: Problem) -> None:
    sheet = author.me.upload(b"PK", "作品.xlsx", "batch_sheet")
    body = {"type": "work_registration", "spreadsheet": sheet}
    assert problem(author.me, "POST", "/batches", body)["code"] == "batch_organisations_only"
