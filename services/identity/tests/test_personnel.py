"""Staff accounts: made by administrators who learn no password, changed by two where one must not do it alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
from chassis.clock import utc_now
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.base import Empty, StaffRole
from contracts.identity import RefreshSession
from contracts.personnel import (
    STAFF_CHANGED,
    BeginStaffSetUp,
    ChangeStaff,
    CompleteStaffSetUp,
    DecideStaffChange,
    EndStaffSessions,
    InviteStaff,
    ListStaff,
    StaffFile,
    StaffRef,
)
from identity.command import invite
from identity.personnel.first import FirstCode, FirstRefused, first_administrators

from contracts import identity, personnel

PASSWORD = "Bronze lantern 41"
ONE, OTHER = staff_actor("administrator", id="acc-admin-1"), staff_actor("administrator", id="acc-admin-2")
pytestmark = pytest.mark.requirement("I-11")


class Personnel:
    """What administrators and newcomers do."""

    def __init__(self, office: Any) -> None:
        self.office = office

    def invite(self, *roles: StaffRole, login: str = "newcomer") -> str:
        request = InviteStaff(login=login, name="新人 高远", roles=list(roles), reason="入职")
        account_id: str = self.office.call(personnel.INVITE_STAFF, request, ONE).account_id
        return account_id

    def change(self, account_id: str, step: str, role: str | None = None, actor: Any = ONE) -> None:
        request = ChangeStaff.model_validate({"account_id": account_id, "step": step, "role": role, "reason": "调整"})
        self.office.call(personnel.CHANGE_STAFF, request, actor)

    def decide(self, change_id: str, decision: str = "confirm", actor: Any = OTHER) -> None:
        request = DecideStaffChange.model_validate({"change_id": change_id, "decision": decision})
        self.office.call(personnel.DECIDE_STAFF_CHANGE, request, actor)

    def file(self, account_id: str, actor: Any = ONE) -> StaffFile:
        found: StaffFile = self.office.call(personnel.OPEN_STAFF, StaffRef(account_id=account_id), actor)
        return found

    def code(self, account_id: str) -> str:
        issued = self.office.call(personnel.ISSUE_STAFF_CODE, StaffRef(account_id=account_id), ONE)
        code: str = issued.code
        return code

    def set_up(self, code: str, password: str = PASSWORD, at: int = 0) -> str:
        begun = self.office.call(personnel.BEGIN_STAFF_SET_UP, BeginStaffSetUp(code=code))
        totp = pyotp.TOTP(begun.totp_secret).at(utc_now(), counter_offset=at)
        self.office.call(personnel.COMPLETE_STAFF_SET_UP, CompleteStaffSetUp(code=code, password=password, totp=totp))
        secret: str = begun.totp_secret
        return secret

    def sign_in(self, secret: str, password: str = PASSWORD, login: str = "newcomer") -> Any:
        return self.office.sign_in(login, password, pyotp.TOTP(secret).at(utc_now(), counter_offset=1))


@pytest.fixture
def desk(office: Any) -> Personnel:
    return Personnel(office)


def test_whoever_is_invited_sets_up_what_no_administrator_sees(desk: Personnel) -> None:
    account_id = desk.invite("intake")
    assert (desk.file(account_id).member.state, desk.file(account_id).member.roles) == ("to_set_up", ["intake"])
    first, code = desk.code(account_id), desk.code(account_id)
    with pytest.raises(Problem, match="staff_code_invalid"):
        desk.set_up(first)
    with pytest.raises(Problem, match="password_weak"):
        desk.set_up(code, "newcomer")
    tokens = desk.sign_in(desk.set_up(f" {code.upper()} "))
    assert desk.office.actor_of(tokens).roles == {"intake"}
    with pytest.raises(Problem, match="staff_code_invalid"):
        desk.set_up(code)
    assert [row.action for row in desk.file(account_id).history][::-1][:2] == ["staff.invite", "staff.open"]


def first(desk: Personnel, *people: str) -> list[FirstCode]:
    with desk.office.harness.uow() as uow:
        return first_administrators(uow, [(person, f"管理员 {person}") for person in people])


def test_the_first_two_administrators_are_made_by_whoever_runs_the_office(desk: Personnel) -> None:
    one, two = first(desk, "zhang.wei", "li.na")
    again, other = first(desk, "zhang.wei", "li.na")
    with pytest.raises(Problem, match="staff_code_invalid"):
        desk.set_up(one.code)
    actor = desk.office.actor_of(desk.sign_in(desk.set_up(again.code), login="zhang.wei"))
    assert actor.roles == {"administrator"}
    with pytest.raises(FirstRefused, match="already"):
        first(desk, "wang.fang", "zhao.lei")
    assert two.code != other.code
    desk.set_up(other.code)
    members = desk.office.call(personnel.LIST_STAFF, ListStaff(), actor).items
    assert {(one.login, one.state, tuple(one.roles)) for one in members} == {
        ("zhang.wei", "active", ("administrator",)),
        ("li.na", "active", ("administrator",)),
    }


@pytest.mark.parametrize("people", [[], ["zhang.wei"], ["zhang.wei", "Zhang.Wei"], ["zhang.wei", "x"], ["", " "]])
def test_one_alone_is_no_office(desk: Personnel, people: list[str]) -> None:
    with pytest.raises(FirstRefused, match="at least 2"):
        first(desk, *people)


def test_somebody_elses_name_is_not_taken_for_an_administrator(desk: Personnel) -> None:
    desk.invite("intake", login="zhang.wei")
    with pytest.raises(FirstRefused, match="somebody else's"):
        first(desk, "zhang.wei", "li.na")
    assert desk.office.harness.as_owner("SELECT count(*) FROM accounts WHERE account_name = 'li.na'") == [(0,)]


def test_the_command_prints_a_code_for_each_and_where_to_go(
    desk: Personnel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invite(desk.office.harness.runtime, ["zhang.wei=张伟"]) == 1
    assert "at least 2 people" in capsys.readouterr().err
    assert invite(desk.office.harness.runtime, ["zhang.wei=张伟", "li.na=李娜"]) == 0
    said = capsys.readouterr().out
    assert "/staff-set-up" in said
    codes = [line.split()[1] for line in said.splitlines()[:2]]
    desk.set_up(codes[0])


def test_a_code_dies_after_a_day(desk: Personnel, later: Callable[..., None]) -> None:
    code = desk.code(desk.invite("intake"))
    later(hours=24, minutes=1)
    with pytest.raises(Problem, match="staff_code_invalid"):
        desk.office.call(personnel.BEGIN_STAFF_SET_UP, BeginStaffSetUp(code=code))


def test_the_same_code_at_once_sets_up_once(desk: Personnel) -> None:
    code = desk.code(desk.invite("intake"))

    def enter(_: int) -> str:
        try:
            desk.set_up(code)
        except Problem as problem:
            return problem.code
        return "in"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(enter, range(3))) == ["in", "staff_code_invalid", "staff_code_invalid"]


def test_a_role_that_decides_takes_a_second_administrator(desk: Personnel) -> None:
    account_id = desk.invite("intake", "cashier")
    [change] = desk.file(account_id).changes
    assert (change.step, change.role, change.mine) == ("grant", "cashier", True)
    with pytest.raises(Problem, match="staff_second_person"):
        desk.decide(change.change_id, actor=ONE)
    with pytest.raises(Problem, match="staff_change_waits"):
        desk.change(account_id, "grant", "cashier", OTHER)
    with pytest.raises(Problem, match="staff_own_account"):
        desk.decide(change.change_id, actor=staff_actor("administrator", id=account_id))
    with pytest.raises(Problem, match="forbidden"):
        desk.decide(change.change_id, actor=staff_actor("cashier", id="acc-other"))
    desk.decide(change.change_id)
    assert desk.file(account_id).member.roles == ["intake", "cashier"]
    with pytest.raises(Problem, match="staff_change_decided"):
        desk.decide(change.change_id)
    desk.change(account_id, "grant", "archivist")
    assert desk.file(account_id).member.roles == ["intake", "cashier", "archivist"]


def test_whoever_may_confirm_a_change_is_told_that_it_waits(desk: Personnel) -> None:
    def to_confirm(actor: Any) -> int:
        return int(desk.office.call(personnel.TOTAL_STAFF_CHANGES, Empty(), actor).count)

    desk.invite("intake", login="clerk-0")
    account_id = desk.invite("intake", "cashier")
    own = staff_actor("administrator", id=account_id)
    assert [to_confirm(actor) for actor in (ONE, OTHER, own)] == [0, 1, 0]
    shown = desk.office.call(personnel.LIST_STAFF, ListStaff(waiting=True), OTHER)
    assert [item.account_id for item in shown.items] == [account_id]
    desk.decide(desk.file(account_id).changes[0].change_id)
    assert to_confirm(OTHER) == 0
    assert desk.office.call(personnel.LIST_STAFF, ListStaff(waiting=True), OTHER).items == []


def test_what_was_asked_for_is_taken_back_or_declined(desk: Personnel) -> None:
    account_id = desk.invite("intake", "reviewer")
    desk.decide(desk.file(account_id).changes[0].change_id, "decline", ONE)
    assert (desk.file(account_id).changes, desk.file(account_id).member.roles) == ([], ["intake"])
    assert "staff.decline" in [row.action for row in desk.file(account_id).history]


def test_nobody_changes_their_own_account(desk: Personnel) -> None:
    account_id = desk.invite("intake")
    own = staff_actor("administrator", id=account_id)
    for step, role in (("grant", "archivist"), ("deactivate", None), ("reset_totp", None)):
        with pytest.raises(Problem, match="staff_own_account"):
            desk.change(account_id, step, role, own)
    with pytest.raises(Problem, match="staff_own_account"):
        desk.office.call(personnel.ISSUE_STAFF_CODE, StaffRef(account_id=account_id), own)
    assert desk.file(account_id, own).steps == []
    with pytest.raises(Problem, match="staff_last_role"):
        desk.change(account_id, "remove", "intake")


def test_who_is_deactivated_is_out_at_once_and_comes_back_as_before(desk: Personnel) -> None:
    account_id = desk.invite("intake")
    secret = desk.set_up(desk.code(account_id))
    tokens = desk.sign_in(secret)
    desk.change(account_id, "deactivate")
    with pytest.raises(Problem, match="session_expired"):
        desk.office.call(identity.REFRESH_SESSION, RefreshSession(refresh_token=tokens.refresh_token))
    said = [data for data in desk.office.harness.events(STAFF_CHANGED) if data.account_id == account_id][-1]
    assert not said.active
    desk.change(account_id, "reactivate")
    assert desk.file(account_id).member.state == "active"


def test_a_reset_takes_two_and_the_password_besides_the_code(desk: Personnel) -> None:
    account_id = desk.invite("intake")
    tokens = desk.sign_in(desk.set_up(desk.code(account_id)))
    desk.change(account_id, "reset_totp")
    assert desk.file(account_id).member.state == "active"
    desk.decide(desk.file(account_id).changes[0].change_id)
    assert desk.office.messages(account_id)[0].template == "staff_reset_totp"
    with pytest.raises(Problem, match="session_expired"):
        desk.office.call(identity.REFRESH_SESSION, RefreshSession(refresh_token=tokens.refresh_token))
    with pytest.raises(Problem, match="staff_to_set_up"):
        desk.office.sign_in("newcomer", PASSWORD, "123456")
    code = desk.code(account_id)
    with pytest.raises(Problem, match="password_wrong"):
        desk.set_up(code, "somebody else's 12")
    assert desk.sign_in(desk.set_up(code))


def test_sessions_are_listed_and_ended(desk: Personnel) -> None:
    account_id = desk.invite("intake")
    tokens = desk.sign_in(desk.set_up(desk.code(account_id)))
    [session] = desk.file(account_id).sessions
    nobodys = EndStaffSessions(account_id=account_id, session_id="ses-of-nobody")
    with pytest.raises(Problem, match="not_found"):
        desk.office.call(personnel.END_STAFF_SESSIONS, nobodys, OTHER)
    request = EndStaffSessions(account_id=account_id, session_id=session.session_id)
    desk.office.call(personnel.END_STAFF_SESSIONS, request, OTHER)
    assert desk.file(account_id).sessions == []
    with pytest.raises(Problem, match="session_expired"):
        desk.office.call(identity.REFRESH_SESSION, RefreshSession(refresh_token=tokens.refresh_token))


def test_staff_are_listed_page_by_page(desk: Personnel) -> None:
    made = [desk.invite("intake", login=f"clerk-{number}") for number in range(3)]
    first = desk.office.call(personnel.LIST_STAFF, ListStaff(limit=2), ONE)
    rest = desk.office.call(personnel.LIST_STAFF, ListStaff(limit=2, cursor=first.next_cursor), ONE)
    assert {item.account_id for item in (*first.items, *rest.items)} == set(made)
    found = desk.office.call(personnel.LIST_STAFF, ListStaff(text="clerk-1"), ONE)
    assert [item.login for item in found.items] == ["clerk-1"]
    with pytest.raises(Problem, match="staff_login_taken"):
        desk.invite("intake", login="clerk-1")


def test_what_waits_for_an_account_is_closed_when_it_is_shut(office: Any) -> None:
    people = Personnel(office)
    account_id = people.invite("intake", "cashier")
    waiting = people.file(account_id).changes
    assert waiting
    request = ChangeStaff(account_id=account_id, step="grant", role="reviewer", reason="调整")
    assert office.call(personnel.CHANGE_STAFF, request, ONE).waits
    request = ChangeStaff(account_id=account_id, step="deactivate", reason="没有来")
    assert not office.call(personnel.CHANGE_STAFF, request, OTHER).waits
    shut = people.file(account_id)
    assert (shut.member.state, shut.changes) == ("deactivated", [])
    with pytest.raises(Problem, match="staff_change_decided"):
        people.decide(waiting[0].change_id)


def test_roles_that_do_not_go_together_are_named() -> None:
    assert personnel.incompatible(["intake", "cashier", "senior_examiner"]) == ["senior_examiner", "cashier"]
    assert personnel.incompatible(["examiner", "reviewer", "cashier"]) == ["reviewer", "examiner", "cashier"]
    assert personnel.incompatible(["examiner", "senior_examiner", "archivist"]) == []
