"""加急: asked for, decided by a senior examiner, paid, kept or missed; who may not; what comes twice, late or never."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from chassis.actor import Actor
from chassis.calendar import add_working_days
from chassis.errors import Problem
from chassis.testing import anonymous, person, staff_actor
from contracts.base import Empty
from filing.cases.store import Case
from filing.expedite.store import ExpediteStepRow
from filing.expedite.tiers import tiers

from contracts import examination, expedite, filing, payment

from .conftest import Office

pytestmark = pytest.mark.requirement("F-16")
SENIOR = staff_actor("senior_examiner", id="acc-senior")


def ask(office: Office, case: str, actor: Actor | None = None, **changes: Any) -> expedite.ExpediteView:
    asked = {"application_id": case, "tier": "days_3", "because": "dispute", "reason": "开庭在即"} | changes
    return office.call(expedite.ASK_EXPEDITE, actor or office.applicant, **asked)


def decide(
    office: Office, view: expedite.ExpediteView, step: str = "grant", actor: Actor = SENIOR, **changes: Any
) -> expedite.ExpediteView:
    wanted = {"expedite_id": view.expedite_id, "step": step, "answer": "确有必要"} | changes
    return office.call(expedite.DECIDE_EXPEDITE, actor, **wanted)


def paid(office: Office, case: str, **changes: Any) -> None:
    office.pay(case, **({"order_id": f"ord-hurry-{case}", "amount": 80_000, "purpose": "expedite"} | changes))


def granted(office: Office) -> tuple[str, expedite.ExpediteView]:
    """A case that waits for an examiner, whose request waits for its fee."""
    case = office.accepted()
    office.receive_paper(case)
    return case, decide(office, ask(office, case))


def active(office: Office) -> tuple[str, expedite.ExpediteView]:
    case, _ = granted(office)
    paid(office, case)
    return case, seen(office, case)


def seen(office: Office, case: str) -> expedite.ExpediteView:
    found = office.view(case).expedite
    assert found is not None
    return found


def said(office: Office) -> list[tuple[str | None, str]]:
    """The steps that others heard of."""
    return [(event.previous, event.state) for event in office.harness.events(expedite.EXPEDITE_ADVANCED)]


def refused(code: str, ask: Any, *arguments: Any, **more: Any) -> Problem:
    with pytest.raises(Problem) as problem:
        ask(*arguments, **more)
    assert problem.value.code == code
    return problem.value


def past(office: Office, day: date | None, extra: int = 1) -> None:
    """The legal clock stands after a day."""
    assert day is not None
    office.harness.advance((day - office.today()).days + extra)


def test_a_case_is_hurried_from_request_to_decision(office: Office) -> None:
    case = office.accepted()
    office.receive_paper(case)
    receipt = office.harness.receipt(office.applicant.subject, b"%PDF-1.4 a summons", "传票.pdf")
    asked = ask(office, case, evidence=[receipt])
    assert (asked.state, asked.steps, asked.evidence[0].file_name) == ("requested", ["withdraw"], "传票.pdf")
    [listed] = office.call(expedite.LIST_EXPEDITES, SENIOR).items
    assert (listed.steps, listed.reason) == (["grant", "refuse"], "开庭在即")
    assert office.harness.call(expedite.TOTAL_EXPEDITES, Empty(), SENIOR).count == 1
    given = decide(office, asked)
    assert (given.state, given.due_on, given.pay_by) == ("granted", None, given.pay_by)
    assert given.pay_by is not None
    assert given.pay_by > office.today()
    paid(office, case)
    running = seen(office, case)
    assert (running.state, running.started_on, running.amount) == ("active", office.today(), 80_000)
    assert running.due_on is not None
    assert running.due_on < office.view(case).deadlines[-1].due_on
    office.claim(case)
    office.decide(case, "approve")
    assert seen(office, case).state == "kept"
    assert said(office) == [
        (None, "requested"),
        ("requested", "granted"),
        ("granted", "active"),
        ("active", "kept"),
    ]


@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "withdrawn"])
def test_only_an_accepted_and_undecided_case_can_be_hurried(office: Office, state: str) -> None:
    if state == "draft":
        case = office.draft().application_id
    elif state == "submitted":
        case = office.submitted()
    else:
        case = office.claimed()
        if state == "approved":
            office.decide(case, "approve")
        else:
            office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=case, reason="")
    refused("action_not_allowed", ask, office, case)


def test_a_tier_that_is_not_offered_cannot_be_asked_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case = office.accepted()
    refused("expedite_not_offered", ask, office, case, tier="days_1")
    monkeypatch.setattr("filing.expedite.handlers.tiers", lambda sandbox: tiers(sandbox=False))
    assert office.harness.call(expedite.OFFER_EXPEDITE, Empty(), anonymous()).items == []
    refused("expedite_not_offered", ask, office, case)


def test_a_case_has_one_open_request(office: Office) -> None:
    case = office.accepted()
    first = ask(office, case)
    refused("expedite_open", ask, office, case)
    decide(office, first, "refuse", because="not_proven", answer="没有看到开庭通知")
    told = seen(office, case)
    assert (told.state, told.refused_because, told.answer) == ("refused", "not_proven", "没有看到开庭通知")
    assert ask(office, case).state == "requested"


@pytest.mark.parametrize("changes", [{"reason": "  "}, {"because": "because"}, {"tier": ""}, {"evidence": ["x"] * 6}])
def test_a_request_needs_a_reason_and_bounds(office: Office, changes: dict[str, Any]) -> None:
    case = office.accepted()
    with pytest.raises((Problem, ValueError)):
        ask(office, case, **changes)
    assert office.view(case).expedite is None


@pytest.mark.parametrize(
    "changes", [{"answer": " "}, {"step": "refuse"}, {"step": "refuse", "because": "capacity", "answer": ""}]
)
def test_a_decision_needs_its_reason(office: Office, changes: dict[str, Any]) -> None:
    view = ask(office, office.accepted())
    refused("request_invalid", decide, office, view, **changes)


def test_a_stranger_and_the_wrong_people_are_shown_the_door(office: Office) -> None:
    case, mine = office.accepted(), None
    refused("application_unknown", ask, office, case, office.other)
    refused("not_signed_in", ask, office, case, anonymous())
    mine = ask(office, case, evidence=[office.harness.receipt(office.applicant.subject, b"%PDF-1.4 a")])
    ref = {"expedite_id": mine.expedite_id}
    for method in (expedite.GET_EXPEDITE, expedite.WITHDRAW_EXPEDITE):
        refused("expedite_unknown", office.call, method, office.other, **ref)
    file = {"file_id": mine.evidence[0].file_id}
    refused("expedite_unknown", office.call, expedite.OPEN_EVIDENCE, office.other, **ref, **file)
    for actor in (office.applicant, office.examiner, office.clerk, person("acc-x"), staff_actor("cashier")):
        refused("forbidden", decide, office, mine, actor=actor)
        refused("forbidden", office.call, expedite.LIST_EXPEDITES, actor)
    stolen = office.harness.receipt(office.other.subject, b"%PDF-1.4 b")
    refused("receipt_invalid", ask, office, office.accepted(), evidence=[stolen])


def test_who_has_the_case_claimed_does_not_decide_whether_it_is_hurried(office: Office) -> None:
    case = office.accepted()
    office.receive_paper(case)
    office.claim(case, SENIOR)
    view = ask(office, case)
    refused("expedite_own_case", decide, office, view)
    assert decide(office, view, actor=staff_actor("senior_examiner", id="acc-other-senior")).state == "granted"


def test_evidence_is_not_opened_by_staff_before_it_is_scanned(office: Office) -> None:
    receipt = office.harness.receipt(office.applicant.subject, b"%PDF-1.4 unchecked")
    view = ask(office, office.accepted(), evidence=[receipt])
    file = {"expedite_id": view.expedite_id, "file_id": view.evidence[0].file_id}
    refused("material_unscanned", office.call, expedite.OPEN_EVIDENCE, SENIOR, **file)
    office.finish_checks()
    assert office.call(expedite.OPEN_EVIDENCE, SENIOR, **file).file_name == "file.pdf"
    refused("expedite_evidence_unknown", office.call, expedite.OPEN_EVIDENCE, SENIOR, **{**file, "file_id": "evf_no"})


def test_a_request_is_taken_back_before_it_is_decided_and_not_after(office: Office) -> None:
    case = office.accepted()
    ref = {"expedite_id": ask(office, case).expedite_id}
    assert office.call(expedite.WITHDRAW_EXPEDITE, office.applicant, **ref).state == "withdrawn"
    refused("action_not_allowed", office.call, expedite.WITHDRAW_EXPEDITE, office.applicant, **ref)
    view = decide(office, ask(office, case))
    again = {"expedite_id": view.expedite_id}
    refused("action_not_allowed", office.call, expedite.WITHDRAW_EXPEDITE, office.applicant, **again)
    refused("action_not_allowed", decide, office, view, "refuse", because="capacity")


def test_a_payment_that_is_heard_of_twice_promises_once(office: Office) -> None:
    case, first = active(office)
    office.harness.advance(2)
    paid(office, case)
    assert seen(office, case).due_on == first.due_on
    assert said(office).count(("granted", "active")) == 1


def test_the_fee_of_registration_promises_nothing(office: Office) -> None:
    case, _ = granted(office)
    office.pay(case)
    assert seen(office, case).state == "granted"


def test_what_is_not_paid_in_time_lapses_after_the_days_that_banks_need(office: Office) -> None:
    case, view = granted(office)
    past(office, view.pay_by, 3)
    office.harness.sweep("lapse_unpaid_expedites")
    assert seen(office, case).state == "granted"
    office.harness.advance(1)
    assert office.harness.sweep("lapse_unpaid_expedites") == 1
    assert office.harness.sweep("lapse_unpaid_expedites") == 0
    assert seen(office, case).state == "lapsed"
    paid(office, case)
    assert seen(office, case).state == "lapsed"
    assert office.view(case).state == "accepted"


def test_a_fee_without_an_amount_ends_the_grant_and_nothing_else_does(office: Office) -> None:
    case, _ = granted(office)
    for reason, state in (("lapsed", "granted"), ("not_offered", "lapsed")):
        office.harness.deliver(
            payment.ORDER_CANCELLED,
            payment.OrderCancelled(
                order_id="",
                application_id=case,
                account_id=office.applicant.subject,
                serial_number="",
                reason=reason,
                cancelled_at=office.now(),
                purpose="expedite",
            ),
        )
        assert seen(office, case).state == state
    assert office.view(case).order is not None
    assert office.view(case).order.state == "paid"


def test_a_day_that_passes_is_missed_once_and_the_case_keeps_its_place(office: Office) -> None:
    case, view = active(office)
    past(office, view.due_on, 0)
    assert office.harness.sweep("miss_expedites") == 0
    office.harness.advance(1)
    assert office.harness.sweep("miss_expedites") == 1
    assert office.harness.sweep("miss_expedites") == 0
    assert seen(office, case).state == "missed"
    assert said(office)[-1] == ("active", "missed")
    with office.harness.uow() as uow:
        assert uow.session.get_one(Case, case).expedite_due_on == view.due_on
    office.claim(case)
    office.decide(case, "approve")
    assert seen(office, case).state == "missed"
    assert said(office).count(("active", "missed")) == 1


def test_a_decision_after_the_day_misses_it_before_any_sweeper(office: Office) -> None:
    case, view = active(office)
    office.claim(case)
    past(office, view.due_on)
    office.decide(case, "approve")
    assert seen(office, case).state == "missed"


def test_a_correction_stops_the_clock_and_its_answer_starts_it_again(office: Office) -> None:
    case, view = active(office)
    office.claim(case)
    office.ask_correction(case)
    assert seen(office, case).paused
    office.harness.advance(20)
    assert office.harness.sweep("miss_expedites") == 0
    [defect] = office.view(case).corrections[-1].defects
    office.answer(case, answers=[{"defect_id": defect.defect_id, "text": "已核对"}], form={})
    resumed = seen(office, case)
    assert not resumed.paused
    assert resumed.due_on is not None
    assert view.due_on is not None
    assert resumed.due_on > view.due_on
    with office.harness.uow() as uow:
        assert uow.session.get_one(Case, case).expedite_due_on == resumed.due_on
    office.decide(case, "approve")
    assert seen(office, case).state == "kept"


def test_paid_while_a_correction_is_awaited_it_counts_from_the_answer(office: Office) -> None:
    case, _ = granted(office)
    office.claim(case)
    office.ask_correction(case)
    paid(office, case)
    assert seen(office, case).paused


def test_while_the_paper_is_awaited_no_promised_day_passes(office: Office) -> None:
    """What cannot be examined is not late: the working days begin with the paper, and who paid is told so."""
    case = office.accepted()
    decide(office, ask(office, case))
    paid(office, case)
    waiting = seen(office, case)
    assert (waiting.state, waiting.paused) == ("active", True)
    [told] = [event for event in office.harness.events(expedite.EXPEDITE_ADVANCED) if event.state == "active"]
    assert told.paused
    office.harness.advance(40)
    assert office.harness.sweep("miss_expedites") == 0
    office.receive_paper(case)
    begun = seen(office, case)
    today = office.today()
    assert (begun.paused, begun.due_on) == (False, add_working_days(today, begun.working_days))
    with office.harness.uow() as uow:
        assert uow.session.get_one(Case, case).expedite_due_on == begun.due_on
    past(office, begun.due_on)
    assert office.harness.sweep("miss_expedites") == 1


def test_paper_that_is_entered_late_counts_from_its_own_day(office: Office) -> None:
    case = office.accepted()
    decide(office, ask(office, case))
    paid(office, case)
    came_on = office.today() + timedelta(days=1)
    office.harness.advance(6)
    serial = office.view(case).serial_number
    office.call(examination.RECEIVE_PAPER, office.clerk, serial_number=serial, received_on=came_on)
    begun = seen(office, case)
    assert begun.due_on == add_working_days(came_on, begun.working_days)


@pytest.mark.parametrize("stage", ["requested", "granted", "active"])
def test_a_case_that_ends_ends_its_request(office: Office, stage: str) -> None:
    case = office.accepted()
    view = ask(office, case)
    if stage != "requested":
        decide(office, view)
    if stage == "active":
        paid(office, case)
    office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=case, reason="")
    assert said(office)[-1] == (stage, "ended")
    paid(office, case)
    assert seen(office, case).state == "ended"


def test_a_refusal_counts_when_the_second_examiner_decides(office: Office) -> None:
    case, _ = active(office)
    office.claim(case)
    office.decide(case, "refuse", reason="不属于作品")
    assert seen(office, case).state == "active"
    office.decide(case, "refuse", office.second, reason="不属于作品")
    assert seen(office, case).state == "kept"


def test_each_step_is_written_down_and_stays(office: Office) -> None:
    _case, view = active(office)
    with office.harness.uow() as uow:
        rows = uow.session.query(ExpediteStepRow).filter_by(expedite_id=view.expedite_id).all()
    assert {row.step: row.actor for row in rows} == {
        "ask": office.applicant.subject,
        "grant": SENIOR.subject,
        "pay": "service:filing",
    }
    for statement in ("UPDATE expedite_steps SET note = ''", "DELETE FROM expedite_steps"):
        with pytest.raises(Exception, match="permission denied"), office.harness.uow() as uow:
            uow.session.connection().exec_driver_sql(statement)


def test_who_does_not_ask_pays_nothing_for_it(office: Office) -> None:
    """No statement about promises on the way of a case that has none."""
    case = office.accepted()
    office.receive_paper(case)
    office.claim(case)
    from sqlalchemy import event

    seen_statements: list[str] = []
    engine = office.harness.runtime.engine
    listener = lambda *arguments: seen_statements.append(arguments[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    try:
        office.decide(case, "approve")
    finally:
        event.remove(engine, "before_cursor_execute", listener)
    assert seen_statements
    assert not [one for one in seen_statements if "expedites" in one]
