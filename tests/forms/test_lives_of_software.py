"""What becomes of a software's application: a fee that is turned off, a refusal, and signatures that anybody checks."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from gateway.forms.testing import Elements
from payment.tariff.store import TariffRate
from pypdf import PdfReader
from registry_infra.verify import run as verify
from sqlalchemy import create_engine, text

from tests.forms import deposits
from tests.forms.deposits import draft
from tests.forms.filers import Filer
from tests.forms.test_deposits_of_cases import OURS
from tests.one_process import System

CODES = ("software", "software_document", "software_exceptional_deposit")

AS_BEFORE = text(
    "UPDATE tariff_rates AS free SET amount = (SELECT amount FROM tariff_rates AS earlier"
    " WHERE earlier.code = free.code AND earlier.valid_from < free.valid_from ORDER BY valid_from DESC LIMIT 1)"
    " WHERE free.amount = 0 AND EXISTS (SELECT 1 FROM tariff_rates AS earlier"
    " WHERE earlier.code = free.code AND earlier.valid_from < free.valid_from)"
)


@pytest.fixture
def free_of_charge(system: System) -> Any:
    """财税[2017]20号: from today rows of nothing; taken away again."""
    payment = system.services["payment"]
    words = {"title_zh": "软件", "title_en": "Software", "source": "财税[2017]20号"}
    with payment.uow() as uow:
        rates = [TariffRate(code=code, valid_from=uow.today(), amount=0, **words) for code in CODES]
        uow.session.add_all(rates)
    yield
    engine = create_engine(system.owner_urls["payment"])
    with engine.begin() as connection:  # rows of orders stay: for other tests they charge what was charged before
        connection.execute(AS_BEFORE)
    engine.dispose()


def ready(filer: Filer, **changes: Any) -> str:
    case = draft(filer, **changes)
    deposits.attach(filer, case, program=deposits.program_pdf(60), document=deposits.manual_pdf())
    return case


@pytest.mark.requirement("P-01")
@pytest.mark.requirement("F-09")
def test_where_nothing_is_charged_nobody_is_asked_to_pay_and_it_is_accepted_at_once(
    company: Filer, free_of_charge: None
) -> None:
    case = ready(company, **OURS)
    check = company.browser.get(f"/registration/applications/{case}/check").text
    assert "免费" in check
    assert "不用缴费" in check
    deposits.submit(company, case)
    view = deposits.view(company, case)
    assert (view["state"], bool(view["acceptance_number"])) == ("accepted", True)
    assert company.get(f"/applications/{case}/order")["state"] == "paid"
    paths = ("", "/payment")
    for page in (
        *(f"/account/applications/{case}{path}" for path in paths),
        f"/registration/applications/{case}/submitted",
    ):
        answer = company.browser.get(page, follow_redirects=True)
        assert answer.status_code == 200, page
        assert "去缴费" not in answer.text, page
        assert 'name="method"' not in answer.text, "no way to pay is offered"
    assert "payment" not in {deadline["kind"] for deadline in view["deadlines"]}


@pytest.mark.requirement("F-11")
def test_an_organisations_software_is_refused_by_two_examiners_with_the_reason(company: Filer) -> None:
    case = ready(company, **OURS)
    serial_number = deposits.submit(company, case)
    company.pay(company.get(f"/applications/{case}/order"))
    company.act("intake", "/staff/paper-receipts", {"serial_number": serial_number})
    reason = "提交的材料不是计算机程序（办法第二十一条）"
    decision = {"decision": "refuse", "reason": reason}
    for name in ("first", "second"):
        examiner = company.as_staff("examiner", name)
        assert (
            examiner.post(f"/api/v1/staff/examinations/{case}/claim", json={"reason": "由测试领取"}).status_code == 200
        )
        decided = examiner.post(f"/api/v1/staff/examinations/{case}/decision", json=decision)
        assert decided.status_code == 200, decided.text
    company.system.settle()
    view = deposits.view(company, case)
    assert (view["state"], view["reason"], view["registration_number"]) == ("refused", reason, None)
    assert reason in company.browser.get(f"/account/applications/{case}").text


@pytest.mark.requirement("I-08")
@pytest.mark.parametrize("who", ["person", "company"])
def test_whoever_has_a_signed_document_can_verify_it_with_the_offices_root_alone(
    system: System, request: pytest.FixtureRequest, who: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filer: Filer = request.getfixturevalue(who)
    case = ready(filer, **(OURS if who == "company" else {}))
    deposits.submit(filer, case)
    system.services["archive"].run_worker()
    system.settle()
    root = system.keys / "pki" / "root.pem"
    signed = {item["kind"]: item for item in filer.get(f"/applications/{case}/documents")["items"]}
    for kind in ("signed_declaration", "signed_application_form"):
        data = filer.me.get(f"/api/v1/documents/{signed[kind]['document_id']}").data
        file = tmp_path / f"{kind}.pdf"
        file.write_bytes(data)
        assert verify(file, root=root) == 0, capsys.readouterr().out
        said = capsys.readouterr().out
        assert (filer.who.name if who == "person" else "长江文化有限公司") in said
        assert PdfReader(io.BytesIO(data)).pages
        file.write_bytes(data.replace(b"/Type", b"/Typo", 1))
        assert verify(file, root=root) == 1, "a changed document passed"
        capsys.readouterr()


@pytest.mark.requirement("F-05")
@pytest.mark.requirement("I-08")
def test_a_work_made_for_hire_is_filed_with_its_two_proofs_from_their_templates_and_sealed(company: Filer) -> None:
    case = ready(company, **OURS, work_for_hire=True)
    page = company.browser.get(f"/registration/applications/{case}/materials").text
    links = [link for link in Elements(page).links if "template" in link]
    assert len(links) == 2
    for link in links:
        template = company.browser.get(link)
        words = "".join(part.extract_text() for part in PdfReader(io.BytesIO(template.data)).pages)
        assert deposits.NAME in "".join(words.split()), link
        deposits.attach(company, case, **{role_of(link): deposits.scanned_pdf(1)})
    assert deposits.said(deposits.view(company, case)) == {}
    deposits.submit(company, case)
    view = deposits.view(company, case)
    [signature] = view["signatures"]
    assert signature["method"] == "electronic_seal"
    assert signature["signer_name"] == "长江文化有限公司"


def role_of(link: str) -> str:
    return next(role for role in ("employment_contract", "creation_proof") if role in link)
