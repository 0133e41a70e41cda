"""Signing up: persons, organisations, and everything that is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.testing import service_actor
from contracts.base import Empty
from contracts.identity import ChangeEmail, ConfirmEmail, RequestOtp
from sqlalchemy import text

from contracts import identity


def _codes(problem: Problem) -> set[tuple[str, str]]:
    return {(error.field, error.code) for error in problem.errors}


@pytest.mark.requirement("I-01")
def test_a_person_signs_up_with_a_code_and_a_resident_id(office: Any) -> None:
    person = office.sign_up(id_number="11010519491231002X")
    account = office.call(identity.GET_ACCOUNT, Empty(), person.actor)
    assert account.kind == "natural_person"
    assert account.id_number == "1101**********002X"
    assert account.mobile == f"138****{person.mobile[-4:]}"
    assert account.verification == "none"
    (event,) = office.harness.events(identity.ACCOUNT_REGISTERED)
    assert event.account_id == person.account_id
    assert {message.template for message in office.messages(person.mobile)} == {"otp_sign_up", "account_registered"}


@pytest.mark.requirement("I-12")
def test_id_number_password_and_code_are_nowhere_in_clear(office: Any) -> None:
    person = office.sign_up()
    with office.harness.uow() as uow:
        named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%version'"
        for table in uow.session.execute(text(named)).scalars().all():
            for row in uow.session.execute(text(f'SELECT t::text FROM "{table}" t')).scalars():  # noqa: S608  own tables
                assert person.id_number not in row, table
                assert "Ink-stone" not in row, table
    code = office.code_for(person.mobile, "sign_in")
    with office.harness.uow() as uow:
        rows = uow.session.execute(text("SELECT m::text FROM messages m WHERE template = 'otp_sign_in'")).scalars()
        assert all(f" {code}" not in row for row in rows)


@pytest.mark.requirement("I-02")
def test_an_organisation_signs_up_with_its_code_and_seal(office: Any) -> None:
    organisation = office.sign_up_organisation()
    account = office.call(identity.GET_ACCOUNT, Empty(), organisation.actor)
    assert account.organisation_name == "北京墨石文化有限公司"
    assert account.uscc


@pytest.mark.requirement("I-02")
def test_an_organisation_needs_a_readable_seal_of_its_own_sign_up(office: Any) -> None:
    with pytest.raises(Problem) as caught:
        office.sign_up_organisation(seal_receipt=None)
    assert caught.value.code == "seal_required"
    with pytest.raises(Problem) as caught:
        office.sign_up_organisation(sign_up="visitor-2")
    assert caught.value.code == "receipt_invalid"
    archive = office.harness.sealed_receipt("visitor-1", b"PK\x03\x04 a renamed archive")
    with pytest.raises(Problem) as caught:
        office.sign_up_organisation(seal_receipt=archive)
    assert caught.value.code == "seal_unreadable"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mobile": "12345"}, "mobile_invalid"),
        ({"id_number": "110105194912310021"}, "id_number_invalid"),
        ({"password": "12345678"}, "password_weak"),
        ({"name": " \u200b "}, "name_invalid"),
        ({"name": "王\u0308\u0301\u0306\u030c\u0302小明"}, "name_invalid"),
        ({"name": "\u0308王小明"}, "name_invalid"),
        ({"email": "nobody"}, "email_invalid"),
        ({"account_name": "13800138000"}, "account_name_invalid"),
        (
            {"kind": "organisation", "uscc": "91350100M000100Y44", "organisation_name": "甲", "seal_receipt": "x"},
            "uscc_invalid",
        ),
        ({"kind": "organisation", "uscc": "91350100M000100Y43", "seal_receipt": "x"}, "organisation_name_required"),
        (
            {
                **{"kind": "organisation", "uscc": "91350100M000100Y43", "seal_receipt": "x"},
                "organisation_name": "长江\u0308\u0308\u0308文化",
            },
            "organisation_name_required",
        ),
    ],
)
def test_one_bad_field_has_its_own_code(office: Any, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Problem) as caught:
        office.call(identity.REGISTER_ACCOUNT, office.registration(otp="000000", **change))
    assert caught.value.code == code
    assert caught.value.errors


def test_several_bad_fields_are_told_at_once(office: Any) -> None:
    request = office.registration(otp="000000", mobile="1", id_number="1", password="1")
    with pytest.raises(Problem) as caught:
        office.call(identity.REGISTER_ACCOUNT, request)
    assert caught.value.code == "request_invalid"
    fields = {("mobile", "mobile_invalid"), ("id_number", "id_number_invalid"), ("password", "password_too_short")}
    assert _codes(caught.value) >= fields


def test_a_mobile_is_said_to_be_taken_only_to_who_proved_it(office: Any) -> None:
    first = office.sign_up(client="192.0.2.1")
    for mobile in (first.mobile, office.registration().mobile):
        stranger = office.registration(mobile=mobile, otp="000000", client="198.51.100.1")
        with pytest.raises(Problem, match="otp_expired"):
            office.call(identity.REGISTER_ACCOUNT, stranger)
    with pytest.raises(Problem, match="mobile_taken"):
        office.sign_up(mobile=first.mobile)


@pytest.mark.requirement("I-01")
@pytest.mark.requirement("I-02")
def test_sign_up_says_nothing_of_numbers_and_names_that_others_have(office: Any) -> None:
    """Whoever enters another's ID number, credit code, name or address signs up as if nobody had it."""
    first = office.sign_up(account_name="moshi", email="moshi@example.com")
    office.call(
        identity.CONFIRM_EMAIL,
        ConfirmEmail(otp=office.code_in(office.messages("moshi@example.com")[0])),
        first.actor,
    )
    office.verify(first)
    company = office.sign_up_organisation()
    code = office.call(identity.GET_ACCOUNT, Empty(), company.actor).uscc
    office.verify(company)
    for change in (
        {"id_number": first.id_number},
        {"id_number": first.id_number.lower()},
        {"email": "Moshi@example.com"},
    ):
        assert office.sign_up(**change).account_id
    assert office.sign_up_organisation(uscc=code).account_id
    second = office.sign_up(account_name="MoShi")
    assert office.call(identity.GET_ACCOUNT, Empty(), second.actor).account_name is None
    assert "account_name_unavailable" in {message.template for message in office.messages(second.account_id)}
    assert office.sign_in("moshi").account.account_id == first.account_id
    assert office.sign_in("moshi@example.com").account.account_id == first.account_id


