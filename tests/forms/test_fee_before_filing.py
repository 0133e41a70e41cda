"""What an application will cost is said before it is signed, and is what its order then asks for."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.payment import RECKON_FEE, ReckonFee

from services.filing.tests.work_forms import complete
from tests.forms import deposits
from tests.forms.deposits import draft
from tests.forms.filers import Filer
from tests.forms.test_deposits_of_cases import OURS

EXCEPTIONAL = {"deposit_kind": "exceptional", "exceptional_kind": "masked"}
PAGES = ("check", "declaration")


def ready(filer: Filer, **changes: Any) -> str:
    case = draft(filer, **changes)
    deposits.attach(filer, case, program=deposits.program_pdf(60), document=deposits.manual_pdf())
    return case


def page(filer: Filer, case: str, name: str, language: str = "zh") -> str:
    filer.browser.set_cookie("lang", language)
    answer = filer.browser.get(f"/registration/applications/{case}/{name}")
    filer.browser.set_cookie("lang", "zh")
    assert answer.status_code == 200, name
    found: str = answer.text.split('id="fee"', 1)[1].split("</section>", 1)[0] if 'id="fee"' in answer.text else ""
    return found


@pytest.mark.requirement("P-01")
def test_the_fee_said_before_signing_is_what_the_order_asks_for(company: Filer) -> None:
    case = ready(company, **OURS)
    prepared = company.post(f"/applications/{case}/declaration")
    for name in PAGES:
        assert page(company, case, name).count("¥250.00") == 2, "the line and the sum"
    deposits.submit(company, case)
    order, fee = company.get(f"/applications/{case}/order"), prepared["fee"]
    assert fee["amount"] == order["amount"] == 25000
    alike = ("code", "title", "title_en", "quantity", "amount", "rate_from")
    said, asked = ([{name: line[name] for name in alike} for line in each["lines"]] for each in (fee, order))
    assert said == asked


@pytest.mark.requirement("P-01")
def test_further_documents_and_an_exceptional_deposit_stand_in_lines_of_their_own(company: Filer) -> None:
    several = {"document_kinds": "several", "document_count": 3}
    case = draft(company, **OURS, **EXCEPTIONAL, **several)
    found = page(company, case, "check")
    for amount in ("¥250.00", "× 2", "¥320.00"):
        assert amount in found
    basis = deposits.view(company, case)["report"]["fee_basis"]
    assert (basis["documents"], basis["exceptional"]) == (3, True)
    english = page(company, case, "check", "en")
    assert "What this application costs" in english
    assert "To pay" in english


@pytest.mark.requirement("P-01")
def test_a_work_has_a_fee_once_it_has_a_category(person: Filer) -> None:
    without = str(person.draft("work", {**person.own(complete()), "category": None})["application_id"])
    found = page(person, without, "check")
    assert "选定作品类别之后" in found
    assert "¥" not in found
    with_it = str(person.draft("work", person.own(complete()))["application_id"])
    assert "¥" in page(person, with_it, "check")


@pytest.mark.requirement("P-01")
def test_where_payment_is_away_the_page_stands_without_the_fee(company: Filer, monkeypatch: pytest.MonkeyPatch) -> None:
    case = draft(company, **OURS)
    call = company.system.corridor.call

    def without_payment(method: Any, *rest: Any, **more: Any) -> Any:
        if method is RECKON_FEE:
            raise Problem("service_unavailable")
        return call(method, *rest, **more)

    monkeypatch.setattr(company.system.corridor, "call", without_payment)
    assert page(company, case, "check") == ""


def test_facts_that_say_nothing_of_a_fee_are_refused(company: Filer) -> None:
    payment = company.system.services["payment"]
    for facts in ({}, {"kind": "boat"}, {"kind": "software", "documents": -1}):
        with pytest.raises(Problem, match="request_invalid"):
            payment.call(RECKON_FEE, ReckonFee(facts=facts), staff_actor("examiner"))
