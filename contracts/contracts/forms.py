"""The application forms (domain: works form Z11). A draft may leave all out; filing's rules say what is missing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from contracts.base import Model
from contracts.text import Bounded, Compact, Day, Email, Line, Masked, Mobile, Name, Paragraphs

Kind = Literal["work", "software"]
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


FORM_BYTES = 64 * 1024
"""What a whole form may have as JSON in UTF-8. The descriptions at their longest take 27 KB in Chinese."""
FORM_DEPTH = 4
FormData = Annotated[dict[str, Any], Bounded(FORM_BYTES, FORM_DEPTH)]
"""A form, or some of its top-level fields, as somebody sends it: bounded here, read by filing's rules."""


class Place(Model):
    country: Annotated[str, Line(60)] = "中国"
    province: Annotated[str, Line(60)] = ""
    city: Annotated[str, Line(60)] = ""


class Author(Model):
    name: Annotated[str, Name(200)]
    signed_as: Literal["real_name", "pseudonym", "anonymous"] = "real_name"
    pseudonym: Annotated[str, Line(200)] = ""


class Owner(Model):
    """A copyright owner. The applicant's own entry is filled from the verified identity."""

    name: Annotated[str, Name(200)]
    kind: Literal["natural_person", "organisation"] = "natural_person"
    nationality: Annotated[str, Line(60)] = "中国"
    province: Annotated[str, Line(60)] = ""
    city: Annotated[str, Line(60)] = ""
    id_type: Annotated[str, Line(40)] = ""
    masked_id_number: Annotated[str, Masked(40)] = ""
    applicant: bool = False


class Description(Model):
    """作品说明书: purpose, process and statement of originality."""

    purpose: Annotated[str, Paragraphs(3000)] = ""
    process: Annotated[str, Paragraphs(3000)] = ""
    originality: Annotated[str, Paragraphs(3000)] = ""


class Contact(Model):
    name: Annotated[str, Name(100)] = ""
    mobile: Annotated[str, Mobile(30)] = ""
    email: Annotated[str, Email(200)] = ""
    address: Annotated[str, Line(300)] = ""
    postcode: Annotated[str, Compact(12)] = ""


class WorkForm(Model):
    """作品登记申请 (Z11)."""

    title: Annotated[str, Line(200)] = ""
    title_confirmed: bool = Field(default=False, description="the applicant keeps a title that was questioned")
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
    word_count: int | None = Field(default=None, ge=1, le=1_000_000_000)
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


FIELD_PROBLEMS = frozenset(
    {
        "required",
        "wrong_type",
        "unknown_field",
        "too_long",
        "too_many",
        "form_too_large",
        "form_too_deep",
        "out_of_range",
        "not_a_date",
        "not_in_list",
        "duplicate",
        "not_applicable",
        "format_invalid",
        "title_generic",
        "title_characters",
        "name_characters",
        "category_not_open",
        "filing_mode_not_open",
        "date_in_future",
        "date_too_early",
        "publication_before_completion",
        "series_needs_two_parts",
        "applicant_not_owner",
        "ownership_not_for_applicant",
        "joint_needs_two_owners",
        "joint_owner_not_author",
        "individual_one_owner",
        "individual_owner_not_author",
        "organisation_must_own",
        "organisation_must_be_author",
        "authors_must_be_persons",
        "right_not_transferable",
        "right_not_applicable",
        "fee_field_unmarked",
        "glyphs_missing",
        "material_missing",
        "material_checking",
        "material_failed",
    }
)
"""Codes of problems with one field of a form or one material of a case; the gateway has words for each."""
