"""How far each step of a draft is, from its description and report alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from contracts.filing import ApplicationView, FieldProblem
from contracts.forms import FormField, FormStep

from gateway.forms.described import Described
from gateway.forms.values import untouched

Standing = Literal["done", "started", "empty", "optional"]


def errors_of(case: ApplicationView) -> list[FieldProblem]:
    """What keeps the form from being filed as it is saved."""
    return [found for found in case.report.problems if found.severity == "error"] if case.report else []


def of_step(described: Described, step: FormStep, problems: list[FieldProblem]) -> list[FieldProblem]:
    """Those of the problems that the step's own page can mend."""
    return [found for found in problems if described.step_of(found.field) is step]


def standing(described: Described, step: FormStep, case: ApplicationView) -> Standing:
    """done, started or empty; optional for a step that may stay as empty as it is."""
    touched = bool(case.materials) if step.kind != "fields" else _touched(described, step, case.form)
    if of_step(described, step, errors_of(case)):
        return "started" if touched else "empty"
    return "optional" if step.optional and not touched else "done"


def _touched(described: Described, step: FormStep, form: Mapping[str, Any]) -> bool:
    """Whether anything was entered. Rows do not count: the applicant's own stand there from the beginning; nor does
    what the draft was opened with."""
    begun = described.description.begins_with
    return any(
        not untouched(field, form.get(field.name))
        for field in step.fields
        if not _stands_there(field) and field.name != begun
    )


def _stands_there(field: FormField) -> bool:
    return field.hidden or field.given or field.widget in ("rows", "flag")


def filled_by(described: Described, chosen: FormStep, case: ApplicationView) -> FormStep | None:
    """The step that makes the deposit, where what was made says what empty fields of another step could."""
    maker = next((step for step in described.steps if step.kind == "deposit"), None)
    offered = case.report.suggestions if case.report else {}
    return maker if any(field.name in offered for field in chosen.fields) else None
