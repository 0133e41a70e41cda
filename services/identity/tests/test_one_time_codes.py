"""One-time codes: how long, how often, how many."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.identity import RequestOtp, SignIn

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


def test_another_code_comes_after_a_minute_and_replaces_the_first(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    first = office.code_for(person.mobile, "sign_in")
    with pytest.raises(Problem) as caught:
        office.code_for(person.mobile, "sign_in")
    assert caught.value.code == "otp_resend_too_soon"
    assert 50 <= caught.value.params["seconds"] <= 60
    later(seconds=61)
    second = office.code_for(person.mobile, "sign_in")
    if first != second:
        with pytest.raises(Problem, match="otp_wrong"):
            _sign_in(office, person.mobile, first)
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


def test_mobiles_and_clients_have_their_limits(
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
