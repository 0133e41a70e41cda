"""The application forms (domain: works form Z11). A draft may leave all out; filing's rules say what is missing."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from contracts.base import Model

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


class Place(Model):
    country: str = Field(default="中国", max_length=60)
    province: str = Field(default="", max_length=60)
    city: str = Field(default="", max_length=60)


class Author(Model, personal=("name", "pseudonym")):
    name: str = Field(max_length=200)
    signed_as: Literal["real_name", "pseudonym", "anonymous"] = "real_name"
    pseudonym: str = Field(default="", max_length=200)


class Owner(Model, personal=("name", "masked_id_number")):
    """A copyright owner. The applicant's own entry is filled from the verified identity."""

    name: str = Field(max_length=200)
    kind: Literal["natural_person", "organisation"] = "natural_person"
    nationality: str = Field(default="中国", max_length=60)
    province: str = Field(default="", max_length=60)
    city: str = Field(default="", max_length=60)
    id_type: str = Field(default="", max_length=40)
    masked_id_number: str = Field(default="", max_length=40)
    applicant: bool = False


class Description(Model):
    """作品说明书: purpose, process and statement of originality."""

    purpose: str = Field(default="", max_length=3000)
    process: str = Field(default="", max_length=3000)
    originality: str = Field(default="", max_length=3000)


class Contact(Model, personal=("name", "mobile", "email", "address", "postcode")):
    name: str = Field(default="", max_length=100)
    mobile: str = Field(default="", max_length=30)
    email: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=300)
    postcode: str = Field(default="", max_length=12)


class WorkForm(Model):
    """作品登记申请 (Z11)."""

    title: str = Field(default="", max_length=200)
    title_confirmed: bool = Field(default=False, description="the applicant keeps a title that was questioned")
    category: Category | None = None
    category_note: str = Field(default="", max_length=200)
    creation_nature: (
        Literal["original", "adaptation", "translation", "compilation", "annotation", "arrangement", "other"] | None
    ) = None
    source_licence: str = Field(default="", max_length=500)
    completion_date: date | None = None
    completion_place: Place = Place()
    publication: Literal["unpublished", "published"] | None = None
    publication_date: date | None = None
    publication_place: Place | None = None
    composition: Literal["single", "series"] = "single"
    parts: list[str] = Field(default=[], max_length=200)
    word_count: int | None = Field(default=None, ge=1, le=1_000_000_000)
    authors: list[Author] = Field(default=[], max_length=100)
    owners: list[Owner] = Field(default=[], max_length=100)
    acquisition: Acquisition | None = None
    ownership: Ownership | None = None
    rights_scope: Literal["all", "partial"] = "all"
    rights: list[Right] = []
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
        "out_of_range",
        "not_a_date",
        "not_in_list",
        "duplicate",
        "not_applicable",
        "format_invalid",
        "title_generic",
        "title_characters",
        "category_not_open",
        "filing_mode_not_open",
        "date_in_future",
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
        "material_missing",
        "material_checking",
        "material_failed",
    }
)
"""Codes of problems with one field of a form or one material of a case; the gateway has words for each."""
