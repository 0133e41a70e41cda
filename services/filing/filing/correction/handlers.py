"""补正: the applicant answers each defect, changes the form and adds files; what changed is kept beside it."""

from __future__ import annotations

from chassis.clock import legal_date
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.filing import CORRECTION_ANSWERED, AnswerCorrection, ApplicationView, CorrectionAnswered, FieldProblem

from filing.cases.access import own_case
from filing.cases.facts import case_facts, filed_by
from filing.cases.lifecycle import move
from filing.cases.model import step
from filing.cases.store import Case
from filing.cases.views import view_application
from filing.correction import model
from filing.correction.store import CorrectionRow, open_correction
from filing.forms import model as forms
from filing.forms.changes import changes as form_changes
from filing.forms.handlers import as_errors
from filing.forms.model import Reading
from filing.materials.store import MaterialRow, materials_of
from filing.submission.checks import file_problems_of, raise_all, require_form


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
    reading = forms.read(forms.merge(case.form, request.form), filed_by(case))
    if reading.form is None:
        raise Problem("form_invalid", errors=as_errors(reading.problems))
    changed = form_changes(case.form, reading.dump())
    materials = list(materials_of(uow.session, case.id))
    new_files = [material for material in materials if material.correction_id == correction.id]
    _require_answers(request, correction, [change["field"] for change in changed], bool(new_files))
    _supersede_samples(materials, correction)
    _require_valid(uow, case, reading, [*model.unmarked_fee_fields(changed, correction.defects)], materials)
    for defect in correction.defects:
        defect.answer = next(answer.text for answer in request.answers if answer.defect_id == defect.id)
    correction.changes, correction.answered_at, correction.closed_at = changed, uow.legal_now(), uow.legal_now()
    form = reading.dump()
    move(uow, case, "answer_correction", form=form, title=form["title"])
    uow.emit(
        CORRECTION_ANSWERED,
        CorrectionAnswered(**case_facts(case), correction_id=correction.id, answered_at=case.updated_at),
    )
    return view_application(uow, case)


def _require_answers(request: AnswerCorrection, correction: CorrectionRow, changed: list[str], new_files: bool) -> None:
    answers = {answer.defect_id: answer.text for answer in request.answers}
    left = list(model.unanswered(correction.defects, answers, changed, new_files))
    foreign = set(answers) - {defect.id for defect in correction.defects}
    errors = [FieldError(f"answers.{defect}", "required") for defect in left]
    errors += [FieldError(f"answers.{defect}", "not_in_list") for defect in sorted(foreign)]
    if errors:
        raise Problem("answers_missing", errors=errors, count=len(errors))


def _require_valid(
    uow: UnitOfWork, case: Case, reading: Reading, problems: list[FieldProblem], materials: list[MaterialRow]
) -> None:
    """The changed form obeys the rules as of the day it was filed, and so do the files that count now."""
    if reading.form is None or case.submitted_at is None:
        raise LookupError(f"case {case.id} was never submitted")
    problems += require_form(case, reading.form, filed_by(case), uow, legal_date(case.submitted_at))
    raise_all(problems, file_problems_of(reading.form, materials))


def _supersede_samples(materials: list[MaterialRow], correction: CorrectionRow) -> None:
    """New samples take the place of the old ones, which stay in the file."""
    new = any(material.role == "sample" and material.correction_id == correction.id for material in materials)
    for material in materials:
        old = material.correction_id != correction.id and material.superseded_by is None
        if new and old and material.role == "sample":
            material.superseded_by = correction.id
