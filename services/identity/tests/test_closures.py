"""Closing an account: proved, waited for, taken back; then nobody signs in, all are asked, and what may go goes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.testing import service_actor, staff_actor
from contracts.base import Empty
from contracts.enquiries import NOTE_ENQUIRY
from contracts.identity import ACCOUNT_CASES_MOVED, IDENTITY_VERIFIED, RefreshSession
from contracts.identity.closures import ASK_CLOSURE, GET_CLOSURE, WITHDRAW_CLOSURE, AskClosure
from contracts.identity.events import ACCOUNT_CLOSED
from contracts.ties import ASKED, ReadTies, Tie, Ties
from identity.accounts import store as accounts
from identity.closures import closing_worker
from identity.closures.closing_worker import Closing
from sqlalchemy import literal_column, select, text
from sqlalchemy import table as sql_table

from contracts import identity

from .test_moving_cases import FIRST, NEW, NUMBERS, SECOND, Desk

pytestmark = pytest.mark.requirement("I-12")
PASSWORD = "Ink-stone 27"
WAIT = timedelta(days=8)


def nothing(service: str, request: ReadTies) -> Ties:
    return Ties(items=[])


def busy(service: str, request: ReadTies) -> Ties:
    found = {"filing": [Tie(kind="application", count=2, named=["2026W000000001"])]}
    return Ties(items=found.get(service, []))


def ask(office: Any, person: Any, **changes: str) -> Any:
    otp = office.code_for(person.mobile, "close", person.actor)
    request = AskClosure.model_validate({"password": PASSWORD, "otp": otp} | changes)
    return office.call(ASK_CLOSURE, request, person.actor)


def waited(office: Any, later: Callable[..., None]) -> None:
    """The days to take it back, and then the life of the last access token, are over."""
    office.harness.advance(WAIT.days)
    office.harness.sweep("lock_accounts")
    later(minutes=20)
    office.harness.sweep("check_accounts")


def closed(office: Any, person: Any, later: Callable[..., None], tell: Any = nothing) -> None:
    ask(office, person)
    waited(office, later)
    assert Closing(tell).step(office.harness.runtime)


def state(office: Any, person: Any) -> str:
    statement = "SELECT state FROM account_closures WHERE account_id = %s ORDER BY closure_id DESC LIMIT 1"
    return str(office.harness.as_owner(statement, person.account_id)[0][0])


def account(office: Any, person: Any) -> Any:
    with office.harness.uow() as uow:
        found = accounts.get(uow.session, person.account_id)
        uow.session.expunge_all()
    return found


def sign_in(office: Any, person: Any) -> Any:
    return office.sign_in(person.mobile)


def test_a_closed_account_knows_nothing_of_its_holder_any_more(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up(email="mo@example.com")
    office.verify(person)
    noted = {"subject": "account", "subject_id": person.account_id, "text": "问何时能下证", "caller": "张三"}
    office.call(NOTE_ENQUIRY, NOTE_ENQUIRY.request.model_validate(noted), staff_actor("customer_service"))
    tokens = sign_in(office, person)
    closed(office, person, later)
    assert state(office, person) == "closed"
    with office.harness.uow() as uow:
        tables = uow.session.execute(
            text("SELECT table_name FROM information_schema.columns WHERE column_name = 'account_id'")
        ).scalars()
        left = {
            table: [str(row) for row in uow.session.execute(select(literal_column("*")).select_from(sql_table(table)))]
            for table in [*tables, "enquiries", "recoveries", "verification_images", "one_time_codes"]
        }
    signed = {"signatures"}  # 电子签名法: who signed stays with what was signed
    for table, rows in left.items():
        for word in ("张三", person.id_number, "mo@example.com", "问何时能下证", "id_front.jpg"):
            assert table in signed or word not in " ".join(rows), (table, word)
    told = [row for rows in left.values() for row in rows if person.mobile in row]
    assert len(told) == 1, "only the last word names the number"
    assert "closure_done" in told[0]
    assert len(left["verification_images"]) == 3
    assert office.harness.as_owner("SELECT count(*) FROM verification_images WHERE wrapped_key IS NOT NULL") == [(0,)]
    [said] = office.harness.events(ACCOUNT_CLOSED)
    assert said.account_id == person.account_id
    with pytest.raises(Problem, match="session_expired"):
        office.call(identity.REFRESH_SESSION, RefreshSession(refresh_token=tokens.refresh_token))
    with pytest.raises(Problem, match="sign_in_failed"):
        sign_in(office, person)
    with pytest.raises(Problem, match="not_signed_in"):
        office.call(identity.GET_ACCOUNT, Empty(), person.actor)


def test_number_and_document_are_free_for_a_new_account_which_gets_nothing_by_itself(
    office: Any, later: Callable[..., None]
) -> None:
    person = office.sign_up()
    office.verify(person)
    closed(office, person, later)
    again = office.sign_up(mobile=person.mobile, id_number=person.id_number)
    office.verify(again)
    assert again.account_id != person.account_id
    assert len(office.harness.events(IDENTITY_VERIFIED)) == 2
    assert not office.harness.events(identity.ACCOUNT_CASES_MOVED)
    assert sign_in(office, again).account.account_id == again.account_id


def test_it_takes_the_password_and_a_code_for_just_this(office: Any) -> None:
    person = office.sign_up()
    other = office.code_for(person.mobile, "password", person.actor)
    code = office.code_for(person.mobile, "close", person.actor)
    for entered, problem in (
        (AskClosure(password="wrong words 1", otp=code), "password_wrong"),
        (AskClosure(password=PASSWORD), "otp_wrong"),
        (AskClosure(password=PASSWORD, otp=other), "otp_wrong"),
    ):
        with pytest.raises(Problem, match=problem):
            office.call(ASK_CLOSURE, entered, person.actor)
    asked = office.call(ASK_CLOSURE, AskClosure(password=PASSWORD, otp=code), person.actor)
    with office.harness.uow() as uow:
        assert (asked.state, asked.waits_until) == ("waiting", uow.today() + timedelta(days=7))
    assert office.messages(person.mobile)[0].template == "closure_asked"
    with pytest.raises(Problem, match="closure_under_way"):
        ask(office, person)
    with pytest.raises(Problem, match="forbidden"):
        office.call(GET_CLOSURE, Empty(), staff_actor("examiner"))


def test_it_is_taken_back_as_long_as_it_waits(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    ask(office, person)
    assert sign_in(office, person), "who waits signs in as before"
    office.harness.advance(7)
    office.harness.sweep("lock_accounts")
    assert office.call(WITHDRAW_CLOSURE, Empty(), person.actor).state == "withdrawn"
    assert office.call(WITHDRAW_CLOSURE, Empty(), person.actor).state == "withdrawn"
    waited(office, later)
    assert state(office, person) == "withdrawn"
    assert not Closing(nothing).step(office.harness.runtime)
    ask(office, person)
    assert state(office, person) == "waiting"


def test_nobody_signs_in_while_it_is_carried_out(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    tokens = sign_in(office, person)
    ask(office, person)
    office.harness.advance(WAIT.days)
    office.harness.sweep("lock_accounts")
    with pytest.raises(Problem, match="session_expired"):
        office.call(identity.REFRESH_SESSION, RefreshSession(refresh_token=tokens.refresh_token))
    with pytest.raises(Problem, match="account_closing"):
        sign_in(office, person)
    with pytest.raises(Problem, match="sign_in_failed"):
        office.sign_in(person.mobile, "wrong words 1")
    by_code = identity.SignIn(mobile=person.mobile, otp=office.code_for(person.mobile, "sign_in"))
    with pytest.raises(Problem, match="account_closing"):
        office.call(identity.SIGN_IN, by_code)
    with pytest.raises(Problem, match="closure_not_waiting"):
        office.call(WITHDRAW_CLOSURE, Empty(), person.actor)
    office.harness.sweep("check_accounts")
    assert state(office, person) == "locked", "not before the last token is dead"
    assert not Closing(nothing).step(office.harness.runtime)


def test_what_is_under_way_opens_it_again_and_is_told(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up(language="en")
    closed(office, person, later, busy)
    assert state(office, person) == "kept"
    assert sign_in(office, person)
    found = office.call(GET_CLOSURE, Empty(), person.actor)
    assert [(tie.kind, tie.count) for tie in found.closure.ties] == [("application", 2)]
    told = office.messages(person.mobile)[0]
    assert told.template == "closure_kept"
    assert "an application is being processed" in told.body
    assert not office.harness.events(ACCOUNT_CLOSED)


def test_ones_own_verification_keeps_it_open_from_the_start(office: Any) -> None:
    person = office.sign_up()
    office.submit(person)
    assert [tie.kind for tie in office.call(GET_CLOSURE, Empty(), person.actor).ties] == ["verification"]
    with pytest.raises(Problem, match="account_tied"):
        ask(office, person)


def test_a_service_that_is_away_is_waited_for(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()

    def away(service: str, request: ReadTies) -> Ties:
        if service == ASKED[-1]:
            raise Problem("service_unavailable")
        return Ties(items=[])

    closed(office, person, later, away)
    assert state(office, person) == "checking"
    office.harness.as_owner("UPDATE account_closures SET leased_until = NULL")
    assert Closing(nothing).step(office.harness.runtime)
    assert state(office, person) == "closed"


def test_an_organisations_seal_goes_with_its_account(office: Any, later: Callable[..., None]) -> None:
    firm = office.sign_up_organisation()
    office.verify(firm)
    [(sealed,)] = office.harness.as_owner("SELECT sealed_sha256 FROM seals")
    closed(office, firm, later)
    store = office.harness.runtime.sealed_objects
    assert store.exists(sealed)
    assert Closing(nothing).step(office.harness.runtime)
    assert not store.exists(sealed)
    assert not Closing(nothing).step(office.harness.runtime)
    assert office.harness.as_owner("SELECT count(*) FROM seals") == [(0,)]


def test_two_in_the_same_second_and_taking_back_while_the_sweeper_runs(office: Any, later: Callable[..., None]) -> None:
    people = [office.sign_up() for _ in range(4)]
    for person in people:
        ask(office, person)
    office.harness.advance(WAIT.days)

    def take_back(person: Any) -> str:
        try:
            return str(office.call(WITHDRAW_CLOSURE, Empty(), person.actor).state)
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(6) as pool:
        swept = [pool.submit(office.harness.sweep, "lock_accounts") for _ in range(2)]
        answers = [pool.submit(take_back, person) for person in people[:2]]
        told = [answer.result() for answer in answers]
        for one in swept:
            one.result()
    later(minutes=20)
    office.harness.sweep("check_accounts")
    with ThreadPoolExecutor(2) as pool:
        while any(one.result() for one in [pool.submit(Closing(nothing).step, office.harness.runtime) for _ in "12"]):
            pass
    states = [state(office, person) for person in people]
    assert states == ["withdrawn" if answer == "withdrawn" else "closed" for answer in told] + ["closed", "closed"]
    assert len(office.harness.events(ACCOUNT_CLOSED)) == states.count("closed")


class Killed(BaseException):
    """Ends a process where it is, past every handler."""


def test_whoever_dies_at_any_commit_leaves_a_step_that_goes_on(
    office: Any, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from chassis import uow

    person = office.sign_up()
    otp, request_id = office.code_for(person.mobile, "close", person.actor), new_id("req")
    deaths = count()

    def insist(act: Callable[[], Any]) -> Any:
        """Dies before the first commit, and after the second; the third time it lives."""
        for stage in ("uow.before_commit", "uow.after_commit", ""):

            def failpoint(name: str, stage: str = stage) -> None:
                if name == stage:
                    next(deaths)
                    raise Killed

            with monkeypatch.context() as patched:
                patched.setattr(uow, "failpoint", failpoint)
                try:
                    answer = act()
                except Killed:
                    office.harness.as_owner("UPDATE account_closures SET lease = NULL, leased_until = NULL")
        return answer

    insist(lambda: office.call(ASK_CLOSURE, AskClosure(password=PASSWORD, otp=otp), person.actor, request_id))
    office.harness.advance(WAIT.days)
    insist(lambda: office.harness.sweep("lock_accounts"))
    later(minutes=20)
    insist(lambda: office.harness.sweep("check_accounts"))
    insist(lambda: Closing(nothing).step(office.harness.runtime))
    assert next(deaths) >= 8
    assert state(office, person) == "closed"
    assert len(office.harness.events(ACCOUNT_CLOSED)) == 1
    assert office.harness.as_owner("SELECT count(*) FROM account_closures") == [(1,)]


def test_a_worker_that_dies_between_asking_and_closing_is_followed_by_one_that_asks_again(
    office: Any, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    person, asked = office.sign_up(), []

    def ask_all(service: str, request: ReadTies) -> Ties:
        asked.append(service)
        return Ties(items=[])

    def die(name: str) -> None:
        if name == "closing.asked":
            raise Killed

    otp = office.code_for(person.mobile, "close", person.actor)
    office.call(ASK_CLOSURE, AskClosure(password=PASSWORD, otp=otp), person.actor, new_id("req"))
    office.harness.advance(WAIT.days)
    office.harness.sweep("lock_accounts")
    later(minutes=20)
    office.harness.sweep("check_accounts")
    with monkeypatch.context() as patched:
        patched.setattr(closing_worker, "failpoint", die)
        with pytest.raises(Killed):
            Closing(ask_all).step(office.harness.runtime)
    assert state(office, person) == "checking"
    office.harness.as_owner("UPDATE account_closures SET lease = NULL, leased_until = NULL")
    assert Closing(ask_all).step(office.harness.runtime)
    assert state(office, person) == "closed"
    assert asked == [*ASKED, *ASKED]
    assert len(office.harness.events(ACCOUNT_CLOSED)) == 1


def test_a_closed_accounts_cases_go_to_the_same_person_by_proof_and_its_address_to_nobody(
    office: Any, later: Callable[..., None]
) -> None:
    """Who closed an account shows the same document again; who knows a number of its certificates is told nothing."""
    desk, number, contact = Desk(office), next(NUMBERS), next(NEW)
    person = office.sign_up()
    office.verify(person)
    desk.remember(number, person, "app-closed")
    closed(office, person, later)
    receipt = desk.ask(number, contact)
    with pytest.raises(Problem, match="recovery_account_closed"):
        desk.propose(receipt, "mobile_changed")
    desk.step(receipt, "propose", outcome="reregistration", checked="电话核对")
    code = desk.word(contact, "recovery_advised")
    again = office.sign_up(mobile=contact, id_number=person.id_number)
    office.verify(again)
    desk.claim_cases(again.actor, receipt, code)
    desk.granted(receipt, "cases_moved")
    [moved] = office.harness.events(ACCOUNT_CASES_MOVED)
    assert (moved.account_id, moved.from_account_id) == (again.account_id, person.account_id)
    desk.step(receipt, "put_back", FIRST)
    with pytest.raises(Problem, match="recovery_return_impossible"):
        desk.step(receipt, "put_back", SECOND)


def test_cases_of_a_closed_account_go_to_nobody_else(office: Any, later: Callable[..., None]) -> None:
    desk, number, contact = Desk(office), next(NUMBERS), next(NEW)
    person, stranger = office.sign_up(), office.sign_up()
    for one in (person, stranger):
        office.verify(one)
    desk.remember(number, person, "app-closed")
    closed(office, person, later)
    receipt, code = desk.advised(person, number, contact)
    desk.claim_cases(stranger.actor, receipt, code)
    with pytest.raises(Problem, match="recovery_evidence_differs"):
        desk.propose(receipt, "cases_moved")


def test_what_comes_late_is_told_to_nobody(office: Any, later: Callable[..., None]) -> None:
    from identity.messages.notices import notify

    person = office.sign_up()
    closed(office, person, later)
    before = office.harness.as_owner("SELECT count(*) FROM messages")
    with office.harness.uow(service_actor("identity")) as uow:
        notify(uow, accounts.get(uow.session, person.account_id), "password_changed", "late:1", {})
    assert office.harness.as_owner("SELECT count(*) FROM messages") == before
