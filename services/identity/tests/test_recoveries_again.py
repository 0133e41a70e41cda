"""Another request for an account whose holder objected to an earlier one: nobody decides it without knowing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from chassis.clock import legal_date, utc_now
from chassis.errors import Problem
from contracts.identity import FollowRecovery, ListRecoveries, RecoveryRef, RecoveryView
from identity.numbers import store as numbers
from sqlalchemy import event, text

from contracts import identity

from .test_recoveries import FIRST, NEW, SECOND, Desk

pytestmark = pytest.mark.requirement("I-09")
DESPITE = "致电原手机号：异议是误操作，本人到场出示身份证"


@pytest.fixture
def desk(office: Any) -> Desk:
    return Desk(office)


class Again:
    """An account whose holder objected to a first request, and a second one."""

    def __init__(self, desk: Desk, number: str, contact: str | None = None) -> None:
        self.desk, self.number = desk, number
        self.person = desk.owner(number)
        self.first = desk.ask(number, next(NEW)).receipt
        desk.grant(self.first)
        desk.object(self.first, desk.objection_code(self.person.mobile))
        self.contact = contact or next(NEW)
        self.second = desk.ask(number, self.contact).receipt

    def seen(self, by: Any = SECOND, receipt: str = "") -> RecoveryView:
        ref = RecoveryRef(recovery_id=self.desk.row(receipt or self.second).recovery_id)
        view: RecoveryView = self.desk.office.call(identity.GET_RECOVERY, ref, by)
        return view

    def listed(self, receipt: str = "") -> RecoveryView:
        found: list[RecoveryView] = self.desk.office.call(
            identity.LIST_RECOVERIES, ListRecoveries(limit=200), FIRST
        ).items
        return next(one for one in found if one.receipt == (receipt or self.second))

    def days_pass(self, days: int = 10) -> None:
        """Since the objection."""
        with self.desk.office.harness.runtime.sessions() as session:
            said = {"receipt": self.first, "by": timedelta(days=days)}
            session.execute(
                text("UPDATE recoveries SET objected_at = objected_at - :by WHERE receipt = :receipt"), said
            )
            session.commit()


def test_both_read_of_the_objection_before_they_decide(desk: Desk) -> None:
    again = Again(desk, "2026-A-00002001")
    listed = again.listed()
    assert (listed.objections, listed.open_others, listed.account) == (1, 0, None)
    before = again.seen(FIRST)
    assert (before.objections, before.others) == (1, []), "what is told before it is claimed is how many"
    [other] = desk.claim(again.second).others
    first = desk.row(again.first)
    assert (other.receipt, other.state, other.same_account, other.same_contact) == (
        again.first,
        "objected",
        True,
        False,
    )
    assert other.objected_at == first.objected_at
    assert other.contact == f"{first.contact[:3]}****{first.contact[-4:]}"
    again.days_pass()
    desk.propose(again.second, "mobile_changed", despite=DESPITE)
    seen = again.seen(SECOND)
    assert ([one.receipt for one in seen.others], seen.objections, seen.despite) == ([again.first], 1, DESPITE)


def test_nothing_is_granted_on_the_day_of_an_objection(desk: Desk) -> None:
    again = Again(desk, "2026-A-00002002")
    assert (again.listed().grants_from or legal_date(utc_now())) > legal_date(utc_now())
    with pytest.raises(Problem, match="recovery_too_soon"):
        desk.propose(again.second, "mobile_changed", despite=DESPITE)
    assert desk.row(again.second).state == "open"
    again.days_pass()
    assert desk.propose(again.second, "mobile_changed", despite=DESPITE).state == "proposed"


def test_it_can_be_refused_at_once(desk: Desk) -> None:
    again = Again(desk, "2026-A-00002003")
    assert desk.propose(again.second, "refused", reason="not_proven").state == "refused"


def test_both_say_why_they_grant_it_all_the_same(desk: Desk) -> None:
    again = Again(desk, "2026-A-00002004")
    again.days_pass()
    for nothing in ("", "  "):
        with pytest.raises(Problem, match="recovery_despite_required"):
            desk.propose(again.second, "mobile_changed", despite=nothing)
    desk.propose(again.second, "mobile_changed", despite=DESPITE)
    with pytest.raises(Problem, match="recovery_despite_required"):
        desk.step(again.second, "confirm", SECOND)
    desk.step(again.second, "confirm", SECOND, despite="看过身份证")
    row = desk.row(again.second)
    assert (row.despite, row.despite_confirmed) == (DESPITE, "看过身份证")
    told = desk.office.messages(again.person.mobile)[0]
    assert told.template == "recovery_announced_again", "whoever objected reads that this is another request"
    assert again.first in told.body
    assert again.second in told.body
    with desk.office.harness.runtime.sessions() as session:
        kept = session.execute(
            text("SELECT facts FROM audit WHERE action = 'recovery.despite_objection' AND subject = :id ORDER BY at"),
            {"id": row.recovery_id},
        ).scalars()
        steps = [(one["step"], one["objected"], one["why"]) for one in kept]
    assert steps == [("propose", again.first, DESPITE), ("confirm", again.first, "看过身份证")]


def test_what_was_proposed_before_an_objection_goes_back(desk: Desk) -> None:
    """The holder objects late to an earlier one while the next is proposed already; and so does what is in flight
    when the rule comes."""
    again = Again(desk, "2026-A-00002005")
    again.days_pass()
    desk.propose(again.second, "mobile_changed", despite=DESPITE)
    row = desk.row(again.second)
    desk.office.harness.as_owner("UPDATE recoveries SET despite_of = '[]' WHERE recovery_id = %s", row.recovery_id)
    with pytest.raises(Problem, match="recovery_despite_missing"):
        desk.step(again.second, "confirm", SECOND, despite="看过身份证")
    desk.step(again.second, "back", SECOND)
    assert desk.row(again.second).despite == ""


def test_after_an_objection_an_email_takes_two_as_well(desk: Desk) -> None:
    again = Again(desk, "2026-A-00002006", "third.box@example.cn")
    again.days_pass()
    assert desk.propose(again.second, "email_changed", despite=DESPITE).state == "proposed"
    assert desk.step(again.second, "confirm", SECOND, despite="看过身份证").state == "waiting"


def test_what_the_office_stopped_counts_as_objected_to(desk: Desk) -> None:
    desk.owner("2026-A-00002007")
    first = desk.ask("2026-A-00002007", next(NEW)).receipt
    desk.grant(first)
    desk.step(first, "stop", why="持有人来电反对")
    second = desk.ask("2026-A-00002007", next(NEW)).receipt
    with pytest.raises(Problem, match="recovery_too_soon"):
        desk.propose(second, "mobile_changed", despite=DESPITE)
    [other] = desk.claim(second).others
    assert (other.stopped, other.objected_at) == (True, None)


def test_another_number_of_the_account_is_the_same_account(desk: Desk) -> None:
    again = Again(desk, "2026-A-00002008")
    with desk.office.harness.runtime.sessions() as session:
        numbers.remember(session, "2026-W-00002008", again.person.account_id)
        session.commit()
    third = desk.ask("2026-W-00002008", next(NEW)).receipt
    listed = again.listed(third)
    assert (listed.objections, listed.open_others) == (1, 1)
    assert [one.receipt for one in desk.claim(third).others] == [again.first, again.second]
    desk.step(third, "compare", **again.person.says)
    with pytest.raises(Problem, match="recovery_too_soon"):
        desk.propose(third, "mobile_changed", despite=DESPITE)


def test_one_new_mobile_for_several_accounts_is_seen(desk: Desk) -> None:
    new = next(NEW)
    person, _another = (desk.owner(number) for number in ("2026-A-00002009", "2026-A-00002010"))
    with desk.office.harness.runtime.sessions() as session:
        numbers.remember(session, "2026-W-00002009", person.account_id)
        session.commit()
    one, same, other = (desk.ask(n, new).receipt for n in ("2026-A-00002009", "2026-W-00002009", "2026-A-00002010"))
    claimed = desk.claim(one)
    assert (claimed.contact_others, claimed.open_others, claimed.objections) == (1, 1, 0)
    assert {(each.receipt, each.same_account, each.same_contact) for each in claimed.others} == {
        (same, True, True),
        (other, False, True),
    }
    assert desk.propose(one, "mobile_changed").state == "proposed", "it is seen, and nothing more is asked"


def test_what_nobody_has_the_number_of_is_told_by_the_number(desk: Desk) -> None:
    one, two = (desk.ask("2026-A-99992011", next(NEW)).receipt for _ in range(2))
    claimed = desk.claim(one)
    assert (claimed.open_others, [each.receipt for each in claimed.others]) == (1, [two])


def test_a_stranger_learns_nothing_of_an_objection(office: Any, desk: Desk) -> None:
    """Same statements, same answers, same messages as for a number that nobody has; and the holder hears of nothing."""
    again = Again(desk, "2026-A-00002013")
    before, shapes = len(office.messages(again.person.mobile)), []
    for number in (again.number, "2026-A-99992013"):
        told: list[str] = []

        def hear(_c: Any, _d: Any, statement: str, *_more: Any, told: list[str] = told) -> None:
            told.append(" ".join(statement.split()))

        contact, engine = next(NEW), office.harness.runtime.engine
        event.listen(engine, "before_cursor_execute", hear)
        receipt = desk.ask(number, contact).receipt
        event.remove(engine, "before_cursor_execute", hear)
        desk.propose(receipt, "refused", reason="not_proven")
        follow = FollowRecovery(receipt=receipt, mobile=contact, otp=desk.code(contact))
        seen = office.call(identity.FOLLOW_RECOVERY, follow).model_dump(exclude={"receipt", "submitted_at"})
        bodies = [one.body.replace(receipt, "") for one in office.messages(contact) if "otp" not in one.template]
        shapes.append((told, seen, bodies))
    assert shapes[0] == shapes[1]
    assert len(office.messages(again.person.mobile)) == before


def test_many_requests_push_no_objection_out_of_sight(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("identity.recoveries.others.MOST", 3)
    again = Again(desk, "2026-A-00002012")
    for _ in range(4):
        desk.ask(again.number, next(NEW))
    seen = desk.claim(again.second)
    assert seen.others[0].receipt == again.first
    assert (len(seen.others), seen.open_others, seen.objections) == (3, 4, 1)


@pytest.mark.parametrize(
    ("contact", "language", "granted", "announced", "done"),
    [
        (
            "",
            "en",
            "sign in with this mobile number then",
            "the mobile number of your account",
            "the new mobile number",
        ),
        ("", "zh", "届时可用本手机号登录", "您账号的手机号", "新的手机号"),
        ("my.box@example.cn", "en", "your e-mail address takes effect", "the e-mail address of", "e-mail address"),
        ("my.box@example.cn", "zh", "此后您的邮箱生效", "您账号的邮箱", "新的邮箱"),
    ],
)
def test_messages_call_a_mobile_a_mobile(
    office: Any, desk: Desk, contact: str, language: str, granted: str, announced: str, done: str
) -> None:
    number = f"2026-A-000021{len(contact):02d}{language}"
    person = desk.owner(number)
    desk.office.harness.as_owner("UPDATE accounts SET language = %s WHERE account_id = %s", language, person.account_id)
    new = f"{language}.{contact}" if contact else next(NEW)
    receipt = desk.ask(number, new, language=language).receipt
    desk.propose(receipt, "email_changed" if contact else "mobile_changed")
    if not contact:
        desk.step(receipt, "confirm", SECOND)
    assert granted in office.messages(new)[0].body
    assert announced in office.messages(person.mobile)[0].body
    desk.days_pass(receipt)
    office.harness.sweep("apply_recoveries")
    told = office.messages(new if not contact else person.mobile)
    [last] = [one for one in told if one.template == "recovery_done"]
    assert done in last.body
