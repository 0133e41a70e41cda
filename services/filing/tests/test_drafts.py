"""Drafts are begun once, written while the identity is verified, and deleted for good."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.objects.references import held_among, tables_of
from chassis.tables import Released
from chassis.testing import person, staff_actor
from filing.cases.store import Case
from filing.documents.store import documents_of
from filing.materials.store import MaterialRow
from filing.prechecks.store import PrecheckRow
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from contracts import batches, filing
from tests.batch_sheets import work

from .conftest import Office
from .test_batches import begin as begin_batch
from .test_batches import rows_of
from .test_filing_a_case import refused


def begin(office: Office, actor: Any = None, **request: Any) -> filing.BegunApplication:
    asked = {"type": "work_registration", "form": {"category": "A"}} | request
    begun: filing.BegunApplication = office.call(filing.BEGIN_APPLICATION, actor or office.applicant, **asked)
    return begun


def discard(office: Office, application_id: str, actor: Any = None) -> None:
    office.call(filing.DISCARD_APPLICATION, actor or office.applicant, application_id=application_id)


def listed(office: Office) -> list[str]:
    found = office.call(filing.LIST_APPLICATIONS, office.applicant, counts=True)
    assert found.counts["all"] == len(found.items)
    return [case.application_id for case in found.items]


@pytest.mark.requirement("F-02")
def test_a_category_that_is_chosen_twice_has_one_draft(office: Office) -> None:
    first = begin(office).application_id
    assert first is not None
    assert begin(office).application_id == first
    assert begin(office, form={"category": "F"}).application_id != first, "another category is another draft"
    assert begin(office, office.other).application_id != first, "and so is another account"


@pytest.mark.requirement("F-02")
def test_of_several_clicks_at_once_one_makes_a_draft(office: Office) -> None:
    made: list[str | None] = []
    threads = [threading.Thread(target=lambda: made.append(begin(office).application_id)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1
    assert listed(office) == [made[0]]


@pytest.mark.requirement("F-02")
def test_a_draft_that_somebody_wrote_into_is_offered_and_never_taken_for_a_new_one(office: Office) -> None:
    written = office.draft(title="长江边的石头").application_id
    filled = begin(office, form={"category": "A"}, anew=True).application_id
    assert filled is not None
    office.attach(filled)
    offered = begin(office)
    assert offered.application_id is None
    assert [case.application_id for case in offered.begun] == [filled, written], "a file is something entered, too"
    anew = begin(office, anew=True).application_id
    assert anew not in (None, filled, written)
    assert begin(office, anew=True).application_id == anew, "asked for twice, it is one"
    assert len(listed(office)) == 3


@pytest.mark.requirement("F-02")
def test_works_of_a_batch_are_not_offered(office: Office) -> None:
    begin_batch(office, [work(1)])
    begun = begin(office, office.company, form={"category": "F"})
    assert begun.application_id is not None
    assert begun.begun == []


@pytest.mark.requirement("I-05")
def test_a_draft_is_written_while_the_verification_waits_and_its_owner_is_named_afterwards(office: Office) -> None:
    stranger = person("acc-new")
    application_id = begin(office, stranger).application_id or ""
    case = office.view(application_id, stranger)
    assert case.form["owners"] == []
    saved = {"application_id": application_id, "version": case.version, "form": {"title": "雨夜"}}
    office.call(filing.SAVE_APPLICATION, stranger, **saved)
    office.verify(stranger, "赵六")
    case = office.view(application_id, stranger)
    assert [(owner["name"], owner["applicant"]) for owner in case.form["owners"]] == [("赵六", True)]
    assert case.form["title"] == "雨夜"
    page_from_before = {"application_id": application_id, "version": case.version, "form": {"owners": []}}
    saved_late = office.call(filing.SAVE_APPLICATION, stranger, **page_from_before)
    assert [owner["name"] for owner in saved_late.form["owners"]] == ["赵六"]


@pytest.mark.requirement("I-05")
def test_a_draft_that_nothing_was_entered_into_before_the_verification_is_still_the_one(office: Office) -> None:
    stranger = person("acc-new")
    before = begin(office, stranger).application_id
    office.verify(stranger, "赵六")
    assert begin(office, stranger).application_id == before


@pytest.mark.requirement("F-02")
def test_a_deleted_draft_is_found_by_nobody_and_keeps_nothing(office: Office) -> None:
    application_id = office.ready()
    office.prepare(application_id)
    office.attach(application_id, "ownership_proof", b"%PDF-1.4 still being checked")
    with office.harness.uow() as uow:
        printed_id = documents_of(uow.session, application_id)[0].id
        printed = [document.sha256 for document in documents_of(uow.session, application_id)]
        files = list(uow.session.scalars(select(MaterialRow.sha256)))
    assert len(printed) == 2
    assert len(files) == 2
    discard(office, application_id)
    for actor in (office.other, office.examiner, staff_actor("administrator", id="acc-admin")):
        refused("application_unknown", office.view, application_id, actor)
    refused("application_discarded", office.view, application_id)
    refused("application_discarded", discard, office, application_id)
    refused("application_discarded", office.attach, application_id)
    refused("document_unknown", office.call, filing.GET_DOCUMENT, office.applicant, document_id=printed_id)
    assert listed(office) == []
    with office.harness.uow() as uow:
        assert uow.session.scalars(select(MaterialRow)).all() == []
        assert uow.session.scalars(select(PrecheckRow)).all() == []
        released = set(uow.session.scalars(select(Released.sha256)))
        assert {*printed, *files} <= released, "whoever collects objects is told"
        assert held_among(uow.session, tables_of("filing"), "", [*printed, *files]) == set()
        case = uow.session.get_one(Case, application_id)
        assert (case.form, case.title, case.state) == ({}, "", "draft")


@pytest.mark.requirement("F-02")
def test_a_file_that_another_draft_has_too_is_kept_for_it(office: Office) -> None:
    first, second = office.ready(), office.ready()
    discard(office, first)
    [material] = office.view(second).materials
    with office.harness.uow() as uow:
        assert held_among(uow.session, tables_of("filing"), "", [material.object.sha256]) == {material.object.sha256}


@pytest.mark.requirement("F-02")
def test_what_is_filed_or_belongs_to_others_or_to_a_batch_is_not_deleted(office: Office) -> None:
    filed = office.submitted()
    assert "discard" not in office.view(filed).allowed_actions
    refused("application_frozen", discard, office, filed)
    draft = office.draft().application_id
    assert "discard" in office.view(draft).allowed_actions
    refused("application_unknown", discard, office, draft, office.other)
    batch = begin_batch(office, [work(1)])
    row = rows_of(office, batch.batch_id)[0].application_id or ""
    assert "discard" not in office.view(row, office.company).allowed_actions
    refused("application_in_batch", discard, office, row, office.company)
    office.call(batches.DISCARD_BATCH, office.company, batch_id=batch.batch_id)
    refused("application_in_batch", discard, office, row, office.company)


@pytest.mark.requirement("S-01")
@pytest.mark.requirement("F-02")
def test_a_draft_that_is_filed_and_deleted_at_once_is_one_of_both(office: Office) -> None:
    for _ in range(4):
        application_id = office.ready()
        evidence = office.evidence(office.prepare(application_id))
        outcomes: list[str] = []

        def act(name: str, doing: Any, outcomes: list[str] = outcomes) -> None:
            try:
                doing()
                outcomes.append(name)
            except Problem as problem:
                outcomes.append(problem.code)

        both = (
            ("filed", lambda case=application_id, signed=evidence: office.submit(case, signed)),
            ("deleted", lambda case=application_id: discard(office, case)),
        )
        threads = [threading.Thread(target=act, args=one) for one in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) in (["application_frozen", "filed"], ["application_discarded", "deleted"])
        if "filed" in outcomes:
            assert office.view(application_id).materials, "with all that was signed"


@pytest.mark.requirement("S-01")
def test_the_database_itself_keeps_the_files_of_filed_cases(office: Office) -> None:
    application_id = office.submitted()
    for statement in (
        "DELETE FROM materials WHERE case_id = :case",
        "UPDATE cases SET discarded_at = now() WHERE id = :case",
    ):
        with pytest.raises(DBAPIError), office.harness.uow() as uow:
            uow.session.execute(text(statement), {"case": application_id})
    with office.harness.uow() as uow:
        assert uow.session.scalar(select(func.count()).select_from(MaterialRow)) == 1


@pytest.mark.requirement("S-01")
def test_whoever_dies_while_deleting_has_deleted_all_of_it_or_nothing(office: Office, insist: Any) -> None:
    application_id = office.ready()

    insist(lambda: office.call(filing.DISCARD_APPLICATION, office.applicant, "req-1", application_id=application_id))
    assert listed(office) == []
    with office.harness.uow() as uow:
        assert uow.session.scalars(select(MaterialRow)).all() == []
