"""Accounts of the old system that nobody can sign in with: found by their numbers, given back, put back."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from chassis.clock import legal_date, utc_now
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.archive import LEGACY_REGISTRATIONS_NUMBERED
from contracts.base import Empty
from contracts.identity import (
    AskForCases,
    DecideRecovery,
    ListRecoveries,
    ObjectToRecovery,
    RecoveryRef,
    RequestOtp,
    SignIn,
    SubmitRecovery,
)
from contracts.identity.events import RECOVERY_NUMBER_ASKED
from contracts.legacy import NumbersTold, account_record
from identity.numbers import store as numbers
from identity.recoveries.model import same_number
from identity.recoveries.store import Recovery
from sqlalchemy import select, text

from contracts import identity

from .test_legacy_sign_in import OLD_PASSWORD, OldOffice, resident_id

pytestmark = pytest.mark.requirement("I-09")
FIRST, SECOND = (staff_actor("customer_service", id=f"acc-service-{number}") for number in (1, 2))
NEW = (f"136{number:08d}" for number in range(51_000_000, 52_000_000))
_numbers = count(200_001)


class Desk:
    """Customer service, and somebody whose registration is in the old system only."""

    def __init__(self, office: Any) -> None:
        self.office, self.old = office, OldOffice(office)

    def told(self, login: str) -> str:
        """What the archive answers to a number of this old account; the number."""
        number = f"2014SR{next(_numbers)}"
        told = NumbersTold(import_id="imp-r", numbers={account_record(login): [number]})
        self.office.harness.deliver(LEGACY_REGISTRATIONS_NUMBERED, told)
        return number

    def ask(self, number: str, contact: str) -> str:
        asked = {"email" if "@" in contact else "mobile": contact}
        self.office.call(identity.REQUEST_OTP, RequestOtp(purpose="recover", **asked))
        code = self.office.code_in(self.office.messages(contact)[0])
        request = SubmitRecovery(number=number, otp=code, **asked)
        return str(self.office.call(identity.SUBMIT_RECOVERY, request).receipt)

    def row(self, receipt: str) -> Recovery:
        with self.office.harness.runtime.sessions() as session:
            return session.execute(select(Recovery).where(Recovery.receipt == receipt)).scalar_one()

    def claim(self, receipt: str) -> Any:
        return self.office.call(identity.CLAIM_RECOVERY, RecoveryRef(recovery_id=self.row(receipt).recovery_id), FIRST)

    def step(self, receipt: str, step: str, actor: Any = FIRST, **more: Any) -> Any:
        facts = {"recovery_id": self.row(receipt).recovery_id, "step": step, **more}
        return self.office.call(identity.DECIDE_RECOVERY, DecideRecovery.model_validate(facts), actor)

    def propose(self, receipt: str, outcome: str, name: str = "张三", id_number: str = "", **more: Any) -> Any:
        self.claim(receipt)
        if id_number:
            self.step(receipt, "compare", said_name=name, said_id_number=id_number)
        return self.step(receipt, "propose", outcome=outcome, checked="致电旧手机号", **more)

    def granted(self, receipt: str, outcome: str, id_number: str = "") -> Any:
        self.propose(receipt, outcome, id_number=id_number)
        return self.step(receipt, "confirm", SECOND)

    def apply(self, receipt: str) -> str:
        with self.office.harness.runtime.sessions() as session:
            day = {"day": legal_date(utc_now()) - timedelta(days=1), "receipt": receipt}
            session.execute(text("UPDATE recoveries SET waits_until = :day WHERE receipt = :receipt"), day)
            session.commit()
        self.office.harness.sweep("apply_recoveries")
        return self.row(receipt).state

    def put_back(self, receipt: str) -> str:
        self.step(receipt, "put_back", why="本人来电，没有申请过")
        self.step(receipt, "put_back", SECOND)
        return self.row(receipt).state

    def templates(self, to: str) -> list[str]:
        return [message.template for message in self.office.messages(to)]

    def word(self, to: str, template: str) -> str:
        body = next(found.body for found in self.office.messages(to) if found.template == template)
        words = body.replace("。", " ").replace("，", " ").replace("；", " ").split()
        return next(word for word in words if len(word) == 12 and word.isascii() and word.isalnum())

    def by_code(self, mobile: str) -> Any:
        return self.office.call(identity.SIGN_IN, SignIn(mobile=mobile, otp=self.office.code_for(mobile, "sign_in")))


@pytest.fixture
def desk(office: Any) -> Desk:
    return Desk(office)


def test_who_has_lost_the_old_password_gets_the_old_account_with_a_new_mobile(desk: Desk) -> None:
    number_of_id, new = resident_id(), next(NEW)
    facts = {"id_number": number_of_id, "mobile": "13800007001", "email": "lost.one@example.com"}
    record = desk.old.add("lost.one", registered_on="2011-05-06", **facts)
    receipt = desk.ask(desk.told("lost.one"), new)
    [asked] = desk.office.harness.events(RECOVERY_NUMBER_ASKED)
    assert asked.number == desk.row(receipt).number
    seen = desk.claim(receipt).account
    assert (seen.account_id, seen.waiting, seen.name, seen.kind) == (record, True, "张*", "natural_person")
    assert (seen.mobile, seen.email, seen.verification) == ("138****7001", "l***@example.com", "approved")
    assert seen.id_number.endswith(number_of_id[-4:])
    assert legal_date(seen.created_at).isoformat() == "2011-05-06"
    assert number_of_id not in seen.model_dump_json()
    wrong = desk.step(receipt, "compare", said_name="李四", said_id_number=resident_id())
    assert set(wrong.said.values()) == {"different"}
    with pytest.raises(Problem, match="recovery_disagrees"):
        desk.step(receipt, "propose", outcome="mobile_changed", checked="电话")
    assert desk.propose(receipt, "mobile_changed", id_number=number_of_id).state == "proposed"
    assert desk.templates("13800007001") == [], "one person alone announces nothing"
    with pytest.raises(Problem, match="recovery_same_person"):
        desk.step(receipt, "confirm")
    assert desk.step(receipt, "confirm", SECOND).state == "waiting"
    for address in ("13800007001", "lost.one@example.com"):
        assert desk.templates(address) == ["recovery_old_announced"]
    assert desk.templates(new)[0] == "recovery_granted"
    assert desk.apply(receipt) == "done"
    desk.office.harness.sweep("apply_recoveries")
    account = desk.by_code(new).account
    assert (account.name, account.account_name, account.verification) == ("张三", "lost.one", "approved")
    assert desk.row(receipt).account_id == account.account_id
    [linked] = desk.office.harness.events(identity.LEGACY_ACCOUNT_LINKED)
    assert (linked.account_id, linked.record_id) == (account.account_id, record)
    assert [event.account_id for event in desk.office.harness.events(identity.LEGACY_HISTORY_HELD)] == [
        account.account_id
    ]
    assert desk.templates(new)[0:2].count("recovery_old_done") == 1
    assert "recovery_done_elsewhere" in desk.templates("13800007001")
    assert "recovery_done_elsewhere" in desk.templates("lost.one@example.com")
    with pytest.raises(Problem, match="sign_in_failed"):
        desk.office.sign_in("lost.one", OLD_PASSWORD)
    [link] = desk.office.call(identity.LIST_LEGACY_LINKS, Empty(), desk.office.actor_of(desk.by_code(new))).items
    assert (link.how, link.undo_until, "password" in link.to_do) == ("recovered", None, True)


@pytest.mark.parametrize("wrapped", [False, True])
def test_it_is_put_back_by_two_and_the_old_password_opens_it_again(desk: Desk, wrapped: bool) -> None:
    number_of_id, new, login = resident_id(), next(NEW), f"taken.{wrapped}".lower()
    desk.old.add(login, id_number=number_of_id, mobile="13800007002")
    if wrapped:
        desk.old.wrap()
    receipt = desk.ask(desk.told(login), new)
    desk.granted(receipt, "mobile_changed", number_of_id)
    desk.apply(receipt)
    thief = desk.by_code(new).account.account_id
    desk.office.harness.sweep("forget_legacy_hashes")
    assert desk.put_back(receipt) == "returned"
    assert desk.templates("13800007002")[0] == "recovery_returned"
    desk.office.call(identity.REQUEST_OTP, RequestOtp(purpose="sign_in", mobile=new))
    assert desk.templates(new)[0] == "otp_no_account"
    owner = desk.office.sign_in(login, OLD_PASSWORD).account
    assert owner.account_id != thief
    assert (owner.account_name, owner.verification) == (login, "approved"), "nothing of it stayed with the other"
    assert len(desk.office.harness.events(identity.LEGACY_ACCOUNT_UNLINKED)) == 1


def test_an_address_of_the_old_record_stops_it(desk: Desk) -> None:
    number_of_id, new = resident_id(), next(NEW)
    desk.old.add("stopped", id_number=number_of_id, email="stopped@example.com")
    number = desk.told("stopped")
    receipt = desk.ask(number, new)
    desk.granted(receipt, "mobile_changed", number_of_id)
    code = desk.word("stopped@example.com", "recovery_old_announced")
    desk.office.call(identity.OBJECT_TO_RECOVERY, ObjectToRecovery(receipt=receipt, code=code))
    assert desk.apply(receipt) == "objected"
    assert desk.office.sign_in("stopped", OLD_PASSWORD).account.account_name == "stopped"
    again = desk.ask(number, next(NEW))
    listed = desk.office.call(identity.LIST_RECOVERIES, ListRecoveries(), FIRST).items
    [marked] = [one for one in listed if one.receipt == again]
    assert marked.objections == 1, "also now that somebody has come for it"
    assert [one.receipt for one in desk.claim(again).others if one.same_account] == [receipt]


def test_what_was_objected_to_while_nobody_had_come_stands_before_the_next_request(desk: Desk) -> None:
    number_of_id = resident_id()
    desk.old.add("twice", id_number=number_of_id, email="twice@example.com")
    first, second = desk.told("twice"), desk.told("twice")
    receipt = desk.ask(first, next(NEW))
    desk.granted(receipt, "mobile_changed", number_of_id)
    code = desk.word("twice@example.com", "recovery_old_announced")
    desk.office.call(identity.OBJECT_TO_RECOVERY, ObjectToRecovery(receipt=receipt, code=code))
    again = desk.ask(second, next(NEW))
    assert desk.claim(again).objections == 1
    desk.step(again, "compare", said_name="张三", said_id_number=number_of_id)
    with pytest.raises(Problem, match="recovery_too_soon"):
        desk.step(again, "propose", outcome="mobile_changed", checked="电话")


def test_whoever_signs_in_with_it_meanwhile_keeps_it(desk: Desk) -> None:
    number_of_id, new = resident_id(), next(NEW)
    desk.old.add("came", id_number=number_of_id)
    receipt = desk.ask(desk.told("came"), new)
    desk.granted(receipt, "mobile_changed", number_of_id)
    owner = desk.office.sign_in("came", OLD_PASSWORD).account
    assert desk.apply(receipt) == "failed"
    assert desk.templates(new)[0] == "recovery_old_failed"
    assert desk.office.sign_in("came", OLD_PASSWORD).account.account_id == owner.account_id


def test_what_was_proposed_is_not_confirmed_once_somebody_has_come_for_it(desk: Desk) -> None:
    number_of_id, new = resident_id(), next(NEW)
    desk.old.add("between", id_number=number_of_id)
    receipt = desk.ask(desk.told("between"), new)
    desk.propose(receipt, "mobile_changed", id_number=number_of_id)
    owner = desk.office.sign_in("between", OLD_PASSWORD).account
    with pytest.raises(Problem, match="recovery_old_account_taken"):
        desk.step(receipt, "confirm", SECOND)
    desk.step(receipt, "back", SECOND)
    assert desk.claim(receipt).account.account_id == owner.account_id


def test_a_mailbox_alone_opens_no_old_account(desk: Desk) -> None:
    number_of_id = resident_id()
    desk.old.add("mailbox", id_number=number_of_id)
    receipt = desk.ask(desk.told("mailbox"), "mailbox.new@example.com")
    with pytest.raises(Problem, match="recovery_outcome_unfit"):
        desk.propose(receipt, "email_changed", id_number=number_of_id)


def test_one_change_of_an_old_account_at_a_time(desk: Desk) -> None:
    number_of_id = resident_id()
    desk.old.add("one.change", id_number=number_of_id)
    number = desk.told("one.change")
    desk.propose(desk.ask(number, next(NEW)), "mobile_changed", id_number=number_of_id)
    with pytest.raises(Problem, match="recovery_account_busy"):
        desk.propose(desk.ask(number, next(NEW)), "mobile_changed", id_number=number_of_id)


def test_an_account_without_its_old_password_is_nobodys_until_it_is_recovered(desk: Desk) -> None:
    number_of_id, new = resident_id(), next(NEW)
    desk.old.add("no.password", id_number=number_of_id, password_md5="")
    desk.old.wrap()
    for guess in ("", "x", "d41d8cd98f00b204e9800998ecf8427e"):
        with pytest.raises(Problem, match="sign_in_failed"):
            desk.office.sign_in("no.password", guess)
    receipt = desk.ask(desk.told("no.password"), new)
    desk.granted(receipt, "mobile_changed", number_of_id)
    assert desk.apply(receipt) == "done"
    assert desk.by_code(new).account.account_name == "no.password"


def signed_up_anew(desk: Desk, login: str, **facts: str) -> tuple[str, Any]:
    """Receipt of the request for cases of an old account, by its owner's new and verified account."""
    person = desk.office.sign_up(id_number=facts["id_number"], name="张三")
    desk.old.add(login, **facts)
    receipt = desk.ask(desk.told(login), next(NEW))
    desk.propose(receipt, "reregistration")
    code = desk.word(desk.row(receipt).contact, "recovery_advised")
    asked = AskForCases(receipt=receipt, code=code)
    with pytest.raises(Problem, match="recovery_cases_unverified"):
        desk.office.call(identity.ASK_FOR_CASES, asked, person.actor)
    desk.office.verify(person)
    desk.office.call(identity.ASK_FOR_CASES, asked, person.actor)
    return receipt, person


