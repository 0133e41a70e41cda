"""What an examiner enters, what a standard defect fills in, and which file replaced which."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from contracts.examination import StandardDefect, StandardDefects
from contracts.filing import ApplicationView, FieldProblem, FormReport
from contracts.forms import FormStep, MaterialNeed
from flask import Flask
from flask_babel import Babel
from gateway.forms.testing import field, with_steps
from gateway.pages import staff_defects, staff_files
from gateway.pages.staff_defects import EnteredDefect, Standard, defects, rows_entered

NEED = MaterialNeed(role="copy", title="样品", needed=True, purpose="material")
FORM = with_steps(
    [
        FormStep(name="one", title="一", fields=[field("called", "text", label="叫法")]),
        FormStep(name="files", title="材料", kind="materials"),
    ],
    materials=[NEED],
)
PICK = Standard("cut", "样品", "mat-2", "最后一页不完整。", "", False)
BLANK = Standard("blank", "叫法", "called", "功能（{…}）没有体现。", "", False)
NO = Standard("no", "整份申请", "", "不受保护。", "第六条", True)


def material(number: int, role: str = "copy", **facts: Any) -> dict[str, Any]:
    check = {"precheck_id": "p", "state": "done", "file_name": "f", "size": 1, "profile": "proof"}
    return {
        "material_id": f"mat-{number}",
        "role": role,
        "file_name": f"{number}.pdf",
        "object": {"sha256": f"{number}" * 64, "size": 1},
        "content_type": "application/pdf",
        "attached_at": "2026-11-01T08:00:00+08:00",
        "precheck": check,
    } | facts


def case(**facts: Any) -> ApplicationView:
    return ApplicationView.model_validate(
        {
            "application_id": "app-1",
            "account_id": "acc-1",
            "kind": "software",
            "type": "software_registration",
            "state": "under_examination",
            "version": 1,
            "form": {},
            "title": "t",
            "paper_required": False,
            "created_at": "2026-11-01T08:00:00+08:00",
            "updated_at": "2026-11-01T08:00:00+08:00",
        }
        | facts
    )


def entered(*rows: tuple[str, str, str, str]) -> list[EnteredDefect]:
    names = ("target", "page", "message", "standard")
    data = {f"defect_{name}": [row[at] for row in rows] for at, name in enumerate(names)}
    with Flask(__name__).test_request_context("/", method="POST", data=data):
        return rows_entered([PICK, BLANK, NO])


@pytest.mark.requirement("F-11")
def test_a_standard_defect_fills_what_was_left_empty_and_nothing_else() -> None:
    assert entered(
        ("", "", "", "cut"), ("called", "2", "自己写的", "cut"), ("", "", "", ""), ("called", "", "", "unknown")
    ) == [
        EnteredDefect("mat-2", "", "最后一页不完整。", "cut"),
        EnteredDefect("called", "2", "自己写的", "cut"),
        EnteredDefect("called", "", "", ""),
    ]


@pytest.mark.requirement("F-11")
def test_rows_of_a_page_without_the_library_are_read_as_before() -> None:
    data = {"defect_target": ["called"], "defect_page": [""], "defect_message": ["改"]}
    with Flask(__name__).test_request_context("/", method="POST", data=data):
        assert rows_entered([]) == [EnteredDefect("called", "", "改")]


@pytest.mark.requirement("F-11")
def test_a_blank_that_was_left_goes_to_nobody() -> None:
    with pytest.raises(Problem) as caught:
        defects(entered(("", "", "", "blank"), ("", "0", "", "no")))
    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("defects.0.message", "blank_left"),
        ("defects.1.target", "required"),
        ("defects.1.page", "out_of_range"),
    ]


@pytest.mark.requirement("F-11")
def test_the_library_is_marked_at_the_fields_and_the_newest_files_of_a_case(monkeypatch: pytest.MonkeyPatch) -> None:
    def item(code: str, **facts: str) -> StandardDefect:
        kept = {"ground": "practice", "leads_to": "correction", "field": "", "role": "", "message": "m", "basis": ""}
        return StandardDefect.model_validate({"code": code} | kept | facts)

    library = [item("a", field="called"), item("b", role="copy"), item("c", role="other"), item("d")]
    monkeypatch.setattr(staff_defects, "_library", lambda _type: StandardDefects(items=library))
    app = Flask(__name__)
    Babel(app, default_locale="zh")
    with app.test_request_context("/"):
        offered = staff_defects.standards(case(materials=[material(1, superseded=True), material(2)]), FORM)
    assert [(found.place, found.target) for found in offered] == [
        ("叫法", "called"),
        ("样品", "mat-2"),
        ("other", ""),
        ("整份申请", ""),
    ]


@pytest.mark.requirement("F-12")
def test_a_correction_says_which_file_took_the_place_of_which() -> None:
    round_ = {
        "correction_id": "cor-1",
        "requested_at": "2026-11-01T08:00:00+08:00",
        "due_on": "2026-12-01",
        "defects": [{"defect_id": "d", "target": "mat-1", "page": 60, "message": "m"}],
    }
    view = case(
        corrections=[round_],
        materials=[
            material(1, superseded=True, superseded_by="cor-1"),
            material(2, superseded=True, superseded_by="cor-1"),
            material(3, correction_id="cor-1"),
            material(4, "proof", correction_id="cor-1"),
        ],
    )
    pairs = staff_files.replaced(view, view.corrections[0])
    told = [(pair.before and pair.before.material_id, pair.after and pair.after.material_id) for pair in pairs]
    assert told == [("mat-1", "mat-3"), ("mat-2", None)]
    assert [pair.page for pair in pairs] == [60, None]
    assert staff_files.compared(view, "cor-1", "mat-3") == pairs[0]
    assert staff_files.compared(view, "cor-1", "mat-4") is None
    assert staff_files.compared(view, "cor-2", "mat-3") is None


@pytest.mark.requirement("F-11")
def test_findings_lead_to_their_field_or_file(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = [
        FieldProblem(field="called", code="required"),
        FieldProblem(field="materials.mat-2", code="required", params={"page": 3}),
        FieldProblem(field="materials.copy", code="material_missing"),
    ]
    monkeypatch.setattr(staff_files, "in_words", lambda finding: finding.code)
    monkeypatch.setattr(
        staff_files,
        "url_for",
        lambda _name, **at: f"/{at['material_id']}" + (f"#{at['_anchor']}" if at["_anchor"] else ""),
    )
    app = Flask(__name__)
    Babel(app, default_locale="zh")
    with app.test_request_context("/"):
        told = staff_files.remarks_of(case(materials=[material(2)], report=FormReport(problems=problems)), FORM)
    assert [(found.place, found.url, found.page) for found in told] == [
        ("叫法", "#fact-called", None),
        ("样品 · 2.pdf", "/mat-2#page=3", 3),
        ("样品", "", None),
    ]
