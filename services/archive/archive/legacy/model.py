"""Old records as the public may see them, and as the register states them. Pure."""

from __future__ import annotations

import re

from contracts.legacy.cases import LegacyCaseApproved, LegacyOwner

from archive.register.kinds import KINDS
from archive.register.model import Author, Owner, Particulars, mask_person

_BETWEEN = re.compile(r"[、，,；;]|\s{2,}")
_ORGANISATION = re.compile(
    r"(?:公司|集团|企业|厂|社|院|所|校|大学|学院|中心|协会|学会|委员会|局|部|处|馆|台|站|店|行|会|基金|工作室"
    r"|Inc\.?|Ltd\.?|LLC|Corporation|Company|University)$",
    re.IGNORECASE,
)


def public_names(names: str) -> list[str]:
    """The old system wrote all names into one field and did not say who is a person: whatever does not end as the name
    of an organisation does is masked as a person's."""
    found = (name.strip() for name in _BETWEEN.split(names))
    return [name if len(name) > 3 and _ORGANISATION.search(name) else mask_person(name) for name in found if name]


def particulars_of(approved: LegacyCaseApproved) -> Particulars:
    """What the register is to state. Raises ValueError (the event is parked) for a work without a category."""
    stated, kind = approved.particulars, KINDS[approved.kind]
    category = approved.category if kind.categories else None
    if kind.categories and category not in kind.categories:
        raise ValueError(f"old case {approved.application_id} was approved with category {category!r}")
    return Particulars(
        kind=approved.kind,
        category=category,
        title=approved.title,
        short_name=stated.short_name,
        version=stated.version,
        authors=[Author(name=each.name, organisation=each.organisation) for each in stated.authors],
        owners=[_owner(each) for each in stated.owners],
        completion_date=stated.completion_date,
        publication_date=stated.publication_date,
        applicant=stated.owners[0].name,
    )


def _owner(stated: LegacyOwner) -> Owner:
    return Owner(name=stated.name, kind="organisation" if stated.organisation else "natural_person")