def test_an_account_signed_up_anew_gets_the_old_one_joined_and_it_is_put_back(desk: Desk) -> None:
    number_of_id = resident_id()
    receipt, person = signed_up_anew(desk, "anew", id_number=number_of_id, email="anew@example.com")
    seen = desk.claim(receipt)
    assert (seen.account.waiting, seen.new_account.account_id, seen.agreement) == (True, person.account_id, "same")
    desk.step(receipt, "propose", outcome="cases_moved", checked="核对")
    assert desk.step(receipt, "confirm", SECOND).state == "waiting"
    assert "recovery_cases_announced" in desk.templates("anew@example.com")
    assert desk.apply(receipt) == "done"
    assert desk.templates("anew@example.com")[0] == "recovery_cases_done_old"
    assert desk.old.kept("anew")[2] == person.account_id
    [link] = desk.office.call(identity.LIST_LEGACY_LINKS, Empty(), person.actor).items
    assert (link.login, link.how) == ("anew", "recovered")
    [held] = desk.office.harness.events(identity.LEGACY_HISTORY_HELD)
    assert held.account_id == person.account_id
    assert desk.put_back(receipt) == "returned"
    assert desk.old.kept("anew")[2] is None
    assert desk.office.call(identity.LIST_LEGACY_LINKS, Empty(), person.actor).items == []
    owner = desk.office.sign_in("anew", OLD_PASSWORD).account
    assert owner.account_id != person.account_id


