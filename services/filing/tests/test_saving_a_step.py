"""A page of the wizard is saved by one call: it writes, judges form and files, and says what is still missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from contracts import filing

STATEMENTS = 6
"""Of one save: five when they were counted. The four calls that a page made for it before took eleven."""


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that goes to the database."""
    said: list[str] = []
    execute = psycopg.Cursor.execute

    def counting(self: Any, query: Any, *args: Any, **keywords: Any) -> Any:
        said.append(str(query))
        return execute(self, query, *args, **keywords)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", counting)
        yield said


def _save(office: Any, case: filing.ApplicationView, **form: Any) -> filing.ApplicationView:
    view: filing.ApplicationView = office.call(
        filing.SAVE_APPLICATION,
        office.applicant,
        application_id=case.application_id,
        version=case.version,
        form=form,
        language="en",
    )
    return view


@pytest.mark.requirement("F-02")
def test_one_call_with_few_statements(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    case = _save(office, office.view(office.ready()), word_count=9000)
    with counted(monkeypatch) as said:
        _save(office, case, word_count=9001)
    assert len(said) <= STATEMENTS, "\n".join(said)


@pytest.mark.requirement("F-02")
def test_what_is_missing_comes_with_the_answer(office: Any) -> None:
    draft = office.draft(title="", completion_date=None)
    assert {(problem.field, problem.code) for problem in draft.report.problems} == {
        ("title", "required"),
        ("completion_date", "required"),
        ("materials.sample", "material_missing"),
    }
    material = office.attach(draft.application_id)
    somebody = [{"name": "李雷"}]
    saved = _save(office, draft, title="𰻝", completion_date="2026-03-01", ownership="commissioned", authors=somebody)
    assert [(problem.field, problem.code, problem.severity) for problem in saved.report.problems] == [
        ("materials.commission_contract", "material_missing", "error"),
        (f"materials.{material.material_id}", "material_checking", "error"),
    ]
    needed = {need.role: need.title for need in saved.report.needs if need.needed}
    assert needed == {"sample": "Sample", "commission_contract": "Commission contract"}
    assert saved.applicant_kind == "natural_person"


@pytest.mark.requirement("F-05")
def test_a_work_made_for_hire_needs_two_documents_each_in_its_place(office: Any) -> None:
    hired: dict[str, Any] = {
        "ownership": "work_for_hire",
        "owners": [{"name": "长江文化有限公司", "kind": "organisation", "applicant": True}],
        "authors": [{"name": "李雷"}],
    }
    application_id = office.draft(office.company, **hired).application_id
    office.attach(application_id, actor=office.company)
    office.attach(application_id, "employment_contract", b"%PDF contract", actor=office.company)
    office.finish_checks()
    view = office.view(application_id, office.company)
    assert [(problem.field, problem.code) for problem in view.report.problems] == [
        ("materials.creation_proof", "material_missing")
    ]
    office.attach(application_id, "creation_proof", b"%PDF sealed", actor=office.company)
    office.finish_checks()
    assert office.view(application_id, office.company).report.problems == []
    assert office.prepare(application_id, office.company).document_id


@pytest.mark.requirement("F-03")
def test_files_stay_in_sight_when_the_form_no_longer_asks_for_them(office: Any) -> None:
    draft = office.draft(ownership="work_for_hire")
    office.attach(draft.application_id, "creation_proof", b"%PDF sealed")
    view = _save(office, office.view(draft.application_id), ownership="individual")
    assert [(need.role, need.needed) for need in view.report.needs] == [
        ("sample", True),
        ("creation_proof", False),
        ("ownership_proof", False),
        ("other", False),
    ]


def test_a_report_is_for_those_who_can_still_do_something(office: Any) -> None:
    application_id = office.claimed()
    assert office.view(application_id).report is None
    office.ask_correction(application_id, "materials.ownership_proof")
    view = office.view(application_id)
    assert view.report is not None
    old = view.materials[0].material_id
    office.attach(application_id, data=b"%PDF-1.4 the right sample")
    office.finish_checks("fail", [{"code": "pdf_needs_password", "severity": "error"}])
    problems = office.view(application_id).report.problems
    assert [problem.code for problem in problems] == ["material_failed"], "the old one no longer counts"
    assert problems[0].field != f"materials.{old}"
