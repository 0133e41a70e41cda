"""Rules of sign-up: what an account needs, and every problem of a request at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from chassis.errors import FieldError, Problem
from contracts.identity import IdType, RegisterAccount

from contracts import text as typed
from identity.accounts import id_numbers
from identity.accounts.id_numbers import NumberInvalid
from identity.accounts.passwords import MINIMUM, reasons_against

_ACCOUNT_NAME = re.compile(r"[a-z\u4e00-\u9fff][a-z0-9_.\u4e00-\u9fff-]{3,39}")


@dataclass(frozen=True)
class Registration:
    """A sign-up whose fields are well formed, in normal form."""

    mobile: str
    name: str
    id_type: IdType
    id_number: str
    organisation_name: str | None
    uscc: str | None
    account_name: str | None
    email: str | None


def check_registration(
    request: RegisterAccount, today: date, agreement: Iterable[FieldError] = ()
) -> tuple[Registration | None, list[FieldError]]:
    """The registration, or everything that is wrong with it, field by field; ``agreement``: what it has to agree to."""
    errors: list[FieldError] = []

    def checked(field: str, code: str, normal_form: Callable[[str], str], text: str) -> str:
        try:
            return normal_form(text)
        except NumberInvalid as error:
            errors.append(FieldError(field, code, {"reason": error.reason}))
            return ""

    mobile = checked("mobile", "mobile_invalid", id_numbers.mobile, request.mobile)
    name = clean_name(request.name)
    if not name:
        errors.append(FieldError("name", "name_invalid"))
    id_type: IdType = request.id_type
    number = ""
    try:
        id_type, number = id_numbers.id_number(request.id_type, request.id_number, today)
    except NumberInvalid as error:
        errors.append(FieldError("id_number", "id_number_invalid", {"reason": error.reason}))
    organisation_name = uscc = None
    if request.kind == "organisation":
        organisation_name = clean_name(request.organisation_name or "")
        if not organisation_name:
            errors.append(FieldError("organisation_name", "organisation_name_required"))
        uscc = checked("uscc", "uscc_invalid", id_numbers.social_credit_code, request.uscc or "")
        if not request.seal_receipt:
            errors.append(FieldError("seal_upload_id", "seal_required"))
    account_name = None
    if request.account_name:
        account_name = normal_account_name(request.account_name)
        if account_name is None:
            errors.append(FieldError("account_name", "account_name_invalid"))
    email = checked("email", "email_invalid", id_numbers.email, request.email) if request.email else None
    personal = tuple(value for value in (mobile, number, account_name or "", request.email or "") if value)
    errors += [*password_errors("password", request.password, personal), *agreement]
    if errors:
        return None, errors
    return Registration(mobile, name, id_type, number, organisation_name, uscc, account_name, email), []


def password_errors(field: str, password: str, personal: tuple[str, ...]) -> list[FieldError]:
    """What is wrong with a new password, as errors of its field."""
    return [
        FieldError(field, reason, {"minimum": MINIMUM} if reason == "password_too_short" else {})
        for reason in reasons_against(password, personal)
    ]


def as_problem(errors: list[FieldError]) -> Problem:
    """One problem with its own code, several as ``request_invalid``; passwords as ``password_weak``."""
    if all(error.field == "password" for error in errors):
        return Problem("password_weak", errors=errors)
    if len(errors) == 1:
        return Problem(errors[0].code, errors=errors, **errors[0].params)
    return Problem("request_invalid", errors=errors)


def clean_name(text: str) -> str:
    """A name as it is stored; empty when there is no letter in it, or a character that cannot stand in a register."""
    cleaned = typed.name(text)
    return cleaned if typed.has_letters(cleaned) and not typed.strange(cleaned) else ""


def normal_account_name(text: str) -> str | None:
    """Four to forty letters, digits, ``_ . -``, beginning with a letter: never to be taken for a mobile or e-mail."""
    cleaned = typed.login(text)
    return cleaned if _ACCOUNT_NAME.fullmatch(cleaned) else None
