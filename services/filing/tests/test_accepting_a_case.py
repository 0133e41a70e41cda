"""Payment to acceptance in any order of events; paper; progress; withdrawal; registration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from chassis.calendar import add_days
from chassis.errors import Problem
from chassis.testing import anonymous
from filing.clocks.store import latest
from filing.progress.model import masked_title
from pypdf import PdfReader

from contracts import examination, filing, payment

from .conftest import Office
from .test_filing_a_case import refused
from .test_pace import round_trips


def text_of(office: Office, document: Any) -> str:
    with office.harness.uow() as uow:
        pdf = uow.objects.read(document.object.sha256, 10_000_000)
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def progress(office: Office, number: str | None) -> filing.Progress:
    found: filing.Progress = office.call(filing.PROGRESS, anonymous(), number=number or "")
    return found


@pytest.mark.requirement("F-09")
def test_payment_leads_to_acceptance_with_number_notice_and_clocks(office: Office) -> None:
    application_id = office.submitted()
    assert office.view(application_id).waiting_for == "order"
    office.order(application_id)
    waiting = office.view(application_id)
    assert waiting.waiting_for == "applicant_payment"
    assert [deadline.kind for deadline in waiting.deadlines] == ["paper", "payment"]
    office.pay(application_id)
    case = office.view(application_id)
    today = office.today()
    assert (case.state, case.acceptance_number) == ("accepted", f"{today.year}Z11L000001")
    deadlines = {deadline.kind: deadline for deadline in case.deadlines}
    assert {kind: deadline.state for kind, deadline in deadlines.items()} == {
        "paper": "running",
        "payment": "met",
        "acceptance": "met",
        "examination": "running",
    }
    assert "60日" in deadlines["examination"].legal_basis
    (event,) = office.harness.events(filing.APPLICATION_ACCEPTED)
    assert event.examination_due_on == add_days(event.accepted_on, 60) == deadlines["examination"].due_on
    (notice,) = event.documents
    assert notice.kind == "acceptance_notice"
    assert (case.acceptance_number or "") in text_of(office, notice).replace("\u200b", "")


@pytest.mark.requirement("F-09")
@pytest.mark.requirement("F-10")
def test_a_notice_says_that_examination_waits_while_paper_is_missing_and_who_handled_it(office: Office) -> None:
    awaited, there = office.submitted(), office.submitted()
    office.receive_paper(there)
    told = []
    for application_id in (awaited, there):
        office.pay(application_id)
        event = office.harness.events(filing.APPLICATION_ACCEPTED)[-1]
        assert (event.paper_required, event.paper_awaited) == (True, application_id == awaited)
        (notice,) = event.documents
        told.append("".join(text_of(office, notice).split()))
    assert ["进入审查程序" in notice for notice in told] == [False, True]
    assert ["收到之后开始审查" in notice for notice in told] == [True, False]
    due = next(one.due_on for one in office.view(awaited).deadlines if one.kind == "paper")
    assert f"请于{due.year}年{due.month}月{due.day}日前寄达" in told[0]
    assert all("办理人：系统自动受理" in notice for notice in told)
    assert ["以纸质材料按时寄达为前提" in notice for notice in told] == [True, False]


@pytest.mark.requirement("F-10")
def test_a_notice_names_no_day_for_the_paper_that_is_past(office: Office) -> None:
    """The clock of the paper runs from filing; a remittance may come after it."""
    application_id = office.submitted()
    with office.harness.uow() as uow:
        row = latest(uow.session, application_id, "paper")
        assert row is not None
        row.due_on = row.nominal_due_on = uow.today() - timedelta(days=1)
    office.pay(application_id)
    (notice,) = office.harness.events(filing.APPLICATION_ACCEPTED)[-1].documents
    told = "".join(text_of(office, notice).split())
    assert "纸质材料尚未收到；收到之后开始审查" in told
    assert "前寄达" not in told


@pytest.mark.requirement("S-01")
def test_payment_heard_before_its_order_and_twice_accepts_once(office: Office) -> None:
    application_id = office.submitted()
    office.pay(application_id)
    office.order(application_id)
    office.pay(application_id)
    case = office.view(application_id)
    assert (case.state, case.order and case.order.state) == ("accepted", "paid")
    assert len(office.harness.events(filing.APPLICATION_ACCEPTED)) == 1
    assert [action.action for action in case.actions] == ["create", "submit", "accept"]


@pytest.mark.requirement("S-01")
def test_a_payment_after_withdrawal_accepts_nothing_and_is_seen(office: Office) -> None:
    application_id = office.submitted()
    office.order(application_id)
    withdrawn = office.call(
        filing.WITHDRAW_APPLICATION, office.applicant, application_id=application_id, reason="另投他处"
    )
    assert (withdrawn.state, withdrawn.reason) == ("withdrawn", "另投他处")
    office.pay(application_id)
    office.pay(application_id)
    case = office.view(application_id)
    assert (case.state, case.acceptance_number, case.waiting_for) == ("withdrawn", None, "refund")
    assert [action.action for action in case.actions][-2:] == ["withdraw", "note_late_payment"]
    assert case.order is not None
    assert case.order.state == "paid"


def test_a_cancelled_order_is_shown_and_a_paid_one_stays_paid(office: Office) -> None:
    def cancel(application_id: str) -> None:
        office.harness.deliver(
            payment.ORDER_CANCELLED,
            payment.OrderCancelled(
                order_id=f"ord-{application_id}",
                application_id=application_id,
                account_id="acc-wang",
                serial_number="",
                reason="withdrawn",
                cancelled_at=datetime.now(UTC),
            ),
        )

    unpaid, paid = office.submitted(), office.accepted()
    office.order(unpaid)
    cancel(unpaid)
    cancel(paid)
    states = [office.view(case).order for case in (unpaid, paid)]
    assert [order and order.state for order in states] == ["cancelled", "paid"]


@pytest.mark.requirement("F-13")
def test_an_unpaid_application_lapses_after_its_period_and_some_grace(office: Office) -> None:
    application_id = office.submitted()
    office.order(application_id)
    office.harness.advance(22)
    assert office.harness.sweep("lapse_unpaid") == 0
    office.harness.advance(3)
    assert office.harness.sweep("lapse_unpaid") == 1
    assert office.harness.sweep("lapse_unpaid") == 0
    case = office.view(application_id)
    assert (case.state, case.reason) == ("lapsed", "fee_not_paid")
    (event,) = office.harness.events(filing.APPLICATION_LAPSED)
    assert event.reason == "fee_not_paid"
    office.pay(application_id)
    assert office.view(application_id).waiting_for == "refund"


@pytest.mark.requirement("P-04")
def test_what_was_paid_for_an_accepted_case_is_not_said_to_go_back(office: Office) -> None:
    """Walk: payment gives back only what was paid for a case that ended before it was accepted."""
    application_id = office.accepted()
    office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=application_id, reason="")
    case = office.view(application_id)
    assert (case.state, case.waiting_for) == ("withdrawn", "nobody")


@pytest.mark.requirement("F-10")
def test_paper_is_awaited_visibly_and_its_receipt_is_scanned_once(office: Office) -> None:
    application_id = office.accepted()
    assert office.view(application_id).waiting_for == "paper"
    refused("paper_missing", office.claim, application_id)
    queue = office.call(examination.LIST_EXAMINATIONS, office.clerk, queue="awaiting_paper")
    assert [item.application_id for item in queue.items] == [application_id]
    assert queue.counts == {"awaiting_paper": 1}
    first, again = office.receive_paper(application_id), office.receive_paper(application_id)
    assert (first.already, again.already) == (False, True)
    assert first.received_at == again.received_at
    assert len(office.harness.events(filing.PAPER_RECEIVED)) == 1
    assert office.view(application_id).waiting_for == "examiner"
    office.claim(application_id)


@pytest.mark.requirement("F-10")
def test_paper_may_come_before_payment_but_not_for_unknown_or_ended_cases(office: Office) -> None:
    application_id = office.submitted()
    office.receive_paper(application_id)
    office.pay(application_id)
    assert office.view(application_id).waiting_for == "examiner"
    refused(
        "serial_number_unknown", office.call, examination.RECEIVE_PAPER, office.clerk, serial_number="2026Z11S999999"
    )
    withdrawn = office.submitted()
    office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=withdrawn)
    refused("action_not_allowed", office.receive_paper, withdrawn)


def test_intake_sees_only_what_waits_for_paper(office: Office) -> None:
    refused("forbidden", office.call, examination.LIST_EXAMINATIONS, office.clerk, queue="all")
    refused("forbidden", office.view, office.accepted(), office.clerk)


@pytest.mark.requirement("F-13")
def test_a_period_that_the_office_misses_raises_an_alarm_and_stays_missed(office: Office) -> None:
    application_id = office.accepted()
    office.receive_paper(application_id)
    office.harness.advance(70)
    item = office.call(examination.LIST_EXAMINATIONS, office.examiner).items[0]
    assert item.overdue
    assert office.harness.sweep("note_missed_deadlines") == 1
    office.claim(application_id)
    office.decide(application_id, "approve")
    states = {deadline.kind: deadline.state for deadline in office.view(application_id).deadlines}
    assert states["examination"] == "missed"


@pytest.mark.requirement("A-02")
@pytest.mark.parametrize(
    ("title", "shown"),
    [("月光下的长街", "月***街"), ("《江边旧事》（修订版）", "江***版"), ("诗", "诗***"), ("……", "…***"), ("", "***")],
)
def test_a_title_is_shown_by_its_first_and_last_character(title: str, shown: str) -> None:
    assert masked_title(title) == shown


@pytest.mark.requirement("F-14")
@pytest.mark.requirement("A-02")
def test_progress_by_either_number_is_public_and_masked(office: Office) -> None:
    application_id = office.accepted()
    case = office.view(application_id)
    by_serial, by_acceptance = progress(office, case.serial_number), progress(office, case.acceptance_number)
    assert by_acceptance.model_copy(update={"number": ""}) == by_serial.model_copy(update={"number": ""})
    assert by_acceptance.title == "长***头"
    assert [(node.name, node.state) for node in by_acceptance.nodes] == [
        ("受理", "done"),
        ("审查", "current"),
        ("补正", "pending"),
        ("制证", "pending"),
    ]
    assert "王小明" not in by_acceptance.model_dump_json()


@pytest.mark.requirement("A-03")
@pytest.mark.parametrize(
    "spell", [str.lower, lambda number: f" {number[:7]}-{number[7:]}", str.swapcase, "\u202d{}\u202c".format]
)
def test_a_number_typed_in_the_wrong_case_is_answered_with_the_right_one(office: Office, spell: Any) -> None:
    number = office.view(office.accepted()).acceptance_number or ""
    problem = refused("number_unknown", progress, office, spell(number))
    assert problem.params["suggestion"] == number
    assert str(problem.params["hints"]).startswith("letter_case")


@pytest.mark.requirement("A-03")
def test_an_unknown_number_gets_hints_and_no_suggestion(office: Office) -> None:
    problem = refused("number_unknown", progress, office, "2026Z11L999999")
    assert problem.params == {"hints": "not_yet_updated,old_system,customer_service"}


def test_drafts_and_decided_cases_are_not_withdrawn(office: Office) -> None:
    draft = office.draft().application_id
    for case in (draft, _approved(office)):
        with pytest.raises(Problem, match="action_not_allowed"):
            office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=case)
    assert office.harness.events(filing.APPLICATION_WITHDRAWN) == []


def test_withdrawal_ends_every_clock(office: Office) -> None:
    application_id = office.claimed()
    office.ask_correction(application_id)
    office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=application_id)
    office.harness.advance(400)
    assert office.harness.sweep("lapse_uncorrected") == 0
    assert office.harness.sweep("note_missed_deadlines") == 0
    kinds = {deadline.kind for deadline in office.view(application_id).deadlines}
    assert kinds == {"payment", "acceptance", "paper"}


@pytest.mark.requirement("F-14")
def test_the_certificate_makes_the_case_registered_once(office: Office) -> None:
    application_id = _approved(office)
    assert office.view(application_id).waiting_for == "certificate"
    office.certify(application_id)
    office.certify(application_id)
    case = office.view(application_id)
    assert (case.state, case.registration_number) == ("registered", "国作登字-2026-A-00000045")
    assert [node.state for node in case.nodes] == ["done", "done", "skipped", "done"]
    assert case.allowed_actions == []


def _approved(office: Office) -> str:
    application_id = office.claimed()
    office.decide(application_id, "approve")
    return application_id


@pytest.mark.requirement("A-02")
def test_queries_that_come_together_are_answered_as_each_alone_by_one_statement(office: Office) -> None:
    accepted = office.view(office.accepted())
    numbers = [accepted.acceptance_number or "", "2026Z11L999999", accepted.serial_number or ""]
    asked = [{"number": number, "language": language} for number in numbers for language in ("zh", "en")]
    with round_trips() as sent:
        answers = office.call(filing.PROGRESS_OF_MANY, anonymous(), queries=asked).answers
    assert len(sent) == 1, sent
    for query, answer in zip(asked, answers, strict=True):
        if query["number"] == numbers[1]:
            assert answer is None
        else:
            assert filing.Progress.model_validate_json(answer) == office.call(filing.PROGRESS, anonymous(), **query)


def test_a_whole_case_is_read_by_two_statements(office: Office) -> None:
    """The case, and everything that belongs to it: it is looked at after every step."""
    application_id = office.accepted()
    office.view(application_id)
    with round_trips() as sent:
        assert office.view(application_id).actions
    assert len(sent) == 2, sent
