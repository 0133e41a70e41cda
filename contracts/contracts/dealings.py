"""权利的处分: assignments, exclusive licences and pledges of the rights in one registration, and the one rule of what
each leaves room for. Pure: filing asks it of a form, examiners before they approve, the register before it records.

What is dealt in are *shares*: one right in one place. A dealing takes all shares of its rights and its territory for
its term. An assignment moves shares to whom it names, and they go back when its term is over; an exclusive licence or a
pledge lies on them, whoever holds them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, TypeAlias, get_args

from pydantic import Field

from contracts.base import Model

Act = Literal["assigned", "licensed", "pledged"]
Extent = Literal["world", "china", "provinces"]
Province = Literal[
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "台湾",
]
PROVINCES: tuple[str, ...] = get_args(Province)
ABROAD = ""
"""The place that is no province."""
Share: TypeAlias = tuple[str, str]
"""A right, and the place where it holds."""
OWNER = ""
"""In the place of a dealing's number: by the registration itself."""


class Territory(Model):
    """Where a dealing holds. 世界 holds 中国, which holds its provinces: what is named is what lies within it."""

    extent: Extent = "world"
    provinces: list[Province] = Field(default=[], max_length=len(PROVINCES))

    @property
    def places(self) -> frozenset[str]:
        if self.extent == "provinces":
            return frozenset(self.provinces)
        return frozenset(PROVINCES) | ({ABROAD} if self.extent == "world" else frozenset())


class Grantee(Model, personal=("name", "masked_id_number")):
    """受让方、被许可方、质权人; also who grants, of whom no document is known. Of a number its ends alone are kept."""

    name: str
    kind: Literal["natural_person", "organisation"] = "natural_person"
    nationality: str = ""
    id_type: str = ""
    masked_id_number: str = ""


class Dealing(Model, personal=("grantors", "grantees")):
    """A dealing as the register keeps it. ``number``: of its record. ``ends``: its last day, none for good; of a pledge
    none, which lasts until it is ``released_on``, as a licence may be before its last day. ``contract``: a digest, by
    which the same contract is known again. ``consents``: numbers of pledges whose pledgees agreed. ``claim``: what a
    pledge secures, in fen, until ``claim_due``.
    """

    number: str = ""
    act: Act
    on: date | None = None
    grantors: list[Grantee] = []
    grantees: list[Grantee] = Field(min_length=1)
    rights: list[str] = Field(min_length=1)
    territory: Territory = Territory()
    begins: date
    ends: date | None = None
    contract: str = ""
    consents: list[str] = []
    claim: int | None = None
    claim_due: date | None = None
    released_on: date | None = None

    @property
    def shares(self) -> frozenset[Share]:
        return frozenset((right, place) for right in self.rights for place in self.territory.places)

    def holds_on(self, day: date) -> bool:
        return self.released_on is None and self.begins <= day and (self.ends is None or day <= self.ends)


class Conflict(Model):
    """Why a dealing cannot be recorded. ``number``: of the dealing that stands in its way, none for the registration;
    ``rights``: for which of those that it takes.

    ``rights_not_held``: somebody else holds what it takes, for some of its term. ``rights_pledged``: the pledgee has
    not agreed. ``rights_licensed``: an exclusive licence lies on it. ``right_not_registered``: the registration does
    not have it. ``contract_recorded``: the same contract is recorded already.
    """

    code: Literal["rights_not_held", "rights_pledged", "rights_licensed", "right_not_registered", "contract_recorded"]
    number: str = ""
    rights: list[str] = []


def meet(one: Dealing, other: Dealing) -> bool:
    """Whether two dealings take a share in common, on a day in common. One that was released takes none."""
    if one.released_on is not None or other.released_on is not None:
        return False
    ends = min(one.ends or date.max, other.ends or date.max)
    return max(one.begins, other.begins) <= ends and not one.shares.isdisjoint(other.shares)


def holders(rights: Iterable[str], dealings: Sequence[Dealing], day: date) -> dict[Share, str]:
    """Who holds each share on a day: the number of the assignment by which they do, :data:`OWNER` without one.

    ``rights``: those that were registered; ``dealings``: in the order of their records.
    """
    held = {(right, place): OWNER for right in rights for place in (*PROVINCES, ABROAD)}
    for dealing in dealings:
        if dealing.act == "assigned" and dealing.holds_on(day):
            held.update(dict.fromkeys(dealing.shares & held.keys(), dealing.number))
    return held


