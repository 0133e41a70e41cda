"""Which defects may be marked, and when all of them are answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from contracts.examination import Defect
from contracts.filing import FieldProblem
from contracts.forms import WorkForm

from filing.forms.model import FEE_FIELDS


class Marked(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def target(self) -> str: ...


def unknown_targets(defects: Sequence[Defect], material_ids: Iterable[str]) -> list[str]:
    """Targets that are neither a form field (by its top-level name) nor a material of the case."""
    known = {*material_ids, *WorkForm.model_fields}
    return [defect.target for defect in defects if defect.target.split(".")[0] not in known]


def unanswered(
    defects: Sequence[Marked], answers: dict[str, str], changed: Iterable[str], new_files: bool
) -> Iterator[str]:
    """Ids of defects without an answer: words, a change of the marked field, or a new file for a marked material."""
    fields = {name.split(".")[0] for name in changed}
    for defect in defects:
        target = defect.target.split(".")[0]
        acted = target in fields or (new_files and target not in WorkForm.model_fields)
        if not answers.get(defect.id, "").strip() and not (acted and defect.id in answers):
            yield defect.id


def unmarked_fee_fields(changes: Sequence[dict[str, Any]], defects: Sequence[Marked]) -> Iterator[FieldProblem]:
    """What the fee was paid for changes only where the examiner asked for it."""
    marked = {defect.target.split(".")[0] for defect in defects}
    for change in changes:
        name = change["field"].split(".")[0]
        if name in FEE_FIELDS and name not in marked:
            yield FieldProblem(field=change["field"], code="fee_field_unmarked")