@pytest.mark.requirement("S-01")
@pytest.mark.usefixtures("full_cost")
def test_of_two_sign_ups_at_once_with_one_account_name_one_gets_it(office: Any) -> None:
    def sign_up(_: int) -> str | None:
        person = office.sign_up(account_name="inkstone")
        name: str | None = office.call(identity.GET_ACCOUNT, Empty(), person.actor).account_name
        return name

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(sign_up, range(3)), key=str) == [None, None, "inkstone"]


def test_a_refused_sign_up_does_not_use_the_code_up(office: Any) -> None:
    request = office.registration(password="12345678")
    code = office.code_for(request.mobile, "sign_up")
    with pytest.raises(Problem, match="password_weak"):
        office.call(identity.REGISTER_ACCOUNT, request.model_copy(update={"otp": code}))
    other = office.registration(mobile=request.mobile, otp=code)
    assert office.call(identity.REGISTER_ACCOUNT, other).account_id


@pytest.mark.requirement("S-01")
def test_a_repeated_request_is_answered_with_the_same_account(office: Any) -> None:
    request = office.registration()
    request = request.model_copy(update={"otp": office.code_for(request.mobile, "sign_up")})
    request_id = new_id("req")
    first = office.call(identity.REGISTER_ACCOUNT, request, request_id=request_id)
    assert office.call(identity.REGISTER_ACCOUNT, request, request_id=request_id) == first
    assert len(office.harness.events(identity.ACCOUNT_REGISTERED)) == 1


@pytest.mark.requirement("S-01")
@pytest.mark.usefixtures("full_cost")
def test_of_two_sign_ups_at_once_with_one_mobile_one_wins(office: Any) -> None:
    mobile = office.registration().mobile
    code = office.code_for(mobile, "sign_up")

    def sign_up(_: int) -> str:
        try:
            office.call(identity.REGISTER_ACCOUNT, office.registration(mobile=mobile, otp=code))
        except Problem as problem:
            return problem.code
        return "registered"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(sign_up, range(4))) == ["mobile_taken"] * 3 + ["registered"]


def test_an_email_address_counts_once_its_code_came_back(office: Any) -> None:
    person = office.sign_up(email="Zhang.San@example.com")
    (letter,) = office.messages("zhang.san@example.com")
    with pytest.raises(Problem, match="sign_in_failed"):
        office.sign_in("zhang.san@example.com")
    account = office.call(identity.CONFIRM_EMAIL, ConfirmEmail(otp=office.code_in(letter)), person.actor)
    assert account.email_confirmed
    assert office.sign_in("ZHANG.SAN@example.com").account.account_id == person.account_id
    other = office.sign_up()
    office.call(identity.CHANGE_EMAIL, ChangeEmail(email="zhang.san@example.com"), other.actor)
    code = office.code_in(office.messages("zhang.san@example.com")[0])
    with pytest.raises(Problem, match="email_taken"):
        office.call(identity.CONFIRM_EMAIL, ConfirmEmail(otp=code), other.actor)


def test_messages_come_in_the_language_chosen_at_sign_up(office: Any) -> None:
    person = office.sign_up(language="en")
    assert office.messages(person.account_id)[0].subject == "Your account is ready"


def test_only_the_gateway_reads_the_sandbox(office: Any) -> None:
    person = office.sign_up()
    for actor in (person.actor, office.reviewer, service_actor("filing")):
        with pytest.raises(Problem, match="forbidden"):
            office.call(identity.SANDBOX_MESSAGES, identity.SandboxMessages(), actor)


def test_production_has_no_sandbox_methods(
    service_harness: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    harness = service_harness("identity", profile="production")
    assert harness.sweep("seed_sandbox_staff") == 0
    for method, request in (
        (identity.SANDBOX_STAFF, Empty()),
        (identity.SANDBOX_MESSAGES, identity.SandboxMessages()),
    ):
        with pytest.raises(Problem, match="not_found"):
            harness.call(method, request, service_actor("gateway"))


def test_production_does_not_call_a_code_sent_that_nobody_sends(service_harness: Callable[..., Any]) -> None:
    harness = service_harness("identity", profile="production")
    with pytest.raises(Problem, match="service_unavailable"):
        harness.call(identity.REQUEST_OTP, RequestOtp(purpose="sign_up", mobile="13800138000"))


def test_a_code_to_sign_needs_an_account(office: Any) -> None:
    with pytest.raises(Problem, match="not_signed_in"):
        office.call(identity.REQUEST_OTP, RequestOtp(purpose="sign", mobile="13800138000"))
    person, other = office.sign_up(), office.sign_up()
    with pytest.raises(Problem, match="forbidden"):
        office.call(identity.REQUEST_OTP, RequestOtp(purpose="sign", mobile=other.mobile), person.actor)