def conflicts(
    rights: Collection[str], dealings: Sequence[Dealing], proposed: Dealing, own: Collection[str]
) -> list[Conflict]:
    """All that keeps ``proposed`` from being recorded after ``dealings``, each reason once.

    ``own``: by which assignments (or :data:`OWNER`) whoever deals may hold what they deal in.
    """
    found: dict[tuple[str, str], Conflict] = {}
    for conflict in _conflicts(rights, dealings, proposed, own):
        known = found.setdefault((conflict.code, conflict.number), conflict)
        touched = {*known.rights, *conflict.rights}
        found[conflict.code, conflict.number] = known.model_copy(
            update={"rights": [right for right in proposed.rights if right in touched]}
        )
    return list(found.values())


def _conflicts(
    rights: Collection[str], dealings: Sequence[Dealing], proposed: Dealing, own: Collection[str]
) -> Iterator[Conflict]:
    if not set(proposed.rights) <= set(rights):
        yield Conflict(code="right_not_registered")
    for day in _turning_days(dealings, proposed):
        held = holders(rights, dealings, day)
        others: dict[str, set[str]] = {}
        for share in proposed.shares & held.keys():
            if held[share] not in own:
                others.setdefault(held[share], set()).add(share[0])
        for number in sorted(others):
            yield Conflict(code="rights_not_held", number=number, rights=sorted(others[number]))
    for earlier in dealings:
        if proposed.contract and (earlier.act, earlier.contract) == (proposed.act, proposed.contract):
            yield Conflict(code="contract_recorded", number=earlier.number)
        if not meet(earlier, proposed):
            continue
        taken = sorted({right for right, _ in earlier.shares & proposed.shares})
        if earlier.act == "pledged" and earlier.number not in proposed.consents:
            yield Conflict(code="rights_pledged", number=earlier.number, rights=taken)
        if earlier.act == proposed.act == "licensed":
            yield Conflict(code="rights_licensed", number=earlier.number, rights=taken)


def _turning_days(dealings: Sequence[Dealing], proposed: Dealing) -> list[date]:
    """The first day of a dealing, and each later one of its term on which who holds what may become another."""
    last = proposed.ends or date.max
    turns = {dealing.begins for dealing in dealings}
    turns |= {dealing.ends + timedelta(days=1) for dealing in dealings if dealing.ends and dealing.ends < date.max}
    return sorted({proposed.begins, *(day for day in turns if proposed.begins <= day <= last)})


def pledges_on(dealings: Sequence[Dealing], proposed: Dealing) -> list[str]:
    """The numbers of pledges on what a dealing takes: their pledgees are to agree."""
    return [one.number for one in dealings if one.act == "pledged" and meet(one, proposed)]


def owned_by(rights: Iterable[str], dealings: Sequence[Dealing]) -> frozenset[str]:
    """By which assignments the copyright owners of today own: the registration itself, until all shares that were
    registered are for good with one and the same people."""
    held = frozenset(holders(rights, dealings, date.max).values())
    people = [dealing.grantees for dealing in dealings if dealing.number in held]
    if OWNER in held or not people or any(names_of(one) != names_of(people[0]) for one in people):
        return frozenset({OWNER})
    return held


def names_of(grantees: Iterable[Grantee]) -> frozenset[tuple[str, str, str]]:
    """Who they are, as far as the register knows."""
    return frozenset((one.name, one.id_type, one.masked_id_number) for one in grantees)


TRANSFERABLE: Mapping[str, tuple[str, ...]] = {
    "work": (
        *("reproduction", "distribution", "rental", "exhibition", "performance", "projection", "broadcasting"),
        *("network_dissemination", "cinematography", "adaptation", "translation", "compilation", "other"),
    ),
    "software": (
        *("revision", "reproduction", "distribution", "rental", "network_dissemination", "translation", "other"),
    ),
}
"""Of each kind of subject what can be dealt in: 著作权法 art. 10 (5) to (17); 条例 art. 8 without 发表 and 署名."""


def dealt_in(kind: str, scope: str, registered: Collection[str]) -> list[str]:
    """What of a registration can be dealt in: all that is transferable, or those of it that were registered."""
    return [right for right in TRANSFERABLE.get(kind, ()) if scope != "partial" or right in registered]
