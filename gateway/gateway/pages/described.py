"""The description of a form as the pages of the works form still ask for it."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.filing import DESCRIBE_FORM, DescribeForm
from contracts.forms import REGISTRATIONS, FormDescription, Kind

from gateway.web.calls import call
from gateway.web.languages import language


@dataclass(frozen=True)
class Category:
    code: str
    title: str
    open: bool
    profile: str | None
    word_count: bool


class Described:
    """A :class:`FormDescription`, with its categories and who may own how."""

    def __init__(self, description: FormDescription) -> None:
        self._description = description
        fields = {field.name: field for step in description.steps for field in step.fields}
        counted = fields["word_count"].shown_when
        self.categories = [
            Category(entry.value, entry.label, entry.open, _PROFILES.get(entry.value, "text_pdf"), _has(counted, entry))
            for entry in fields["category"].choices
        ]
        self.ownership = {
            filer: [entry.value for entry in fields["ownership"].choices if not entry.filers or filer in entry.filers]
            for filer in ("natural_person", "organisation")
        }

    def __getattr__(self, name: str) -> object:
        return getattr(self._description, name)


_PROFILES = {"F": "artwork_image", "G": "photograph"}


def _has(counted: object, entry: object) -> bool:
    return entry.value in counted.values  # type: ignore[attr-defined]


def describe(kind: Kind) -> Described:
    """What the form asks for today, in the visitor's language."""
    asked = DescribeForm(type=REGISTRATIONS[kind], language="en" if language() == "en" else "zh")
    return Described(call(DESCRIBE_FORM, asked))
