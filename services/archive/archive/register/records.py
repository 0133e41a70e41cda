"""The records of a registration number, and what they make of it: status and current particulars. Pure rules.

A record says what happened to a registration (登记, 变更, 转让, 专有许可, 质权登记, 质权注销, 取代, 撤销) and is never
changed.
What holds today is folded from all records of a number, from the first to the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any, Literal

from contracts.dealings import Dealing

from archive.register.model import Particulars

Act = Literal["registered", "changed", "assigned", "licensed", "pledged", "released", "replaced", "revoked"]
Status = Literal["valid", "replaced", "revoked"]

LEADS_TO: Mapping[tuple[Status | None, Act], Status] = {
    (None, "registered"): "valid",
    ("valid", "changed"): "valid",
    ("valid", "assigned"): "valid",
    ("valid", "licensed"): "valid",
    ("valid", "pledged"): "valid",
    ("valid", "released"): "valid",
    ("valid", "replaced"): "replaced",
    ("valid", "revoked"): "revoked",
    ("replaced", "revoked"): "revoked",
}
"""(status, act) → status. *replaced*: another registration, which the record names, stands in its place."""

MAY_STATE: Mapping[Act, frozenset[str]] = {
    "registered": frozenset(Particulars.model_fields),
    "changed": frozenset({"title", "short_name", "version", "authors", "owners", "publication_date"}),
    "assigned": frozenset({"owners"}),
}
"""Particulars that an act states anew; those of the others stay. What was created and when, is never changed."""

_NAMES_ANOTHER = frozenset({"pledged", "released", "replaced"})
"""Acts that name a pledge, or the registration that follows."""


@dataclass(frozen=True)
class Record:
    """One act. ``states`` are particulars in JSON; ``refers_to`` is the number of a pledge or of the successor,
    ``number`` that of the record's own proof, ``dealing`` what was done with the rights, in JSON."""

    sequence: int
    act: Act
    on: date
    states: Mapping[str, Any]
    refers_to: str = ""
    number: str = ""
    dealing: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """What is true of a registration after its record number ``sequence``."""

    sequence: int
    status: Status
    particulars: Particulars
    registered_on: date
    pledges: frozenset[str] = frozenset()
    dealings: tuple[Dealing, ...] = ()


def follow(standing: Standing | None, record: Record) -> Standing:
    """What a record makes of what held before it (None, before the first). ``ValueError`` when it cannot follow."""
    before = standing.status if standing else None
    status = LEADS_TO.get((before, record.act))
    if status is None or record.sequence != (standing.sequence + 1 if standing else 1):
        raise ValueError(f"record {record.sequence}, {record.act}, cannot follow: {before}")
    if unknown := record.states.keys() - MAY_STATE.get(record.act, frozenset()):
        raise ValueError(f"{record.act} does not state {', '.join(sorted(unknown))}")
    if (record.act in _NAMES_ANOTHER) != bool(record.refers_to):
        raise ValueError(f"{record.act} must say to what it refers, and only then")
    known = standing.particulars.model_dump(mode="json") if standing else {}
    return Standing(
        sequence=record.sequence,
        status=status,
        particulars=Particulars.model_validate({**known, **record.states}),
        registered_on=standing.registered_on if standing else record.on,
        pledges=_pledges(standing, record),
        dealings=_dealings(standing.dealings if standing else (), record),
    )


def _pledges(standing: Standing | None, record: Record) -> frozenset[str]:
    pledges = standing.pledges if standing else frozenset[str]()
    if record.act == "pledged":
        if record.refers_to in pledges:
            raise ValueError(f"pledge {record.refers_to} is registered already")
        return pledges | {record.refers_to}
    if record.act == "released":
        if record.refers_to not in pledges:
            raise ValueError(f"pledge {record.refers_to} is not registered")
        return pledges - {record.refers_to}
    return pledges


def _dealings(known: tuple[Dealing, ...], record: Record) -> tuple[Dealing, ...]:
    """All that was done with the rights, in order; a pledge that is released keeps its place, and its last day."""
    if record.act == "released":
        ended = {"released_on": record.on}
        return tuple(one.model_copy(update=ended) if one.number == record.refers_to else one for one in known)
    if not record.dealing:
        return known
    facts = {**record.dealing, "act": record.act, "number": record.number, "on": record.on}
    return (*known, Dealing.model_validate(facts))


def fold(records: Iterable[Record]) -> Standing:
    """What is true after all records of a number, in their order. ``ValueError`` without any."""
    standing = reduce(follow, records, None)
    if standing is None:
        raise ValueError("a registration begins with a record")
    return standing


@dataclass(frozen=True)
class Altered:
    """A change (变更或补充): the record of it, and all that held before and after."""

    record: Record
    before: Particulars
    after: Particulars

    @property
    def fields(self) -> list[str]:
        """Particulars that are others since, in the order of the register."""
        return [name for name in Particulars.model_fields if getattr(self.before, name) != getattr(self.after, name)]


def alterations(records: Iterable[Record]) -> list[Altered]:
    """Every change among the records of a number, in their order."""
    found: list[Altered] = []
    standing: Standing | None = None
    for record in records:
        after = follow(standing, record)
        if record.act == "changed" and standing is not None:
            found.append(Altered(record, standing.particulars, after.particulars))
        standing = after
    return found
