"""What the office asks for, per form code and date: effective-dated data, read once per process.

The shipped file is ``policy.toml`` beside this module; ``FILING_POLICY_FILE`` names another one.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from contracts.base import Model
from contracts.forms import FilingType, SampleForm
from pydantic import Field, model_validator

from filing.forms.words import NOTHING, Words


class CategoryPolicy(Words):
    """One category of works, under the register's letter. ``rights`` are the rights that only some categories have and
    this one does; ``samples`` the forms in which a sample may be given, the usual one first; ``needs`` and ``may`` name
    the files that there must, and may, be beside it."""

    head: Words = Field(default=NOTHING, description="what the law calls such works (art. 3, as of 2021)")
    open: bool
    samples: list[SampleForm] = Field(min_length=1)
    needs: list[str] = []
    may: list[str] = []
    word_count: bool = False
    duration: bool = Field(default=False, description="lasts as long as its fee says")
    lyrics: bool = Field(default=False, description="with or without")
    map_number: bool = Field(default=False, description="shown to the public only with a number of approval (审图号)")
    note: bool = Field(default=False, description="the applicant must say what kind of work it is")
    rights: list[str] = []

    @property
    def several_samples(self) -> bool:
        """Whether the applicant says in which form the sample is given."""
        return len(self.samples) > 1


class SamplePolicy(Words):
    """A form of sample: what it is called, and by which profile its files are checked."""

    hint: Words = NOTHING
    profile: str


class Limit(Model):
    """How long a text has to be or may be; characters as the form counts them."""

    least: int | None = None
    most: int | None = None


class Office(Model):
    name: str
    address: str
    postcode: str
    phone: str


class PaperItem(Words):
    """A line of the list of paper to send; ``only_with``: roles of material, of which a case has one where it is asked.
    A file of policies may give a text alone, which then stands in every language."""

    only_with: list[str] = []

    @model_validator(mode="before")
    @classmethod
    def _text_alone(cls, value: Any) -> Any:
        return {"zh": value, "en": value} if isinstance(value, str) else value


class FormPolicy(Model):
    """One form code's rules from ``valid_from`` on. Periods in days of the kind their names say."""

    code: str
    type: FilingType
    title: Words
    valid_from: date
    open: bool
    paper_required: bool
    paper: list[PaperItem]
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
    samples: dict[SampleForm, SamplePolicy] = {}
    limits: dict[str, Limit] = Field(default={}, description="field of the form → how long")
    changes: list[str] = Field(default=[], description="what may be changed of a registration")
    rights: list[str] = Field(default=[], description="what can be dealt in")
    rights_kept: list[str] = Field(default=[], description="what stays with the author: told, never dealt in")
    asks: list[str] = Field(default=[], description="fields that are asked only where policy says so")

    def sample_of(self, category: str | None, chosen: SampleForm | None) -> SampleForm:
        """The form of a work's sample: what was chosen, where its category has a choice; a text before there is one."""
        known = self.categories.get(category or "")
        if known is None:
            return "text"
        return chosen if chosen in known.samples else known.samples[0]

    def paper_of(self, roles: Collection[str]) -> list[PaperItem]:
        """What comes on paper of a case that has materials of these roles."""
        return [item for item in self.paper if not item.only_with or not set(item.only_with).isdisjoint(roles)]

    @model_validator(mode="after")
    def _samples_are_known(self) -> FormPolicy:
        unknown = {form for category in self.categories.values() for form in category.samples} - set(self.samples)
        if unknown:
            raise ValueError(f"{self.code}: no word about samples as {', '.join(sorted(unknown))}")
        return self


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