def test_a_late_objection_from_the_old_address_puts_it_back_by_itself(desk: Desk) -> None:
    receipt, _ = signed_up_anew(desk, "late", id_number=resident_id(), email="late@example.com")
    desk.granted(receipt, "cases_moved")
    code = desk.word("late@example.com", "recovery_cases_announced")
    desk.apply(receipt)
    heard = desk.office.call(identity.OBJECT_TO_RECOVERY, ObjectToRecovery(receipt=receipt, code=code))
    assert (heard.state, desk.old.kept("late")[2]) == ("returned", None)


def test_an_old_account_goes_to_the_same_verified_person_only(desk: Desk) -> None:
    for login, more in (("other.person", {}), ("unchecked", {"verification": "none"})):
        person = desk.office.sign_up()
        desk.office.verify(person)
        same = more | ({"id_number": person.id_number} if more else {})
        desk.old.add(login, **same)
        receipt = desk.ask(desk.told(login), next(NEW))
        desk.propose(receipt, "reregistration")
        code = desk.word(desk.row(receipt).contact, "recovery_advised")
        desk.office.call(identity.ASK_FOR_CASES, AskForCases(receipt=receipt, code=code), person.actor)
        with pytest.raises(Problem, match="recovery_evidence_differs"):
            desk.propose(receipt, "cases_moved")


