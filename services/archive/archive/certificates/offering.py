"""What somebody is to the registrations that their papers are of, and what they may file about each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from contracts.dealings import OWNER
from contracts.forms import Registered
from contracts.procedures import Procedure, offered
from sqlalchemy.orm import Session

from archive.extracts.model import registered
from archive.parties.store import numbers_in
from archive.register.store import RegisterEntry, records_of_each


@dataclass(frozen=True)
class Offer:
    """``registered``: what the register would say to them; None to who holds nothing any more."""

    registered: Registered | None = None
    procedures: list[Procedure] = field(default_factory=list)


def offers_of(
    session: Session, entries: Collection[RegisterEntry], account_id: str, today: date
) -> Mapping[str, Offer]:
    """By registration number."""
    known = {entry.registration_number: entry for entry in entries}
    records, parties = records_of_each(session, known), numbers_in(session, known, account_id)
    found = {}
    for number, entry in known.items():
        own = {*parties.get(number, ()), *([OWNER] if entry.account_id == account_id else [])}
        said = registered(number, records[number], 0, own, today) if own else None
        found[number] = Offer(said, offered(said)) if said else Offer()
    return found
