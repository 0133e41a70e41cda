"""What becomes of the works of a batch is read on the page of the batch, and what its organisation has to do first."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from chassis.catalogues import date_in_words
from chassis.clock import legal_date, utc_now
from chassis.signing import create_sandbox_pki
from chassis.testing.databases import DatabaseFactory
from contracts.refund_progress import RefundProgress
from gateway.pages import case_money
from gateway.web.calls import call
from lxml import html

from tests.author import Author
from tests.forms.filers import Filer
from tests.one_process import System, running_system
from tests.pages.test_batch_money import page, prepared, work_off

pytestmark = pytest.mark.requirement("F-15")


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


@dataclass
class Batch:
    """Three works that are accepted, in the order of their sheet."""

    company: Filer
    id: str
    rows: list[dict[str, Any]]

    @property
    def here(self) -> str:
        return f"/account/batches/{self.id}"

    def main(self, language: str = "en", path: str = "") -> Any:
        return html.fromstring(page(self.company, path or self.here, language)).find(".//main")

    def says(self, language: str = "en", path: str = "") -> str:
        return " ".join(self.main(language, path).text_content().split())

    def case(self, number: int) -> str:
        return str(self.rows[number]["application_id"])

    def examined(self, *numbers: int) -> None:
        for number in numbers:
            self.company.act("intake", "/staff/paper-receipts", {"serial_number": self.rows[number]["serial_number"]})
            self.company.act("examiner", f"/staff/examinations/{self.case(number)}/claim", {"reason": "由测试领取"})

    def decide(self, number: int, decision: str, **more: Any) -> None:
        asked = {"decision": decision, **more}
        self.company.act("examiner", f"/staff/examinations/{self.case(number)}/decision", asked)


@pytest.fixture
def batch(system: System) -> Batch:
    company = Filer.organisation(system)
    batch_id = prepared(company)
    company.post(f"/batches/{batch_id}/submission", {"otp": company.code("sign")})
    for _ in range(3):
        work_off(system)
    rows = company.get(f"/batches/{batch_id}/rows")["items"]
    company.pay(company.get(f"/applications/{rows[0]['application_id']}/order"))
    for _ in range(3):
        work_off(system)
    return Batch(company, batch_id, rows)


def test_what_has_to_be_done_stands_first_and_the_headline_counts_what_became_of_the_works(batch: Batch) -> None:
    assert "3 works are accepted" in batch.says()
    assert "3 works await their paper by" in batch.says()
    batch.examined(0, 1)
    defect = {"target": "title", "message": "名称与样本不符"}
    batch.decide(0, "correct", defects=[defect])
    batch.decide(1, "approve")
    batch.company.system.settle()
    batch.company.system.insist(batch.company.system.services["archive"].run_worker)
    batch.company.system.settle()
    batch.company.post(f"/applications/{batch.case(2)}/withdrawal", {"reason": "不再需要"})
    [due] = [
        one for one in batch.company.get(f"/applications/{batch.case(0)}")["deadlines"] if one["kind"] == "correction"
    ]
    number = batch.company.get(f"/applications/{batch.case(1)}")["registration_number"]
    for language, first, headline in (
        ("en", "1 work needs correcting by {}", "3 works: 1 awaiting correction, 1 registered, 1 withdrawn"),
        ("zh", "1 件作品需要补正，请在 {} 前答复", "3 件作品：1 件等待补正、1 件已登记、1 件已撤回"),
    ):
        day = date_in_words(date.fromisoformat(due["due_on"]), language)
        main = batch.main(language)
        own = main.xpath(".//section[contains(@class, 'next-step-mine')]")[0]
        assert first.format(day) in own.text_content()
        assert own.xpath(f".//a[@href='/account/applications/{batch.case(0)}']")
        said = " ".join(main.text_content().split())
        assert headline in said
        assert said.index(first.format(day)) < said.index(headline)
        rows = main.xpath(".//div[@class='batch-rows']//tbody/tr")
        assert day in rows[0].text_content()
        assert number in rows[1].text_content()
        [line] = list(html.fromstring(page(batch.company, "/account/batches", language)).xpath(".//tr[td]"))
        assert first.format(day) in line.text_content()
    batch.company.browser.set_cookie("lang", "en")
    file = batch.company.browser.get(f"{batch.here}/numbers.csv")
    lines = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert [(one["State"], one["To be done by"], one["Registration number"]) for one in lines] == [
        ("Awaiting correction", due["due_on"], ""),
        ("Registered", "", number),
        ("Withdrawn", "", ""),
    ]
    by_filter = batch.main(path=f"{batch.here}?waiting_for=applicant_correction")
    assert len(by_filter.xpath(".//div[@class='batch-rows']//tbody/tr")) == 1


@pytest.mark.requirement("P-04")
def test_what_becomes_of_the_fee_of_a_withdrawn_work_is_said_before_and_after(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, company = batch.case(0), batch.company
    here = f"/account/applications/{case}"
    view = company.get(f"/applications/{case}")
    [accepted] = [one["at"] for one in view["actions"] if one["action"] == "accept"]
    fee = f"¥{view['order']['amount'] / 100:.2f}"
    day = date_in_words(legal_date(datetime.fromisoformat(accepted)), "en")
    said = f"The {fee} for it is not returned, since it was accepted on {day}"
    assert said in batch.says(path=f"{here}/withdrawal")
    company.post(f"/applications/{case}/withdrawal", {"reason": "不再需要"})
    company.system.settle()
    assert said in batch.says(path=here)
    [told] = [one for one in company.get("/messages")["items"] if "已撤回" in one["subject"]]
    assert f"{fee} 不退还" in told["body"]

    twice = RefundProgress(
        refund_id="rfd-1", amount=60_000, state="done", because="order_not_payable", opened_at=utc_now(), share=0
    )
    own = twice.model_copy(update={"refund_id": "rfd-2", "because": "lines_returned", "amount": 45_000, "share": 1_500})

    def with_refunds(*refunds: RefundProgress) -> Any:
        def called(method: Any, request: Any, **how: Any) -> Any:
            assert request.share_of == case
            return call(method, request, **how).model_copy(update={"refunds": list(refunds)})

        return called

    monkeypatch.setattr(case_money, "call", with_refunds(twice))
    shown = batch.says(path=here)
    assert (said in shown, "The batch has other refunds, which are not for this work" in shown) == (True, True)
    assert ("¥600.00" in shown, "Paid twice" in shown) == (False, False)
    monkeypatch.setattr(case_money, "call", with_refunds(twice, own))
    shown = batch.says(path=here)
    assert (said in shown, "¥15.00" in shown, "¥450.00" in shown) == (False, True, False)


@pytest.mark.requirement("P-04")
def test_the_page_of_a_case_filed_alone_says_so_too_before_and_after(batch: Batch) -> None:
    person = Filer.person(batch.company.system)
    known = Author.accepted(person)
    here = f"/account/applications/{known['application_id']}"
    for language, part in (
        ("en", "The ¥300.00 for it is not returned, since it was accepted on"),
        ("zh", "不退还，因为已于"),
    ):
        assert part in page(person, f"{here}/withdrawal", language)
    person.post(f"/applications/{known['application_id']}/withdrawal", {"reason": "不再需要"})
    person.system.settle()
    assert "The ¥300.00 for it is not returned, since it was accepted on" in page(person, here, "en")


@pytest.mark.requirement("F-11")
def test_who_examines_a_work_reads_what_it_was_filed_with(batch: Batch) -> None:
    batch.examined(0)
    desk = batch.company.as_staff("examiner")
    shown = html.fromstring(desk.get(f"/staff/examinations/{batch.case(0)}?lang=en").text)
    assert "Filed with the batch “b1”, of 3 works" in " ".join(shown.text_content().split())
    for number, linked in ((0, 0), (1, 1), (2, 1)):
        assert len(shown.xpath(f".//details//a[@href='/staff/examinations/{batch.case(number)}']")) == linked
