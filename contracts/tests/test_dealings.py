"""The rule of what dealings leave room for, against a model that counts every right, place and day by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from contracts.dealings import (
    ABROAD,
    OWNER,
    PROVINCES,
    TRANSFERABLE,
    Dealing,
    Grantee,
    Territory,
    conflicts,
    dealt_in,
    owned_by,
    pledges_on,
)
from contracts.forms.software import SoftwareRight
from contracts.forms.work import Right
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.requirement("F-01")
RIGHTS = ("reproduction", "distribution", "translation")
DAYS = [date(2026, 1, 1) + timedelta(days=day) for day in range(6)]
EVER = [*DAYS, date.max]
PEOPLE = ("甲", "乙", "丙")
WHERE = [
    Territory(),
    Territory(extent="china"),
    Territory(extent="provinces", provinces=["北京"]),
    Territory(extent="provinces", provinces=["北京", "上海"]),
]
PLACES = ("北京", "上海", "广东", ABROAD)
"""Two that are named, one that never is, and none: the others are as the third."""
Cell = tuple[str, str, date]


@dataclass(frozen=True)
class Step:
    """Somebody deals, or the pledge of an earlier step is released."""

    by: str
    act: str
    to: str
    rights: tuple[str, ...]
    where: Territory
    begins: date
    ends: date | None
    agreed: bool
    releases: int | None

    def cells(self) -> set[Cell]:
        days = [day for day in EVER if self.begins <= day <= (self.ends or date.max)]
        return {(r, p, d) for r in self.rights for p in PLACES if p in self.where.places for d in days}


@st.composite
def a_step(draw: Any) -> Step:
    begins = draw(st.sampled_from(DAYS))
    act = draw(st.sampled_from(["assigned", "licensed", "pledged"]))
    ends = draw(st.none() | st.sampled_from([day for day in DAYS if day >= begins])) if act != "pledged" else None
    return Step(
        draw(st.sampled_from(PEOPLE)),
        act,
        draw(st.sampled_from(PEOPLE)),
        tuple(draw(st.lists(st.sampled_from(RIGHTS), min_size=1, max_size=3, unique=True))),
        draw(st.sampled_from(WHERE)),
        begins,
        ends,
        draw(st.booleans()),
        draw(st.none() | st.none() | st.integers(0, 6)),
    )


@dataclass
class Model:
    """Every right in every place on every day: whose it is, and what lies on it."""

    holder: dict[Cell, str] = field(
        default_factory=lambda: {(r, p, d): PEOPLE[0] for r in RIGHTS for p in PLACES for d in EVER}
    )
    licences: dict[Cell, list[str]] = field(default_factory=dict)
    pledges: dict[Cell, set[str]] = field(default_factory=dict)

    def pledged(self, step: Step) -> set[str]:
        return {number for cell in step.cells() for number in self.pledges.get(cell, ())}

    def allows(self, step: Step) -> bool:
        own = all(self.holder[cell] == step.by for cell in step.cells())
        licensed = step.act == "licensed" and any(self.licences.get(cell) for cell in step.cells())
        return own and not licensed and (step.agreed or not self.pledged(step))

    def take(self, step: Step, number: str) -> None:
        for cell in step.cells():
            if step.act == "assigned":
                self.holder[cell] = step.to
            elif step.act == "licensed":
                self.licences.setdefault(cell, []).append(number)
            else:
                self.pledges.setdefault(cell, set()).add(number)

    def release(self, number: str) -> None:
        for lying in self.pledges.values():
            lying.discard(number)


@settings(max_examples=300, deadline=None)
@given(steps=st.lists(a_step(), max_size=9))
def test_no_sequence_leaves_two_exclusive_rights_or_moves_what_is_pledged(steps: list[Step]) -> None:
    model, records = Model(), list[Dealing]()
    for number, step in enumerate(steps):
        pledges = [one for one in records if one.act == "pledged" and one.released_on is None]
        if step.releases is not None and step.releases < len(pledges):
            gone = pledges[step.releases]
            records[records.index(gone)] = gone.model_copy(update={"released_on": DAYS[-1]})
            model.release(gone.number)
            continue
        own = {one.number for one in records if one.act == "assigned" and one.grantees[0].name == step.by}
        proposed = Dealing(
            number=f"第{number}号",
            act=step.act,  # type: ignore[arg-type]
            grantees=[Grantee(name=step.to)],
            rights=list(step.rights),
            territory=step.where,
            begins=step.begins,
            ends=step.ends,
        )
        lying = pledges_on(records, proposed)
        assert set(lying) == model.pledged(step)
        proposed = proposed.model_copy(update={"consents": lying if step.agreed else []})
        found = conflicts(RIGHTS, records, proposed, own | ({OWNER} if step.by == PEOPLE[0] else set()))
        assert (found == []) == model.allows(step), found
        if not found:
            model.take(step, proposed.number)
            records.append(proposed)
    assert all(len(there) <= 1 for there in model.licences.values())
    of_good = {name for (_, _, day), name in model.holder.items() if day == date.max}
    owned = owned_by(RIGHTS, records)
    if owned != {OWNER}:
        names = {one.grantees[0].name for one in records if one.number in owned}
        assert names == of_good


def dealing(act: str = "assigned", **changes: Any) -> Dealing:
    facts = {"number": "第1号", "act": act, "grantees": [{"name": "乙"}], "rights": ["reproduction"]}
    return Dealing.model_validate(facts | {"begins": DAYS[0]} | changes)


def test_part_of_the_rights_and_then_the_rest_make_another_owner() -> None:
    first = dealing(rights=["reproduction"])
    assert owned_by(RIGHTS, [first]) == {OWNER}
    rest = dealing(number="第2号", rights=["distribution", "translation"])
    assert conflicts(RIGHTS, [first], rest, {OWNER}) == []
    assert owned_by(RIGHTS, [first, rest]) == {"第1号", "第2号"}
    elsewhere = rest.model_copy(update={"grantees": [Grantee(name="丙")]})
    assert owned_by(RIGHTS, [first, elsewhere]) == {OWNER}, "of nobody alone"
    assert owned_by(RIGHTS, [dealing(rights=RIGHTS, ends=DAYS[3])]) == {OWNER}, "for a time"


def test_each_reason_names_the_dealing_that_stands_in_the_way() -> None:
    assigned, licensed, pledged = (
        dealing(number=number, act=act, territory=where)
        for number, act, where in (
            ("让", "assigned", WHERE[2]),
            ("许", "licensed", WHERE[1]),
            ("质", "pledged", WHERE[0]),
        )
    )
    for there, proposed, code in (
        (assigned, dealing(number="2", territory=WHERE[0]), ("rights_not_held", "让")),
        (licensed, dealing("licensed", number="2", territory=WHERE[3]), ("rights_licensed", "许")),
        (pledged, dealing(number="2", territory=WHERE[2]), ("rights_pledged", "质")),
        (assigned, dealing(number="2", rights=["attribution"]), ("right_not_registered", "")),
    ):
        assert [(one.code, one.number) for one in conflicts(RIGHTS, [there], proposed, {OWNER})] == [code]
    twice = dealing(contract="ab", ends=DAYS[0])
    again = dealing(number="2", contract="ab", begins=DAYS[2])
    assert [one.code for one in conflicts(RIGHTS, [twice], again, {OWNER})] == ["contract_recorded"]
    assert conflicts(RIGHTS, [assigned], dealing(number="2", territory=WHERE[2]), {"让"}) == []


def test_what_can_be_dealt_in_are_rights_of_the_law() -> None:
    assert set(TRANSFERABLE["work"]) == {*Right.__args__} - {"publication", "attribution", "revision", "integrity"}  # type: ignore[attr-defined]
    assert set(TRANSFERABLE["software"]) == {*SoftwareRight.__args__} - {"publication", "attribution"}  # type: ignore[attr-defined]
    assert dealt_in("work", "partial", ["adaptation", "attribution"]) == ["adaptation"]
    assert len(PROVINCES) == len(set(PROVINCES)) == 34
