"""What the office asks for, per form code and date: effective-dated data, read once per process.

The shipped file is ``policy.toml`` beside this module; ``FILING_POLICY_FILE`` names another one.
"""

from __future__ import annotations

import os
import tomllib
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from contracts.base import Model
from contracts.forms import FilingType
from pydantic import Field

from filing.forms.words import Words


class CategoryPolicy(Words):
    """One category of works. ``rights`` are the rights that only some categories have and this one does."""

    open: bool
    profile: str | None = None
    word_count: bool = False
    note: bool = Field(default=False, description="the applicant must say what kind of work it is")
    rights: list[str] = []


class Limit(Model):
    """How long a text has to be or may be; characters as the form counts them."""

    least: int | None = None
    most: int | None = None


class Office(Model):
    name: str
    address: str
    postcode: str
    phone: str


class FormPolicy(Model):
    """One form code's rules from ``valid_from`` on. Periods in days of the kind their names say."""

    code: str
    type: FilingType
    title: Words
    valid_from: date
    open: bool
    paper_required: bool
    paper: list[str]
    acceptance_working_days: int = Field(ge=0)
    examination_days: int = Field(ge=1)
    correction_days: int = Field(ge=1)
    paper_days: int = Field(ge=1)
    max_materials: int = Field(ge=1)
    earliest_date: date = Field(default=date(1900, 1, 1), description="of completion or publication")
    filing_modes: list[str]
    ownership: dict[Literal["natural_person", "organisation", "agent"], list[str]]
    legal_basis: dict[str, Words]
    categories: dict[str, CategoryPolicy]
    limits: dict[str, Limit] = Field(default={}, description="field of the form → how long")
    asks: list[str] = Field(default=[], description="fields that are asked only where policy says so")

    def profile_of(self, category: str | None) -> str:
        """Pre-check profile of a sample of this category; a text unless the category says otherwise."""
        policy = self.categories.get(category or "")
        return (policy.profile if policy else None) or "text_pdf"


class Policies(Model):
    office: Office
    form: list[FormPolicy]

    def on(self, filing_type: FilingType, day: date) -> FormPolicy:
        """The policy of a type in force on a legal date. ``LookupError`` before the first one."""
        current = [policy for policy in self.form if policy.type == filing_type and policy.valid_from <= day]
        if not current:
            raise LookupError(f"no policy for {filing_type} is in force on {day}")
        return max(current, key=lambda policy: policy.valid_from)


def read_policies(text: str) -> Policies:
    """All policies of a file in TOML. ``ValidationError`` and ``TOMLDecodeError`` say what is wrong with it."""
    return Policies.model_validate(tomllib.loads(text))


@cache
def policies() -> Policies:
    """The deployment's policies."""
    path = os.environ.get("FILING_POLICY_FILE")
    if path:
        return read_policies(Path(path).read_text(encoding="utf-8"))
    return read_policies(resources.files(__package__).joinpath("policy.toml").read_text(encoding="utf-8"))
