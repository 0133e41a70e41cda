"""Another mobile for an account: a code to each number, and nobody takes another's."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity import RequestOtp
from contracts.identity.mobiles import CHANGE_MOBILE, SEND_MOBILE_CODES, ChangeMobile, SendMobileCodes

from contracts import identity

pytestmark = pytest.mark.requirement("I-01")
OTHER = "15912340000"


def ask(office: Any, person: Any, mobile: str = OTHER) -> tuple[str, str]:
    """The codes as they arrive at the number in use and at the other."""
    office.call(SEND_MOBILE_CODES, SendMobileCodes(mobile=mobile), person.actor)
    return office.code_in(office.messages(person.mobile)[0]), office.code_in(office.messages(mobile)[0])


def change(office: Any, person: Any, otp: str, new_otp: str, mobile: str = OTHER) -> Any:
    return office.call(CHANGE_MOBILE, ChangeMobile(mobile=mobile, otp=otp, new_otp=new_otp), person.actor)


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_with_both_codes_the_new_number_signs_in_and_the_old_one_is_told(office: Any) -> None:
    person = office.sign_up()
    codes = ask(office, person)
    assert change(office, person, *codes).mobile == "159****0000"
    assert office.sign_in(OTHER).account.account_id == person.account_id
    with pytest.raises(Problem, match="sign_in_failed"):
        office.sign_in(person.mobile)
    told = office.messages(person.mobile)[0]
    assert (told.template, "159****0000" in told.body) == ("mobile_changed", True)
    with pytest.raises(Problem, match="mobile_unchanged"):
        change(office, person, *codes)


def test_each_code_says_for_which_of_the_numbers_it_is(office: Any) -> None:
    person = office.sign_up()
    ask(office, person)
    old, new = office.messages(person.mobile)[0].body, office.messages(OTHER)[0].body
    assert ("原号码" in old, "新号码" in old, "原号码" in new, "新号码" in new) == (True, False, False, True)


@pytest.mark.parametrize("wrong", ["otp", "new_otp"])
def test_one_code_is_not_enough(office: Any, wrong: str) -> None:
    person = office.sign_up()
    otp, new_otp = ask(office, person)
    given = {"otp": otp, "new_otp": new_otp}
    given[wrong] = other(given[wrong])
    with pytest.raises(Problem) as refused:
        change(office, person, **given)
    assert (refused.value.code, [error.field for error in refused.value.errors]) == ("otp_wrong", [wrong])
    assert office.sign_in(person.mobile).account.mobile.endswith(person.mobile[-4:])
    change(office, person, otp, new_otp)


def test_a_number_of_somebody_else_stays_theirs(office: Any) -> None:
    person, somebody = office.sign_up(), office.sign_up()
    codes = ask(office, person, somebody.mobile)
    with pytest.raises(Problem, match="mobile_taken"):
        change(office, person, *codes, mobile=somebody.mobile)
    assert office.sign_in(somebody.mobile).account.account_id == somebody.account_id


def test_codes_of_one_account_change_no_other(office: Any) -> None:
    person, somebody = office.sign_up(), office.sign_up()
    codes = ask(office, person)
    with pytest.raises(Problem, match="otp_expired"):
        change(office, somebody, *codes)
    assert office.call(identity.GET_ACCOUNT, Empty(), somebody.actor).mobile.endswith(somebody.mobile[-4:])


def test_whose_number_is_theirs_already_is_told_so(office: Any) -> None:
    person = office.sign_up()
    with pytest.raises(Problem, match="mobile_unchanged"):
        ask(office, person, person.mobile)


@pytest.mark.requirement("W-04")
@pytest.mark.parametrize("purpose", ["sign_up", "sign_in", "recover"])
def test_who_has_no_account_yet_is_answered_in_the_language_of_the_page(office: Any, purpose: str) -> None:
    asked = RequestOtp.model_validate({"purpose": purpose, "mobile": "15912349999", "language": "en"})
    office.call(identity.REQUEST_OTP, asked)
    assert office.messages("15912349999")[0].body.startswith("[Copyright Registry]")


@pytest.mark.requirement("W-04")
def test_what_a_verification_says_is_in_the_accounts_language(office: Any) -> None:
    """Drafts can be written before it, and both messages say so."""
    person = office.sign_up(language="en")
    assert "You can write an application now" in office.messages(person.mobile)[0].body
    submitted = office.submit(person)
    office.harness.run_worker()
    office.decide(submitted.verification_id, "refuse", "The photograph is not sharp")
    assert "was not approved: The photograph is not sharp" in office.messages(person.mobile)[0].body
    office.verify(person)
    assert "drafts that you have written" in office.messages(person.mobile)[0].body
