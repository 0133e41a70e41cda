"""A new draft from a case that was refused, withdrawn or lapsed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chassis.testing import staff_actor
from filing.cases.store import Case
from sqlalchemy import update

from contracts import filing

from .conftest import Office
from .test_examining_a_case import refused_one
from .test_filing_a_case import refused


def again(office: Office, application_id: str, actor: Any = None) -> filing.ApplicationView:
    view: filing.ApplicationView = office.call(
        filing.BEGIN_AGAIN, actor or office.applicant, application_id=application_id
    )
    return view


@pytest.mark.requirement("F-01")
def test_the_draft_of_whoever_had_the_case_meanwhile_is_not_anothers(office: Office) -> None:
    ended = withdrawn_one(office)
    theirs = again(office, ended).application_id
    with office.harness.uow() as uow:
        uow.session.execute(update(Case).where(Case.id == theirs).values(account_id="acc-meanwhile"))
    mine = again(office, ended)
    assert (mine.application_id != theirs, mine.account_id) == (True, office.applicant.subject)


def stated(form: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in form.items() if value is not None}


def withdrawn_one(office: Office) -> str:
    application_id = office.submitted()
    office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=application_id)
    return application_id


def lapsed_one(office: Office) -> str:
    application_id = office.claimed()
    correction = office.ask_correction(application_id)
    office.harness.advance((correction.due_on - office.today()).days + 2)
    office.harness.sweep("lapse_uncorrected")
    return application_id


@pytest.mark.requirement("F-01")
@pytest.mark.parametrize("ended", [refused_one, withdrawn_one, lapsed_one])
def test_values_and_files_of_an_ended_case_go_into_a_new_draft(office: Office, ended: Any) -> None:
    old = office.view(ended(office))
    draft = again(office, old.application_id)
    assert (draft.state, draft.begun_from, draft.version) == ("draft", old.application_id, 1)
    assert draft.application_id != old.application_id
    assert stated(draft.form) == stated(old.form)
    assert [(each.role, each.file_name, each.object) for each in draft.materials] == [
        (each.role, each.file_name, each.object) for each in old.materials
    ]
    assert {each.material_id for each in draft.materials}.isdisjoint(each.material_id for each in old.materials)
    assert {each.precheck.precheck_id for each in draft.materials}.isdisjoint(
        each.precheck.precheck_id for each in old.materials
    ), "the files are checked again"
    assert office.view(old.application_id) == old, "the ended case stays as it is"


@pytest.mark.requirement("F-01")
def test_clicked_twice_there_is_one_draft_until_it_is_changed(office: Office) -> None:
    old = withdrawn_one(office)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: again(office, old), range(2))
    assert first.application_id == second.application_id
    office.call(
        filing.SAVE_APPLICATION,
        office.applicant,
        application_id=first.application_id,
        version=1,
        form={"title": "另一个名称"},
    )
    assert again(office, old).application_id != first.application_id


@pytest.mark.requirement("F-01")
def test_only_the_owner_begins_again_and_only_from_what_has_ended(office: Office) -> None:
    old = withdrawn_one(office)
    refused("application_unknown", again, office, old, office.other)
    refused("application_unknown", again, office, old, office.company)
    refused("forbidden", again, office, old, staff_actor("examiner", id="acc-examiner"))
    refused("application_not_ended", again, office, office.submitted())


@pytest.mark.requirement("F-01")
def test_what_answered_a_correction_or_was_replaced_stays_with_the_old_case(office: Office) -> None:
    application_id = office.accepted()
    office.receive_paper(application_id)
    office.claim(application_id)
    office.ask_correction(application_id)
    office.attach(application_id, role="correction")
    office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=application_id)
    assert "correction" in {each.role for each in office.view(application_id).materials}
    assert {each.role for each in again(office, application_id).materials} == {"sample"}
