"""``fields.toml`` of a filing type as it is written: everything that :class:`contracts.forms.FormDescription` says, in
both languages, with what it takes from policy named instead of copied.

What several forms ask for alike is written once, in ``parts.toml`` beside this module.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal

from contracts.base import Model
from contracts.forms import Filer, Widget
from pydantic import Field, TypeAdapter, model_validator

from filing.forms.words import NOTHING, Words

FromPolicy = Literal["", "categories", "samples", "ownership", "filing_modes", "changes", "rights"]
"""What policy says about a field's choices.

============  ====================================================================================================
categories    they are the policy's categories, by their names there, open or closed, under the heads of the law
samples       they are the policy's forms of sample, each offered for the categories that have it
ownership     who may choose each
filing_modes  which there are; the field is not asked where there is only one
changes       which may be chosen: what may be changed of a registration
rights        which there are, and which of them may be chosen: what can be dealt in
============  ====================================================================================================
"""


Part = Literal[
    "",
    "place",
    "owner",
    "contact",
    "delivery",
    "registered",
    "changed_owner",
    "party",
    "registered_party",
    "territory",
    "registered_territory",
]
"""What several forms ask for alike, by its name in ``parts.toml``."""


class ChoiceWords(Model):
    value: str
    label: Words = Field(default=NOTHING, description="left out where policy has the names")
    hint: Words = NOTHING
    filers: list[Filer] = []


class Condition(Model):
    """:class:`contracts.forms.ShownWhen`; ``categories`` names a flag of policy's categories instead of values."""

    field: str
    values: list[str] = []
    categories: Literal["", "word_count", "note", "lyrics", "duration", "map_number", "several_samples"] = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> Condition:
        if bool(self.values) == bool(self.categories):
            raise ValueError("either values or a flag of categories")
        return self


class RowTexts(Model):
    title: Words
    add: Words
    remove: Words


class FieldWords(Model):
    """One field: see :class:`contracts.forms.FormField` for what each means.

    ``asked_by_policy``: only where policy names it among what it ``asks``; its ``limits`` stand over ``least`` and
    ``most``. ``part`` takes its fields from ``parts.toml``. A group's ``optional`` and ``needed_when`` go for each of
    its fields. ``kept`` says why the rights that policy keeps with the author can never be chosen.
    """

    name: str
    label: Words
    hint: Words = NOTHING
    hint_for: dict[Filer, Words] = {}
    widget: Widget
    part: Part = ""
    from_policy: FromPolicy = ""
    optional: bool = False
    needed_when: Condition | None = None
    width: Literal["", "s", "m", "l"] = ""
    lines: int = 5
    unit: Words = NOTHING
    max_length: int | None = None
    counted: Literal["", "characters", "solid"] = ""
    least: int | None = None
    most: int | None = None
    choices: list[ChoiceWords] = []
    kept: Words = NOTHING
    other: bool = False
    start: str = ""
    start_word: Words = NOTHING
    none: Words = NOTHING
    marked_by: str = ""
    shown_when: Condition | None = None
    asked_when: str = ""
    asked_about: str = ""
    fields: list[FieldWords] = []
    row: RowTexts | None = None
    fixed: str = ""
    verified: bool = False
    hidden: bool = False
    given: bool = False
    beside: str = ""
    standing: bool = False
    asked_by_policy: bool = False
    personal: bool = False
    transient: bool = False
    fee: bool = False
    autocomplete: str = "off"
    keyboard: str = ""

    @model_validator(mode="after")
    def _whole(self) -> FieldWords:
        if (self.widget in ("group", "rows")) != bool(self.fields or self.part):
            raise ValueError(f"{self.name}: groups and rows have fields, nothing else has")
        if (self.widget in ("select", "radio", "checks")) != bool(self.choices or self.from_policy == "samples"):
            raise ValueError(f"{self.name}: {self.widget} without choices, or choices without a list")
        if (self.from_policy == "rights") != bool(self.kept.zh):
            raise ValueError(f"{self.name}: rights that can be dealt in, and why the others cannot, stand together")
        if (self.widget == "rows") != (self.row is not None):
            raise ValueError(f"{self.name}: rows have words for a row")
        return self

    def inner(self) -> list[FieldWords]:
        """The fields of a group or a row."""
        return _parts()[self.part] if self.part else self.fields


