"""What a form asks for, as data: the one description that pages, printed forms, guides and JSON Schema are made from.

Filing writes it (``filing/types/<type>/fields.toml``, in both languages) and gives it in one of them. Whoever shows or
reads a form goes by it and knows no field by name.

Paths name what a field is in the whole form: ``title``, ``completion_place.city``, ``owners.0.name``. A field's own
``name`` is its part of the path: in a group or a row, the name within.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from contracts.base import Model
from contracts.forms.parts import FilingType, Kind

Widget = Literal[
    "text",
    "area",
    "integer",
    "date",
    "select",
    "radio",
    "checks",
    "flag",
    "lines",
    "masked",
    "tel",
    "email",
    "group",
    "rows",
]
"""How a field is entered, and what its value is in the form.

=============  ===================================================================================================
text           one line (str); ``tel`` and ``email`` too, with the keyboard that fits
area           paragraphs (str)
integer        a whole number (int)
date           a legal day (``YYYY-MM-DD``)
select, radio  one of ``choices`` (str); radio shows each choice's hint
checks         any of ``choices`` (list of str); with ``other``, further entries of the applicant's own
flag           yes or no (bool)
lines          a list of texts, one a line
masked         a number of a document, of which only a few characters are kept (str)
group          an object with ``fields``
rows           a list of objects with ``fields`` each
=============  ===================================================================================================
"""
Filer = Literal["natural_person", "organisation"]


class ShownWhen(Model):
    """A field that is asked only if another one has one of these values (a list: if it holds one of them).

    ``field`` is a path from the form's top; within rows, one that begins with ``.`` means the same row.
    A flag has the values ``yes`` and ``no``.
    """

    field: str
    values: list[str]


class Choice(Model):
    value: str
    label: str
    hint: str = ""
    open: bool = Field(default=True, description="one that is closed today is told and cannot be chosen")
    closed_because: str = Field(default="", description="why one is never open; without it, one is not open yet")
    filers: list[Filer] = Field(default=[], description="who may choose it; empty for everybody")
    group: str = Field(default="", description="a heading that it stands under with its neighbours")
    shown_when: ShownWhen | None = Field(default=None, description="offered only then")


class RowWords(Model):
    """Words around the rows of a list: what one is called (with ``{n}``), and the buttons."""

    title: str
    add: str
    remove: str


class FormField(Model):
    name: str
    label: str
    hint: str = ""
    hint_for: dict[Filer, str] = Field(default={}, description="what stands instead of ``hint`` for an applicant")
    widget: Widget
    optional: bool = Field(default=False, description="says so beside the label; what is required the rules decide")
    needed_when: ShownWhen | None = Field(default=None, description="an optional field that is required then")
    width: Literal["", "s", "m", "l"] = ""
    lines: int = Field(default=5, description="height of an area")
    unit: str = Field(default="", description="shown after the entry")
    max_length: int | None = Field(default=None, description="characters, or entries of a list")
    counted: Literal["", "characters", "solid"] = Field(
        default="", description="a live count: of all characters, or without blanks and line ends"
    )
    least: int | None = Field(default=None, description="of what is counted; of an integer its smallest value")
    most: int | None = None
    choices: list[Choice] = []
    other: bool = Field(default=False, description="checks: own entries beside the choices")
    start: str = Field(default="", description="what stands there before anything is entered")
    start_word: str = Field(default="", description="what *start* is written as in the language, where it is another")
    none: str = Field(default="", description="in a row: what it means that nothing stands there")
    marked_by: str = Field(
        default="", description="path of what the register says: which of the choices, as rights, are whose"
    )
    shown_when: ShownWhen | None = None
    asked_when: str = Field(
        default="",
        description="only asked when this problem is found with ``asked_about``, or when it says yes already",
    )
    asked_about: str = ""
    fields: list[FormField] = Field(default=[], description="of a group or a row")
    row: RowWords | None = None
    fixed: str = Field(
        default="",
        description="rows: the flag that marks the applicant's own row, whose ``verified`` fields stand fixed",
    )
    verified: bool = Field(default=False, description="taken from the verified identity in the applicant's own row")
    hidden: bool = Field(default=False, description="kept with the form, never entered by hand")
    given: bool = Field(default=False, description="filled by the office: shown, never entered")
    beside: str = Field(
        default="", description="path of what holds now, shown with what is to take its place; .name: of the same row"
    )
    standing: bool = Field(default=False, description="rows: as many as there are, none is added or taken away")
    personal: bool = Field(default=False, description="says who somebody is: left out where the public sees the form")
    transient: bool = Field(
        default=False, description="not printed on the form, and deleted from it when the case has ended"
    )
    fee: bool = Field(default=False, description="weighs on the fee: closed after payment unless a defect names it")
    autocomplete: str = "off"
    keyboard: str = Field(default="", description="inputmode: numeric, tel …")


class FormStep(Model):
    """One page of the wizard. ``fields`` shows fields; ``materials`` and ``deposit`` are pages of their own kind."""

    name: str
    title: str
    hint: str = ""
    intro: str = Field(default="", description="a sentence above the fields")
    kind: Literal["fields", "materials", "deposit"] = "fields"
    optional: bool = False
    fields: list[FormField] = []


class MaterialNeed(Model):
    """A material that a case has to have or may have, as its form stands."""

    role: str
    title: str
    hint: str = ""
    needed: bool
    least: int = Field(default=0, description="how many must be there")
    profile: str = Field(
        default="", description="of the pre-check; none where it goes by the file: a scan, a photograph"
    )
    sample: bool = Field(default=False, description="a copy of the work itself: a new one takes the place of the old")
    purpose: str = Field(description="of the upload: its rules of size and type are the gateway's")
    template: str = Field(default="", description="a document to download, fill in, sign and upload")


class FormDescription(Model):
    """All of a form for one filing type, in one language, by the policy in force on ``on``."""

    type: FilingType
    kind: Kind
    form_code: str = Field(description="Z11, R11")
    title: str = Field(description="what is filed, by its name: 作品著作权登记")
    title_field: str = Field(description="path of the field that names the case")
    begins_with: str = Field(
        default="", description="the top-level field whose choice opens a draft: its choices are the start page's"
    )
    on_registration: bool = Field(
        default=False, description="about what is registered already: a draft is begun with a registration number"
    )
    language: Literal["zh", "en"]
    on: date
    open: bool = Field(description="may be filed online today")
    steps: list[FormStep]
    materials: list[MaterialNeed] = Field(description="every role, as for an empty form")
    paper_required: bool
    paper: list[str] = Field(default=[], description="what comes on paper, of any case; see ApplicationView.paper")
    office: dict[str, str] = Field(description="name, address, postcode, phone: where paper goes")
    acceptance_working_days: int
    examination_days: int
    correction_days: int
    paper_days: int
    max_materials: int
    legal_basis: dict[str, str] = Field(description="deadline kind → text")
