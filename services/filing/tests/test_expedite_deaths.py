"""A hurried case while its process dies at each commit, once just before it and once just after: nothing is half done,
nothing is said or recorded twice."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.ids import new_id
from filing.cases.store import Case
from filing.expedite.store import ExpediteStepRow
from filing.queue.store import QueueEntryRow, broken_at, head
from sqlalchemy import func, select

from contracts import examination, expedite, payment

from .conftest import Office
from .test_expedite import SENIOR, past, said, seen

pytestmark = [pytest.mark.requirement("F-16"), pytest.mark.requirement("S-01")]


def command(office: Office, insist: Any, method: Any, actor: Any, **request: Any) -> Any:
    request_id = new_id("req")
    return insist(lambda: office.call(method, actor, request_id, **request))


def again(office: Office) -> None:
    """What the next process does with an event whose handling ended with the process before."""
    office.harness.as_owner("UPDATE inbox SET next_attempt_at = now()")
    office.harness.handle_events()


def test_whoever_dies_when_a_case_is_hurried_once_and_its_record_is_whole(office: Office, insist: Any) -> None:
    case = office.accepted()
    office.receive_paper(case)
    asked = {"application_id": case, "tier": "days_3", "because": "dispute", "reason": "开庭在即"}
    view = command(office, insist, expedite.ASK_EXPEDITE, office.applicant, **asked)
    granting = {"expedite_id": view.expedite_id, "step": "grant", "answer": "确有必要"}
    command(office, insist, expedite.DECIDE_EXPEDITE, SENIOR, **granting)
    fee = payment.OrderPaid(
        order_id="ord-hurry",
        application_id=case,
        account_id=office.applicant.subject,
        serial_number=office.view(case).serial_number or "",
        title="长江边的石头",
        amount=80_000,
        method="wechat",
        payment_id="pay-hurry",
        paid_at=office.now(),
        purpose="expedite",
    )
    office.harness.deliver(payment.ORDER_PAID, fee, handle=False)
    insist(lambda: again(office))
    command(office, insist, examination.CLAIM_EXAMINATION, office.examiner, application_id=case)
    due_on = seen(office, case).due_on
    past(office, due_on)
    insist(lambda: office.harness.sweep("miss_expedites"))
    insist(lambda: office.harness.sweep("link_queue_entries"))
    insist(lambda: office.harness.sweep("freeze_queue_figures"))
    assert said(office) == [
        (None, "requested"),
        ("requested", "granted"),
        ("granted", "active"),
        ("active", "missed"),
    ]
    with office.harness.uow() as uow:
        steps = uow.session.scalars(select(ExpediteStepRow.step).order_by(ExpediteStepRow.at)).all()
        entries = uow.session.scalars(select(QueueEntryRow.event).order_by(QueueEntryRow.id)).all()
        assert (steps, entries) == (["ask", "grant", "pay", "miss"], ["entered", "moved", "claimed"])
        assert head(uow.session)[0] == uow.session.scalar(select(func.count()).select_from(QueueEntryRow))
        assert broken_at(uow.session) is None
        assert uow.session.get_one(Case, case).expedite_due_on == due_on
