"""One-time codes: how long, how often, how many."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.identity import RequestOtp, SignIn
from sqlalchemy import text

from contracts import identity


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def _sign_in(office: Any, mobile: str, code: str) -> Any:
    return office.call(identity.SIGN_IN, SignIn(mobile=mobile, otp=code))


@pytest.mark.requirement("I-03")
def test_a_code_signs_in_once(office: Any) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in")
    assert _sign_in(office, person.mobile, code).account.account_id == person.account_id
    with pytest.raises(Problem, match="otp_expired"):
        _sign_in(office, person.mobile, code)


def test_a_code_is_good_for_its_purpose_only(office: Any) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "recover")
    with pytest.raises(Problem, match="otp_expired"):
        _sign_in(office, person.mobile, code)


def test_a_code_dies_after_five_minutes(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in")
    later(minutes=4, seconds=50)
    with pytest.raises(Problem, match="otp_wrong"):
        _sign_in(office, person.mobile, _wrong(code))
    later(seconds=15)
    with pytest.raises(Problem, match="otp_expired"):
        _sign_in(office, person.mobile, code)


def test_five_wrong_codes_kill_it_and_each_says_how_many_are_left(office: Any) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in")
    left = []
    for _ in range(4):
        with pytest.raises(Problem) as caught:
            _sign_in(office, person.mobile, _wrong(code))
        left.append(caught.value.params["attempts_left"])
    assert left == [4, 3, 2, 1]
    for attempt in (_wrong(code), code):
        with pytest.raises(Problem, match="otp_too_many"):
            _sign_in(office, person.mobile, attempt)


def test_guessing_in_parallel_gives_no_more_guesses(office: Any) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in")

    def guess(_: int) -> str:
        try:
            _sign_in(office, person.mobile, _wrong(code))
        except Problem as problem:
            return problem.code
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(12)))
    assert answers.count("otp_wrong") == 4
    assert answers.count("otp_too_many") == 8


def test_another_code_comes_after_a_minute_and_the_first_still_counts(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    first = office.code_for(person.mobile, "sign_in")
    with pytest.raises(Problem) as caught:
        office.code_for(person.mobile, "sign_in")
    assert caught.value.code == "otp_resend_too_soon"
    assert 50 <= caught.value.params["seconds"] <= 60
    later(seconds=61)
    second = office.code_for(person.mobile, "sign_in")
    assert _sign_in(office, person.mobile, first)
    assert _sign_in(office, person.mobile, second)


def test_two_requests_at_once_send_one_code(office: Any) -> None:
    person = office.sign_up()

    def ask(_: int) -> str:
        try:
            office.call(identity.REQUEST_OTP, RequestOtp(purpose="sign_in", mobile=person.mobile))
        except Problem as problem:
            return problem.code
        return "sent"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask, range(4))) == ["otp_resend_too_soon"] * 3 + ["sent"]


def test_numbers_and_networks_have_their_limits(
    office: Any, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_OTP_PER_TARGET_HOUR", "2")
    monkeypatch.setenv("REGISTRY_OTP_PER_CLIENT_HOUR", "3")
    mobile = office.registration().mobile
    for _ in range(2):
        office.code_for(mobile, "sign_up", client="192.0.2.1")
        later(seconds=61)
    with pytest.raises(Problem, match="otp_too_many"):
        office.code_for(mobile, "sign_up", client="192.0.2.2")
    office.code_for(office.registration().mobile, "sign_up", client="192.0.2.1")
    with pytest.raises(Problem, match="otp_too_many"):
        office.code_for(office.registration().mobile, "sign_up", client="192.0.2.1")
    later(hours=1)
    assert office.code_for(mobile, "sign_up", client="192.0.2.1")


@pytest.mark.parametrize("mine", ["192.0.2.1", "2001:db8:1:2::5"])
def test_one_network_uses_up_its_own_share_of_a_number(
    office: Any, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch, mine: str
) -> None:
    monkeypatch.setenv("REGISTRY_OTP_PER_REQUESTER_HOUR", "2")
    mobile = office.registration().mobile
    strangers = ("198.51.100.9", "198.51.100.9") if "." in mine else ("2001:db8:9:9::1", "2001:db8:9:9:ffff::1")
    for number, client in enumerate(strangers):
        office.code_for(mobile, "sign_up", client=client, browser=f"browser-{number}")
    with pytest.raises(Problem, match="otp_too_many"):
        office.code_for(mobile, "sign_up", client=strangers[0], browser="another")
    later(seconds=1)
    assert office.code_for(mobile, "sign_up", client=mine)


def test_all_that_strangers_ask_for_is_bounded(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each code costs money, whoever asks, from wherever, for whichever number."""
    person = office.sign_up()
    monkeypatch.setenv("REGISTRY_OTP_ALL_DAY", "3")
    for number in range(2):
        office.code_for(office.registration().mobile, "sign_up", client=f"198.51.100.{number}")
    with pytest.raises(Problem, match="otp_too_many"):
        office.code_for(office.registration().mobile, "sign_up", client="198.51.100.99")
    assert office.code_for(person.mobile, "sign", person.actor)


