"""Wrong guesses slow down whoever makes them, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from chassis.errors import Problem
from contracts.identity import SignIn
from hypothesis import given
from hypothesis import strategies as st
from identity.attempts.model import ELSEWHERE_RULE, PLACE_RULE, Rule, place_of, spraying_rule

from contracts import identity

WRONG = "wrong password 1"
HOME, CAFE = "192.0.2.1", "198.51.100.7"


def _answer(office: Any, login: str, password: str = WRONG, **whence: str) -> str:
    try:
        office.sign_in(login, password, **whence)
    except Problem as problem:
        return problem.code
    return "in"


def _guess(office: Any, login: str, times: int, **whence: str) -> list[str]:
    return [_answer(office, login, **whence) for _ in range(times)]


@given(st.sampled_from([PLACE_RULE, ELSEWHERE_RULE, spraying_rule(False)]), st.integers(0, 10_000))
def test_waits_grow_and_never_become_a_lock(rule: Rule, failures: int) -> None:
    wait = rule.wait(failures)
    assert wait <= rule.wait(failures + 1) <= rule.longest <= timedelta(minutes=15)
    assert (wait == timedelta()) == (failures < rule.free)


def test_a_place_is_a_device_or_a_network() -> None:
    one, other = "2001:db8:0:1::1", "2001:db8:0:1:ffff::2"
    places = {
        place_of(client, "", device_known=False, network_known=False).row
        for client in (one, other, "::ffff:192.0.2.1", "192.0.2.1", "unknown")
    }
    assert places == {"network:2001:db8:0:1::/64", "network:192.0.2.1", "network:unknown"}
    device = place_of(one, "dt_1", device_known=True, network_known=False)
    assert device.row == place_of(HOME, "dt_1", device_known=True, network_known=True).row
    assert device.familiar
    assert place_of(one, "dt_guessed", device_known=False, network_known=False).row == "network:2001:db8:0:1::/64"


@pytest.mark.requirement("I-03")
def test_five_wrong_passwords_make_the_next_try_wait(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    assert _guess(office, person.mobile, 6, client=CAFE) == ["sign_in_failed"] * 5 + ["sign_in_slowed"]
    with pytest.raises(Problem) as caught:
        office.sign_in(person.mobile, client=CAFE)
    assert (caught.value.code, caught.value.status) == ("sign_in_slowed", 429)
    assert 10 <= caught.value.params["seconds"] <= 15
    later(seconds=16)
    assert _answer(office, person.mobile, client=CAFE) == "sign_in_failed"
    later(seconds=16)
    assert _answer(office, person.mobile, client=CAFE) == "sign_in_slowed"
    later(seconds=16)
    assert office.sign_in(person.mobile, client=CAFE)
    assert _guess(office, person.mobile, 5, client=CAFE) == ["sign_in_failed"] * 5


@pytest.mark.requirement("I-03")
@pytest.mark.parametrize("place", ["home", "device", "new"])
def test_nobody_is_kept_out_by_the_guesses_of_one_stranger(office: Any, place: str) -> None:
    person = office.sign_up()
    device = office.sign_in(person.mobile, client=HOME).device_token
    whence = {"home": {"client": HOME}, "device": {"client": CAFE, "device": device}, "new": {"client": "203.0.113.3"}}
    assert "sign_in_slowed" in _guess(office, person.mobile, 9, client=CAFE)
    assert office.sign_in(person.mobile, **whence[place])


@pytest.mark.requirement("I-03")
@pytest.mark.requirement("I-11")
@pytest.mark.parametrize("who", ["applicant", "staff"])
def test_guesses_from_everywhere_slow_down_unfamiliar_places_only(office: Any, who: str) -> None:
    """And the account's holder is told, once."""
    if who == "staff":
        member = office.seed_staff()["cashier"]
        login, password, totp = member.login, member.password, member.totp
    else:
        login, password, totp = office.sign_up().mobile, "Ink-stone 27", None
    tokens = office.sign_in(login, password, totp, client=HOME)
    answers = [_answer(office, login, client=f"2001:db8:{number:x}::1") for number in range(33)]
    assert answers == ["sign_in_failed"] * 30 + ["sign_in_slowed"] * 3
    if who == "staff":
        totp = {member.login: member for member in office.staff()}[login].totp
    assert _answer(office, login, password, client="2001:db8:ffff::1") == "sign_in_slowed"
    assert office.sign_in(login, password, totp, client=HOME)
    if who == "applicant":
        assert office.sign_in(login, password, client=CAFE, device=tokens.device_token)
        code = office.code_for(login, "sign_in", client="203.0.113.1")
        assert office.call(identity.SIGN_IN, SignIn(mobile=login, otp=code, client="203.0.113.1"))
        assert office.sign_in(login, password, client="203.0.113.1")
    told = [message for message in office.messages(tokens.account.account_id) if message.template == "sign_in_guessed"]
    assert len(told) == 1


