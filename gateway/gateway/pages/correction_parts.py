"""What a correction asks about: the fields of the steps that were marked, and the files, with their defects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.filing import ApplicationView, CorrectionView, DefectView
from contracts.forms import FormField, FormStep
from flask_babel import gettext as _

from gateway.forms.described import Described
from gateway.forms.descriptions import empty_form
from gateway.forms.reading import Entries, read
from gateway.forms.shown import FieldsShown
from gateway.forms.words import target_label
from gateway.pages.materials import CORRECTION, roles


def open_round(case: ApplicationView) -> CorrectionView:
    """The correction that is awaited."""
    return next(entry for entry in reversed(case.corrections) if entry.answered_at is None)


def answer_in(
    case: ApplicationView, described: Described, entries: Entries
) -> tuple[list[FormField], dict[str, str], dict[str, Any]]:
    """What a page's entries answer: the fields that may change, the answers to the defects, and the fields' values."""
    awaited = open_round(case)
    answers = {defect.defect_id: entries.get(f"answers.{defect.defect_id}", "") for defect in awaited.defects}
    fixed = fixed_fields(described, awaited)
    fields = [field for field in fields_to_correct(described, awaited) if field.name not in fixed]
    return fields, answers, read(described, fields, entries, empty_form(case.type))


def answer_labels(described: Described, case: ApplicationView, awaited: CorrectionView) -> dict[str, str]:
    """What the answer to each defect is called, by the path of its field, so that no two are called alike."""
    targets = [target_label(described, case, defect.target) for defect in awaited.defects]
    named: dict[str, str] = {}
    for at, (defect, what) in enumerate(zip(awaited.defects, targets, strict=True)):
        if targets.count(what) == 1:
            said = _("对“%(what)s”的答复", what=what)
        else:
            said = _("对“%(what)s”第 %(n)s 条意见的答复", what=what, n=targets[: at + 1].count(what))
        named[f"answers.{defect.defect_id}"] = str(said)
    return named


def steps_to_correct(described: Described, open_round: CorrectionView) -> list[FormStep]:
    """The pages whose fields were marked, in the order of the wizard."""
    marked = [described.step_of(defect.target) for defect in open_round.defects]
    return [step for step in described.steps if step.kind == "fields" and step in marked]


def fields_to_correct(described: Described, open_round: CorrectionView) -> list[FormField]:
    return [field for step in steps_to_correct(described, open_round) for field in step.fields]


def fixed_fields(described: Described, open_round: CorrectionView) -> set[str]:
    """Fields that the fee was reckoned by and that the examiner did not mark: they stay as they were paid for."""
    marked = set(marked_fields(described, open_round))
    return {field.name for field in fields_to_correct(described, open_round) if field.fee and field.name not in marked}


def reckoned_by(described: Described, target: str) -> bool:
    """Whether what is marked is a field that the fee was reckoned by. What was paid stays, however it is corrected."""
    field = described.field(target.split(".")[0])
    return field is not None and field.fee


@dataclass(frozen=True)
class Marked:
    """What was marked of one field or of one role's files: its defects, and the field as the page shows it; whether
    the fee was reckoned by it (``paid_for``)."""

    name: str
    defects: list[DefectView]
    fields: FieldsShown | None = None
    paid_for: bool = False


def _role_of(described: Described, case: ApplicationView, target: str) -> str:
    """The role of the files that a defect is about: named by itself, or by one of them; empty for a field."""
    if described.field(target.split(".")[0]) is not None:
        return ""
    known = {asked.need.role for asked in roles(case)}
    by_id = {material.material_id: material.role for material in case.materials}
    role = by_id.get(target) or target.removeprefix("materials.")
    return role if role in known else CORRECTION


def marked_files(described: Described, case: ApplicationView, awaited: CorrectionView) -> dict[str, Marked]:
    """By role, in the order of the defects."""
    found: dict[str, Marked] = {}
    for defect in awaited.defects:
        if role := _role_of(described, case, defect.target):
            found.setdefault(role, Marked(role, [])).defects.append(defect)
    return found


def marked_fields(described: Described, awaited: CorrectionView) -> dict[str, list[DefectView]]:
    """By top-level field, in the order of the defects."""
    found: dict[str, list[DefectView]] = {}
    for defect in awaited.defects:
        if described.field(name := defect.target.split(".")[0]) is not None:
            found.setdefault(name, []).append(defect)
    return found
