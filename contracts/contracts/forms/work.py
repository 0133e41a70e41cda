"""作品登记申请 (Z11)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Model
from contracts.forms.parts import NUMBER, Author, Collection, Contact, Delivery, Flag, Owner, Place
from contracts.text import Day, Line, Paragraphs, Title

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


SampleForm = Literal["text", "score", "recording", "script", "video", "picture", "photograph", "views", "drawing"]
"""样本形式: as what the sample of the work is given. Which a category may choose among is policy's."""


class Duration(Model):
    """时长: of an audiovisual work, of a series its longest; the fee goes by it."""

    hours: Annotated[int, Field(ge=0, le=99), NUMBER] | None = None
    minutes: Annotated[int, Field(ge=0, le=59), NUMBER] | None = None
    seconds: Annotated[int, Field(ge=0, le=59), NUMBER] | None = None

    @property
    def total(self) -> int:
        """In seconds."""
        return ((self.hours or 0) * 60 + (self.minutes or 0)) * 60 + (self.seconds or 0)

    @classmethod
    def of(cls, seconds: int) -> Duration:
        """Of so many seconds, at most 99:59:59."""
        whole = min(seconds, 359_999)
        return cls(hours=whole // 3600, minutes=whole // 60 % 60, seconds=whole % 60)


class Description(Model):
    """作品说明书: purpose, process and statement of originality."""

    purpose: Annotated[str, Paragraphs(3000)] = ""
    process: Annotated[str, Paragraphs(3000)] = ""
    originality: Annotated[str, Paragraphs(3000)] = ""


class WorkForm(Model):
    """作品登记申请 (Z11)."""

    title: Annotated[str, Title(200)] = ""
    title_confirmed: Flag = Field(default=False, description="the applicant keeps a title that was questioned")
    category: Category | None = None
    category_note: Annotated[str, Line(200)] = ""
    sample_form: SampleForm | None = None
    lyrics: Literal["with", "without"] | None = Field(default=None, description="of a musical work: 词曲 or 曲")
    duration: Duration | None = None
    episodes: Annotated[int, Field(ge=1, le=10_000), NUMBER] | None = Field(
        default=None, description="of a television series: its fee goes by them"
    )
    map_number: Annotated[str, Line(60)] = Field(default="", description="审图号")
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
    seal_deposit: Flag = Field(default=False, description="封存: the sample is sealed with the registration")
    collection: Collection = "electronic"
    delivery: Delivery | None = None
    contact: Contact = Contact()
