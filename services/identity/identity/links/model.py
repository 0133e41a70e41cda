"""What an old account brings into a new one, and what has to be done again. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from contracts.identity import Carried, IdType, ToDo

from identity.accounts import id_numbers
from identity.accounts.id_numbers import NumberInvalid
from identity.accounts.model import clean_name, normal_account_name
from identity.accounts.passwords import reasons_against
from identity.settings import LINK_UNDO_DAYS

Kind = Literal["natural_person", "organisation"]
_ID_TYPES: Mapping[str, IdType] = {
    "resident_id": "resident_id",
    "passport": "passport",
    "hk_macao_permit": "hk_macao_permit",
    "taiwan_permit": "taiwan_permit",
}


@dataclass
class Brought:
    """The particulars of an account as far as the old system's hold under today's rules."""

    kind: Kind
    name: str
    organisation_name: str | None = None
    account_name: str | None = None
    email: str | None = None
    id_type: IdType | None = None
    id_number: str | None = None
    uscc: str | None = None
    carried: list[Carried] = field(default_factory=list)
    to_do: list[ToDo] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether its identity is all there: only of such a one a verified state can be carried over."""
        return self.id_number is not None and (self.kind == "natural_person" or self.uscc is not None)


def brought_by(facts: Mapping[str, str], password: str, today: date) -> Brought:
    """What the old account's fields are worth.

    A mobile is asked for again: nobody knows who has the old number by now. An e-mail address is kept, and counts once
    it is confirmed. Organisation codes of nine characters and licence numbers are no credit codes, and cannot be
    made into one.
    """
    organisation = facts["kind"] == "organisation"
    found = Brought("organisation" if organisation else "natural_person", clean_name(facts["name"]) or facts["name"])
    found.carried.append("name")
    found.account_name = normal_account_name(facts["login"])
    found.to_do.append("mobile")
    _bring_id(found, facts, today)
    if organisation:
        _bring_organisation(found, facts)
    if facts["email"]:
        try:
            found.email = id_numbers.email(facts["email"])
            found.carried.append("email")
        except NumberInvalid:
            pass
    found.to_do.append("email_confirmation" if found.email else "email")
    if reasons_against(password, tuple(filter(None, (found.account_name, found.email, found.id_number)))):
        found.to_do.append("password")
    return found


def _bring_id(found: Brought, facts: Mapping[str, str], today: date) -> None:
    id_type = _ID_TYPES.get(facts["id_type"] or "resident_id")
    try:
        if id_type is None or not facts["id_number"]:
            raise NumberInvalid("format")
        found.id_type, found.id_number = id_numbers.id_number(id_type, facts["id_number"], today)
        found.carried.append("id_number")
    except NumberInvalid:
        found.to_do.append("id_number")


def _bring_organisation(found: Brought, facts: Mapping[str, str]) -> None:
    found.organisation_name = clean_name(facts["organisation_name"]) or found.name
    found.carried.append("organisation_name")
    try:
        found.uscc = id_numbers.social_credit_code(facts["organisation_code"])
        found.carried.append("uscc")
    except NumberInvalid:
        found.to_do.append("uscc")
    found.to_do.append("seal")


def to_do_told(carried: Sequence[str], to_do: Sequence[str]) -> list[str]:
    """What is still to be done; links that are older say of an address that was taken over that it is missing."""
    return ["email_confirmation" if one == "email" and "email" in carried else one for one in to_do]


def undo_until(linked_at: datetime) -> datetime:
    """The end of the time within which a link by proof can be undone."""
    return linked_at + timedelta(days=LINK_UNDO_DAYS)
