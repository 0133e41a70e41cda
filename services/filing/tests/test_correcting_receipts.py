"""A receipt of paper that was noted for the wrong case, or the wrong day, is put right while nobody builds on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from chassis.clock import legal_date
from chassis.testing import staff_actor
from filing.cases.store import Case
from filing.clocks.store import DeadlineRow
from filing.expedite.store import ExpediteRow
from filing.queue.store import QueueEntryRow
from sqlalchemy import select

from contracts import examination, filing

from .conftest import Office
from .test_expedite import active, ask, decide, paid, past, seen
from .test_filing_a_case import refused
from .test_paper import deficient, receive

pytestmark = pytest.mark.requirement("F-10")
WHY = "扫错了封面，包裹是另一件的"


def correct(office: Office, number: Any, step: str = "take_back", request_id: str | None = None, **more: Any) -> Any:
    asked = {"serial_number": str(number), "step": step, "reason": WHY} | more
    return office.call(examination.CORRECT_PAPER_RECEIPT, office.clerk, request_id, **asked)


def filed_days_ago(office: Office, application_id: str, days: int) -> None:
    with office.harness.uow() as uow:
        uow.session.get_one(Case, application_id).submitted_at = office.now() - timedelta(days=days)


def paper_clock(office: Office, application_id: str) -> DeadlineRow:
    with office.harness.uow() as uow:
        query = select(DeadlineRow).where(DeadlineRow.case_id == application_id, DeadlineRow.kind == "paper")
        row = uow.session.scalars(query).one()
        uow.session.expunge(row)
        return row


def in_queue(office: Office, application_id: str) -> list[str]:
    with office.harness.uow() as uow:
        query = select(QueueEntryRow.event).where(QueueEntryRow.case_id == application_id).order_by(QueueEntryRow.id)
        return list(uow.session.scalars(query))


def test_a_receipt_of_the_wrong_case_is_taken_back_and_paper_is_awaited_again(office: Office) -> None:
    application_id = office.accepted()
    before = paper_clock(office, application_id)
    receive(office, application_id)
    assert paper_clock(office, application_id).state == "met"
    for _ in range(2):
        corrected = correct(office, application_id, request_id="req-back")
    after = paper_clock(office, application_id)
    assert (after.state, after.due_on, after.done_on) == ("running", before.due_on, None)
    assert (corrected.received_at, corrected.due_on) == (None, before.due_on)
    view = office.view(application_id)
    assert (view.waiting_for, view.paper_received_at) == ("paper", None)
    assert (view.actions[-1].action, view.actions[-1].note) == ("take_back_paper", "")
    seen_by_staff = office.view(application_id, office.examiner)
    assert seen_by_staff.actions[-1].note == WHY, "it names whose parcel it was: for staff alone"
    assert in_queue(office, application_id) == ["entered", "left"]
    (event,) = office.harness.events(filing.PAPER_RECEIPT_CORRECTED)
    assert (event.received_at, event.due_on, event.account_id) == (None, before.due_on, office.applicant.subject)
    assert WHY not in event.model_dump_json()
    refused("paper_missing", office.claim, application_id)
    refused("paper_not_received", correct, office, application_id)
    assert receive(office, application_id).already is False
    assert in_queue(office, application_id) == ["entered", "left", "entered"]
    assert office.claim(application_id).state == "under_examination"


def test_the_day_of_a_receipt_is_corrected_and_a_period_that_was_kept_counts_as_kept(office: Office) -> None:
    application_id = office.accepted()
    filed_days_ago(office, application_id, 5)
    with office.harness.uow() as uow:
        query = select(DeadlineRow).where(DeadlineRow.case_id == application_id, DeadlineRow.kind == "paper")
        row = uow.session.scalars(query).one()
        row.due_on = row.nominal_due_on = office.today() - timedelta(days=1)
    receive(office, application_id)
    assert paper_clock(office, application_id).state == "missed"
    came = office.today() - timedelta(days=2)
    corrected = correct(office, application_id, "another_day", received_on=came)
    assert legal_date(corrected.received_at) == came
    clock = paper_clock(office, application_id)
    assert (clock.state, clock.done_on) == ("met", came)
    view = office.view(application_id)
    assert (view.actions[-1].action, view.waiting_for) == ("correct_paper_day", "examiner")
    correct(office, application_id, "another_day", received_on=office.today())
    assert paper_clock(office, application_id).state == "missed"
    for day in (office.today() + timedelta(days=1), office.today() - timedelta(days=6)):
        refused("request_invalid", correct, office, application_id, "another_day", received_on=day)
    refused("request_invalid", correct, office, application_id, "another_day")
    refused("request_invalid", correct, office, application_id, reason=" \n")


def test_paper_that_came_in_time_and_was_entered_late_was_not_missed(office: Office) -> None:
    application_id = office.accepted()
    filed_days_ago(office, application_id, 5)
    with office.harness.uow() as uow:
        query = select(DeadlineRow).where(DeadlineRow.case_id == application_id, DeadlineRow.kind == "paper")
        row = uow.session.scalars(query).one()
        row.due_on = row.nominal_due_on = office.today() - timedelta(days=1)
        row.state = "missed"
    receive(office, application_id, received_on=office.today() - timedelta(days=1))
    assert paper_clock(office, application_id).state == "met"


def test_nothing_is_corrected_once_somebody_builds_on_the_receipt(office: Office) -> None:
    application_id = office.claimed()
    for step in ("take_back", "another_day"):
        refused("paper_built_on", correct, office, application_id, step, received_on=office.today())
    office.call(examination.RELEASE_EXAMINATION, office.examiner, application_id=application_id)
    assert correct(office, application_id).received_at is None
    receive(office, application_id)
    office.claim(application_id)
    office.decide(application_id, "refuse", reason="缺乏独创性")
    office.call(examination.WITHDRAW_REFUSAL, office.examiner, application_id=application_id)
    office.call(examination.RELEASE_EXAMINATION, office.examiner, application_id=application_id)
    refused("paper_built_on", correct, office, application_id)


def test_only_intake_corrects_a_receipt(office: Office) -> None:
    application_id = office.accepted()
    refused("paper_not_received", correct, office, application_id)
    receive(office, application_id)
    asked = {"serial_number": application_id, "step": "take_back", "reason": WHY}
    for actor in (office.applicant, office.examiner, office.other):
        refused("forbidden", office.call, examination.CORRECT_PAPER_RECEIPT, actor, **asked)
    refused("serial_number_unknown", correct, office, "2026Z11S999999")
    assert office.view(application_id).paper_received_at is not None


def test_before_acceptance_a_receipt_is_taken_back_and_a_deficient_parcel_may_follow(office: Office) -> None:
    application_id = office.submitted()
    receive(office, application_id)
    correct(office, application_id)
    assert in_queue(office, application_id) == []
    deficient(office, application_id)
    office.order(application_id)
    office.pay(application_id)
    assert office.view(application_id).waiting_for == "paper"


def test_a_promise_counts_from_the_day_on_which_the_paper_really_came(office: Office) -> None:
    case = office.accepted()
    decide(office, ask(office, case))
    paid(office, case)
    receive(office, case)
    with office.harness.uow() as uow:
        row = uow.session.scalars(select(ExpediteRow).where(ExpediteRow.case_id == case)).one()
        promised = row.due_on
        assert row.paused_on is None
    correct(office, case)
    with office.harness.uow() as uow:
        row = uow.session.scalars(select(ExpediteRow).where(ExpediteRow.case_id == case)).one()
        assert (row.paused_on, row.state) == (row.started_on, "active")
    receive(office, case)
    with office.harness.uow() as uow:
        row = uow.session.scalars(select(ExpediteRow).where(ExpediteRow.case_id == case)).one()
        assert (row.paused_on, row.due_on) == (None, promised)
        assert uow.session.get_one(Case, case).expedite_due_on == promised


@pytest.mark.parametrize("swept", [False, True])
def test_a_receipt_stands_once_a_promise_was_missed_on_it(office: Office, swept: bool) -> None:
    """Its fee goes back, so what was promised cannot begin anew; the examiner asks for what is not there."""
    case, view = active(office)
    past(office, view.due_on)
    assert office.harness.sweep("miss_expedites") == 1 if swept else True
    for step in ("take_back", "another_day"):
        refused("paper_built_on", correct, office, case, step, received_on=office.today())
    if not swept:
        assert office.harness.sweep("miss_expedites") == 1
    assert (seen(office, case).state, office.view(case).waiting_for) == ("missed", "examiner")
    assert office.claim(case).state == "under_examination"


def test_the_day_that_a_receipt_has_changes_nothing_and_nobody_is_told(office: Office) -> None:
    application_id = office.accepted()
    filed_days_ago(office, application_id, 5)
    receive(office, application_id)
    before = office.view(application_id)
    same = correct(office, application_id, "another_day", received_on=office.today())
    assert (same.already, same.received_at) == (True, before.paper_received_at)
    assert office.view(application_id).actions == before.actions
    assert office.harness.events(filing.PAPER_RECEIPT_CORRECTED) == []
    came = office.today() - timedelta(days=2)
    assert [correct(office, application_id, "another_day", received_on=came).already for _ in range(2)] == [False, True]
    assert len(office.harness.events(filing.PAPER_RECEIPT_CORRECTED)) == 1


def test_a_correction_is_offered_only_while_it_would_be_taken(office: Office) -> None:
    both = staff_actor("intake", "senior_examiner", id="acc-both")
    corrections = {"take_back_paper", "correct_paper_day"}
    application_id = office.accepted()
    assert corrections.isdisjoint(office.view(application_id, both).allowed_actions)
    receive(office, application_id)
    assert corrections <= set(office.view(application_id, both).allowed_actions)
    office.claim(application_id)
    office.decide(application_id, "refuse", reason="缺乏独创性")
    office.call(examination.WITHDRAW_REFUSAL, office.examiner, application_id=application_id)
    office.call(examination.RELEASE_EXAMINATION, office.examiner, application_id=application_id)
    assert office.view(application_id).state == "accepted"
    assert corrections.isdisjoint(office.view(application_id, both).allowed_actions)