def test_numbers_of_before_are_part_of_todays() -> None:
    assert same_number("110105900307002", "11010519900307002X")
    assert not same_number("110105900307003", "11010519900307002X")
    assert same_number("91110000600037341L", "60003734-1")
    assert not same_number("91110000600037341L", "600037342")
    assert not same_number("", "")


def test_every_address_that_the_old_record_had_is_warned_of_a_change_of_an_account_taken_over(desk: Desk) -> None:
    """Its e-mail address came unconfirmed, and its old mobile not at all: who does not sign in would learn nothing."""
    number_of_id, new = resident_id(), next(NEW)
    mobile, email = "13800007009", "taken.over@example.com"
    desk.old.add("taken.over", id_number=number_of_id, mobile=mobile, email=email)
    desk.office.sign_in("taken.over", OLD_PASSWORD)
    receipt = desk.ask(desk.told("taken.over"), new)
    seen = desk.claim(receipt).account
    assert (seen.waiting, seen.elsewhere) == (False, ["138****7009", "t***@example.com"])
    desk.granted(receipt, "mobile_changed", number_of_id)
    for address in (mobile, email):
        assert desk.templates(address) == ["recovery_announced"]
        code = desk.word(address, "recovery_announced")
    desk.apply(receipt)
    for address in (mobile, email):
        assert desk.templates(address)[0] == "recovery_done_elsewhere"
    with pytest.raises(Problem, match="recovery_objection_late"):
        desk.office.call(identity.OBJECT_TO_RECOVERY, ObjectToRecovery(receipt=receipt, code=code))


def test_an_address_that_was_never_confirmed_is_warned_and_who_asks_by_it_is_not(desk: Desk) -> None:
    person = desk.office.sign_up(email="never.confirmed@example.com")
    number, harness = f"2026-A-{next(_numbers):08d}", desk.office.harness
    with harness.runtime.sessions() as session:
        numbers.remember(session, number, person.account_id)
        session.commit()
    receipt = desk.ask(number, next(NEW))
    desk.granted(receipt, "mobile_changed", person.id_number)
    assert desk.templates("never.confirmed@example.com")[0] == "recovery_announced"
    desk.step(receipt, "stop", why="本人来电")
    assert desk.templates("never.confirmed@example.com")[0] == "recovery_halted"
    with harness.runtime.sessions() as session:
        session.execute(text("UPDATE recoveries SET objected_at = NULL, ended_at = ended_at - interval '30 days'"))
        session.commit()
    mine = desk.ask(number, "never.confirmed@example.com")
    desk.propose(mine, "email_changed", id_number=person.id_number, despite="持有人到场")
    desk.step(mine, "confirm", SECOND, despite="看过原件")
    assert "recovery_announced_again" not in desk.templates("never.confirmed@example.com"), (
        "the code is not for who asks"
    )
