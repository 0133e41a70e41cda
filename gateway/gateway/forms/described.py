"""A described form as pages ask about it: which field a path names, on which step it is, whether it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from contracts.forms import FormDescription, FormField, FormStep

Lookup = Callable[[str], Any]
"""The value at a path of a form, as it is stored or was entered; None where there is none."""
MATERIALS = "materials"


def shape_of(path: str) -> str:
    """The path without row numbers: ``people.name`` for ``people.0.name``."""
    return ".".join(part for part in path.split(".") if not part.isdigit())


def value_at(form: Any, path: str) -> Any:
    """What stands at a path of a form; None where nothing does."""
    found = form
    for part in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, Sequence) and not isinstance(found, str) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found


class Described:
    """A form's description with its fields found by path. One per description, kept with it."""

    def __init__(self, description: FormDescription) -> None:
        self.description = description
        self._fields: dict[str, FormField] = {}
        self._steps: dict[str, FormStep] = {}
        for step in description.steps:
            for field in step.fields:
                self._steps[field.name] = step
                for path, found in _walk(field, field.name):
                    self._fields[path] = found

    @property
    def steps(self) -> list[FormStep]:
        return self.description.steps

    @property
    def fields(self) -> list[FormField]:
        """The top-level fields, step by step."""
        return [field for step in self.steps for field in step.fields]

    def field(self, path: str) -> FormField | None:
        """The field that a path names; None for a place that the form does not have."""
        return self._fields.get(shape_of(path))

    def step(self, name: str) -> FormStep | None:
        """The step of this name; None for one that this form does not have."""
        return next((step for step in self.steps if step.name == name), None)

    def step_of(self, path: str) -> FormStep | None:
        """The step on whose page the field or file of a problem is."""
        top = path.split(".")[0]
        if top == MATERIALS:
            return next((step for step in self.steps if step.kind == MATERIALS), None)
        return self._steps.get(top)

    def next_step(self, step: FormStep) -> FormStep | None:
        """The one after; None after the last."""
        position = self.steps.index(step) + 1
        return self.steps[position] if position < len(self.steps) else None

    def control_of(self, path: str) -> str:
        """The path of the field that decides whether this one is asked; empty for one that always is."""
        field = self.field(path)
        if field is None or field.shown_when is None:
            return ""
        reference = field.shown_when.field
        return f"{_row_of(path)}{reference}" if reference.startswith(".") else reference

    def asked(self, path: str, lookup: Lookup) -> bool:
        """Whether the field is asked of this form: its own condition, those around it and those of their controls."""
        return self._asked(path, lookup, frozenset())

    def _asked(self, path: str, lookup: Lookup, passed: frozenset[str]) -> bool:
        if path in passed:  # conditions that ask for each other: a description's fault, told nowhere by hiding both
            return True
        passed |= {path}
        parts = path.split(".")
        for length in range(1, len(parts) + 1):
            around = ".".join(parts[:length])
            control = self.control_of(around)
            if control and not self._holds(around, control, lookup, passed):
                return False
        return True

    def _holds(self, path: str, control: str, lookup: Lookup, passed: frozenset[str]) -> bool:
        condition = self._fields[shape_of(path)].shown_when
        if condition is None or not self._asked(control, lookup, passed):
            return condition is None
        return not self.chosen(control, lookup).isdisjoint(condition.values)

    def chosen(self, path: str, lookup: Lookup) -> set[str]:
        """A field's value as conditions compare it: codes; ``yes`` and ``no`` of a flag."""
        field, value = self.field(path), lookup(path)
        if field is not None and field.widget == "flag":
            return {"yes" if value in (True, "yes") else "no"}
        if value in (None, ""):
            return {field.start} if field is not None and field.start else set()
        return {str(entry) for entry in value} if isinstance(value, list) else {str(value)}


def _row_of(path: str) -> str:
    """The innermost row that a path is in: ``people.0`` for ``people.0.place.city``."""
    parts = path.split(".")
    last = max((place for place, part in enumerate(parts) if part.isdigit()), default=-1)
    return ".".join(parts[: last + 1])


def _walk(field: FormField, path: str) -> Iterator[tuple[str, FormField]]:
    yield path, field
    for inner in field.fields:
        yield from _walk(inner, f"{path}.{inner.name}")
