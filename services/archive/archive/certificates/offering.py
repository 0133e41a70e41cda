"""What somebody is to the registrations that their papers are of, and what they may file about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from contracts.dealings import OWNER
from contracts.forms import Registered
from contracts.procedures import Procedure, offered
from sqlalchemy.orm import Session

from archive.extracts.model import registered
from archive.parties.store import numbers_in
from archive.register.records import Record
from archive.register.store import registered_to


@dataclass(frozen=True)
class Offer:
    """``registered``: what the register would say to them; None to who holds nothing any more."""

    registered: Registered | None = None
    procedures: list[Procedure] = field(default_factory=list)


def offers_of(
    session: Session, records: Mapping[str, list[Record]], account_id: str, today: date
) -> Mapping[str, Offer]:
    """By registration number, of those whose records these are."""
    numbers = list(records)
    parties = numbers_in(session, numbers, account_id)
    at_first = registered_to(session, numbers, account_id)
    found = {}
    for number in records:
        own = {*parties.get(number, ()), *([OWNER] if number in at_first else [])}
        said = registered(number, records[number], 0, own, today) if own else None
        found[number] = Offer(said, offered(said)) if said else Offer()
    return found
