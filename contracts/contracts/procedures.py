"""后续业务: who may file what about a registration, and what keeps them from it, by what the register says to them.

Pure, and one rule: filing asks it before somebody begins, the archive before it offers anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal, get_args

from contracts.base import Model
from contracts.dealings import Dealing, Share, holders
from contracts.forms.change import Registered

Procedure = Literal["change", "reissue", "cancellation", "assignment", "licence", "pledge", "release", "termination"]
PROCEDURES: tuple[Procedure, ...] = get_args(Procedure)
DEALINGS: frozenset[Procedure] = frozenset({"assignment", "licence", "pledge"})
ObstacleCode = Literal[
    "procedure_of_owners",
    "procedure_of_holders",
    "nothing_to_deal_in",
    "nothing_to_pledge",
    "nothing_transferable",
    "no_pledge_of_yours",
    "no_licence_of_yours",
    "cancellation_assigned",
    "cancellation_assigned_until",
    "cancellation_licensed",
    "cancellation_licensed_until",
    "cancellation_pledged",
]


class Obstacle(Model):
    """What keeps somebody from filing, whatever they fill in. ``number``: of the dealing that stands in the way, or by
    which they are a party; ``rights``: what of the registration it is about; ``until``: its last day, if it has one.

    ``procedure_of_owners``: theirs are some of the rights, or for some time or place. ``procedure_of_holders``: they
    have a pledge or a licence. ``nothing_to_deal_in``: everything is others' by now. ``nothing_to_pledge``: nothing is
    theirs from today on for good. ``nothing_transferable``: it never had any.
    """

    code: ObstacleCode
    number: str = ""
    rights: list[str] = []
    until: date | None = None


def obstacles(procedure: str, register: Registered) -> list[Obstacle]:
    """All that keeps whoever the register says this to from filing ``procedure``; nothing that a form could mend."""
    pledges, licences = _own_burdens(register, "pledged"), _own_burdens(register, "licensed")
    if procedure == "release":
        return [] if pledges else [Obstacle(code="no_pledge_of_yours")]
    if procedure == "termination":
        return [] if licences else [Obstacle(code="no_licence_of_yours")]
    if register.role in ("pledgee", "licensee"):
        return [Obstacle(code="procedure_of_holders", number=next(iter((*pledges, *licences)), ""))]
    if procedure in DEALINGS:
        return list(_of_dealing(procedure, register))
    if register.role == "holder":
        return [Obstacle(code="procedure_of_owners", rights=own_rights(register))]
    return list(against_cancellation(register)) if procedure == "cancellation" else []


def offered(register: Registered) -> list[Procedure]:
    """What whoever the register says this to may file, in the order in which it is offered."""
    if register.status != "valid":
        return []
    return [procedure for procedure in PROCEDURES if not obstacles(procedure, register)]


def against_cancellation(register: Registered) -> Iterator[Obstacle]:
    """What others have in the registration goes first: a pledge, an exclusive licence, rights that were assigned to
    them and that they still hold. What was assigned or licensed to whoever asks is theirs to give up."""
    today = register.stated_on
    if today is None:
        return
    held = {
        number
        for day in (today, date.max)
        for number in holders(_registered(register), register.dealings, day).values()
        if number not in register.own
    }
    for dealing in register.dealings:
        current = dealing.number in held if dealing.act == "assigned" else dealing.holds_on(today)
        if (current or dealing.begins > today) and not _own_alone(dealing, register):
            yield _in_the_way(dealing)


def _own_alone(dealing: Dealing, register: Registered) -> bool:
    """A pledge of one's own is released first; a licence to several is not one's own alone."""
    if dealing.number not in register.own or dealing.act == "pledged":
        return False
    return dealing.act == "assigned" or len(dealing.grantees) == 1


def _in_the_way(dealing: Dealing) -> Obstacle:
    codes: dict[tuple[str, bool], ObstacleCode] = {
        ("assigned", False): "cancellation_assigned",
        ("assigned", True): "cancellation_assigned_until",
        ("licensed", False): "cancellation_licensed",
        ("licensed", True): "cancellation_licensed_until",
    }
    code = codes.get((dealing.act, dealing.ends is not None), "cancellation_pledged")
    return Obstacle(code=code, number=dealing.number, rights=dealing.rights, until=dealing.ends)


def _of_dealing(procedure: str, register: Registered) -> Iterator[Obstacle]:
    """An assignment has begun when it is filed; a licence may begin later; a pledge begins with its record, and has no
    last day."""
    today, for_good = _own(register, register.stated_on or date.max), _own(register, date.max)
    if not register.rights:
        yield Obstacle(code="nothing_transferable")
    elif not (today if procedure == "assignment" else today | for_good):
        yield Obstacle(code="nothing_to_deal_in")
    elif procedure == "pledge" and today.isdisjoint(for_good):
        yield Obstacle(code="nothing_to_pledge", rights=own_rights(register))


def own_rights(register: Registered) -> list[str]:
    """Rights that are theirs somewhere, today or for good."""
    found = {right for day in (register.stated_on or date.max, date.max) for right, _ in _own(register, day)}
    return [right for right in register.rights if right in found]


def _own(register: Registered, day: date) -> frozenset[Share]:
    """What is theirs on a day."""
    held = holders(register.rights, register.dealings, day)
    return frozenset(share for share, number in held.items() if number in register.own)


def _registered(register: Registered) -> set[str]:
    return {*register.rights, *(right for dealing in register.dealings for right in dealing.rights)}


def _own_burdens(register: Registered, act: str) -> list[str]:
    """Numbers of the pledges, or of the licences, that they have on it."""
    return [one.number for one in register.dealings if one.act == act and one.number in register.own]
