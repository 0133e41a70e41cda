"""作品登记申请 (Z11)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Model
from contracts.forms.parts import NUMBER, Author, Contact, Flag, Owner, Place
from contracts.text import Day, Line, Paragraphs

Category = Literal["A", "M", "B", "C", "D", "E", "N", "F", "G", "O", "P", "H", "I", "J", "K", "L"]
Ownership = Literal["individual", "joint", "legal_person", "work_for_hire", "commissioned"]
Acquisition = Literal["original", "inheritance", "succession", "other"]
Right = Literal[
    "publication",
    "attribution",
    "revision",
    "integrity",
    "reproduction",
    "distribution",
    "rental",
    "exhibition",
    "performance",
    "projection",
    "broadcasting",
    "network_dissemination",
    "cinematography",
    "adaptation",
    "translation",
    "compilation",
    "other",
]


class Description(Model):
    """作品说明书: purpose, process and statement of originality."""

    purpose: Annotated[str, Paragraphs(3000)] = ""
    process: Annotated[str, Paragraphs(3000)] = ""
    originality: Annotated[str, Paragraphs(3000)] = ""


class WorkForm(Model):
    """作品登记申请 (Z11)."""

    title: Annotated[str, Line(200)] = ""
    title_confirmed: Flag = Field(default=False, description="the applicant keeps a title that was questioned")
    category: Category | None = None
    category_note: Annotated[str, Line(200)] = ""
    creation_nature: (
        Literal["original", "adaptation", "translation", "compilation", "annotation", "arrangement", "other"] | None
    ) = None
    source_licence: Annotated[str, Paragraphs(500)] = ""
    completion_date: Day | None = None
    completion_place: Place = Place()
    publication: Literal["unpublished", "published"] | None = None
    publication_date: Day | None = None
    publication_place: Place | None = None
    composition: Literal["single", "series"] = "single"
    parts: list[Annotated[str, Line(200)]] = Field(default=[], max_length=200)
    word_count: Annotated[int, Field(ge=1, le=1_000_000_000), NUMBER] | None = None
    authors: list[Author] = Field(default=[], max_length=100)
    owners: list[Owner] = Field(default=[], max_length=100)
    acquisition: Acquisition | None = None
    ownership: Ownership | None = None
    rights_scope: Literal["all", "partial"] = "all"
    rights: list[Right] = Field(default=[], max_length=100)
    description: Description = Description()
    filing_mode: Literal["applicant", "agent"] = "applicant"
    collection: Literal["electronic", "ems"] = "electronic"
    contact: Contact = Contact()
