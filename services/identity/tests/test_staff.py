"""Staff: seeded in confinement, second factor compulsory, no code twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.base import STAFF_ROLES
from contracts.identity import SignIn

from contracts import identity


@pytest.mark.requirement("I-11")
def test_the_sandbox_makes_its_staff_once(office: Any) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _: office.harness.sweep("seed_sandbox_staff"), range(3)))
    assert sorted(made) == [0, 0, 12]
    roles = [role for member in office.staff() for role in member.roles]
    assert set(roles) == set(STAFF_ROLES)
    assert roles.count("examiner") == roles.count("customer_service") == 2
    assert office.harness.sweep("seed_sandbox_staff") == 0


@pytest.mark.requirement("I-11")
def test_staff_sign_in_with_password_and_totp(office: Any) -> None:
    member = office.seed_staff()["reviewer"]
    tokens = office.sign_in(member.login, member.password, member.totp)
    actor = office.actor_of(tokens)
    assert (actor.kind, actor.roles) == ("staff", frozenset({"reviewer"}))
    assert tokens.account.roles == ["reviewer"]


@pytest.mark.requirement("I-11")
def test_staff_do_not_get_in_without_the_second_factor(office: Any) -> None:
    member = office.seed_staff()["cashier"]
    with pytest.raises(Problem, match="totp_required"):
        office.sign_in(member.login, member.password)
    with pytest.raises(Problem, match="totp_wrong"):
        office.sign_in(member.login, member.password, "000000" if member.totp != "000000" else "000001")
    with pytest.raises(Problem, match="sign_in_failed"):
        office.sign_in(member.login, "wrong password 1", member.totp)


@pytest.mark.requirement("I-11")
def test_a_totp_code_signs_in_once(office: Any, later: Callable[..., None]) -> None:
    member = office.seed_staff()["examiner1"]
    office.sign_in(member.login, member.password, member.totp)
    with pytest.raises(Problem, match="totp_used"):
        office.sign_in(member.login, member.password, member.totp)
    shown = {item.login: item for item in office.staff()}["examiner1"]
    assert shown.totp != member.totp
    office.sign_in(member.login, member.password, shown.totp)
    later(minutes=5)
    with pytest.raises(Problem, match="totp_wrong"):
        office.sign_in(member.login, member.password, shown.totp)
    fresh = {item.login: item for item in office.staff()}["examiner1"]
    assert office.sign_in(member.login, member.password, fresh.totp)


def test_a_used_code_sent_again_and_again_locks_nobody_out(office: Any) -> None:
    member = office.seed_staff()["senior"]
    office.sign_in(member.login, member.password, member.totp)
    for _ in range(7):
        with pytest.raises(Problem, match="totp_used") as used:
            office.sign_in(member.login, member.password, member.totp)
        assert 1 <= used.value.params["seconds"] <= 30
    fresh = {item.login: item for item in office.staff()}["senior"]
    assert office.sign_in(member.login, member.password, fresh.totp)


def test_the_same_totp_code_at_once_lets_one_in(office: Any) -> None:
    member = office.seed_staff()["examiner2"]

    def enter(_: int) -> str:
        try:
            office.sign_in(member.login, member.password, member.totp)
        except Problem as problem:
            return problem.code
        return "in"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(enter, range(3))) == ["in", "totp_used", "totp_used"]


@pytest.mark.requirement("I-11")
def test_guessing_totp_codes_slows_down_the_guesser_alone(office: Any) -> None:
    member = office.seed_staff()["admin"]
    known = office.sign_in(member.login, member.password, member.totp, client="192.0.2.1").device_token
    wrong = {item.login: item for item in office.staff()}["admin"].totp[::-1] + "0"
    for _ in range(5):
        with pytest.raises(Problem, match="totp_wrong"):
            office.sign_in(member.login, member.password, wrong, client="198.51.100.1")
    with pytest.raises(Problem, match="sign_in_slowed"):
        office.sign_in(member.login, member.password, wrong, client="198.51.100.1")
    right = {item.login: item for item in office.staff()}["admin"].totp
    assert office.sign_in(member.login, member.password, right, client="198.51.100.1", device=known)


def test_staff_sessions_are_short(office: Any, later: Callable[..., None]) -> None:
    member = office.seed_staff()["archivist"]
    tokens = office.sign_in(member.login, member.password, member.totp)
    later(hours=2, minutes=1)
    with pytest.raises(Problem, match="session_expired"):
        office.call(identity.REFRESH_SESSION, identity.RefreshSession(refresh_token=tokens.refresh_token))


def test_staff_do_not_sign_in_by_sms(office: Any) -> None:
    office.seed_staff()
    with pytest.raises(Problem, match="mobile_invalid"):
        office.call(identity.SIGN_IN, SignIn(mobile="reviewer", otp="000000"))
