"""The register: the particulars it states, and what the public may see of them. Pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from contracts.filing import ApplicationApproved
from contracts.text import name, name_key
from pydantic import AfterValidator, BaseModel, ConfigDict

from archive.register.kinds import KINDS

Spelt = Annotated[str, AfterValidator(name)]


class Author(BaseModel):
    """An author as registered. ``organisation`` marks the legal person that counts as author (law art. 11)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: Spelt
    signed_as: Literal["real_name", "pseudonym", "anonymous"] = "real_name"
    pseudonym: str = ""
    organisation: bool = False


class Owner(BaseModel):
    """A copyright owner as registered. The ID number is not part of the register."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: Spelt
    kind: Literal["natural_person", "organisation"] = "natural_person"
    nationality: str = ""


class Particulars(BaseModel):
    """What the register states of a registration (登记事项). ``category`` is a work's, ``certificate_number`` (证书号),
    ``short_name`` and ``version`` are software's, ``rights`` those registered where ``rights_scope`` is *partial*."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: str
    certificate_number: str | None = None
    category: str | None = None
    title: str
    short_name: str = ""
    version: str = ""
    authors: list[Author] = []
    owners: list[Owner]
    completion_date: date | None = None
    publication_date: date | None = None
    acquisition: str = "original"
    rights_scope: str = "all"
    rights: list[str] = []
    applicant: str


def particulars_of(approved: ApplicationApproved) -> Particulars:
    """The particulars of an approved application; reads only the fields the register states.

    Raises ValueError (the event is parked for an operator) for a kind that the register does not know, when the
    category is none of its kind's, or when nobody owns it.
    """
    form = approved.form
    kind = KINDS.get(approved.kind)
    if kind is None:
        raise ValueError(f"application {approved.application_id} is of a kind unknown here: {approved.kind!r}")
    owners = [Owner.model_validate(owner) for owner in approved.owners or form.get("owners", [])]
    if not owners:
        raise ValueError(f"application {approved.application_id} was approved without an owner")
    category = form.get("category") if kind.categories else None
    if kind.categories and category not in kind.categories:
        raise ValueError(f"application {approved.application_id} was approved with category {category!r}")
    return Particulars(
        kind=approved.kind,
        category=category,
        title=str(form.get("full_name") or approved.title),
        short_name=str(form.get("short_name") or ""),
        version=str(form.get("version") or ""),
        authors=_authors(form, owners),
        owners=owners,
        completion_date=_date(form.get("completion_date")),
        publication_date=_date(form.get("publication_date")) if form.get("publication") != "unpublished" else None,
        acquisition=str(form.get("acquisition") or "original"),
        rights_scope=str(form.get("rights_scope") or "all"),
        rights=[str(right) for right in form.get("rights") or ()] if form.get("rights_scope") == "partial" else [],
        applicant=_applicant(form, owners),
    )


def _authors(form: dict[str, Any], owners: Sequence[Owner]) -> list[Author]:
    organisations = {name_key(owner.name) for owner in owners if owner.kind == "organisation"}
    return [
        author.model_copy(update={"organisation": name_key(author.name) in organisations})
        for author in (Author.model_validate(item) for item in form.get("authors", []))
    ]


def _date(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _applicant(form: dict[str, Any], owners: Sequence[Owner]) -> str:
    marked = [item.get("name", "") for item in form.get("owners", []) if item.get("applicant")]
    return marked[0] if marked and marked[0] else owners[0].name


def mask_person(name: str) -> str:
    """``张三丰`` → ``张**``: always two stars, so that the length of the name is not told either."""
    return f"{name.strip()[:1]}**"


def public_owner(owner: Owner) -> str:
    """Persons are masked (PIPL art. 6 and 28); an organisation's name is public in any register."""
    return owner.name if owner.kind == "organisation" else mask_person(owner.name)


def public_author(author: Author) -> str:
    """The name the author chose to sign with is public; a real name is masked like an owner's."""
    if author.signed_as == "anonymous":
        return "匿名"
    if author.signed_as == "pseudonym" and author.pseudonym:
        return author.pseudonym
    return author.name if author.organisation else mask_person(author.name)
