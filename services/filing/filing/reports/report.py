"""Everything that keeps something from being filed, form and files at once, as submission finds it (F-03 to F-06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from contracts.base import Model
from contracts.filing import FieldProblem, FormReport

from filing.forms.characters import character_problems
from filing.forms.describing import needs_of
from filing.forms.model import Need, Situation
from filing.forms.printing import unprintable
from filing.forms.words import Language
from filing.materials.model import CheckedMaterial, file_problems, outdated
from filing.types.filing_type import FilingType

FormT = TypeVar("FormT", bound=Model)


@dataclass(frozen=True)
class Findings(Generic[FormT]):
    """``form`` is None where its shape is wrong: then nothing else could be looked at."""

    form: FormT | None
    of_form: list[FieldProblem]
    of_files: list[FieldProblem]
    needs: list[Need]
    suggestions: Mapping[str, Any] = field(default_factory=dict)


def examine(
    filing_type: FilingType[FormT],
    data: Mapping[str, Any],
    situation: Situation,
    materials: Sequence[CheckedMaterial] | None = None,
    *,
    answering: bool = False,
) -> Findings[FormT]:
    """Looks at a form and its files; without ``materials`` at the form alone. Superseded files do not count.

    ``answering`` a correction, files are compared with the form as it was, and again with the new one afterwards.
    """
    reading = filing_type.read(data, situation.applicant)
    if reading.form is None:
        return Findings(None, reading.problems, [], [])
    found = [*character_problems(reading.form.model_dump()), *filing_type.check(reading.form, situation)]
    needs = list(filing_type.materials(reading.form, situation.policy))
    if materials is None:
        return Findings(reading.form, found, [], needs)
    current = [item for item in materials if item.superseded_by is None]
    stale = {item.id for item, _ in outdated(needs, current)} if answering else set()
    compared = filing_type.compare(reading.form, [item for item in current if item.id not in stale])
    files = [*file_problems(needs, current, stale), *compared.problems]
    return Findings(reading.form, found, files, needs, _for_empty(reading.form, compared.suggestions))


def _for_empty(form: Model, suggestions: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was filled in stands: a file that says otherwise is a problem to be told, and no reason to overwrite it."""
    return {name: value for name, value in suggestions.items() if getattr(form, name) in (None, "", [], ())}


def report(
    filing_type: FilingType[Any],
    data: Mapping[str, Any],
    situation: Situation,
    language: Language,
    materials: Sequence[CheckedMaterial] | None = None,
    *,
    answering: bool = False,
) -> FormReport:
    """As people are told, warnings last. Roles that the form does not ask for stay in sight while they have files."""
    found = examine(filing_type, data, situation, materials, answering=answering)
    if found.form is None:
        return FormReport(problems=found.of_form)
    asked = {need.role for need in found.needs}
    left = {material.role for material in materials or ()} - asked
    needs = [*found.needs, *(Need(role, needed=False) for role in sorted(left))]
    warnings = unprintable(filing_type.printed(found.form.model_dump(mode="json")))
    return FormReport(
        problems=[*found.of_form, *found.of_files, *warnings],
        needs=needs_of(filing_type.fields, needs, language),
        suggestions=dict(found.suggestions),
        fee_basis={} if answering else _fee_basis(filing_type, found.form, situation),
    )


def _fee_basis(filing_type: FilingType[Any], form: Any, situation: Situation) -> dict[str, str | int | bool]:
    """What payment reckons the fee from; of nobody's form nothing, as it depends on who files."""
    if situation.applicant is None:
        return {}
    return filing_type.fee_basis(form, situation.policy, situation.applicant.kind)