class StepWords(Model):
    name: str
    title: Words
    hint: Words = NOTHING
    intro: Words = NOTHING
    kind: Literal["fields", "materials", "deposit"] = "fields"
    optional: bool = False
    fields: list[FieldWords] = []


class MaterialWords(Model):
    """One role of material. ``hint_by_profile`` and ``purpose_by_profile`` stand instead of ``hint`` and
    ``purpose`` where the sample has another profile, ``spare`` where the form as it stands does not need the role,
    ``because`` before the hint where it says why it does (``Need.because``)."""

    role: str
    title: Words
    hint: Words = NOTHING
    hint_by_profile: dict[str, Words] = {}
    purpose_by_profile: dict[str, str] = {}
    spare: Words = NOTHING
    because: Words = NOTHING
    purpose: str
    template: str = ""
    sample: bool = False


class FormFields(Model):
    """All of a ``fields.toml``. ``begins_with``: the top-level field whose choice opens a draft; ``on_registration``:
    it is about what is registered already, which the register says."""

    title_field: str
    begins_with: str = ""
    on_registration: bool = False
    step: list[StepWords]
    material: list[MaterialWords]

    def walk(self) -> Iterator[tuple[str, FieldWords]]:
        """Every field with its path, rows as ``*``: ``owners``, then ``owners.*.name``."""
        for step in self.step:
            yield from _walk(step.fields, "")

    def of(self, path: str) -> FieldWords | None:
        """The field that a path of a problem, a change or a defect names: ``owners.0.name``, ``parts.3``."""
        return self._by_path.get(_starred(path))

    @cached_property
    def _by_path(self) -> dict[str, FieldWords]:
        known = dict(self.walk())
        entries = {f"{path}.*": field for path, field in known.items() if field.widget in ("lines", "checks", "rows")}
        return known | entries

    def material_of(self, path: str) -> MaterialWords | None:
        """The role that a path of a problem or a defect names: ``materials.sample``."""
        return next((material for material in self.material if path == f"materials.{material.role}"), None)

    @cached_property
    def given(self) -> frozenset[str]:
        """Top-level fields that the office fills: what is sent for them is passed over."""
        return frozenset(field.name for step in self.step for field in step.fields if field.given)

    @cached_property
    def own(self) -> Mapping[str, str]:
        """Lists that begin with the applicant's own entry, and the flag that marks it."""
        return {field.name: field.fixed for step in self.step for field in step.fields if field.fixed}

    @cached_property
    def transient(self) -> frozenset[str]:
        """Top-level fields that are deleted when the case has ended."""
        return frozenset(field.name for step in self.step for field in step.fields if field.transient)

    def lasting(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """What of a stored form is signed and stays."""
        return {name: value for name, value in form.items() if name not in self.transient}

    def roles(self) -> list[str]:
        return [material.role for material in self.material]

    def samples(self) -> frozenset[str]:
        """Roles whose files are copies of the work itself."""
        return frozenset(material.role for material in self.material if material.sample)


def read_fields(text: str) -> FormFields:
    """From TOML. ``ValidationError`` names what is wrong."""
    return FormFields.model_validate(tomllib.loads(text))


def fields_beside(package: str | Traversable, file: str = "fields.toml") -> FormFields:
    """The ``fields.toml`` of a filing type's room, or one that several share."""
    room = resources.files(package) if isinstance(package, str) else package
    return read_fields(room.joinpath(file).read_text(encoding="utf-8"))


@cache
def _parts() -> dict[str, list[FieldWords]]:
    text = resources.files(__package__).joinpath("parts.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, list[FieldWords]]).validate_python(tomllib.loads(text))


def _walk(fields: list[FieldWords], prefix: str) -> Iterator[tuple[str, FieldWords]]:
    for field in fields:
        path = f"{prefix}{field.name}"
        yield path, field
        below = f"{path}.*." if field.widget == "rows" else f"{path}."
        if field.widget in ("group", "rows"):
            yield from _walk(field.inner(), below)


def _starred(path: str) -> str:
    return ".".join("*" if part.isdecimal() else part for part in path.split("."))