@pytest.mark.requirement("I-03")
def test_strangers_use_up_nobodys_codes(
    office: Any, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever they ask for with somebody's number: who has the number signs in, signs, and changes nothing."""
    monkeypatch.setenv("REGISTRY_OTP_PER_TARGET_HOUR", "3")
    person = office.sign_up(client="192.0.2.1")
    device = office.sign_in(person.mobile, client="192.0.2.1").device_token
    for number in range(6):
        for purpose in ("sign_in", "sign_up", "recover"):
            with suppress(Problem):
                office.code_for(person.mobile, purpose, client=f"198.51.100.{number}")
    with pytest.raises(Problem, match="otp_too_many"):
        office.code_for(person.mobile, "sign_in", client="203.0.113.1")
    assert office.code_for(person.mobile, "sign", person.actor)
    home = office.code_for(person.mobile, "sign_in", client="192.0.2.1")
    assert office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=home, client="192.0.2.1"))
    away = office.code_for(person.mobile, "sign_in", client="203.0.113.1", device=device)
    assert office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=away, client="203.0.113.1"))
    assert office.sign_in(person.mobile, client="203.0.113.1")


@pytest.mark.requirement("I-03")
@pytest.mark.parametrize("way", ["network", "browser"])
def test_what_others_ask_for_or_guess_takes_nothing_from_the_code_in_hand(office: Any, way: str) -> None:
    person = office.sign_up()
    mine = {"client": "192.0.2.1", "browser": "mine" if way == "browser" else ""}
    theirs = {"client": "192.0.2.1" if way == "browser" else "198.51.100.1", "browser": "theirs"}
    code = office.code_for(person.mobile, "sign_in", **mine)
    office.code_for(person.mobile, "sign_in", **theirs)
    answers = []
    for _ in range(12):
        with pytest.raises(Problem) as caught:
            office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=_wrong(code), **theirs))
        answers.append(caught.value.code)
    assert answers.count("otp_wrong") == 4
    with pytest.raises(Problem, match="otp_too_many"):
        office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=code, **theirs))
    assert office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=code, **mine))


def test_a_code_may_be_typed_in_elsewhere(office: Any) -> None:
    """Asked for at home, typed in on the way: it counts, for a few attempts of its own."""
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in", client="192.0.2.1")
    assert office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=code, client="198.51.100.1"))


def test_a_code_bears_ten_guesses_wherever_they_come_from(office: Any) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in", client="192.0.2.1")
    for number in range(40):
        client = "192.0.2.1" if number % 2 else f"198.51.100.{number}"
        with pytest.raises(Problem, match=r"otp_wrong|otp_too_many|otp_expired"):
            office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=_wrong(code), client=client))
    with office.harness.uow() as uow:
        counted = text("SELECT attempts, strange_attempts FROM one_time_codes WHERE purpose = 'sign_in'")
        assert tuple(uow.session.execute(counted).one()) == (5, 5)


def test_a_number_without_account_learns_so_and_nobody_else_does(office: Any) -> None:
    stranger, person = office.registration().mobile, office.sign_up()
    reply = office.call(identity.REQUEST_OTP, RequestOtp(purpose="sign_in", mobile=stranger))
    assert reply == office.call(identity.REQUEST_OTP, RequestOtp(purpose="sign_in", mobile=person.mobile))
    assert office.messages(stranger)[0].template == "otp_no_account"
    with pytest.raises(Problem, match="otp_wrong"):
        _sign_in(office, stranger, "000000")


def test_old_codes_are_forgotten(office: Any, later: Callable[..., None]) -> None:
    office.sign_up()
    assert office.harness.sweep("forget_codes") == 0
    later(days=3)
    assert office.harness.sweep("forget_codes") == 1


@pytest.mark.requirement("I-03")
def test_a_right_code_with_blanks_or_full_width_digits_is_never_counted_against_the_person(office: Any) -> None:
    for shape in (" {0} {1} ", "{0}-{1}", "\u202d{0}{1}\u202c", "{2}"):
        person = office.sign_up()
        code = office.code_for(person.mobile, "sign_in")
        wide = code.translate({ord("0") + n: ord("０") + n for n in range(10)})
        typed = shape.format(code[:3], code[3:], wide)
        assert _sign_in(office, f"+86 {person.mobile}", typed).account.account_id == person.account_id
