"""Old records as the public may see them, and as the register states them. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import Protocol

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
    return [name if is_organisation(name) else mask_person(name) for name in parted(names)]


def parted(names: str) -> list[str]:
    """The names of one field of the old system, each once."""
    return list(dict.fromkeys(name for part in _BETWEEN.split(names) if (name := part.strip())))


def is_organisation(name: str) -> bool:
    """Whether a name ends as that of an organisation does."""
    return len(name) > 3 and _ORGANISATION.search(name) is not None


class OldEntry(Protocol):
    """What the old register says of a number."""

    @property
    def kind(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def certificate_number(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def short_name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def authors(self) -> str: ...
    @property
    def owners(self) -> str: ...
    @property
    def completion_date(self) -> date | None: ...
    @property
    def publication_date(self) -> date | None: ...


def taken_over(row: OldEntry) -> Particulars | None:
    """An old registration as this register states it; None where the old system recorded too little for that: a work
    without a category, software without the number of its certificate, or nobody who owns it. It did not record how
    the rights were come by, nor rights apart: they are all of them, as it registered no parts."""
    kind, owners = KINDS.get(row.kind), parted(row.owners)
    category = row.category if kind and kind.categories else None
    number = row.certificate_number if kind and kind.certificate_numbers else None
    if kind is None or not owners or (kind.categories and category not in kind.categories) or number == "":
        return None
    return Particulars(
        kind=row.kind,
        certificate_number=number,
        category=category,
        title=row.title,
        short_name=row.short_name,
        version=row.version,
        authors=[Author(name=each, organisation=is_organisation(each)) for each in parted(row.authors)],
        owners=[_owner(LegacyOwner(name=each, organisation=is_organisation(each))) for each in owners],
        completion_date=row.completion_date,
        publication_date=row.publication_date,
        applicant=owners[0],
    )


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
