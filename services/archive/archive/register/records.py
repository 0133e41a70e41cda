"""The records of a registration number, and what they make of it: status and current particulars. Pure rules.

A record says what happened to a registration (登记, 变更, 转让, 专有许可, 质权登记, 质权注销, 专有许可终止, 取代,
补发换发, 更正, 撤销, 封存, 启封) and is never changed. What holds today is folded from all records of a number, the
first to the last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any, Literal

from contracts.dealings import Dealing

from archive.register.model import Particulars

Act = Literal[
    "registered",
    "changed",
    "assigned",
    "licensed",
    "pledged",
    "released",
    "terminated",
    "replaced",
    "reissued",
    "corrected",
    "revoked",
    "sealed",
    "unsealed",
]
Status = Literal["valid", "replaced", "revoked"]

LEADS_TO: Mapping[tuple[Status | None, Act], Status] = {
    (None, "registered"): "valid",
    ("valid", "changed"): "valid",
    ("valid", "assigned"): "valid",
    ("valid", "licensed"): "valid",
    ("valid", "pledged"): "valid",
    ("valid", "released"): "valid",
    ("valid", "terminated"): "valid",
    ("valid", "replaced"): "replaced",
    ("valid", "reissued"): "valid",
    ("valid", "corrected"): "valid",
    ("valid", "revoked"): "revoked",
    ("replaced", "revoked"): "revoked",
    ("valid", "sealed"): "valid",
    ("valid", "unsealed"): "valid",
    ("replaced", "sealed"): "replaced",
    ("replaced", "unsealed"): "replaced",
    ("revoked", "sealed"): "revoked",
    ("revoked", "unsealed"): "revoked",
}
"""(status, act) → status. *replaced*: another registration, which the record names, stands in its place. *sealed*,
*unsealed*: the deposit, which outlives the registration."""

MAY_STATE: Mapping[Act, frozenset[str]] = {
    "registered": frozenset(Particulars.model_fields),
    "changed": frozenset({"title", "short_name", "version", "authors", "owners", "publication_date"}),
    "assigned": frozenset({"owners"}),
    "corrected": frozenset(
        {"title", "short_name", "version", "authors", "owners", "completion_date", "publication_date"}
    ),
}
"""Particulars that an act states anew; those of the others stay. What was created and when, is never changed: only an
error of the office in writing it down is put right."""

GROUNDS: Mapping[Act, frozenset[str]] = {
    "reissued": frozenset({"lost", "damaged", "outdated"}),
    "corrected": frozenset({"clerical_error"}),
    "revoked": frozenset({"own_request", "judgment", "penalty", "unregistrable", "untrue", "duplicate"}),
}
"""Why it was done, where the act says so (办法 art. 23-25; 试行办法 art. 6)."""

NEW_EDITION: frozenset[Act] = frozenset({"reissued", "corrected"})
"""Acts that a certificate of their own follows, which takes the place of the one before."""

ENDS: Mapping[Act, str] = {"released": "pledged", "terminated": "licensed"}
"""Acts that end what another act began: a pledge, an exclusive licence."""

_NAMES_ANOTHER = frozenset({"pledged", "replaced", *ENDS})
"""Acts that name a pledge, what they end, or the registration that follows."""


@dataclass(frozen=True)
class Record:
    """One act. ``states`` are particulars in JSON; ``refers_to`` is the number of a pledge, of what ends, or of the
    successor, ``number`` that of the record's own proof, ``ground`` one of :data:`GROUNDS`, ``dealing`` what was done
    with the rights, in JSON."""

    sequence: int
    act: Act
    on: date
    states: Mapping[str, Any]
    refers_to: str = ""
    number: str = ""
    ground: str = ""
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
    sealed_on: date | None = None


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
    if record.ground not in {*GROUNDS.get(record.act, ()), ""}:
        raise ValueError(f"{record.act} has no ground {record.ground}")
    known = standing.particulars.model_dump(mode="json") if standing else {}
    return Standing(
        sequence=record.sequence,
        status=status,
        particulars=Particulars.model_validate({**known, **record.states}),
        registered_on=standing.registered_on if standing else record.on,
        pledges=_pledges(standing, record),
        dealings=_dealings(standing.dealings if standing else (), record),
        sealed_on=_sealed(standing, record),
    )


def _sealed(standing: Standing | None, record: Record) -> date | None:
    """Since when the deposit is sealed; none where it is not."""
    sealed = standing.sealed_on if standing else None
    if record.act not in ("sealed", "unsealed"):
        return sealed
    if (record.act == "sealed") is (sealed is not None):
        raise ValueError(f"{record.act} cannot follow: the deposit is so already")
    return record.on if record.act == "sealed" else None


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
    """All that was done with the rights, in order; a pledge or a licence that is released keeps its place, and its
    last day."""
    if record.act in ENDS:
        licences = {one.number for one in known if one.act == "licensed" and one.released_on is None}
        if record.act == "terminated" and record.refers_to not in licences:
            raise ValueError(f"licence {record.refers_to} is not registered")
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
    """A change (变更或补充), or another act that states something anew: the record of it, and all that held before and
    after."""

    record: Record
    before: Particulars
    after: Particulars

    @property
    def fields(self) -> list[str]:
        """Particulars that are others since, in the order of the register."""
        return [name for name in Particulars.model_fields if getattr(self.before, name) != getattr(self.after, name)]


_CHANGES: frozenset[Act] = frozenset({"changed"})


def alterations(records: Iterable[Record], acts: Collection[Act] = _CHANGES) -> list[Altered]:
    """Every change among the records of a number, or every record of the acts asked for, in their order."""
    found: list[Altered] = []
    standing: Standing | None = None
    for record in records:
        after = follow(standing, record)
        if record.act in acts and standing is not None:
            found.append(Altered(record, standing.particulars, after.particulars))
        standing = after
    return found


def edition_of(records: Sequence[Record]) -> int:
    """Which certificate of a number its last record makes, or finds there: the first is 1."""
    return 1 + sum(record.act in NEW_EDITION for record in records)


def outdated(records: Sequence[Record], certified: int) -> bool:
    """Whether the certificate of a record says something else than what holds now."""
    return fold(records[:certified]).particulars != fold(records).particulars
