"""Customer service notes what people ask, promises calls and keeps them; nothing that was written is ever changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.pruning import prune
from chassis.testing import person, staff_actor
from contracts.enquiries import (
    LATEST_CALLBACK,
    LIST_CALLBACKS,
    LIST_ENQUIRIES,
    NOTE_ENQUIRY,
    OPEN_ENQUIRY,
    SETTLE_CALLBACK,
    TOTAL_CALLBACKS,
    EnquiryView,
)

pytestmark = pytest.mark.requirement("F-14")
SERVICE = staff_actor("customer_service", id="acc-service")
COLLEAGUE = staff_actor("customer_service", id="acc-colleague")


class Desk:
    """Customer service at work."""

    def __init__(self, office: Any) -> None:
        self.office = office
        with office.harness.uow() as uow:
            self.today = uow.today()

    def call(self, method: Any, actor: Any = SERVICE, key: str | None = None, **request: Any) -> Any:
        return self.office.harness.call(method, method.request.model_validate(request), actor, key)

    def note(self, key: str | None = None, **request: Any) -> str:
        said = {"subject": "nobody", "text": "问作品登记要多久", "telephone": "13800138000"} | request
        enquiry_id: str = self.call(NOTE_ENQUIRY, key=key, **said).enquiry_id
        return enquiry_id

    def settle(self, enquiry_id: str, outcome: str, days: int | None = None, actor: Any = SERVICE) -> EnquiryView:
        again = None if days is None else self.today + timedelta(days=days)
        view: EnquiryView = self.call(
            SETTLE_CALLBACK, actor, enquiry_id=enquiry_id, outcome=outcome, text="占线", again_on=again
        )
        return view

    def calls(self, scope: str = "open") -> list[str]:
        return [item.enquiry_id for item in self.call(LIST_CALLBACKS, scope=scope).items]


@pytest.fixture
def desk(office: Any) -> Desk:
    return Desk(office)


def test_what_was_asked_stays_with_the_case_the_newest_first(desk: Desk) -> None:
    first = desk.note(subject="application", subject_id="app-1", caller="王小明的母亲", channel="counter")
    second = desk.note(subject="application", subject_id="app-1", text="再问一次")
    desk.note(subject="application", subject_id="app-2")
    page = desk.call(LIST_ENQUIRIES, subject="application", subject_id="app-1", limit=1)
    assert [item.enquiry_id for item in page.items] == [second]
    (rest,) = desk.call(LIST_ENQUIRIES, subject="application", subject_id="app-1", cursor=page.next_cursor).items
    assert (rest.enquiry_id, rest.caller, rest.channel, rest.promised) == (first, "王小明的母亲", "counter", False)
    assert desk.calls() == []
    with pytest.raises(Problem, match="callback_settled"):
        desk.settle(first, "reached")


def test_a_promised_call_waits_until_somebody_was_reached(desk: Desk) -> None:
    enquiry = desk.note(call_back_on=desk.today)
    later = desk.note(call_back_on=desk.today + timedelta(days=3))
    assert (desk.calls(), desk.calls("due"), desk.calls("done")) == ([enquiry, later], [enquiry], [])
    assert desk.settle(enquiry, "not_reached", days=1).call_back_on == desk.today + timedelta(days=1)
    assert desk.calls("due") == []
    ended = desk.settle(enquiry, "reached", actor=COLLEAGUE)
    assert ended.call_back_on is None
    assert [(step.outcome, step.text) for step in ended.steps] == [("not_reached", "占线"), ("reached", "占线")]
    assert (desk.calls(), desk.calls("done")) == ([later], [enquiry])
    with pytest.raises(Problem, match="callback_settled"):
        desk.settle(enquiry, "reached")


def test_a_promise_that_was_not_kept_is_late(desk: Desk) -> None:
    enquiry = desk.note(call_back_on=desk.today)
    desk.office.harness.as_owner(
        "UPDATE enquiries SET call_back_on = %s WHERE enquiry_id = %s", desk.today - timedelta(days=2), enquiry
    )
    (shown,) = desk.call(LIST_CALLBACKS, scope="due").items
    total = desk.call(TOTAL_CALLBACKS)
    assert shown.late
    assert (total.count, total.late, total.due_on) == (1, 1, desk.today - timedelta(days=2))
    assert not desk.settle(enquiry, "postponed", days=0).late


@pytest.mark.parametrize("days", [-1, LATEST_CALLBACK + 1, 40000])
def test_a_day_that_has_passed_or_is_no_promise_is_refused(desk: Desk, days: int) -> None:
    day = desk.today + timedelta(days=days)
    with pytest.raises(Problem, match="callback_day"):
        desk.note(call_back_on=day)
    enquiry = desk.note(call_back_on=desk.today)
    with pytest.raises(Problem, match="callback_day"):
        desk.call(SETTLE_CALLBACK, enquiry_id=enquiry, outcome="postponed", again_on=day)
    with pytest.raises(Problem, match="callback_day_missing"):
        desk.settle(enquiry, "not_reached")
    assert desk.settle(enquiry, "not_needed", days=days).call_back_on is None, "no day is needed where it has ended"


def test_a_call_needs_a_number_and_a_note_somebody_or_nobody(desk: Desk) -> None:
    with pytest.raises(Problem, match="callback_number_missing"):
        desk.note(call_back_on=desk.today, telephone="")
    for wrong in ({"subject": "application"}, {"subject_id": "app-1"}, {"subject": "account"}):
        with pytest.raises(Problem, match="enquiry_of_nobody"):
            desk.note(**wrong)
    with pytest.raises(Problem, match="not_found"):
        desk.note(subject="account", subject_id="acc-unknown")


def test_who_is_to_be_called_is_named_and_their_number_shown_to_whoever_opens_it(desk: Desk) -> None:
    """Walk: a number that is masked everywhere cannot be called."""
    holder = desk.office.sign_up()
    enquiry = desk.note(subject="account", subject_id=holder.account_id, telephone="", call_back_on=desk.today)
    (listed,) = desk.call(LIST_CALLBACKS).items
    assert (listed.name, listed.telephone) == ("张三", "")
    assert desk.call(OPEN_ENQUIRY, enquiry_id=enquiry).telephone == holder.mobile
    assert desk.call(OPEN_ENQUIRY, staff_actor("administrator"), enquiry_id=enquiry).telephone == ""
    desk.settle(enquiry, "reached")
    assert desk.call(OPEN_ENQUIRY, enquiry_id=enquiry).telephone == "", "nobody has to call any more"


def test_a_note_that_is_sent_twice_is_one(desk: Desk) -> None:
    assert desk.note("req-note", call_back_on=desk.today) == desk.note("req-note", call_back_on=desk.today)
    assert len(desk.calls()) == 1


def test_only_customer_service_notes_and_only_they_and_administrators_read(desk: Desk) -> None:
    enquiry = desk.note(call_back_on=desk.today)
    administrator = staff_actor("administrator")
    assert desk.call(OPEN_ENQUIRY, administrator, enquiry_id=enquiry).text == "问作品登记要多久"
    with pytest.raises(Problem, match="forbidden"):
        desk.settle(enquiry, "reached", actor=administrator)
    for actor in (person("acc-wang"), staff_actor("examiner"), staff_actor("archivist")):
        for method, request in (
            (OPEN_ENQUIRY, {"enquiry_id": enquiry}),
            (LIST_CALLBACKS, {}),
            (TOTAL_CALLBACKS, {}),
            (LIST_ENQUIRIES, {"subject": "account", "subject_id": "acc-wang"}),
            (NOTE_ENQUIRY, {"subject": "nobody", "text": "问"}),
        ):
            with pytest.raises(Problem, match="forbidden"):
                desk.call(method, actor, **request)
    with pytest.raises(Problem, match="enquiry_unknown"):
        desk.call(OPEN_ENQUIRY, enquiry_id="enq-unknown")
    opened = list(desk.office.harness.as_owner("SELECT actor FROM audit WHERE action = 'enquiry.open'"))
    assert len(opened) == 1


def test_what_came_of_a_call_is_written_once(desk: Desk) -> None:
    enquiry = desk.note(call_back_on=desk.today)
    desk.settle(enquiry, "reached")
    with desk.office.harness.uow() as uow, pytest.raises(Exception, match="permission denied"):
        uow.session.connection().exec_driver_sql("UPDATE enquiry_steps SET text = ''")


@pytest.mark.requirement("I-12")
def test_what_was_asked_is_forgotten_three_years_after_it_ended_and_no_open_call_ever(desk: Desk) -> None:
    long_over, lately_over, open_call, plain = (
        desk.note(call_back_on=desk.today),
        desk.note(call_back_on=desk.today),
        desk.note(call_back_on=desk.today),
        desk.note(),
    )
    for enquiry in (long_over, lately_over):
        desk.settle(enquiry, "postponed", days=1)
        desk.settle(enquiry, "reached")
    harness = desk.office.harness
    harness.as_owner("UPDATE enquiries SET at = now() - interval '3 years 1 day'")
    harness.as_owner("UPDATE enquiries SET ended_at = at WHERE enquiry_id = %s", long_over)
    with harness.uow() as uow, pytest.raises(Exception, match="permission denied"):
        uow.session.connection().exec_driver_sql("DELETE FROM enquiries")
    with harness.uow() as uow:
        assert prune(uow) == 2
    kept = {str(row[0]) for row in harness.as_owner("SELECT enquiry_id FROM enquiries")}
    assert kept == {lately_over, open_call}
    assert {str(row[0]) for row in harness.as_owner("SELECT enquiry_id FROM enquiry_steps")} == {lately_over}
    assert plain not in kept
