"""补正: the applicant answers each defect, changes the form and adds files; what changed is kept beside it."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.filing import CORRECTION_ANSWERED, AnswerCorrection, ApplicationView, CorrectionAnswered

from filing.cases.access import own_case
from filing.cases.facts import case_facts, filed_by
from filing.cases.lifecycle import move
from filing.cases.model import step
from filing.cases.pinned import situation_of
from filing.cases.views import view_application
from filing.correction import model
from filing.correction.store import CorrectionRow, open_correction
from filing.forms.comparing import changes
from filing.forms.fields import FormFields
from filing.forms.model import merge
from filing.materials.model import superseded
from filing.materials.store import materials_of
from filing.submission.checks import as_errors, raise_all
from filing.types import TYPES
from filing.types.report import examine


def answer_correction(request: AnswerCorrection, uow: UnitOfWork) -> ApplicationView:
    """Answers the open round within its period; the same examiner goes on, and the paused clock runs again.

    Errors: ``application_unknown``, ``action_not_allowed``, ``correction_overdue``, ``answers_missing``,
    ``form_invalid``, ``application_incomplete``.
    """
    case = own_case(uow, request.application_id)
    step(case.status, "answer_correction")
    correction = open_correction(uow.session, case.id)
    if correction is None:
        raise LookupError(f"case {case.id} awaits a correction that is not open")
    if uow.today() > correction.due_on:
        raise Problem("correction_overdue", due_on=correction.due_on.isoformat())
    filing_type, applicant = TYPES[case.type], filed_by(case)
    fields, reading = filing_type.fields, filing_type.read(merge(case.form, request.form), applicant)
    if reading.form is None:
        raise Problem("form_invalid", errors=as_errors(reading.problems))
    form = reading.dump()
    changed = changes(fields, case.form, form)
    materials = list(materials_of(uow.session, case.id))
    new_files = [material for material in materials if material.correction_id == correction.id]
    _require_answers(request, correction, fields, [change["field"] for change in changed], bool(new_files))
    for material in superseded(materials, fields.samples(), correction.id):
        material.superseded_by = correction.id
    found = examine(filing_type, form, situation_of(case, applicant, uow.today()), materials)
    raise_all([*model.unmarked_fee_fields(changed, fields, correction.defects), *found.of_form], found.of_files)
    for defect in correction.defects:
        defect.answer = next(answer.text for answer in request.answers if answer.defect_id == defect.id)
    correction.changes, correction.answered_at, correction.closed_at = changed, uow.legal_now(), uow.legal_now()
    move(uow, case, "answer_correction", form=form, title=filing_type.title(reading.form))
    uow.emit(
        CORRECTION_ANSWERED,
        CorrectionAnswered(**case_facts(case), correction_id=correction.id, answered_at=case.updated_at),
    )
    return view_application(uow, case)


def _require_answers(
    request: AnswerCorrection, correction: CorrectionRow, fields: FormFields, changed: list[str], new_files: bool
) -> None:
    answers = {answer.defect_id: answer.text for answer in request.answers}
    left = list(model.unanswered(correction.defects, fields, answers, changed, new_files))
    foreign = set(answers) - {defect.id for defect in correction.defects}
    errors = [FieldError(f"answers.{defect}", "required") for defect in left]
    errors += [FieldError(f"answers.{defect}", "not_in_list") for defect in sorted(foreign)]
    if errors:
        raise Problem("answers_missing", errors=errors, count=len(errors))
