"""Getting an account back: states, who may take which step, clocks. Pure.

Whoever asks may be a stranger: certificates are public. What is said before customer service has decided is therefore
the same for every number, and what is said after a refusal has no words of the office's own.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from chassis.calendar import add_working_days
from contracts.identity import Agreement, RecoveryOutcome, RecoveryState
from contracts.identity.recoveries import ComparisonGap

Action = Literal[
    "submit",
    "propose",
    "grant",
    "confirm",
    "back",
    "refuse",
    "advise",
    "reopen",
    "object",
    "stop",
    "apply",
    "fail",
    "put_back",
]
ANSWER_WORKING_DAYS = 3
CLAIM_LIFE = timedelta(hours=1)
"""After that a colleague may take over what somebody claimed and left."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LETTERS = 12

TRANSITIONS: dict[tuple[RecoveryState | None, Action], RecoveryState] = {
    (None, "submit"): "open",
    ("open", "propose"): "proposed",
    ("open", "grant"): "waiting",
    ("open", "refuse"): "refused",
    ("open", "advise"): "advised",
    ("proposed", "confirm"): "waiting",
    ("proposed", "back"): "open",
    ("waiting", "object"): "objected",
    ("waiting", "stop"): "objected",
    ("waiting", "apply"): "done",
    ("waiting", "fail"): "failed",
    ("advised", "reopen"): "open",
    ("done", "put_back"): "returned",
}
"""A mobile signs in by itself, so its change is *proposed* by one and *confirmed* by another; so is a move of cases. An
e-mail address signs in with the password only, and is *granted* by one. Its holder *objects* with the code that was
sent; whoever of the office hears of a mistake can *stop* it alone, for nothing has changed yet."""
UNDER_WAY: tuple[RecoveryState, ...] = ("open", "proposed", "waiting")
NOTHING_TO_COMPARE: tuple[RecoveryState, ...] = ("waiting", "objected", "done")
"""The proof that came with the request is kept while it can be disputed; that of the account is shown no more."""
NOTHING_TO_PROVE: tuple[RecoveryState, ...] = ("refused", "advised", "failed", "returned")
FIRST_STEP: dict[RecoveryOutcome, Action] = {
    "mobile_changed": "propose",
    "email_changed": "grant",
    "cases_moved": "propose",
}
_ADDRESS: dict[RecoveryOutcome, str] = {"mobile_changed": "mobile", "email_changed": "email"}
"""Outcome → what kind of address it needs."""


DISPUTED: tuple[RecoveryState, ...] = ("objected", "returned")
"""An objection or the office stopped it, or it was put back; a late objection is told by its time alone."""


@dataclass(frozen=True)
class Parties:
    """Who has to do with a recovery: ids and addresses that whoever decides must have none of."""

    account_id: str | None
    submitted_by: str
    contact: str
    known: tuple[str, ...] = ()

    def involve(self, account_id: str, addresses: tuple[str | None, ...]) -> bool:
        """Whether somebody with this id and these addresses is one of them."""
        theirs = {self.contact, *self.known} - {""}
        return account_id in (self.account_id, self.submitted_by) or not theirs.isdisjoint(addresses)


@dataclass(frozen=True)
class Evidence:
    """What an account's identity was verified by; ``document`` names an ID document or organisation code."""

    kind: str
    verified: bool
    document: str | None


def fits(outcome: RecoveryOutcome, contact_kind: str, *, asks_for_cases: bool) -> bool:
    """Whether a request can end so: an account that asks for cases gets these or is refused."""
    if asks_for_cases or outcome == "cases_moved":
        return asks_for_cases and outcome in ("cases_moved", "refused")
    return _ADDRESS.get(outcome, contact_kind) == contact_kind


def gap(outcome: RecoveryOutcome | None, said: Mapping[str, Any]) -> ComparisonGap | None:
    """What keeps a change of the address that signs in: somebody who asked has not said both name and number of the
    account, or has said another one. What the account never kept cannot be compared, and keeps nothing."""
    if outcome not in _ADDRESS:
        return None
    if "different" in (said.get("name"), said.get("id_number")):
        return "different"
    return None if said.get("name") and said.get("id_number") else "not_compared"


def same_number(said: str, kept: str) -> bool:
    """Whether two numbers name the same person or organisation. The old ones still stand in the new: fifteen digits of
    an identity card without century and check digit (GB 11643), nine of an organisation near the end of its credit
    code (GB 32100)."""
    said, kept = said.replace("-", "").upper(), kept.replace("-", "").upper()
    if not said or not kept:
        return False
    short, long = sorted((said, kept), key=len)
    if len(long) == 18 and len(short) == 15:
        return long[:6] + long[8:17] == short
    if len(long) == 18 and len(short) == 9:
        return long[8:17] == short
    return short == long


def agreement(one: Evidence, other: Evidence) -> Agreement:
    """Whether both accounts are the same person's or organisation's, as far as that was verified."""
    if not (one.verified and other.verified and one.document and other.document):
        return "missing"
    return "same" if (one.kind, one.document) == (other.kind, other.document) else "different"


def grants_from(objected_on: date, days: int) -> date:
    """The first day on which something is granted again for an account whose holder objected; ``days`` are working
    days, the first not counted."""
    return add_working_days(objected_on, days) if days else objected_on


def return_until(waits_until: date, days: int) -> date:
    """The last day on which what has taken effect can be put back; ``days`` count from the last day to object."""
    return waits_until + timedelta(days=days)


def due_date(submitted_on: date) -> date:
    """Customer service answers within three working days; the first day is not counted."""
    return add_working_days(submitted_on, ANSWER_WORKING_DAYS)


def is_number(text: str) -> bool:
    """Whether it can be a number of ours or of the old system: there is a digit in it, and no markup."""
    return any(letter.isdigit() for letter in text) and not set(text) & set("<>{}\"'\\;")


def new_receipt(today: date) -> str:
    """The day, and 39 random bits: nobody's number tells another."""
    return f"ZH{today:%Y%m%d}{''.join(secrets.choice(_LETTERS) for _ in range(8))}"


def code_of(index: str) -> str:
    """An objection code (58 bits) out of a keyed index of the recovery, in hexadecimal."""
    number, letters = int(index, 16), []
    for _ in range(_CODE_LETTERS):
        number, at = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[at])
    return "".join(letters)


def same_code(one: str, other: str) -> bool:
    """In constant time, however it was typed."""
    return hmac.compare_digest(one.replace("-", "").upper().encode(), other.replace("-", "").upper().encode())


def is_claimed(by: str | None, at: datetime | None, now: datetime) -> bool:
    """Whether somebody works on it: a claim that is an hour old has lapsed."""
    return by is not None and at is not None and now - at < CLAIM_LIFE


def is_overdue(state: str, due_on: date, today: date) -> bool:
    """Undecided after the last day."""
    return state in ("open", "proposed") and due_on < today


def masked_name(name: str) -> str:
    """The first character: enough to compare with what is said on the telephone. Nothing of a closed account."""
    return f"{name[:1]}{'*' * max(len(name) - 1, 1)}" if name else ""


def masked_email(address: str | None) -> str | None:
    """First letter and domain."""
    if not address:
        return None
    box, _, domain = address.partition("@")
    return f"{box[:1]}***@{domain}"
