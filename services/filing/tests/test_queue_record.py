"""The order of the examination queue: claimed in order or with a reason, written down for good, published daily."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import anonymous
from chassis.testing.lists import every_page
from contracts.base import Empty
from filing.cases.store import Case
from filing.queue.store import QueueEntryRow, broken_at, head
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from contracts import examination, expedite, filing

from .conftest import Office
from .test_expedite import active

pytestmark = pytest.mark.requirement("F-16")


def waiting(office: Office) -> str:
    case = office.accepted()
    office.receive_paper(case)
    return case


def claim(office: Office, case: str, reason: str = "") -> filing.ApplicationView:
    view: filing.ApplicationView = office.call(
        examination.CLAIM_EXAMINATION, office.examiner, application_id=case, reason=reason
    )
    return view


def entries(office: Office) -> list[tuple[str, str, str, int | None]]:
    with office.harness.uow() as uow:
        rows = uow.session.scalars(select(QueueEntryRow).order_by(QueueEntryRow.id)).all()
        return [(row.case_id, row.event, row.reason, row.ahead) for row in rows]


def listed(office: Office, limit: int = 1) -> list[examination.ExaminationSummary]:
    request = examination.ListExaminations(queue="unclaimed", limit=limit)
    return every_page(office.harness, examination.LIST_EXAMINATIONS, request, office.examiner)


def test_what_enters_is_claimed_returned_and_leaves_is_written_down(office: Office) -> None:
    first = waiting(office)
    claim(office, first)
    office.call(examination.RELEASE_EXAMINATION, office.examiner, application_id=first)
    office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=first, reason="")
    assert [(event, ahead) for _, event, _, ahead in entries(office)] == [
        ("entered", None),
        ("claimed", 0),
        ("returned", None),
        ("left", None),
    ]


def test_of_cases_due_the_same_day_any_is_claimed_and_an_earlier_day_is_passed_over_with_a_reason(
    office: Office,
) -> None:
    old = waiting(office)
    office.harness.advance(7)
    new, beside = waiting(office), waiting(office)
    with pytest.raises(Problem, match="claim_reason_required") as refused:
        claim(office, new)
    assert refused.value.params["count"] == 1
    with pytest.raises(Problem, match="claim_reason_required"):
        claim(office, new, "   ")
    assert office.view(new).state == "accepted"
    claim(office, new, "须由通晓藏文的审查员办理")
    claim(office, old)
    claim(office, beside)
    claimed = {case: (reason, ahead) for case, event, reason, ahead in entries(office) if event == "claimed"}
    assert claimed == {new: ("须由通晓藏文的审查员办理", 1), old: ("", 0), beside: ("", 0)}


def test_a_program_that_states_no_reason_is_recorded_as_one_that_did_not(office: Office) -> None:
    """The API's claim without a body, as it was before there were reasons."""
    old = waiting(office)
    office.harness.advance(7)
    new = waiting(office)
    claim(office, new, examination.UNSTATED)
    claim(office, old, examination.UNSTATED)
    claimed = {case: (reason, ahead) for case, event, reason, ahead in entries(office) if event == "claimed"}
    assert claimed == {new: ("未说明", 1), old: ("", 0)}


def test_the_applicant_is_not_told_why_others_were_passed_over(office: Office) -> None:
    waiting(office)
    office.harness.advance(7)
    new = waiting(office)
    claim(office, new, "与另一案有关")
    [told] = [action for action in office.view(new).actions if action.action == "claim"]
    [said] = [action for action in office.view(new, office.examiner).actions if action.action == "claim"]
    assert (told.note, said.note) == ("", "与另一案有关")


def test_a_promise_moves_a_case_to_its_day_and_the_pages_of_the_queue_follow(office: Office) -> None:
    ordinary = [waiting(office) for _ in range(2)]
    hurried, view = active(office)
    found = listed(office)
    assert [item.application_id for item in found] == [hurried, *ordinary]
    assert (found[0].hurried, found[0].due_on, found[0].needs_reason) == (True, view.due_on, False)
    assert [item.needs_reason for item in found[1:]] == [True, True]
    assert (hurried, "moved", view.expedite_id, None) in entries(office)


def test_cases_due_the_same_day_wait_in_the_order_of_acceptance(office: Office) -> None:
    """Not of their drafts, whose ids are older."""
    late = office.ready()
    early = waiting(office)
    office.submit(late, office.evidence(office.prepare(late)))
    office.order(late)
    office.pay(late)
    office.receive_paper(late)
    assert late < early
    assert [item.application_id for item in listed(office)] == [early, late]


def test_an_entry_that_is_changed_or_gone_shows(office: Office) -> None:
    for _ in range(2):
        claim(office, waiting(office))
    assert office.harness.sweep("link_queue_entries") == 4
    assert office.harness.sweep("link_queue_entries") == 0
    with office.harness.uow() as uow:
        assert head(uow.session)[0] == 4
        assert broken_at(uow.session) is None
    changes = [
        ("UPDATE queue_entries SET actor = 'x' WHERE id = (SELECT entry_id FROM queue_links WHERE number = 3)", 3),
        ("DELETE FROM queue_links WHERE number = 2", 2),
        ("UPDATE queue_links SET hash = repeat('a', 64) WHERE number = 1", 1),
    ]
    for change, number in changes:
        office.harness.as_owner(f"{change} RETURNING 1")
        with office.harness.uow() as uow:
            assert broken_at(uow.session) == number


@pytest.mark.parametrize("table", ["queue_entries", "queue_links", "queue_days"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_service_cannot_change_the_record(office: Office, table: str, change: str) -> None:
    column = {"queue_entries": "reason", "queue_links": "hash", "queue_days": "figures"}[table]
    with pytest.raises(Exception, match="permission denied"), office.harness.uow() as uow:
        uow.session.execute(text(change.format(table, column, column)))


def test_the_database_refuses_a_claim_out_of_order_without_a_reason(office: Office) -> None:
    facts = {"case_id": waiting(office), "request_id": "r", "event": "claimed", "at": office.now(), "actor": "a"}
    statement = insert(QueueEntryRow).values(**facts, reason="", ahead=1, rule="x")
    with pytest.raises(IntegrityError, match="out_of_order_has_reason"), office.harness.uow() as uow:
        uow.session.execute(statement)


def test_figures_are_frozen_as_a_day_begins_and_tell_no_small_number(office: Office) -> None:
    def shown() -> list[expedite.QueueFigures]:
        found: Any = office.harness.call(expedite.QUEUE_STATISTICS, Empty(), anonymous())
        return list(found.days)

    assert shown() == []
    cases = [waiting(office) for _ in range(5)]
    assert office.harness.sweep("freeze_queue_figures") == 1
    claim(office, cases[0])
    assert office.harness.sweep("freeze_queue_figures") == 0
    [today] = shown()
    works = next(row for row in today.waiting if row.type == "work_registration")
    assert (works.waiting, works.median_days, works.p90_days, works.claimed) == (5, 0, 0, 0)
    assert (today.entries, today.on) == (5, office.today())
    office.harness.advance(9)
    office.harness.sweep("freeze_queue_figures")
    later, before = shown()
    works = next(row for row in later.waiting if row.type == "work_registration")
    assert (works.waiting, works.median_days, works.claimed, works.claimed_median_days) == (None, None, None, None)
    assert before == today
    assert later.head != today.head


def test_the_due_day_of_a_hurried_case_is_gone_with_its_case(office: Office) -> None:
    hurried, _ = active(office)
    office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=hurried, reason="")
    with office.harness.uow() as uow:
        assert uow.session.get_one(Case, hurried).expedite_due_on is None
