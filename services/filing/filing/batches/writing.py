"""What looking at a row found is written: a draft with its files, and what keeps it from being filed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.uow import UnitOfWork
from contracts.filing import FieldProblem

from filing.batches.lifecycle import judge, put
from filing.batches.looking import Ground, Looked
from filing.batches.places import entries_of, further, placed
from filing.batches.store import BatchRow, BatchWork
from filing.cases.store import Case, lock_cases
from filing.drafts.handlers import open_draft
from filing.materials.given import give_files
from filing.materials.store import MaterialRow, materials_by_case
from filing.reports.report import examine
from filing.types import TYPES


def write_looked(uow: UnitOfWork, batch: BatchRow, ground: Ground, looked: Sequence[Looked]) -> None:
    """Rows of a locked batch: their drafts, files and problems, in one transaction."""
    cases = lock_cases(uow.session, [row.work.case_id for row in looked if row.work.case_id])
    current = materials_by_case(uow.session, list(cases))
    for row in looked:
        work = uow.session.get_one(BatchWork, row.work.id)
        case = cases.get(work.case_id or "")
        if case is not None and (case.state != "draft" or case.batch_id != batch.id):
            put(work, "left")
            continue
        problems = list(row.problems)
        if row.form is not None:
            case = _draft(uow, batch, ground, case, row.form)
            work.case_id, work.title = case.id, case.title
            held = current.get(case.id, [])
            files = held if row.files is None else give_files(uow, case, held, row.checked)
            problems += further(problems_of_case(ground, case, files), problems)
        set_problems(work, problems, batch)


def problems_of_case(ground: Ground, case: Case, files: Sequence[MaterialRow]) -> list[dict[str, Any]]:
    """All that submission would find of a draft, with what the checks of its files say."""
    found = examine(ground.type, case.form, ground.situation, files)
    by_id = {file.id: file for file in files}
    problems = [problem.model_dump(mode="json") for problem in found.of_form]
    for problem in found.of_files:
        problems += _of_files(problem, by_id)
    return problems


def set_problems(work: BatchWork, problems: Sequence[dict[str, Any]], batch: BatchRow) -> None:
    """Writes down what was found of a work; whether it can be filed follows."""
    own = TYPES[batch.type].fields.own
    entries = {} if work.from_draft else entries_of(work.cells, work.unread, own)
    judge(work, [placed(problem, batch.layout["columns"], entries) for problem in problems])


def _draft(uow: UnitOfWork, batch: BatchRow, ground: Ground, case: Case | None, form: dict[str, Any]) -> Case:
    if case is None:
        return open_draft(uow, batch.account_id, ground.type, ground.policy, form, batch.id)
    if case.form != form:
        case.form, case.title = form, ground.type.title(ground.type.form.model_validate(form))
        case.version += 1
        case.updated_at = uow.legal_now()
    return case


def _of_files(problem: FieldProblem, files: dict[str, MaterialRow]) -> list[dict[str, Any]]:
    """Of a file, by its role: the sheet has a column for that. What its check found is said beside it."""
    told = problem.model_dump(mode="json")
    file = files.get(problem.field.removeprefix("materials."))
    if file is None:
        return [told]
    told["field"] = f"materials.{file.role}"
    errors = [finding for finding in file.precheck.findings if finding["severity"] == "error"]
    if problem.code != "material_failed" or not errors:
        return [told]
    named = {"file_name": file.file_name}
    return [{**told, "code": str(finding["code"]), "params": named, "finding": finding} for finding in errors]
