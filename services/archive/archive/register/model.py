"""The register: numbers, the facts of an entry, and what the public may see of them. Pure rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from contracts.filing import ApplicationApproved
from contracts.forms import Kind
from contracts.text import name, name_key, respelled
from pydantic import AfterValidator, BaseModel, ConfigDict

CATEGORY_NAMES = {
    "A": "文字作品",
    "B": "音乐作品",
    "C": "戏剧作品",
    "D": "曲艺作品",
    "E": "舞蹈作品",
    "F": "美术作品",
    "G": "摄影作品",
    "H": "电影作品",
    "I": "类似摄制电影的方法创作的作品",
    "J": "工程设计图、产品设计图",
    "K": "地图、示意图",
    "L": "其他作品",
    "M": "口述作品",
    "N": "杂技艺术作品",
    "O": "建筑作品",
    "P": "模型作品",
}
"""Letters of works registration numbers (国版函[2016]1号) and the categories they stand for."""

WORK_NUMBER = re.compile(r"国作登字-(\d{4})-([A-P])-(\d{8})", re.ASCII)
SOFTWARE_NUMBER = re.compile(r"(\d{4})SR(\d{7})", re.ASCII)
Status = Literal["valid", "replaced", "revoked"]
Shape = Literal[
    "work_registration", "software_registration", "serial_number", "acceptance_number", "certificate_number", "other"
]


def series_of(kind: Kind) -> str:
    """One gapless sequence per series and year; works count on across the letters."""
    return kind


def format_number(kind: Kind, category: str | None, year: int, sequence: int) -> str:
    """``国作登字-2026-A-00000045`` or ``2026SR0000123``. Raises ValueError for a category without a letter."""
    if kind == "software":
        return f"{year}SR{sequence:07d}"
    if category not in CATEGORY_NAMES:
        raise ValueError(f"works category {category!r} has no letter")
    return f"国作登字-{year}-{category}-{sequence:08d}"


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


@dataclass(frozen=True)
class Facts:
    """What a register entry states, taken from the approved form once and never changed."""

    kind: Kind
    category: str | None
    title: str
    authors: list[Author]
    owners: list[Owner]
    completion_date: date | None
    publication_date: date | None
    acquisition: str
    rights_scope: str
    applicant: str


def facts_of(approved: ApplicationApproved) -> Facts:
    """The register's facts of an approved application; reads only the fields the register states.

    Raises ValueError (the event is parked for an operator) when a work has no category or nobody owns it.
    """
    form = approved.form
    owners = [Owner.model_validate(owner) for owner in approved.owners or form.get("owners", [])]
    if not owners:
        raise ValueError(f"application {approved.application_id} was approved without an owner")
    organisations = {name_key(owner.name) for owner in owners if owner.kind == "organisation"}
    authors = [
        author.model_copy(update={"organisation": name_key(author.name) in organisations})
        for author in (Author.model_validate(item) for item in form.get("authors", []))
    ]
    category = form.get("category") if approved.kind == "work" else None
    if approved.kind == "work" and category not in CATEGORY_NAMES:
        raise ValueError(f"application {approved.application_id} was approved with category {category!r}")
    return Facts(
        kind=approved.kind,
        category=category,
        title=approved.title,
        authors=authors,
        owners=owners,
        completion_date=_date(form.get("completion_date")),
        publication_date=_date(form.get("publication_date")) if form.get("publication") != "unpublished" else None,
        acquisition=str(form.get("acquisition") or "original"),
        rights_scope=str(form.get("rights_scope") or "all"),
        applicant=_applicant(form, owners),
    )


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


@dataclass(frozen=True)
class Diagnosis:
    """Why a typed number may have found nothing, and how it is probably spelt.

    ``reasons`` are codes: invisible, letter_case, full_width, spacing, separators, traditional_characters,
    missing_parts, missing_zeros. ``looks_like`` says which of the office's numbers it is.
    """

    looks_like: Shape
    suggestion: str | None
    reasons: tuple[str, ...]


def diagnose(typed: str) -> Diagnosis:
    """Reads a number that was not found as people write it. Suggests a spelling only when the form is certain."""
    text, wrong = respelled(typed)
    reasons = list(wrong)
    if (number := _work_number(text)) or (number := _software_number(text)):
        if number != text:
            reasons.append("missing_zeros" if _digits_only_padded(text, number) else "missing_parts")
        shape: Shape = "work_registration" if "作登字" in number else "software_registration"
        return Diagnosis(shape, number if number != typed else None, tuple(reasons))
    if match := re.fullmatch(r"\d{4}[A-Z]\d{2}([SL])\d{6,}", text, re.ASCII):
        shape = "serial_number" if match[1] == "S" else "acceptance_number"
        return Diagnosis(shape, text if text != typed else None, tuple(reasons))
    if re.fullmatch(r"软著登字第\d{1,8}号", text, re.ASCII):
        return Diagnosis("certificate_number", None, ())
    return Diagnosis("other", None, ())


def _work_number(text: str) -> str | None:
    match = re.fullmatch(r"(?:国?作?登?字?第?)-?(\d{4})-?([A-P])-?(\d{1,8})号?", text, re.ASCII)
    return f"国作登字-{match[1]}-{match[2]}-{match[3]:0>8}" if match else None


def _software_number(text: str) -> str | None:
    match = re.fullmatch(r"(?:软?著?登?记?字?第?)-?(\d{4})-?SR-?(\d{1,7})号?", text, re.ASCII)
    if not match or len(match[2]) == 6:  # six digits are a complete number of the old system
        return None
    return f"{match[1]}SR{match[2]:0>7}"


def _digits_only_padded(text: str, number: str) -> bool:
    head = number.rstrip("0123456789")
    return text.startswith(head) and len(text) < len(number)
