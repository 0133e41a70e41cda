"""补正: the applicant answers each defect, changes the form and adds files; what changed is kept beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.filing import (
    CORRECTION_ANSWERED,
    AnswerCorrection,
    ApplicationView,
    CorrectionAnswered,
    Declaration,
    FieldProblem,
    PrepareCorrection,
)

from filing.cases.access import own_case
from filing.cases.facts import case_facts, filed_by
from filing.cases.lifecycle import move
from filing.cases.model import step
from filing.cases.store import Case
from filing.correction import model
from filing.forms.comparing import changes
from filing.forms.fields import FormFields
from filing.forms.model import Need, merge
from filing.forms.pinned import situation_of
from filing.materials.handlers import recheck
from filing.materials.model import superseded
from filing.materials.store import MaterialRow, materials_of
from filing.reports.report import examine
from filing.rounds.store import CorrectionRow, open_correction
from filing.signatures.handlers import Content, prepare, record, signed_bundle, to_sign
from filing.submission.checks import as_errors, raise_all
from filing.types import TYPES
from filing.unsaved.store import forget_unsaved_of
from filing.views.application import view_application


def prepare_correction(request: PrepareCorrection, uow: UnitOfWork) -> Declaration:
    """Checks an answer as sending it would, and renders what is to be signed; changes nothing else.

    Errors: as :func:`answer_correction`, but for those of the evidence.
    """
    case = own_case(uow, request.application_id)
    answered = _read(uow, case, request)
    declaration = to_sign(prepare(uow, case, answered.content, correction_round=answered.correction.round))
    return declaration.model_copy(update={"warnings": answered.warnings})


def answer_correction(request: AnswerCorrection, uow: UnitOfWork) -> ApplicationView:
    """Answers the open round within its period; the same examiner goes on, and the paused clock runs again.

    What is answered is signed as at submission: ``evidence`` is of the declaration that was prepared for exactly it.

    Errors: ``application_unknown``, ``action_not_allowed``, ``correction_overdue``, ``answers_missing``,
    ``form_invalid``, ``application_incomplete``, ``declaration_required``, ``declaration_outdated``,
    ``evidence_invalid``.
    """
    case = own_case(uow, request.application_id)
    answered = _read(uow, case, request)
    if request.evidence is None:
        raise Problem("declaration_required")
    bundle, proof = signed_bundle(uow, case, request.evidence)
    if answered.content.basis != bundle.declaration.basis:
        raise Problem("declaration_outdated")
    correction, form = answered.correction, answered.content.stored
    for material in answered.superseded:
        material.superseded_by = correction.id
    for defect in correction.defects:
        defect.answer = next(answer.text for answer in request.answers if answer.defect_id == defect.id)
    correction.changes, correction.answered_at, correction.closed_at = (
        model.kept(answered.changed, TYPES[case.type].fields),
        uow.legal_now(),
        uow.legal_now(),
    )
    forget_unsaved_of(uow.session, case.id)
    title = TYPES[case.type].title(answered.content.form)
    move(uow, case, "answer_correction", form=dict(form), title=title, evidence=request.evidence)
    recheck(uow, case, answered.needs)
    record(uow, case, bundle, proof, request.evidence, correction_id=correction.id)
    uow.emit(
        CORRECTION_ANSWERED,
        CorrectionAnswered(
            **case_facts(case, bundle.declaration, bundle.application_form),
            correction_id=correction.id,
            answered_at=case.updated_at,
            evidence=request.evidence,
        ),
    )
    return view_application(uow, case)


@dataclass(frozen=True)
class Answered:
    """An answer that may be sent: what the case becomes by it."""

    correction: CorrectionRow
    content: Content
    changed: list[dict[str, Any]]
    superseded: list[MaterialRow]
    needs: list[Need]
    warnings: list[FieldProblem]


def _read(uow: UnitOfWork, case: Case, request: PrepareCorrection) -> Answered:
    step(case.status, "answer_correction")
    correction = open_correction(uow.session, case.id)
    if correction is None:
        raise LookupError(f"case {case.id} awaits a correction that is not open")
    if uow.today() > correction.due_on:
        raise Problem("correction_overdue", due_on=correction.due_on.isoformat())
    filing_type, applicant = TYPES[case.type], filed_by(case)
    fields = filing_type.fields
    reading = filing_type.read(merge(case.form, request.form, fields.given), applicant)
    if reading.form is None:
        raise Problem("form_invalid", errors=as_errors(reading.problems))
    form = reading.dump()
    changed = changes(fields, case.form, form)
    materials = list(materials_of(uow.session, case.id))
    new_files = any(material.correction_id == correction.id for material in materials)
    _require_answers(request, correction, fields, [change["field"] for change in changed], new_files)
    replaced = superseded(materials, fields.samples(), correction.id)
    current = [material for material in materials if material.superseded_by is None and material not in replaced]
    found = examine(filing_type, form, situation_of(case, applicant, uow.today()), current, answering=True)
    of_files = [*found.of_files, *model.unchanged_files(replaced, current, correction.id)]
    raise_all([*model.unmarked_fee_fields(changed, fields, correction.defects), *found.of_form], of_files)
    warnings = [one for one in (*found.of_form, *of_files) if one.severity == "warning"]
    content = Content(reading.form, form, applicant, current, fields)
    return Answered(correction, content, changed, replaced, found.needs, warnings)


def _require_answers(
    request: PrepareCorrection, correction: CorrectionRow, fields: FormFields, changed: list[str], new_files: bool
) -> None:
    answers = {answer.defect_id: answer.text for answer in request.answers}
    left = list(model.unanswered(correction.defects, fields, answers, changed, new_files))
    foreign = set(answers) - {defect.id for defect in correction.defects}
    errors = [FieldError(f"answers.{defect}", "required") for defect in left]
    errors += [FieldError(f"answers.{defect}", "not_in_list") for defect in sorted(foreign)]
    if errors:
        raise Problem("answers_missing", errors=errors, count=len(errors))
