"""A case keeps the policy of the day it was filed: periods, their words, rules and materials (filing types, ADR 19)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from chassis.errors import Problem
from filing.drafts import handlers as drafts
from filing.forms import pinned
from filing.forms.policy import Policies, policies

from contracts import filing

LATER = timedelta(days=10)


def _changed(text: Any) -> Any:
    return text.model_copy(update={"zh": f"新规：{text.zh}", "en": f"New rule: {text.en}"})


@pytest.fixture
def office_of_two_rules(office: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """From ten days on: other periods with another basis, no length for written works, no paper, one file only."""
    now = policies().on("work_registration", office.today())
    categories = now.categories | {"A": now.categories["A"].model_copy(update={"word_count": False})}
    later = now.model_copy(
        update={
            "valid_from": office.today() + LATER,
            "correction_days": 7,
            "examination_days": 14,
            "paper_days": 5,
            "paper_required": False,
            "max_materials": 1,
            "categories": categories,
            "legal_basis": {kind: _changed(words) for kind, words in now.legal_basis.items()},
        }
    )
    both = Policies(office=policies().office, form=[now, later])
    monkeypatch.setattr(pinned, "policies", lambda: both)
    monkeypatch.setattr(drafts, "policies", lambda: both)
    return office


def _running(view: filing.ApplicationView, kind: str) -> filing.Deadline:
    return next(deadline for deadline in view.deadlines if deadline.kind == kind)


@pytest.mark.requirement("F-12")
def test_what_was_filed_before_a_change_goes_on_under_the_old_rules(office_of_two_rules: Any) -> None:
    office = office_of_two_rules
    application_id = office.submitted()
    filed_on = office.today()
    office.harness.advance(LATER.days + 1)

    office.order(application_id)
    office.pay(application_id)
    accepted = office.view(application_id)
    assert (accepted.policy_on, accepted.paper_required) == (filed_on, True)
    examination = _running(accepted, "examination")
    assert examination.due_on - office.today() >= timedelta(days=60)
    assert not examination.legal_basis.startswith("新规")

    office.receive_paper(application_id)
    office.claim(application_id)
    correction = office.ask_correction(application_id, "completion_date")
    assert correction.due_on - office.today() >= timedelta(days=30)
    view = office.view(application_id)
    assert not _running(view, "correction").legal_basis.startswith("新规")
    assert view.report is not None
    assert view.report.problems == [], "a length is asked for, as when it was filed"

    office.attach(application_id, data=b"%PDF-1.4 another", role="other")
    office.finish_checks()
    answers = [{"defect_id": correction.defects[0].defect_id, "text": ""}]
    without = {"completion_date": "2026-03-02", "word_count": None}
    with pytest.raises(Problem) as refused:
        office.answer(application_id, answers=answers, form=without)
    assert {(error.field, error.code) for error in refused.value.errors} == {
        ("word_count", "fee_field_unmarked"),
        ("word_count", "required"),
    }
    answered = office.answer(application_id, answers=answers, form={"completion_date": "2026-03-02"})
    assert answered.state == "under_examination"


@pytest.mark.requirement("F-03")
def test_a_draft_is_judged_by_the_rules_of_today_until_it_is_filed(office_of_two_rules: Any) -> None:
    office = office_of_two_rules
    application_id = office.ready()
    assert office.view(application_id).report.problems == []
    office.harness.advance(LATER.days + 1)
    view = office.view(application_id)
    assert [(problem.field, problem.code) for problem in view.report.problems] == [("word_count", "not_applicable")]
    office.call(
        filing.SAVE_APPLICATION,
        office.applicant,
        application_id=application_id,
        version=view.version,
        form={"word_count": None},
    )
    office.submit(application_id, office.evidence(office.prepare(application_id)))
    filed = office.view(application_id)
    assert (filed.policy_on, filed.paper_required) == (office.today(), False)


def test_a_form_is_described_by_the_policy_of_the_day_that_is_asked_for(office_of_two_rules: Any) -> None:
    office = office_of_two_rules

    def days(**asked: Any) -> tuple[int, list[str]]:
        described = office.call(filing.DESCRIBE_FORM, office.applicant, type="work_registration", **asked)
        field = next(f for step in described.steps for f in step.fields if f.name == "word_count")
        return described.correction_days, field.shown_when.values

    filed_on = office.today()
    assert days() == (30, ["A", "M"])
    assert days(on=filed_on + LATER) == (7, ["M"])
    office.harness.advance(LATER.days + 1)
    assert days() == (7, ["M"])
    assert days(on=filed_on) == (30, ["A", "M"])
    with pytest.raises(Problem, match="kind_not_open"):
        days(on=filed_on.replace(year=1999))
