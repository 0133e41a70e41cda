"""Paper at the counter: any of our barcodes, the day on which it came, and parcels that are not complete."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from chassis.clock import legal_date
from chassis.uow import UnitOfWork
from filing.cases.store import Case
from filing.forms.policy import PaperItem, policies
from filing.numbers.model import scanned
from filing.types import TYPES

from contracts import examination, filing

from .conftest import Office
from .test_filing_a_case import refused

pytestmark = pytest.mark.requirement("F-10")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026Z11S000123", "2026Z11S000123"),
        (" 2026z11l-000045\n", "2026Z11L000045"),
        ("２０２６Z11S000123", "2026Z11S000123"),
        ("https://example.cn/progress/2026Z11L000045", "2026Z11L000045"),
        ("https://example.cn/progress/2026Z11L000045/?lang=en", "2026Z11L000045"),
        ("APP-06D3K0000000000000000000AB", "app-06d3k0000000000000000000ab"),
        ("/", ""),
        ("", ""),
    ],
)
def test_a_scanner_may_read_a_number_an_address_or_an_identifier(typed: str, read: str) -> None:
    assert scanned(typed) == read


def receive(office: Office, number: Any, **more: Any) -> examination.PaperReceipt:
    receipt: examination.PaperReceipt = office.call(
        examination.RECEIVE_PAPER, office.clerk, serial_number=str(number), **more
    )
    return receipt


def deficient(office: Office, number: Any, missing: str = "身份证复印件", request_id: str | None = None) -> Any:
    asked = {"serial_number": str(number), "missing": missing}
    return office.call(examination.NOTE_PAPER_DEFICIENT, office.clerk, request_id, **asked)


@pytest.mark.parametrize("filing_type", TYPES)
def test_the_list_of_paper_names_the_form_as_it_is_printed_and_proofs_only_where_there_are_some(
    filing_type: Any,
) -> None:
    policy = policies().on(filing_type, date(2026, 11, 29))
    if not policy.paper_required:
        assert policy.paper == []
        return
    fields = TYPES[filing_type].fields
    assert policy.paper[0].zh.startswith(f"{policy.title.zh}申请表（签署件）")
    alone = policy.paper_of({"sample", "program", "document", "other"})
    [proofs] = [item for item in policy.paper if item not in alone]
    assert set(proofs.only_with) <= set(fields.roles())
    for role in proofs.only_with:
        assert policy.paper_of({role}) == policy.paper, role
    of_no_proof = {"sample", "program", "document", "lyrics", "recording", "cover", "credits", "other"}
    assert set(fields.roles()) - set(proofs.only_with) <= of_no_proof, "a new proof is asked for on paper too"


def test_a_policy_of_a_deployment_may_say_its_paper_in_chinese_alone() -> None:
    item = PaperItem.model_validate("申请人身份证明文件复印件")
    assert (item.zh, item.en, item.only_with) == ("申请人身份证明文件复印件", "申请人身份证明文件复印件", [])


def test_a_case_asks_on_paper_for_the_proofs_that_were_uploaded(office: Office) -> None:
    application_id = office.ready()
    described = office.call(filing.DESCRIBE_FORM, office.applicant, type="work_registration")
    assert 0 < len(office.view(application_id).paper) < len(described.paper)
    office.attach(application_id, "ownership_proof", b"%PDF a deed")
    office.finish_checks()
    office.submit(application_id, office.evidence(office.prepare(application_id)))
    assert office.view(application_id).paper == described.paper


def test_each_barcode_of_a_case_receives_its_paper_once(office: Office) -> None:
    application_id = office.accepted()
    view = office.view(application_id)
    first = receive(office, view.acceptance_number)
    assert (first.application_id, first.already) == (application_id, False)
    for number in (
        view.serial_number,
        view.acceptance_number,
        application_id,
        f"https://x.cn/progress/{view.serial_number}",
    ):
        again = receive(office, number)
        assert (again.application_id, again.already) == (application_id, True), number
    assert len(office.harness.events(filing.PAPER_RECEIVED)) == 1
    refused("serial_number_unknown", receive, office, "' OR ''='")
    refused("serial_number_unknown", receive, office, office.draft().application_id)


def test_the_day_on_which_paper_came_is_noted_and_lies_between_filing_and_today(office: Office) -> None:
    application_id = office.accepted()
    today, number = office.today(), office.view(application_id).serial_number
    for day in (today + timedelta(days=1), today - timedelta(days=1), date(1, 1, 1)):
        refused("request_invalid", receive, office, number, received_on=day)
    assert office.view(application_id).paper_received_at is None
    receive(office, number, received_on=today)
    came = office.view(application_id).paper_received_at
    assert came is not None
    assert legal_date(came) == today


def test_paper_that_came_on_an_earlier_day_is_noted_for_that_day(
    office: Office,
) -> None:
    application_id = office.accepted()
    with office.harness.uow() as uow:
        uow.session.get_one(Case, application_id).submitted_at = office.now() - timedelta(days=5)
    receive(office, application_id, received_on=office.today() - timedelta(days=3))
    came = office.view(application_id).paper_received_at
    assert came is not None
    assert legal_date(came) == office.today() - timedelta(days=3)
    (event,) = office.harness.events(filing.PAPER_RECEIVED)
    assert legal_date(event.received_at) == legal_date(came)


def test_what_is_missing_of_a_parcel_is_noted_and_told_and_the_rest_is_awaited(office: Office) -> None:
    application_id = office.accepted()
    number = office.view(application_id).acceptance_number
    for _ in range(2):
        noted = deficient(office, number, request_id="req-missing")
    assert (noted.application_id, noted.missing) == (application_id, "身份证复印件")
    (event,) = office.harness.events(filing.PAPER_DEFICIENT)
    assert (event.account_id, event.missing) == (office.applicant.subject, "身份证复印件")
    view = office.view(application_id)
    assert (view.waiting_for, view.actions[-1].action, view.actions[-1].note) == (
        "paper",
        "note_deficient_paper",
        "身份证复印件",
    )
    refused("paper_missing", office.claim, application_id)
    [waiting] = office.call(examination.LIST_EXAMINATIONS, office.clerk, queue="awaiting_paper").items
    assert waiting.paper_missing == "身份证复印件"
    refused("paper_was_deficient", receive, office, number)
    deficient(office, number, "申请表的签字")
    [waiting] = office.call(examination.LIST_EXAMINATIONS, office.clerk, queue="awaiting_paper").items
    assert waiting.paper_missing == "申请表的签字", "what is missing now"
    assert receive(office, number, complete=True).already is False
    assert office.view(application_id).waiting_for == "examiner"
    refused("paper_received_already", deficient, office, number)


def test_only_intake_notes_what_is_missing_and_only_where_paper_is_awaited(office: Office) -> None:
    application_id = office.accepted()
    asked = {"serial_number": application_id, "missing": "x"}
    for actor in (office.applicant, office.examiner):
        refused("forbidden", office.call, examination.NOTE_PAPER_DEFICIENT, actor, **asked)
    office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=application_id, reason="")
    refused("action_not_allowed", deficient, office, application_id)
    refused("request_invalid", deficient, office, application_id, " \n")
    assert office.harness.events(filing.PAPER_DEFICIENT) == []


def test_the_list_of_awaited_papers_says_by_when_each_is_to_come(office: Office) -> None:
    application_id = office.accepted()
    [item] = office.call(examination.LIST_EXAMINATIONS, office.clerk, queue="awaiting_paper").items
    [due] = [one.due_on for one in office.view(application_id).deadlines if one.kind == "paper"]
    assert item.paper_due_on == due != item.due_on
    total = office.call(examination.TOTAL_EXAMINATIONS, office.clerk).queues["awaiting_paper"]
    assert (total.count, total.late, total.due_on) == (1, 0, due)


def test_what_is_missing_is_ticked_from_the_list_of_the_case_and_told_in_each_language(office: Office) -> None:
    application_id = office.accepted()
    number = office.view(application_id).acceptance_number
    listed = office.call(examination.AWAITED_PAPER, office.clerk, serial_number=str(number), language="en")
    titles = [paper.title for paper in listed.papers]
    assert titles == read_in(office, application_id, "en").paper
    assert not any(paper.missing for paper in listed.papers)
    asked = {"serial_number": number, "papers": [len(titles), 1], "missing": "封面没有签收\n第二行"}
    noted = office.call(examination.NOTE_PAPER_DEFICIENT, office.clerk, **asked)
    chinese = office.view(application_id).paper
    assert noted.missing == "；".join([chinese[0], chinese[-1], "封面没有签收", "第二行"])
    (event,) = office.harness.events(filing.PAPER_DEFICIENT)
    assert [(paper.zh, paper.en) for paper in event.papers] == [(chinese[0], titles[0]), (chinese[-1], titles[-1])]
    assert (event.remark, event.due_on) == ("封面没有签收\n第二行", listed.due_on)
    for language, lines in (("zh", chinese), ("en", titles)):
        view = read_in(office, application_id, language)
        assert (view.paper_missing, view.paper_remark) == ([lines[0], lines[-1]], "封面没有签收\n第二行")
    again = office.call(examination.AWAITED_PAPER, office.clerk, serial_number=application_id)
    assert [paper.number for paper in again.papers if paper.missing] == [1, len(titles)]
    assert again.remark == "封面没有签收\n第二行"
    refused("request_invalid", office.call, examination.NOTE_PAPER_DEFICIENT, office.clerk, **asked | {"papers": [9]})
    refused("paper_was_deficient", receive, office, number)
    receive(office, number, complete=True)
    view = office.view(application_id)
    assert (view.paper_missing, view.paper_remark) == ([], "")
    refused("paper_received_already", office.call, examination.AWAITED_PAPER, office.clerk, serial_number=number)


def test_only_intake_reads_the_list_of_a_parcel_and_only_of_a_case_that_is_filed(office: Office) -> None:
    application_id, draft = office.accepted(), office.draft().application_id
    for actor in (office.applicant, office.examiner):
        refused("forbidden", office.call, examination.AWAITED_PAPER, actor, serial_number=application_id)
    refused("serial_number_unknown", office.call, examination.AWAITED_PAPER, office.clerk, serial_number=draft)


def test_after_its_last_day_no_day_is_told_for_what_is_missing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    application_id = office.accepted()
    number = office.view(application_id).acceptance_number
    [due] = [one.due_on for one in office.view(application_id).deadlines if one.kind == "paper"]
    deficient(office, number)
    monkeypatch.setattr(UnitOfWork, "today", lambda _: due + timedelta(days=1))
    deficient(office, number)
    assert [event.due_on for event in office.harness.events(filing.PAPER_DEFICIENT)] == [due, None]


def read_in(office: Office, application_id: str, language: str) -> filing.ApplicationView:
    asked = {"application_id": application_id, "language": language}
    view: filing.ApplicationView = office.call(filing.GET_APPLICATION, office.applicant, **asked)
    return view
