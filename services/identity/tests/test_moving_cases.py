"""Cases of an account that cannot be got back: who may ask for them, by what evidence, and how it is undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from chassis.clock import legal_date, utc_now
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.base import Empty
from contracts.filing import APPLICATION_MOVED, MOVED_CASE_USED, ApplicationMoved, MovedCaseUsed
from contracts.identity import (
    ACCOUNT_CASES_MOVED,
    ACCOUNT_CASES_RETURNED,
    AskForCases,
    DecideRecovery,
    FollowRecovery,
    ListMessages,
    ObjectToRecovery,
    RecoveryRef,
    RequestOtp,
    SubmitRecovery,
)
from contracts.legacy.cases import LegacyCaseCompleted, LegacyCaseMoved
from contracts.legacy_bridge import LEGACY_CASE_COMPLETED, LEGACY_CASE_MOVED
from identity.accounts import store as accounts
from identity.messages import notices
from identity.numbers import store as numbers
from identity.recoveries.model import Evidence, agreement
from identity.recoveries.store import Recovery
from sqlalchemy import select, text

from contracts import identity

pytestmark = pytest.mark.requirement("I-09")
FIRST, SECOND = (staff_actor("customer_service", id=f"acc-service-{number}") for number in (1, 2))
NEW = (f"137{number:08d}" for number in range(42_000_000, 43_000_000))
NUMBERS = (f"2026-A-{number:08d}" for number in range(40_000, 50_000))


class Desk:
    """Customer service, and people whose accounts are out of reach."""

    def __init__(self, office: Any) -> None:
        self.office = office
        self.people: dict[str, Any] = {}

    def remember(self, number: str, person: Any, application_id: str) -> None:
        self.people[numbers.spelled(number)] = person
        with self.office.harness.runtime.sessions() as session:
            numbers.remember(session, number, person.account_id, application_id)
            session.commit()

    def holder(self, number: str) -> str | None:
        with self.office.harness.runtime.sessions() as session:
            return numbers.holder(session, number)

    def code(self, contact: str) -> str:
        asked = {"email" if "@" in contact else "mobile": contact}
        self.office.call(identity.REQUEST_OTP, RequestOtp(purpose="recover", **asked))
        return str(self.office.code_in(self.office.messages(contact)[0]))

    def ask(self, number: str, contact: str) -> str:
        asked = {"email" if "@" in contact else "mobile": contact}
        request = SubmitRecovery(number=number, otp=self.code(contact), **asked)
        return str(self.office.call(identity.SUBMIT_RECOVERY, request).receipt)

    def row(self, receipt: str) -> Recovery:
        with self.office.harness.runtime.sessions() as session:
            return session.execute(select(Recovery).where(Recovery.receipt == receipt)).scalar_one()

    def step(self, receipt: str, step: str, actor: Any = FIRST, **more: Any) -> Any:
        if step == "put_back":
            more.setdefault("why", "本人来电，没有申请过")
        facts = {"recovery_id": self.row(receipt).recovery_id, "step": step, **more}
        return self.office.call(identity.DECIDE_RECOVERY, DecideRecovery.model_validate(facts), actor)

    def propose(self, receipt: str, outcome: str) -> Any:
        claim = RecoveryRef(recovery_id=self.row(receipt).recovery_id)
        self.office.call(identity.CLAIM_RECOVERY, claim, FIRST)
        person = self.people.get(self.row(receipt).number)
        if person is not None and self.row(receipt).new_account_id is None:
            self.step(receipt, "compare", **person.says)
        return self.step(receipt, "propose", outcome=outcome, checked="电话核对")

    def word(self, to: str, template: str) -> str:
        """The code of the newest message of its kind."""
        body = next(found.body for found in self.office.messages(to) if found.template == template)
        words = body.replace("。", " ").replace("，", " ").split()
        return next(word for word in words if len(word) == 12 and word.isascii() and word.isalnum())

    def advised(self, person: Any, number: str, contact: str) -> tuple[str, str]:
        """Receipt and transfer code."""
        self.remember(number, person, f"app-{number}")
        receipt = self.ask(number, contact)
        self.propose(receipt, "reregistration")
        return receipt, self.word(contact, "recovery_advised")

    def claim_cases(self, actor: Any, receipt: str, code: str) -> Any:
        return self.office.call(identity.ASK_FOR_CASES, AskForCases(receipt=receipt, code=code), actor)

    def moved(self, person: Any, again: Any, number: str, contact: str) -> str:
        """In effect; the receipt."""
        receipt, code = self.advised(person, number, contact)
        self.office.verify(again)
        self.claim_cases(again.actor, receipt, code)
        self.granted(receipt, "cases_moved")
        return receipt

    def granted(self, receipt: str, outcome: str) -> None:
        if self.propose(receipt, outcome).state == "proposed":
            self.step(receipt, "confirm", SECOND)
        self.days_pass(receipt, 1)
        self.office.harness.sweep("apply_recoveries")

    def days_pass(self, receipt: str, days: int) -> None:
        """The last day on which objections were heard is so long ago."""
        with self.office.harness.runtime.sessions() as session:
            facts = {"day": legal_date(utc_now()) - timedelta(days=days), "receipt": receipt}
            session.execute(text("UPDATE recoveries SET waits_until = :day WHERE receipt = :receipt"), facts)
            session.commit()

    def object(self, receipt: str, code: str) -> str:
        request = ObjectToRecovery(receipt=receipt, code=code)
        return str(self.office.call(identity.OBJECT_TO_RECOVERY, request).state)

    def templates(self, to: str) -> list[str]:
        return [message.template for message in self.office.messages(to)]


@pytest.fixture
def desk(office: Any) -> Desk:
    return Desk(office)


@pytest.fixture
def number() -> str:
    return next(NUMBERS)


def twice(office: Any, **more: str) -> tuple[Any, Any]:
    """A verified person and the account that they sign up anew."""
    person = office.sign_up(**more)
    office.verify(person)
    return person, office.sign_up(id_number=person.id_number, mobile=next(NEW), **more)


def test_the_same_person_gets_the_cases_by_two_people_and_both_addresses_are_told(
    office: Any, desk: Desk, number: str
) -> None:
    person, again = twice(office)
    with pytest.raises(Problem, match="identity_disputed"):
        office.verify(again)
    receipt, code = desk.advised(person, number, again.mobile)
    with pytest.raises(Problem, match="recovery_cases_unverified"):
        desk.claim_cases(again.actor, receipt, code)
    pending = office.call(identity.LIST_MY_VERIFICATIONS, Empty(), again.actor).items[0]
    assert office.decide(pending.verification_id, "approve").state == "approved", "the old account is left behind"
    due_on = desk.claim_cases(again.actor, receipt, code.lower()).due_on
    assert desk.claim_cases(again.actor, receipt, code).due_on == due_on
    proposed = desk.propose(receipt, "cases_moved")
    assert (proposed.state, proposed.agreement) == ("proposed", "same")
    assert (proposed.account.account_id, proposed.new_account.account_id) == (person.account_id, again.account_id)
    assert person.id_number not in proposed.model_dump_json()
    with pytest.raises(Problem, match="recovery_same_person"):
        desk.step(receipt, "confirm")
    assert desk.step(receipt, "confirm", SECOND).state == "waiting"
    assert "recovery_cases_announced" in desk.templates(person.mobile)
    assert "recovery_cases_granted" in desk.templates(again.mobile)
    office.harness.sweep("apply_recoveries")
    assert office.harness.events(ACCOUNT_CASES_MOVED) == []
    desk.days_pass(receipt, 1)
    for _ in range(2):
        office.harness.sweep("apply_recoveries")
    [moved] = office.harness.events(ACCOUNT_CASES_MOVED)
    assert (moved.from_account_id, moved.account_id) == (person.account_id, again.account_id)
    assert desk.templates(person.mobile).count("recovery_cases_done_old") == 1
    assert desk.templates(again.mobile).count("recovery_cases_done") == 1
    mine = FollowRecovery(receipt=receipt, mobile=again.mobile, otp=desk.code(again.mobile))
    assert office.call(identity.FOLLOW_RECOVERY, mine).state == "done"


def test_numbers_follow_the_case_whenever_that_is_heard(office: Any, desk: Desk, number: str) -> None:
    person, again, case = office.sign_up(), office.sign_up(), f"app-{number}"
    later, earlier = utc_now(), utc_now() - timedelta(hours=1)
    told = [ApplicationMoved(application_id=case, account_id=again.account_id, moved_at=later)] * 2
    told.append(ApplicationMoved(application_id=case, account_id="acc-long-ago", moved_at=earlier))
    for moved in told:
        office.harness.deliver(APPLICATION_MOVED, moved)
    desk.remember(number, person, case)
    office.harness.sweep("follow_moved_cases")
    assert desk.holder(number) == again.account_id


def test_messages_follow_the_case_both_ways_and_those_that_come_late(office: Any, desk: Desk, number: str) -> None:
    """Who has a case finds its messages, and can mark them read; what was sent elsewhere stays there."""
    person, again, case = office.sign_up(), office.sign_up(), f"app-{number}"
    said = utc_now()

    def tell(template: str, application_id: str | None = case) -> None:
        with office.harness.uow() as uow:
            account = accounts.get(uow.session, person.account_id)
            assert account is not None
            params = {"title": "山水", "serial_number": number, "acceptance_number": number, "at": said}
            notices.notify(uow, account, template, f"{number}:{template}", params, application_id=application_id)

    def box(who: Any) -> list[Any]:
        items = office.call(identity.LIST_MESSAGES, ListMessages(), who.actor).items
        return [message for message in items if message.application_id == case]

    def move(to: Any, hour: int) -> None:
        moved = ApplicationMoved(application_id=case, account_id=to.account_id, moved_at=said + timedelta(hours=hour))
        office.harness.deliver(APPLICATION_MOVED, moved)

    tell("paper_received")
    move(again, 1)
    tell("application_approved")
    assert [message.template for message in box(person)] == ["application_approved"]
    office.harness.sweep("follow_moved_cases")
    assert (len(box(person)), len(box(again))) == (0, 2)
    read = identity.ReadMessage(message_id=box(again)[0].message_id)
    with pytest.raises(Problem, match="message_unknown"):
        office.call(identity.READ_MESSAGE, read, person.actor)
    office.call(identity.READ_MESSAGE, read, again.actor)
    assert "paper_received" in desk.templates(person.mobile)
    assert "paper_received" not in desk.templates(again.mobile)
    own = office.call(identity.LIST_MESSAGES, ListMessages(), person.actor).items
    assert "account_registered" in [message.template for message in own], "what is about no case stays"
    move(person, 2)
    move(again, 1)
    assert (len(box(person)), len(box(again))) == (2, 0)
    assert box(person)[0].read_at is not None


def test_numbers_and_messages_of_an_old_case_follow_it_too(office: Any, desk: Desk, number: str) -> None:
    person, again, case = office.sign_up(), office.sign_up(), f"leg-{number.lower()}"
    completed = LegacyCaseCompleted(
        application_id=case,
        account_id=person.account_id,
        kind="software",
        registration_number=number,
        completed_at=utc_now(),
    )
    office.harness.deliver(LEGACY_CASE_COMPLETED, completed)
    assert desk.holder(number) == person.account_id
    moved = LegacyCaseMoved(application_id=case, account_id=again.account_id, moved_at=utc_now())
    office.harness.deliver(LEGACY_CASE_MOVED, moved)
    assert desk.holder(number) == again.account_id


@pytest.mark.parametrize("other", ["another_person", "organisation"])
def test_cases_never_go_to_somebody_else(office: Any, desk: Desk, number: str, other: str) -> None:
    person = office.sign_up()
    office.verify(person)
    stranger = office.sign_up() if other == "another_person" else office.sign_up_organisation()
    office.verify(stranger)
    receipt, code = desk.advised(person, number, next(NEW))
    desk.claim_cases(stranger.actor, receipt, code)
    claim = RecoveryRef(recovery_id=desk.row(receipt).recovery_id)
    assert office.call(identity.CLAIM_RECOVERY, claim, FIRST).agreement == "different"
    with pytest.raises(Problem, match="recovery_evidence_differs"):
        desk.propose(receipt, "cases_moved")
    with pytest.raises(Problem, match="recovery_outcome_unfit"):
        desk.propose(receipt, "mobile_changed")
    with pytest.raises(Problem, match="recovery_cases_wrong"):
        desk.claim_cases(person.actor, receipt, code)
    assert desk.step(receipt, "propose", outcome="refused", reason="not_proven").state == "refused"


def test_an_organisation_is_compared_by_its_code(office: Any, desk: Desk, number: str) -> None:
    company = office.sign_up_organisation()
    office.verify(company)
    with office.harness.runtime.sessions() as session:
        code_of = session.execute(
            text("SELECT uscc FROM accounts WHERE account_id = :id"), {"id": company.account_id}
        ).scalar_one()
    again = office.sign_up_organisation(uscc=code_of, mobile=next(NEW))
    receipt = desk.moved(company, again, number, again.mobile)
    assert desk.row(receipt).state == "done"


def test_the_code_is_for_one_account_and_whatever_is_wrong_is_said_alike(office: Any, desk: Desk, number: str) -> None:
    person, again = twice(office)
    receipt, code = desk.advised(person, number, again.mobile)
    office.verify(again)
    unknown, unknown_code = desk.advised(person, next(NUMBERS), next(NEW))
    for wrong in ((receipt, "2" * 12), (receipt, ""), ("ZH20260101AAAAAAAA", code), (receipt, unknown_code)):
        with pytest.raises(Problem, match="recovery_cases_wrong"):
            desk.claim_cases(again.actor, *wrong)
    with pytest.raises(Problem, match="recovery_cases_wrong"):
        desk.claim_cases(person.actor, receipt, code)
    with pytest.raises(Problem, match="recovery_objection_wrong"):
        desk.object(receipt, code)
    for actor in (None, FIRST):
        with pytest.raises(Problem, match=r"not_signed_in|forbidden"):
            desk.claim_cases(actor, receipt, code)
    desk.claim_cases(again.actor, receipt, code)
    other = office.sign_up()
    office.verify(other)
    with pytest.raises(Problem, match="recovery_cases_wrong"):
        desk.claim_cases(other.actor, receipt, code)
    assert unknown


def test_the_advice_is_the_same_whether_there_is_an_account(office: Any, desk: Desk, number: str) -> None:
    person = office.sign_up()
    told = []
    for asked, known in ((number, True), (next(NUMBERS), False)):
        contact = next(NEW)
        if known:
            desk.remember(asked, person, "app-1")
        receipt = desk.ask(asked, contact)
        desk.propose(receipt, "reregistration")
        code = desk.word(contact, "recovery_advised")
        bodies = [found.body for found in office.messages(contact) if found.template == "recovery_advised"]
        told.append([body.replace(receipt, "").replace(code, "") for body in bodies])
        with office.harness.runtime.sessions() as session:
            kept = session.execute(text("SELECT body, params FROM messages WHERE template = 'recovery_advised'")).all()
        assert all(row.body is None and row.params == {} for row in kept), "the code is nowhere in the clear"
    assert told[0] == told[1]


def test_an_objection_in_time_moves_nothing_and_a_late_one_moves_it_back_while_it_is_untouched(
    office: Any, desk: Desk, number: str
) -> None:
    person, again = twice(office)
    receipt = desk.moved(person, again, number, again.mobile)
    code = desk.word(person.mobile, "recovery_cases_announced")
    assert desk.object(receipt, code) == "returned"
    assert desk.object(receipt, code) == "returned"
    [returned] = office.harness.events(ACCOUNT_CASES_RETURNED)
    assert (returned.move_id, returned.account_id) == (desk.row(receipt).recovery_id, person.account_id)
    assert desk.templates(person.mobile).count("recovery_returned") == 1
    assert desk.templates(again.mobile).count("recovery_returned") == 1


def test_once_used_a_late_objection_takes_two_people_and_at_last_it_is_over(
    office: Any, desk: Desk, number: str
) -> None:
    person, again = twice(office)
    receipt = desk.moved(person, again, number, again.mobile)
    code = desk.word(person.mobile, "recovery_cases_announced")
    used = MovedCaseUsed(application_id="app-1", move_id=desk.row(receipt).recovery_id, used_at=utc_now())
    office.harness.deliver(MOVED_CASE_USED, used)
    office.harness.deliver(MOVED_CASE_USED, used)
    with pytest.raises(Problem, match="recovery_objection_late"):
        desk.object(receipt, code)
    with pytest.raises(Problem, match="recovery_why_required"):
        desk.step(receipt, "put_back", why=" ")
    asked = desk.step(receipt, "put_back")
    assert (asked.used, asked.return_asked_by, asked.return_why) == (True, FIRST.subject, "本人来电，没有申请过")
    assert asked.objected_at < asked.return_asked_at
    with pytest.raises(Problem, match="recovery_same_person"):
        desk.step(receipt, "put_back")
    desk.days_pass(receipt, 31)
    with pytest.raises(Problem, match="recovery_return_late"):
        desk.step(receipt, "put_back", SECOND)
    desk.days_pass(receipt, 30)
    agreed = desk.step(receipt, "put_back", SECOND)
    assert (agreed.state, agreed.return_asked_by, agreed.return_agreed_by) == (
        "returned",
        FIRST.subject,
        SECOND.subject,
    )
    with pytest.raises(Problem, match="recovery_decided"):
        desk.step(receipt, "put_back", SECOND)
    assert len(office.harness.events(ACCOUNT_CASES_RETURNED)) == 1


def test_what_no_longer_agrees_when_it_would_take_effect_is_not_moved(office: Any, desk: Desk, number: str) -> None:
    person, again = twice(office)
    receipt, code = desk.advised(person, number, again.mobile)
    office.verify(again)
    desk.claim_cases(again.actor, receipt, code)
    desk.propose(receipt, "cases_moved")
    desk.step(receipt, "confirm", SECOND)
    with office.harness.runtime.sessions() as session:
        changed = "UPDATE accounts SET verification = 'refused' WHERE account_id = :id"
        session.execute(text(changed), {"id": again.account_id})
        session.commit()
    desk.days_pass(receipt, 1)
    office.harness.sweep("apply_recoveries")
    assert desk.row(receipt).state == "failed"
    assert "recovery_cases_failed" in desk.templates(again.mobile)
    assert office.harness.events(ACCOUNT_CASES_MOVED) == []


@pytest.mark.parametrize("outcome", ["mobile_changed", "email_changed"])
def test_a_change_of_address_is_put_back_by_two_people(office: Any, desk: Desk, number: str, outcome: str) -> None:
    person = office.sign_up()
    desk.remember(number, person, "app-1")
    new = next(NEW) if outcome == "mobile_changed" else f"{number.lower()}@example.cn"
    receipt = desk.ask(number, new)
    desk.granted(receipt, outcome)
    tokens = office.sign_in(new)
    with pytest.raises(Problem, match="recovery_objection_late"):
        desk.object(receipt, desk.word(person.mobile, "recovery_announced"))
    assert desk.step(receipt, "put_back").return_asked
    assert desk.step(receipt, "put_back", SECOND).state == "returned"
    with pytest.raises(Problem):
        office.sign_in(new)
    with pytest.raises(Problem, match="session_expired"):
        office.call(identity.REFRESH_SESSION, identity.RefreshSession(refresh_token=tokens.refresh_token))
    assert office.sign_in(person.mobile).account.account_id == person.account_id
    assert "recovery_returned" in desk.templates(new)
    assert "recovery_returned" in desk.templates(person.mobile)


def test_an_address_that_has_gone_elsewhere_is_not_put_back(office: Any, desk: Desk, number: str) -> None:
    person = office.sign_up()
    desk.remember(number, person, "app-1")
    receipt = desk.ask(number, next(NEW))
    desk.granted(receipt, "mobile_changed")
    office.sign_up(mobile=person.mobile)
    desk.step(receipt, "put_back")
    with pytest.raises(Problem, match="recovery_return_impossible"):
        desk.step(receipt, "put_back", SECOND)
    assert desk.row(receipt).state == "done"


def test_nobody_puts_back_what_is_their_own(office: Any, desk: Desk, number: str) -> None:
    person, again = twice(office)
    receipt = desk.moved(person, again, number, again.mobile)
    for party in (person, again):
        with pytest.raises(Problem, match="forbidden"):
            desk.step(receipt, "put_back", staff_actor("customer_service", id=party.account_id))


def test_agreement_takes_the_same_kind_and_document_verified_twice() -> None:
    me = Evidence("natural_person", True, "one")
    assert agreement(me, me) == "same"
    for other in (Evidence("natural_person", True, "two"), Evidence("organisation", True, "one")):
        assert agreement(me, other) == agreement(other, me) == "different"
    for other in (Evidence("natural_person", False, "one"), Evidence("natural_person", True, None)):
        assert agreement(me, other) == agreement(other, me) == "missing"
