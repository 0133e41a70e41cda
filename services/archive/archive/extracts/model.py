"""What an extract states. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Literal

from contracts.dealings import Dealing, owned_by
from contracts.forms import Registered

from archive.register.holding import burdens_of, holding, people_of, rights_of
from archive.register.records import Record, Standing, fold, outdated

Role = Literal["owner", "holder", "pledgee", "licensee"]


def role_of(standing: Standing, own: Collection[str], today: date) -> Role | None:
    """What whoever may hold by these dealings is to a registration; None for who holds nothing any more."""
    if not owned_by(rights_of(standing), standing.dealings).isdisjoint(own):
        return "owner"
    if holding(standing, own, today):
        return "holder"
    acts = {one.act for one in burdens_of(standing, own, today)}
    return "pledgee" if "pledged" in acts else "licensee" if acts else None


def registered(
    number: str, records: Sequence[Record], certified: int, own: Collection[str], today: date
) -> Registered | None:
    """What the records of a number make of it, for who may hold by ``own``; None for who holds nothing. ``certified``:
    the record whose certificate is in force, 0 before there is one."""
    standing = fold(records)
    role = role_of(standing, own, today)
    if role is None:
        return None
    stated = standing.particulars.model_dump(mode="json")
    return Registered.model_validate(
        {name: value for name, value in stated.items() if name in Registered.model_fields}
        | {
            "registration_number": number,
            "record": standing.sequence,
            "status": standing.status,
            "registered_on": standing.registered_on,
            "certificate_outdated": bool(certified) and outdated(records, certified),
            "stated_on": today,
            "role": role,
            "own": sorted(own),
            "holders": people_of(standing, holding(standing, own, today)),
            "rights": rights_of(standing),
            "dealings": [one for one in standing.dealings if not _over(one, today)],
        }
    )


def _over(dealing: Dealing, today: date) -> bool:
    return dealing.released_on is not None or (dealing.ends is not None and dealing.ends < today)
