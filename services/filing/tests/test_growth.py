"""What a draft that is saved again and again leaves behind: its newest form, and a line of the audit now and then."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.ids import new_id
from contracts.filing import SaveApplication
from sqlalchemy import text

from contracts import filing

SAVES = 100
KEPT = ("answered_requests", "audit", "actions", "outbox", "cases")


def _rows(office: Any) -> dict[str, int]:
    with office.harness.uow() as uow:
        return {
            name: uow.session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608  own names
            for name in KEPT
        }


@pytest.mark.requirement("F-02")
@pytest.mark.requirement("S-01")
def test_a_hundred_saves_leave_one_form(office: Any) -> None:
    draft = office.draft()
    before, version = _rows(office), draft.version
    for number in range(SAVES):
        change = {"title": f"山居图 {number}", "description": {"purpose": "为" * 2000}}
        view = office.call(
            filing.SAVE_APPLICATION, office.applicant, application_id=draft.application_id, version=version, form=change
        )
        version = view.version
    after = _rows(office)
    assert version == draft.version + SAVES
    assert view.form["title"] == f"山居图 {SAVES - 1}"
    assert after["answered_requests"] == before["answered_requests"]
    assert sum(after.values()) - sum(before.values()) <= 1


@pytest.mark.requirement("S-01")
def test_a_save_whose_answer_was_lost_is_repeated_without_a_conflict(office: Any) -> None:
    draft = office.draft()
    request = SaveApplication(application_id=draft.application_id, version=draft.version, form={"title": "石头"})
    request_id = new_id("req")

    def save(request: SaveApplication) -> Any:
        return office.harness.call(filing.SAVE_APPLICATION, request, office.applicant, request_id)

    first, again = save(request), save(request)
    assert (again.version, again.form) == (first.version, first.form)
    with pytest.raises(Problem, match="version_conflict"):
        save(request.model_copy(update={"form": {"title": "木头"}}))
