"""Signing in and out, locks, refresh tokens."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.base import Empty
from contracts.identity import EndSession, RefreshSession, SignIn
from identity.accounts import passwords
from identity.links import proof
from identity.sessions.model import token_hash
from identity.sessions.store import RefreshToken, SignInSession
from sqlalchemy import text

from contracts import identity

pytestmark = pytest.mark.usefixtures("full_cost")

PASSWORD = "Ink-stone 27"
"""Of everybody who signs up in these tests."""


def _refresh(office: Any, token: str) -> Any:
    return office.call(identity.REFRESH_SESSION, RefreshSession(refresh_token=token))


@pytest.mark.requirement("I-03")
def test_a_page_that_asks_by_itself_makes_no_session_last_longer(office: Any, later: Callable[..., None]) -> None:
    tokens = office.sign_in(office.sign_up().mobile)
    session_id = office.actor_of(tokens).session_id

    def known() -> tuple[Any, Any]:
        with office.harness.uow() as uow:
            session = uow.session.get(SignInSession, session_id)
            token = uow.session.get(RefreshToken, token_hash(tokens.refresh_token))
            return session.last_used_at, token.expires_at

    before = known()
    later(days=1)
    tokens = office.call(identity.REFRESH_SESSION, RefreshSession(refresh_token=tokens.refresh_token, by_itself=True))
    assert known() == before
    tokens = _refresh(office, tokens.refresh_token)
    assert all(now > then for now, then in zip(known(), before, strict=True))


@pytest.mark.requirement("I-03")
def test_what_a_page_renews_by_itself_does_not_outlive_the_idle_time(office: Any, later: Callable[..., None]) -> None:
    tokens = office.sign_in(office.sign_up().mobile)
    later(days=29, hours=23, minutes=55)
    again = office.call(identity.REFRESH_SESSION, RefreshSession(refresh_token=tokens.refresh_token, by_itself=True))
    assert 0 < again.expires_in <= 300, "the access token ends with the session, not a quarter of an hour later"
    later(minutes=6)
    with pytest.raises(Problem, match="session_expired"):
        _refresh(office, again.refresh_token)


@pytest.mark.requirement("I-03")
def test_one_signs_in_by_name_mobile_or_code(office: Any) -> None:
    person = office.sign_up(account_name="moshi.zhang")
    for login in ("moshi.zhang", " MoShi.Zhang", person.mobile, f"+86 {person.mobile}"):
        tokens = office.sign_in(login)
        assert tokens.account.account_id == person.account_id
        assert tokens.expires_in == 900
    actor = office.actor_of(tokens)
    assert (actor.subject, actor.kind, actor.roles) == (person.account_id, "natural_person", frozenset())
    assert actor.session_id.startswith("ses-")
    code = office.code_for(person.mobile, "sign_in")
    assert office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=code)).access_token


def test_an_unknown_login_costs_the_same_work(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    work = []
    verify = passwords._verify
    monkeypatch.setattr(passwords, "_verify", lambda stored, given: work.append(stored) or verify(stored, given))
    with pytest.raises(Problem, match="sign_in_failed"):
        office.sign_in("nobody.here", "wrong password 1")
    assert len(work) == 2  # as for an account here, and for one of the old system (test_legacy_sign_in)
    assert all(stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for stored in work)


@pytest.mark.parametrize("request_", [SignIn(), SignIn(login="moshi"), SignIn(mobile="13800138000")])
def test_half_a_sign_in_fails(office: Any, request_: SignIn) -> None:
    with pytest.raises(Problem, match="sign_in_failed"):
        office.call(identity.SIGN_IN, request_)


@pytest.mark.requirement("I-03")
def test_sessions_are_listed_and_ended_one_by_one_or_everywhere(office: Any) -> None:
    person = office.sign_up()
    first, second, third = (office.sign_in(person.mobile) for _ in range(3))
    actors = [office.actor_of(tokens) for tokens in (first, second, third)]
    listed = office.call(identity.LIST_SESSIONS, Empty(), actors[0]).items
    assert {item.session_id for item in listed} == {actor.session_id for actor in actors}
    assert [item.session_id for item in listed if item.current] == [actors[0].session_id]
    office.call(identity.END_SESSION, EndSession(session_id=actors[1].session_id), actors[0])
    with pytest.raises(Problem, match="session_expired"):
        _refresh(office, second.refresh_token)
    assert _refresh(office, first.refresh_token)
    office.call(identity.END_SESSION, EndSession(everywhere=True), actors[0])
    for tokens in (first, third):
        with pytest.raises(Problem, match="session_expired"):
            _refresh(office, tokens.refresh_token)
    revoked = office.harness.events(identity.SESSION_REVOKED)
    assert {event.session_id for event in revoked} == {actor.session_id for actor in actors}
    assert len(revoked) == 3


@pytest.mark.requirement("I-03")
def test_an_ended_session_is_refused_here_too(office: Any) -> None:
    person = office.sign_up()
    actor = office.actor_of(office.sign_in(person.mobile))
    office.call(identity.END_SESSION, EndSession(), actor)
    deadline = time.monotonic() + 5
    while _is_let_in(office, actor):
        assert time.monotonic() < deadline, "the ended session is still let in"
        time.sleep(0.1)


def _is_let_in(office: Any, actor: Any) -> bool:
    try:
        office.call(identity.GET_ACCOUNT, Empty(), actor)
    except Problem as problem:
        if problem.code != "session_expired":
            raise
        return False
    return True


def test_nobody_ends_the_session_of_another(office: Any) -> None:
    theirs = office.actor_of(office.sign_in(office.sign_up().mobile))
    mine = office.actor_of(office.sign_in(office.sign_up().mobile))
    with pytest.raises(Problem, match="not_found"):
        office.call(identity.END_SESSION, EndSession(session_id=theirs.session_id), mine)


def test_refresh_tokens_rotate(office: Any) -> None:
    person = office.sign_up()
    tokens = office.sign_in(person.mobile)
    for _ in range(3):
        fresh = _refresh(office, tokens.refresh_token)
        assert fresh.refresh_token != tokens.refresh_token
        assert office.actor_of(fresh).session_id == office.actor_of(tokens).session_id
        tokens = fresh


@pytest.mark.requirement("I-03")
def test_a_refresh_token_used_again_later_ends_the_session_and_tells(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    tokens = office.sign_in(person.mobile)
    second = _refresh(office, tokens.refresh_token)
    third = _refresh(office, second.refresh_token)
    later(seconds=31)
    with pytest.raises(Problem, match="session_expired"):
        _refresh(office, tokens.refresh_token)
    with pytest.raises(Problem, match="session_expired"):
        _refresh(office, third.refresh_token)
    (event,) = office.harness.events(identity.SESSION_REVOKED)
    assert event.session_id == office.actor_of(tokens).session_id
    assert office.messages(person.account_id)[0].template == "session_compromised"


@pytest.mark.requirement("I-03")
def test_two_tabs_that_refresh_one_token_both_live_on(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    tokens = office.sign_in(person.mobile)
    with ThreadPoolExecutor(2) as pool:
        tabs = list(pool.map(lambda _: _refresh(office, tokens.refresh_token), range(2)))
    tabs[0] = _refresh(office, tabs[0].refresh_token)
    for _ in range(3):
        later(minutes=14)
        tabs = [_refresh(office, tab.refresh_token) for tab in tabs]
    assert office.harness.events(identity.SESSION_REVOKED) == []
    with pytest.raises(Problem, match="session_expired"):
        _refresh(office, tokens.refresh_token)
    for tab in tabs:
        with pytest.raises(Problem, match="session_expired"):
            _refresh(office, tab.refresh_token)
    assert len(office.harness.events(identity.SESSION_REVOKED)) == 1


def test_a_lost_answer_may_be_asked_for_again_for_half_a_minute(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    tokens = office.sign_in(person.mobile)
    _refresh(office, tokens.refresh_token)
    later(seconds=20)
    again = _refresh(office, tokens.refresh_token)
    later(seconds=11)
    assert _refresh(office, again.refresh_token)
    with pytest.raises(Problem, match="session_expired"):
        _refresh(office, tokens.refresh_token)


def test_sessions_end_by_themselves(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    tokens = office.sign_in(person.mobile)
    later(days=31)
    with pytest.raises(Problem, match="session_expired"):
        _refresh(office, tokens.refresh_token)
    with pytest.raises(Problem, match="session_expired"):
        _refresh(office, "rt_guess")
    assert office.harness.sweep("forget_tokens") >= 0


def test_a_hash_of_older_costs_is_renewed_on_the_way(office: Any) -> None:
    from argon2 import PasswordHasher

    person = office.sign_up()
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("Ink-stone 27")
    with office.harness.uow() as uow:
        change = text("UPDATE accounts SET password_hash = :old WHERE account_id = :id")
        uow.session.execute(change, {"old": old, "id": person.account_id})
    office.sign_in(person.mobile)
    with office.harness.uow() as uow:
        stored = uow.session.execute(text("SELECT password_hash FROM accounts WHERE kind <> 'staff'")).scalar_one()
    assert "m=19456,t=2" in stored
    office.sign_in(person.mobile)


def test_security_relevant_steps_are_in_the_audit_log(office: Any) -> None:
    person = office.sign_up()
    with pytest.raises(Problem):
        office.sign_in(person.mobile, "wrong password 1")
    actor = office.actor_of(office.sign_in(person.mobile))
    office.call(identity.END_SESSION, EndSession(), actor)
    with office.harness.uow() as uow:
        actions = set(uow.session.execute(text("SELECT action FROM audit")).scalars())
    assert {"otp.send", "account.register", "session.refuse", "session.open", "session.end"} <= actions


FULL_WIDTH = "Ｉｎｋ－ｓｔｏｎｅ　２７"


@pytest.mark.requirement("I-03")
def test_a_password_is_the_same_however_the_keyboard_made_it(office: Any) -> None:
    person = office.sign_up()
    for typed in (FULL_WIDTH, "Ink-stone\u00a027", "\ufeffInk-stone 27", "Ink-stone 27\u200b"):
        assert office.sign_in(person.mobile, password=typed).account.account_id == person.account_id
    other = office.sign_up(password="Écluse numéro 9")
    assert office.sign_in(other.mobile, password="E\u0301cluse nume\u0301ro 9").account.account_id == other.account_id


@pytest.mark.requirement("I-04")
def test_a_hash_of_what_was_typed_once_still_signs_in_and_is_made_anew(office: Any) -> None:
    from argon2 import PasswordHasher

    person = office.sign_up()
    old = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(FULL_WIDTH)
    with office.harness.uow() as uow:
        change = text("UPDATE accounts SET password_hash = :old WHERE account_id = :id")
        uow.session.execute(change, {"old": old, "id": person.account_id})
    with pytest.raises(Problem, match="sign_in_failed"):
        office.sign_in(person.mobile, password="Ink-stone 27")
    office.sign_in(person.mobile, password=FULL_WIDTH)
    office.sign_in(person.mobile, password="Ink-stone 27")


@pytest.mark.requirement("I-03")
def test_an_account_name_signs_in_as_it_was_typed_at_sign_up_or_otherwise(office: Any) -> None:
    person = office.sign_up(account_name="Ｌｉｎ．Ｙｉ")
    for typed in ("lin.yi", "LIN.YI", " Ｌｉｎ．Ｙｉ\u200b", "lin.yi\u3000"):
        assert office.sign_in(typed).account.account_id == person.account_id
    local = person.mobile
    for typed in (f"+86 {local}", f"\u202d{local[:3]}–{local[3:7]}–{local[7:]}\u202c", f"0086{local}"):
        assert office.sign_in(typed).account.account_id == person.account_id


@pytest.mark.requirement("I-11")
def test_a_staff_code_with_blanks_or_full_width_digits_is_right(office: Any) -> None:
    office.seed_staff()
    for member, shape in zip(office.staff(), ("{0} {1}", "{0}-{1}", "{2}"), strict=False):
        wide = member.totp.translate({ord("0") + n: ord("０") + n for n in range(10)})
        office.sign_in(member.login, member.password, shape.format(member.totp[:3], member.totp[3:], wide))


def _change(office: Any, actor: Any, current: str, new: str, client: str = "203.0.113.9") -> Any:
    request = identity.ChangePassword(current=current, new=new, client=client)
    return office.call(identity.CHANGE_PASSWORD, request, actor)


@pytest.mark.requirement("I-03")
def test_a_changed_password_ends_every_other_session_and_tells(office: Any) -> None:
    person = office.sign_up()
    here, elsewhere = (office.actor_of(office.sign_in(person.mobile)) for _ in range(2))
    _change(office, here, PASSWORD, "another ink stone 28")
    deadline = time.monotonic() + 5
    while _is_let_in(office, elsewhere):
        assert time.monotonic() < deadline, "the other session is still let in"
        time.sleep(0.1)
    assert [item.session_id for item in office.call(identity.LIST_SESSIONS, Empty(), here).items] == [here.session_id]
    with pytest.raises(Problem, match="sign_in_failed"):
        office.sign_in(person.mobile)
    assert office.sign_in(person.mobile, "another ink stone 28").account.account_id == person.account_id
    assert "您的密码已更换" in [message.subject for message in office.messages(person.account_id)]


@pytest.mark.requirement("I-03")
def test_a_forgotten_password_gives_way_to_a_new_one_by_a_code_to_ones_own_number(office: Any) -> None:
    person = office.sign_up()
    actor, elsewhere = (office.actor_of(office.sign_in(person.mobile)) for _ in range(2))

    def change(code: str, new: str = "another ink stone 28") -> None:
        office.call(identity.CHANGE_PASSWORD, identity.ChangePassword(otp=code, new=new), actor)

    with pytest.raises(Problem, match="otp_expired"):
        change("123456")
    with pytest.raises(Problem, match="otp_expired"):
        change(office.code_for(person.mobile, "sign", actor))
    code = office.code_for(person.mobile, "password", actor)
    assert "新密码" in office.messages(person.mobile)[0].body
    with pytest.raises(Problem, match="password_weak"):
        change(code, "12345678")
    change(code)
    with pytest.raises(Problem, match="otp_expired"):
        change(code, "yet another stone 29")
    assert office.sign_in(person.mobile, "another ink stone 28").account.account_id == person.account_id
    assert elsewhere.session_id not in [
        item.session_id for item in office.call(identity.LIST_SESSIONS, Empty(), actor).items
    ]


@pytest.mark.requirement("I-03")
def test_who_has_tried_the_forgotten_password_too_often_sets_a_new_one_at_once(office: Any) -> None:
    person = office.sign_up()
    actor = office.actor_of(office.sign_in(person.mobile))
    refused = ""
    while refused != "sign_in_slowed":
        with pytest.raises(Problem) as wrong:
            _change(office, actor, "not the password", "another ink stone 28")
        refused = wrong.value.code
    code = office.code_for(person.mobile, "password", actor)
    request = identity.ChangePassword(otp=code, new="another ink stone 28", client="203.0.113.9")
    office.call(identity.CHANGE_PASSWORD, request, actor)
    assert office.sign_in(person.mobile, "another ink stone 28").account.account_id == person.account_id


def test_a_code_for_a_new_password_goes_to_ones_own_number_only(office: Any) -> None:
    person, other = office.sign_up(), office.sign_up()
    for mobile, actor in (
        (other.mobile, person.actor),
        (person.mobile, staff_actor("reviewer")),
        (person.mobile, None),
    ):
        with pytest.raises(Problem, match=r"forbidden|not_signed_in"):
            office.code_for(mobile, "password", actor)


def test_who_holds_a_session_does_not_change_the_password_by_guessing(office: Any) -> None:
    person = office.sign_up()
    actor = office.actor_of(office.sign_in(person.mobile))
    with pytest.raises(Problem) as wrong:
        _change(office, actor, "not the password", "another ink stone 28")
    assert (wrong.value.code, [error.field for error in wrong.value.errors]) == ("password_wrong", ["current"])
    for _ in range(4):
        with pytest.raises(Problem, match="password_wrong"):
            _change(office, actor, "not the password", "another ink stone 28")
    with pytest.raises(Problem, match="sign_in_slowed"):
        _change(office, actor, PASSWORD, "another ink stone 28")


def test_a_new_password_is_judged_like_a_first_one(office: Any) -> None:
    person = office.sign_up()
    actor = office.actor_of(office.sign_in(person.mobile))
    for bad in ("short", "12345678", f"x{person.mobile}x"):
        with pytest.raises(Problem) as refused:
            _change(office, actor, PASSWORD, bad)
        assert refused.value.code == "password_weak"
        assert {error.field for error in refused.value.errors} == {"new"}
    assert office.sign_in(person.mobile)


def test_a_sign_in_with_the_old_password_does_not_outlive_its_change(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is changed while the old one is being compared."""
    person = office.sign_up()
    actor = office.actor_of(office.sign_in(person.mobile))
    compare = proof.verify_one_of

    def slowly(stored: str | None, typed: list[str]) -> bool:
        right = compare(stored, typed)
        monkeypatch.setattr(proof, "verify_one_of", compare)
        _change(office, actor, PASSWORD, "another ink stone 28")
        return right

    monkeypatch.setattr(proof, "verify_one_of", slowly)
    with pytest.raises(Problem, match="sign_in_failed"):
        office.call(identity.SIGN_IN, SignIn(login=person.mobile, password=PASSWORD, client="198.51.100.7"))
    assert len(office.call(identity.LIST_SESSIONS, Empty(), actor).items) == 1
