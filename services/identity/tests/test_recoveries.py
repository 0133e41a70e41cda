"""Getting an account back: what strangers learn (nothing), four eyes, time to object, once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from chassis.actor import Actor
from chassis.calendar import add_working_days
from chassis.clock import legal_date, utc_now
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.base import Empty
from contracts.identity import (
    DecideRecovery,
    FollowRecovery,
    ListRecoveries,
    ObjectToRecovery,
    RecoveryRef,
    RequestOtp,
    SignIn,
    SubmitRecovery,
)
from identity.messages.store import Message
from identity.numbers import store as numbers
from identity.recoveries.store import Recovery
from sqlalchemy import event, select, text

from contracts import identity

pytestmark = pytest.mark.requirement("I-09")
FIRST, SECOND = (staff_actor("customer_service", id=f"acc-service-{number}") for number in (1, 2))


class Desk:
    """Somebody who lost access, and the office that helps."""

    def __init__(self, office: Any) -> None:
        self.office = office
        self.people: dict[str, Any] = {}

    def owner(self, number: str, **more: str) -> Any:
        person = self.office.sign_up(**more)
        with self.office.harness.runtime.sessions() as session:
            numbers.remember(session, number, person.account_id)
            session.commit()
        self.people[numbers.spelled(number)] = person
        return person

    def code(self, contact: str) -> str:
        asked = {"email" if "@" in contact else "mobile": contact}
        self.office.call(identity.REQUEST_OTP, RequestOtp(purpose="recover", **asked))
        return str(self.office.code_in(self.office.messages(contact)[0]))

    def ask(self, number: str, contact: str, actor: Actor | None = None, **more: Any) -> Any:
        asked = {"email" if "@" in contact else "mobile": contact}
        request = SubmitRecovery(number=number, otp=self.code(contact), **asked, **more)
        return self.office.call(identity.SUBMIT_RECOVERY, request, actor)

    def row(self, receipt: str) -> Recovery:
        with self.office.harness.runtime.sessions() as session:
            return session.execute(select(Recovery).where(Recovery.receipt == receipt)).scalar_one()

    def claim(self, receipt: str, actor: Actor = FIRST) -> Any:
        return self.office.call(identity.CLAIM_RECOVERY, RecoveryRef(recovery_id=self.row(receipt).recovery_id), actor)

    def step(self, receipt: str, step: str, actor: Actor = FIRST, **more: Any) -> Any:
        if step == "propose":
            more = {"checked": "致电原手机号，姓名和案件名称答对", **more}
        request = DecideRecovery(recovery_id=self.row(receipt).recovery_id, step=step, **more)  # type: ignore[arg-type]
        return self.office.call(identity.DECIDE_RECOVERY, request, actor)

    def propose(self, receipt: str, outcome: str, **more: Any) -> Any:
        self.claim(receipt)
        person = self.people.get(self.row(receipt).number)
        if person is not None:
            self.step(receipt, "compare", **person.says)
        return self.step(receipt, "propose", outcome=outcome, **more)

    def grant(self, receipt: str) -> Any:
        self.propose(receipt, "mobile_changed")
        return self.step(receipt, "confirm", SECOND)

    def objection_code(self, old: str) -> str:
        message = next(found for found in self.office.messages(old) if found.template == "recovery_announced")
        return next(word for word in message.body.replace("。", " ").split() if len(word) == 12 and word.isalnum())

    def object(self, receipt: str, code: str) -> None:
        self.office.call(identity.OBJECT_TO_RECOVERY, ObjectToRecovery(receipt=receipt, code=code))

    def days_pass(self, receipt: str) -> None:
        """The last day on which objections are heard was yesterday."""
        with self.office.harness.runtime.sessions() as session:
            session.execute(
                text("UPDATE recoveries SET waits_until = :day WHERE receipt = :receipt"),
                {"day": legal_date(utc_now()) - timedelta(days=1), "receipt": receipt},
            )
            session.commit()

    def templates(self, to: str) -> list[str]:
        return [message.template for message in self.office.messages(to)]


@pytest.fixture
def desk(office: Any) -> Desk:
    return Desk(office)


NEW = (f"139{number:08d}" for number in range(31_000_000, 32_000_000))


def test_a_lost_mobile_is_replaced_after_two_people_agreed_and_nobody_objected(office: Any, desk: Desk) -> None:
    person, new = desk.owner("2026-A-00001001"), next(NEW)
    tokens = office.sign_in(person.mobile)
    answer = desk.ask(" 2026-a-00001001 ", new, lost=["mobile"], note="手机丢了")
    assert answer.due_on == add_working_days(legal_date(utc_now()), 3)
    claimed = desk.claim(answer.receipt)
    assert claimed.account.account_id == person.account_id
    assert (claimed.account.name, claimed.account.mobile) == ("张*", f"{person.mobile[:3]}****{person.mobile[-4:]}")
    assert person.id_number not in claimed.model_dump_json()
    desk.step(answer.receipt, "compare", **person.says)
    proposed = desk.step(answer.receipt, "propose", outcome="mobile_changed")
    assert proposed.state == "proposed"
    assert "recovery_announced" not in desk.templates(person.mobile), "one person alone announces nothing"
    waiting = desk.step(answer.receipt, "confirm", SECOND)
    assert waiting.waits_until == add_working_days(legal_date(utc_now()), 3)
    assert desk.templates(new)[0] == "recovery_granted"
    office.harness.sweep("apply_recoveries")
    assert office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=office.code_for(person.mobile, "sign_in")))
    desk.days_pass(answer.receipt)
    office.harness.sweep("apply_recoveries")
    office.harness.sweep("apply_recoveries")
    assert desk.row(answer.receipt).state == "done"
    assert desk.templates(new).count("recovery_done") == 1
    assert desk.templates(person.mobile)[0] == "recovery_done_old"
    signed_in = office.call(identity.SIGN_IN, SignIn(mobile=new, otp=office.code_for(new, "sign_in")))
    assert signed_in.account.account_id == person.account_id
    with pytest.raises(Problem, match="session_expired"):
        office.call(identity.REFRESH_SESSION, identity.RefreshSession(refresh_token=tokens.refresh_token))


def test_an_email_is_changed_by_one_and_confirmed_by_the_code(office: Any, desk: Desk) -> None:
    person = desk.owner("2026-A-00001002")
    answer = desk.ask("2026-A-00001002", "new.box@example.cn")
    assert desk.propose(answer.receipt, "email_changed").state == "waiting"
    desk.days_pass(answer.receipt)
    office.harness.sweep("apply_recoveries")
    account = office.call(identity.GET_ACCOUNT, Empty(), person.actor)
    assert (account.email, account.email_confirmed) == ("new.box@example.cn", True)


def test_no_number_tells_whether_it_has_an_account(office: Any, desk: Desk) -> None:
    """Same statements, same answer but for the receipt, same messages; whatever the number and whoever holds it."""
    person = desk.owner("2026-A-00001003")
    shapes = []
    for number, contact in (("2026-A-00001003", next(NEW)), ("2026-A-99999999", next(NEW)), ("1", next(NEW))):
        told: list[str] = []

        def hear(_c: Any, _d: Any, statement: str, *_more: Any, told: list[str] = told) -> None:
            told.append(" ".join(statement.split()))

        engine = office.harness.runtime.engine
        event.listen(engine, "before_cursor_execute", hear)
        answer = desk.ask(number, contact)
        event.remove(engine, "before_cursor_execute", hear)
        assert any("INSERT INTO recoveries" in statement for statement in told)
        assert not any("case_numbers" in statement or "accounts" in statement for statement in told)
        shapes.append((answer.due_on, len(answer.receipt), desk.templates(contact), told))
    assert shapes[0] == shapes[1] == shapes[2]
    assert desk.templates(person.mobile) == ["account_registered", "otp_sign_up"], "nor is the holder told"
    refused = []
    for number in ("2026-A-00001003", "2026-A-99999999"):
        contact = next(NEW)
        answer = desk.ask(number, contact)
        desk.propose(answer.receipt, "refused", reason="not_proven")
        follow = FollowRecovery(receipt=answer.receipt, mobile=contact, otp=desk.code(contact))
        told = office.call(identity.FOLLOW_RECOVERY, follow).model_dump(exclude={"receipt", "submitted_at"})
        message = next(found for found in office.messages(contact) if found.template.startswith("recovery_refused"))
        refused.append((told, message.body.replace(answer.receipt, "")))
    assert refused[0] == refused[1]


def test_the_code_goes_to_any_new_number_and_is_good_for_nothing_else(office: Any, desk: Desk) -> None:
    person, new = desk.owner("2026-A-00001004"), next(NEW)
    held, free = desk.code(person.mobile), desk.code(new)
    for mobile, code in ((person.mobile, held), (new, free)):
        with pytest.raises(Problem, match="otp_expired"):
            office.call(identity.SIGN_IN, SignIn(mobile=mobile, otp=code))
    wrong = f"{(int(free) + 1) % 1_000_000:06d}"
    with pytest.raises(Problem, match="otp_wrong"):
        office.call(identity.SUBMIT_RECOVERY, SubmitRecovery(number="2026-A-00001004", mobile=new, otp=wrong))
    with pytest.raises(Problem, match="recovery_contact_missing"):
        office.call(identity.REQUEST_OTP, RequestOtp(purpose="recover"))


@pytest.mark.parametrize("number", ["", "没有数字", "<script>1</script>", "1'; DROP TABLE accounts", "\\1"])
def test_what_is_no_number_is_said_at_once(office: Any, desk: Desk, number: str) -> None:
    with pytest.raises(Problem, match="recovery_number_invalid"):
        desk.ask(number, next(NEW))


def test_who_confirms_reads_how_identity_was_checked(desk: Desk) -> None:
    person = desk.owner("2026-A-00001090")
    answer = desk.ask("2026-A-00001090", next(NEW))
    desk.claim(answer.receipt)
    for outcome in ("mobile_changed", "reregistration"):
        with pytest.raises(Problem, match="recovery_checked_required"):
            desk.step(answer.receipt, "propose", outcome=outcome, checked="  ")
    compared = desk.step(answer.receipt, "compare", said_name="张 三", said_id_number="11010119900307002X")
    assert compared.said == {"name": "same", "id_number": "different"}
    compared = desk.step(answer.receipt, "compare", said_id_number=person.id_number.lower())
    assert compared.said == {"name": "same", "id_number": "same"}
    desk.step(answer.receipt, "propose", outcome="mobile_changed", checked="打了座机，案件名称和日期都答对")
    recovery_id = desk.row(answer.receipt).recovery_id
    seen = desk.office.call(identity.GET_RECOVERY, RecoveryRef(recovery_id=recovery_id), SECOND)
    assert (seen.checked, seen.said) == ("打了座机，案件名称和日期都答对", {"name": "same", "id_number": "same"})
    desk.step(answer.receipt, "back", SECOND)
    taken_over = desk.claim(answer.receipt, SECOND)
    assert taken_over.said == {}, "who takes over asks for themselves"
    assert (taken_over.compared, taken_over.disagreed) == (2, 1)


@pytest.mark.parametrize("contact", [lambda: next(NEW), lambda: "another.box@example.cn"])
def test_no_address_is_changed_for_somebody_who_has_not_said_whose_account_it_is(
    office: Any, desk: Desk, contact: Callable[[], str]
) -> None:
    number = f"2026-A-0000108{len(contact()) % 10}"
    person, asked = desk.owner(number), contact()
    outcome = "email_changed" if "@" in asked else "mobile_changed"
    receipt = desk.ask(number, asked).receipt
    assert desk.claim(receipt).gap == "not_compared"
    for said in ({}, {"said_name": "张三"}):
        desk.step(receipt, "compare", **said)
        with pytest.raises(Problem, match="recovery_not_compared"):
            desk.step(receipt, "propose", outcome=outcome)
    wrong = person.id_number[:-4] + "0000"
    for said in ({"said_name": "李四", "said_id_number": wrong}, {"said_name": "张三"}):
        assert desk.step(receipt, "compare", **said).gap == "different"
        with pytest.raises(Problem, match="recovery_disagrees"):
            desk.step(receipt, "propose", outcome=outcome)
    assert desk.step(receipt, "propose", outcome="reregistration").state == "advised"


def test_what_was_proposed_without_a_comparison_is_not_confirmed(desk: Desk) -> None:
    """Proposed before the office asked for one; the second person reads that none was made."""
    desk.owner("2026-A-00001099")
    receipt = desk.ask("2026-A-00001099", next(NEW)).receipt
    desk.propose(receipt, "mobile_changed")
    recovery_id = desk.row(receipt).recovery_id
    for said, problem in (
        ("{}", "recovery_not_compared"),
        ('{"name": "same", "id_number": "different"}', "recovery_disagrees"),
    ):
        desk.office.harness.as_owner("UPDATE recoveries SET said = %s::jsonb WHERE recovery_id = %s", said, recovery_id)
        seen = desk.office.call(identity.GET_RECOVERY, RecoveryRef(recovery_id=recovery_id), SECOND)
        assert (seen.gap is None, seen.may_confirm) == (False, True)
        with pytest.raises(Problem, match=problem):
            desk.step(receipt, "confirm", SECOND)
    assert desk.step(receipt, "back", SECOND).state == "open"


def test_an_answer_is_not_found_by_trying(desk: Desk) -> None:
    person = desk.owner("2026-A-00001093")
    answer = desk.ask("2026-A-00001093", next(NEW))
    desk.claim(answer.receipt)
    assert desk.step(answer.receipt, "compare").compared == 0, "nothing was asked"
    for n in range(1, 3):
        tried = desk.step(answer.receipt, "compare", said_name=f"李{n}")
        assert (tried.compared, tried.disagreed) == (n, n)
    assert desk.claim(answer.receipt).said == {"name": "different"}, "claimed again by who has it"
    other = desk.ask("2026-A-00001093", next(NEW))
    desk.claim(other.receipt)
    assert desk.row(answer.receipt).claimed_by is None
    assert desk.claim(answer.receipt).compared == 2
    desk.step(answer.receipt, "back")
    desk.claim(answer.receipt)
    for _ in range(3):
        desk.step(answer.receipt, "compare", **person.says)
    with pytest.raises(Problem, match="recovery_compared_enough"):
        desk.step(answer.receipt, "compare", said_name="张三")
    desk.step(answer.receipt, "propose", outcome="mobile_changed", checked="打了座机")
    seen = desk.office.call(
        identity.GET_RECOVERY, RecoveryRef(recovery_id=desk.row(answer.receipt).recovery_id), SECOND
    )
    assert (seen.said, seen.compared, seen.disagreed) == ({"name": "same", "id_number": "same"}, 5, 2)


def test_nothing_is_compared_by_who_has_not_claimed_it(desk: Desk) -> None:
    desk.owner("2026-A-00001091")
    answer = desk.ask("2026-A-00001091", next(NEW))
    with pytest.raises(Problem, match="recovery_not_claimed"):
        desk.step(answer.receipt, "compare", said_name="张三")
    unknown = desk.ask("2026-A-99991091", next(NEW))
    desk.claim(unknown.receipt)
    assert desk.step(unknown.receipt, "compare", said_name="张三", said_id_number="1").said == {
        "name": "unknown",
        "id_number": "unknown",
    }


def test_one_person_of_the_office_stops_what_waits_for_objections(office: Any, desk: Desk) -> None:
    person, new = desk.owner("2026-A-00001092"), next(NEW)
    answer = desk.ask("2026-A-00001092", new)
    desk.propose(answer.receipt, "mobile_changed")
    with pytest.raises(Problem, match="recovery_decided"):
        desk.step(answer.receipt, "stop", why="来电反对")
    desk.step(answer.receipt, "confirm", SECOND)
    with pytest.raises(Problem, match="recovery_why_required"):
        desk.step(answer.receipt, "stop", why=" ")
    stopped = desk.step(answer.receipt, "stop", why="持有人来电，手机在用")
    assert (stopped.state, stopped.stopped_why) == ("objected", "持有人来电，手机在用")
    assert (desk.templates(new)[0], desk.templates(person.mobile)[0]) == ("recovery_stopped", "recovery_halted")
    desk.days_pass(answer.receipt)
    office.harness.sweep("apply_recoveries")
    assert office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=office.code_for(person.mobile, "sign_in")))
    with pytest.raises(Problem, match="recovery_decided"):
        desk.step(answer.receipt, "stop", why="再来一次")


def test_who_proposed_does_not_confirm_and_a_colleague_may_give_it_back(office: Any, desk: Desk) -> None:
    desk.owner("2026-A-00001005")
    answer = desk.ask("2026-A-00001005", next(NEW))
    desk.propose(answer.receipt, "mobile_changed")
    for _ in range(2):
        with pytest.raises(Problem, match="recovery_same_person"):
            desk.step(answer.receipt, "confirm", FIRST)
    assert desk.step(answer.receipt, "back", SECOND).state == "open"
    with pytest.raises(Problem, match="recovery_decided"):
        desk.step(answer.receipt, "confirm", SECOND)
    assert desk.grant(answer.receipt).state == "waiting"
    with pytest.raises(Problem, match="recovery_decided"):
        desk.step(answer.receipt, "confirm", SECOND)


def test_the_table_itself_wants_four_eyes(desk: Desk) -> None:
    desk.owner("2026-A-00001006")
    answer = desk.ask("2026-A-00001006", next(NEW))
    desk.propose(answer.receipt, "mobile_changed")
    for change in ("state = 'waiting'", "state = 'waiting', confirmed_by = proposed_by"):
        with desk.office.harness.runtime.sessions() as session, pytest.raises(Exception, match=r"four_eyes|two_people"):
            session.execute(text(f"UPDATE recoveries SET {change} WHERE receipt = :r"), {"r": answer.receipt})  # noqa: S608


def test_nobody_works_on_their_own(office: Any, desk: Desk) -> None:
    person = desk.owner("2026-A-00001007")
    twin = Actor(person.account_id, "staff", frozenset({"customer_service"}))
    answer = desk.ask("2026-A-00001007", next(NEW))
    with pytest.raises(Problem, match="forbidden"):
        desk.claim(answer.receipt, twin)
    desk.propose(answer.receipt, "mobile_changed")
    with pytest.raises(Problem, match="forbidden"):
        desk.step(answer.receipt, "confirm", twin)
    mine = desk.ask("2026-A-00001008", person.mobile)
    with pytest.raises(Problem, match="forbidden"):
        desk.claim(mine.receipt, twin)


def test_only_customer_service_sees_the_list(office: Any, desk: Desk) -> None:
    person = desk.owner("2026-A-00001009")
    for actor in (person.actor, office.reviewer, staff_actor("examiner"), None):
        with pytest.raises(Problem, match=r"forbidden|not_signed_in"):
            office.call(identity.LIST_RECOVERIES, ListRecoveries(), actor)
    desk.ask("2026-A-00001009", next(NEW))
    listed = office.call(identity.LIST_RECOVERIES, ListRecoveries(), FIRST)
    assert [item.account for item in listed.items] == [None]


def test_one_at_a_time_and_nobody_takes_what_a_colleague_has(
    office: Any, desk: Desk, later: Callable[..., None]
) -> None:
    one, two = desk.ask("2026-A-1", next(NEW)), desk.ask("2026-A-2", next(NEW))
    desk.claim(one.receipt)
    with pytest.raises(Problem, match="recovery_claimed"):
        desk.claim(one.receipt, SECOND)
    with pytest.raises(Problem, match="recovery_not_claimed"):
        desk.step(one.receipt, "propose", SECOND, outcome="refused", reason="incomplete")
    desk.claim(two.receipt)
    assert desk.row(one.receipt).claimed_by is None, "taking one gives the other back"
    assert desk.claim(one.receipt, SECOND).mine
    later(minutes=61)
    assert desk.claim(one.receipt, FIRST).mine, "what was left for an hour may be taken over"


def test_an_objection_stops_the_change_for_good_and_alerts(office: Any, desk: Desk) -> None:
    member = office.seed_staff()["service"]
    person, new = desk.owner("2026-A-00001010"), next(NEW)
    answer = desk.ask("2026-A-00001010", new)
    desk.grant(answer.receipt)
    code = desk.objection_code(person.mobile)
    for receipt, wrong in ((answer.receipt, "2" * 12), ("ZH20260101AAAAAAAA", code), (answer.receipt, "")):
        with pytest.raises(Problem, match="recovery_objection_wrong"):
            desk.object(receipt, wrong)
    desk.object(answer.receipt, code.lower())
    desk.object(answer.receipt, code)
    desk.days_pass(answer.receipt)
    office.harness.sweep("apply_recoveries")
    assert desk.row(answer.receipt).state == "objected"
    assert desk.templates(new)[0] == "recovery_stopped"
    account = next(found for found in office.messages() if found.template == "recovery_objected")
    assert answer.receipt in account.body
    assert office.sign_in(person.mobile)
    assert member.login == "service"


def test_an_objection_after_the_time_changes_nothing_but_is_heard(office: Any, desk: Desk) -> None:
    office.seed_staff()
    person, new = desk.owner("2026-A-00001011"), next(NEW)
    answer = desk.ask("2026-A-00001011", new)
    desk.grant(answer.receipt)
    code = desk.objection_code(person.mobile)
    desk.days_pass(answer.receipt)
    office.harness.sweep("apply_recoveries")
    with pytest.raises(Problem, match="recovery_objection_late"):
        desk.object(answer.receipt, code)
    assert desk.row(answer.receipt).state == "done"
    assert "recovery_objected" in [found.template for found in office.messages()]


def test_the_objection_code_is_nowhere_in_the_clear(office: Any, desk: Desk) -> None:
    person = desk.owner("2026-A-00001012")
    answer = desk.ask("2026-A-00001012", next(NEW))
    desk.grant(answer.receipt)
    code = desk.objection_code(person.mobile)
    with office.harness.runtime.sessions() as session:
        kept = session.execute(select(Message).where(Message.template == "recovery_announced")).scalars().all()
        assert len(kept) == 2
        assert all(message.body is None and message.params == {} for message in kept)
        assert code.encode() not in b"".join(message.sealed_body or b"" for message in kept)


def test_asked_twice_it_is_one_and_an_account_has_one_change_at_a_time(office: Any, desk: Desk) -> None:
    desk.owner("2026-A-00001013")
    with office.harness.runtime.sessions() as session:
        numbers.remember(session, "2026-W-00001013", numbers.holder(session, "2026-A-00001013") or "")
        session.commit()
    new = next(NEW)
    answer = desk.ask("2026-A-00001013", new)
    again = desk.ask("2026-a-00001013", new)
    assert again.receipt == answer.receipt
    other = desk.ask("2026-W-00001013", next(NEW))
    desk.grant(answer.receipt)
    with pytest.raises(Problem, match="recovery_account_busy"):
        desk.propose(other.receipt, "mobile_changed")
    assert desk.row(other.receipt).state == "open"


def test_two_who_confirm_at_once_announce_once(office: Any, desk: Desk) -> None:
    person = desk.owner("2026-A-00001014")
    answer = desk.ask("2026-A-00001014", next(NEW))
    desk.propose(answer.receipt, "mobile_changed")

    def confirm(number: int) -> str:
        try:
            return str(desk.step(answer.receipt, "confirm", staff_actor("customer_service", id=f"acc-c{number}")).state)
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(confirm, range(4))) == ["recovery_decided"] * 3 + ["waiting"]
    assert desk.templates(person.mobile).count("recovery_announced") == 1


def test_two_sweepers_at_once_change_it_once(office: Any, desk: Desk) -> None:
    desk.owner("2026-A-00001015")
    new = next(NEW)
    answer = desk.ask("2026-A-00001015", new)
    desk.grant(answer.receipt)
    desk.days_pass(answer.receipt)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: office.harness.sweep("apply_recoveries"), range(3)))
    assert desk.row(answer.receipt).state == "done"
    assert desk.templates(new).count("recovery_done") == 1


def test_an_address_that_became_anothers_meanwhile_is_not_taken_from_there(office: Any, desk: Desk) -> None:
    person, new = desk.owner("2026-A-00001016"), next(NEW)
    answer = desk.ask("2026-A-00001016", new)
    desk.grant(answer.receipt)
    other = office.sign_up(mobile=new)
    desk.days_pass(answer.receipt)
    office.harness.sweep("apply_recoveries")
    assert desk.row(answer.receipt).state == "failed"
    assert office.sign_in(new).account.account_id == other.account_id
    assert office.sign_in(person.mobile).account.account_id == person.account_id


def test_what_cannot_be_granted(office: Any, desk: Desk) -> None:
    person = desk.owner("2026-A-00001017")
    unknown = desk.ask("2026-A-77777777", next(NEW))
    with pytest.raises(Problem, match="recovery_account_unknown"):
        desk.propose(unknown.receipt, "mobile_changed")
    answer = desk.ask("2026-A-00001017", next(NEW))
    with pytest.raises(Problem, match="recovery_outcome_unfit"):
        desk.propose(answer.receipt, "email_changed")
    with pytest.raises(Problem, match="recovery_reason_required"):
        desk.step(answer.receipt, "propose", outcome="refused")
    taken = desk.ask("2026-A-00001017", office.sign_up().mobile)
    with pytest.raises(Problem, match="recovery_contact_taken"):
        desk.propose(taken.receipt, "mobile_changed")
    member = office.seed_staff()["service"]
    with office.harness.runtime.sessions() as session:
        staff_id = session.execute(text("SELECT account_id FROM accounts WHERE account_name = :n"), {"n": member.login})
        numbers.remember(session, "2026-A-00001018", staff_id.scalar_one())
        session.commit()
    of_staff = desk.ask("2026-A-00001018", next(NEW))
    with pytest.raises(Problem, match="recovery_account_unknown"):
        desk.propose(of_staff.receipt, "mobile_changed")
    assert desk.propose(answer.receipt, "reregistration").state == "advised"
    assert office.sign_in(person.mobile)


def test_following_takes_number_and_address(office: Any, desk: Desk) -> None:
    desk.owner("2026-A-00001019")
    new, stranger = next(NEW), next(NEW)
    answer = desk.ask("2026-A-00001019", new)
    desk.propose(answer.receipt, "mobile_changed")
    mine = FollowRecovery(receipt=answer.receipt.lower(), mobile=new, otp=desk.code(new))
    assert office.call(identity.FOLLOW_RECOVERY, mine).state == "open", "half a decision is none"
    theirs = FollowRecovery(receipt=answer.receipt, mobile=stranger, otp=desk.code(stranger))
    with pytest.raises(Problem, match="recovery_unknown"):
        office.call(identity.FOLLOW_RECOVERY, theirs)


def test_customer_service_is_told_once_of_what_is_late(office: Any, desk: Desk) -> None:
    office.seed_staff()
    answer = desk.ask("2026-A-00001020", next(NEW))
    with office.harness.runtime.sessions() as session:
        session.execute(text("UPDATE recoveries SET due_on = due_on - 30"))
        session.commit()
    for _ in range(2):
        office.harness.sweep("alarm_overdue_recoveries")
    assert [found.template for found in office.messages()].count("recovery_overdue") == 2, "each of them once"
    assert office.call(identity.LIST_RECOVERIES, ListRecoveries(), FIRST).items[0].overdue
    assert answer.receipt


def test_the_workbench_counts_what_is_undecided(office: Any, desk: Desk) -> None:
    before = office.call(identity.TOTAL_RECOVERIES, Empty(), FIRST).count
    desk.owner("2026-A-00001021")
    answer = desk.ask("2026-A-00001021", next(NEW))
    desk.propose(answer.receipt, "mobile_changed")
    total = office.call(identity.TOTAL_RECOVERIES, Empty(), FIRST)
    assert (total.count, total.late) == (before + 1, 0)