def test_one_network_sprays_no_more_than_its_share(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Rule(6, timedelta(seconds=10), 1, timedelta(minutes=1), timedelta(hours=1))
    monkeypatch.setattr("identity.attempts.model.spraying_rule", lambda sandbox: rule)
    person = office.sign_up()
    device = office.sign_in(person.mobile, client=CAFE).device_token
    answers = [_answer(office, f"nobody.{number}", client=CAFE) for number in range(8)]
    assert answers == ["sign_in_failed"] * 6 + ["sign_in_slowed"] * 2
    assert _answer(office, person.mobile, "Ink-stone 27", client=CAFE) == "sign_in_slowed"
    assert office.sign_in(person.mobile, client=CAFE, device=device)
    assert office.sign_in(office.sign_up().mobile, client=HOME)


def test_a_login_that_nobody_has_is_slowed_the_same(office: Any) -> None:
    person = office.sign_up()
    answers = []
    for number, login in enumerate((person.mobile, office.registration().mobile)):
        codes = []
        for attempt in range(40):
            client = CAFE.replace("7", str(number)) if attempt < 7 else f"2001:db8:{number}:{attempt:x}::1"
            with pytest.raises(Problem) as caught:
                office.sign_in(login, WRONG, client=client)
            codes.append((caught.value.code, set(caught.value.params)))
        answers.append(codes)
    assert answers[0] == answers[1]
    assert answers[0][4:6] == [("sign_in_failed", set()), ("sign_in_slowed", {"seconds"})]
    assert answers[0][-1] == ("sign_in_slowed", {"seconds"})


def test_a_login_that_nobody_has_costs_the_same_statements(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    person, statements = office.sign_up(), []
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, statement: Any, *arguments: Any, **options: Any) -> Any:
        statements.append(str(statement).split()[:4])
        return execute(cursor, statement, *arguments, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", noted)
    ran = []
    for login in (person.mobile, office.registration().mobile):
        statements.clear()
        assert _answer(office, login, client=CAFE) == "sign_in_failed"
        ran.append(list(statements))
    assert ran[0] == ran[1]
    assert len(ran[0]) > 5


def test_a_good_sign_in_clears_its_place(office: Any) -> None:
    person = office.sign_up()
    for _ in range(2):
        assert _guess(office, person.mobile, 4, client=CAFE) == ["sign_in_failed"] * 4
        office.sign_in(person.mobile, client=CAFE)


@pytest.mark.usefixtures("full_cost")
def test_guessing_in_parallel_gives_no_more_guesses(office: Any) -> None:
    person = office.sign_up()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _answer(office, person.mobile, client=CAFE), range(10)))
    assert answers.count("sign_in_failed") == 5
    assert answers.count("sign_in_slowed") == 5


def test_a_device_keeps_its_token_and_another_account_gets_its_own(office: Any) -> None:
    person, other = office.sign_up(), office.sign_up()
    token = office.sign_in(person.mobile, client=HOME).device_token
    assert office.sign_in(person.mobile, client=CAFE, device=token).device_token == token
    assert office.sign_in(other.mobile, client=HOME, device=token).device_token != token
    program = SignIn(login=person.mobile, password="Ink-stone 27", client=HOME)
    assert office.call(identity.SIGN_IN, program).device_token is None


def test_old_failures_and_places_are_forgotten(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    office.sign_in(person.mobile, client=HOME)
    _guess(office, person.mobile, 3, client=CAFE)
    assert office.harness.sweep("forget_attempts") == 0
    later(days=2)
    assert office.harness.sweep("forget_attempts") == 4
    later(days=180)
    assert office.harness.sweep("forget_attempts") == 2
