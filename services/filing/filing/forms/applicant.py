"""The verified identity under which somebody files, as far as forms need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.forms import Owner
from contracts.text import same_name


@dataclass(frozen=True)
class Applicant:
    """The verified identity of the account that files, as far as forms need it."""

    name: str
    kind: str
    id_type: str
    masked_id_number: str

    def as_owner(self, entry: Owner | None = None) -> Owner:
        """The applicant's own entry among the owners: identity comes from verification, the rest from the form."""
        place = entry or Owner(name=self.name)
        return Owner(
            name=self.name,
            kind="organisation" if self.kind == "organisation" else "natural_person",
            nationality=place.nationality,
            province=place.province,
            city=place.city,
            id_type=self.id_type,
            masked_id_number=self.masked_id_number,
            applicant=True,
        )


def own_entry(owners: Sequence[Owner], applicant: Applicant) -> list[Owner]:
    """Nobody types the applicant's identity: the entry marked as theirs, or bearing their name, is replaced."""
    marked = [index for index, owner in enumerate(owners) if owner.applicant]
    named = [index for index, owner in enumerate(owners) if same_name(owner.name, applicant.name)]
    mine = next(iter(marked or named), None)
    return [
        applicant.as_owner(owner) if index == mine else owner.model_copy(update={"applicant": False})
        for index, owner in enumerate(owners)
    ]


def named(data: Mapping[str, Any], own: Mapping[str, str], applicant: Applicant) -> dict[str, Any]:
    """What was sent, with the name in the entries marked as the applicant's that have none. ``own``: lists that have
    one, with the flag that marks it."""
    filled = dict(data)
    for name, flag in own.items():
        entries = data.get(name)
        if isinstance(entries, list):
            filled[name] = [
                {"name": applicant.name, **entry} if isinstance(entry, Mapping) and entry.get(flag) is True else entry
                for entry in entries
            ]
    return filled
