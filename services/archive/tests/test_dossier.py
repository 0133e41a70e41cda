"""The dossier: everything that happened in a case, for those who may see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from archive.dossier.model import Recorded, ordered
from archive.service import ArchiveService
from chassis.errors import Problem
from chassis.service import subscriptions
from chassis.testing import person, staff_actor
from contracts.archive import CERTIFICATE_ISSUED, GET_DOSSIER, LIST_CERTIFICATES, LIST_DOCUMENTS, GetDossier
from contracts.catalogue import events_for
from contracts.filing import (
    APPLICATION_APPROVED,
    APPLICATION_MOVED,
    APPLICATION_SUBMITTED,
    PAPER_RECEIVED,
    ApplicationMoved,
    ApplicationSubmitted,
    CaseFacts,
    PaperReceived,
)
from contracts.objects import DocumentRef, ListDocuments, ObjectRef
from contracts.paging import Page
from contracts.payment import ORDER_PAID, OrderPaid
from contracts.seals import DEPOSIT_SEAL_CHANGED, DepositSealChanged

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def document(document_id, kind):
    return DocumentRef(
        document_id=document_id,
        kind=kind,
        title=kind,
        file_name=f"{kind}.pdf",
        content_type="application/pdf",
        object=ObjectRef(sha256="cd" * 32, size=7),
        issued_at=NOON,
    )


def submitted():
    return ApplicationSubmitted(
        application_id="app-1",
        account_id="acc-person",
        kind="work",
        type="work_registration",
        form_code="Z11",
        title="长江边的石头",
        serial_number="2026Z11S000001",
        documents=[document("fil-1", "declaration")],
        submitted_at=NOON,
        fee_basis={"category": "A"},
        materials=[document("fil-2", "sample")],
        evidence="header.payload.signature",
    )


def paid(**changes):
    return OrderPaid(
        **(
            {
                "order_id": "ord-1",
                "application_id": "app-1",
                "account_id": "acc-person",
                "serial_number": "2026Z11S000001",
                "title": "长江边的石头",
                "amount": 30000,
                "method": "wechat",
                "payment_id": "pay-1",
                "paid_at": NOON,
                "documents": [document("pay-1", "receipt")],
            }
            | changes
        )
    )


def test_every_event_that_contracts_send_to_the_archive_is_handled():
    assert {subscription.event.type for subscription in subscriptions(ArchiveService).values()} >= {
        event.type for event in events_for("archive")
    }


@pytest.mark.requirement("A-04")
def test_the_owner_sees_what_every_service_said_with_all_documents(archive, approve):
    archive.deliver(APPLICATION_SUBMITTED, submitted())
    archive.deliver(ORDER_PAID, paid())
    archive.deliver(APPLICATION_APPROVED, approve())
    archive.run_worker()
    archive.deliver(CERTIFICATE_ISSUED, archive.events(CERTIFICATE_ISSUED)[0])

    dossier = archive.call(GET_DOSSIER, GetDossier(application_id="app-1"), person("acc-person"))
    assert [(entry.source, entry.event) for entry in dossier.entries] == [
        ("filing", "application_submitted"),
        ("payment", "order_paid"),
        ("filing", "application_approved"),
        ("archive", "certificate_issued"),
    ]
    documents = [one.document_id.split("-")[0] for entry in dossier.entries for one in entry.documents]
    assert documents == ["fil", "fil", "pay", "arc"]
    assert dossier.entries[1].summary["amount"] == 30000
    assert "evidence" not in dossier.entries[0].summary
    seen = archive.call(GET_DOSSIER, GetDossier(application_id="app-1"), staff_actor("archivist"))
    assert [entry.event for entry in seen.entries] == [entry.event for entry in dossier.entries]
    assert seen.entries[2].summary["approved_by"] == approve().approved_by


@pytest.mark.requirement("A-04")
def test_who_of_the_office_acted_is_told_to_the_office_alone(archive, approve):
    facts = {"application_id": "app-1", "account_id": "acc-person", "title": "长江边的石头"}
    sealed = {"registration_number": "x", "change": "opened", "changed_at": NOON, "changed_on": NOON.date()}
    given = {name: value for name, value in submitted() if name in CaseFacts.model_fields} | {"documents": []}
    actors = {}
    for event, data, actor in (
        (APPLICATION_SUBMITTED, submitted(), "acc-person"),
        (PAPER_RECEIVED, PaperReceived(**given, received_at=NOON, received_by="acc-clerk-1"), "acc-clerk-1"),
        (APPLICATION_APPROVED, approve(approved_by="acc-clerk-2"), "acc-clerk-2"),
        (DEPOSIT_SEAL_CHANGED, DepositSealChanged(**facts, **sealed, by="acc-clerk-3"), "acc-clerk-3"),
        (ORDER_PAID, paid(), ""),
    ):
        archive.deliver(event, data)
        if actor:
            archive.as_owner("UPDATE dossier_entries SET actor = %s WHERE event = %s", actor, event.name)
            actors[event.name] = actor
    asked = GetDossier(application_id="app-1")
    told = archive.call(GET_DOSSIER, asked, person("acc-person"))
    assert "acc-clerk" not in told.model_dump_json()
    assert [entry.actor for entry in told.entries if entry.event == "application_submitted"] == ["acc-person"]
    assert [entry.actor for entry in told.entries if entry.source == "payment"] == ["service:payment"]
    office = archive.call(GET_DOSSIER, asked, staff_actor("archivist"))
    assert {entry.event: entry.actor for entry in office.entries if entry.event in actors} == actors


@pytest.mark.requirement("A-04")
def test_a_case_of_somebody_else_looks_like_one_that_does_not_exist(archive):
    archive.deliver(APPLICATION_SUBMITTED, submitted())
    asked = GetDossier(application_id="app-1")
    for actor, request in (
        (person("acc-other"), asked),
        (staff_actor("reviewer"), asked),
        (person("acc-person"), GetDossier(application_id="app-2")),
    ):
        with pytest.raises(Problem) as refused:
            archive.call(GET_DOSSIER, request, actor)
        assert refused.value.code == "dossier_unknown"


@pytest.mark.requirement("S-01")
def test_an_event_delivered_twice_is_one_entry(archive):
    first = archive.deliver(ORDER_PAID, paid())
    archive.deliver(ORDER_PAID, paid(), sequence=1, event_id=first)
    assert len(archive.call(GET_DOSSIER, GetDossier(application_id="app-1"), person("acc-person")).entries) == 1


def test_the_first_event_decides_whose_case_it_is(archive):
    archive.deliver(ORDER_PAID, paid())
    archive.deliver(ORDER_PAID, paid(account_id="acc-other"))
    with pytest.raises(Problem):
        archive.call(GET_DOSSIER, GetDossier(application_id="app-1"), person("acc-other"))


@pytest.mark.requirement("I-09")
def test_all_that_the_archive_has_of_a_case_follows_it_whenever_that_is_heard(archive, registered):
    """Twice, before the case itself, and an earlier word after a later one."""
    new = person("acc-new")
    for account, at in (("acc-new", NOON), ("acc-new", NOON), ("acc-between", NOON - timedelta(hours=1))):
        moved = ApplicationMoved(application_id="app-1", account_id=account, moved_at=at)
        archive.deliver(APPLICATION_MOVED, moved)
    registered()
    archive.run_worker()
    [certificate] = archive.call(LIST_CERTIFICATES, Page(), person()).items
    archive.as_owner("UPDATE case_holders SET moved_at = now()")
    archive.sweep("follow_moved_cases")
    assert archive.sweep("follow_moved_cases") == 0
    assert archive.call(LIST_CERTIFICATES, Page(), person()).items == []
    assert archive.call(LIST_CERTIFICATES, Page(), new).items == [certificate]
    assert archive.call(LIST_DOCUMENTS, ListDocuments(application_id="app-1"), new).items != []
    assert archive.call(LIST_DOCUMENTS, ListDocuments(application_id="app-1"), person()).items == []
    assert archive.call(GET_DOSSIER, GetDossier(application_id="app-1"), new).entries != []
    with pytest.raises(Problem, match="dossier_unknown"):
        archive.call(GET_DOSSIER, GetDossier(application_id="app-1"), person())


def test_entries_are_in_order_of_time_but_never_against_a_sources_own_sequence():
    def entry(source, sequence, minutes):
        return Recorded(source, f"{source}{sequence}", sequence, NOON + timedelta(minutes=minutes), "x", {})

    shuffled = [entry("payment", 1, 5), entry("filing", 2, 1), entry("filing", 1, 3), entry("archive", 1, 9)]
    assert [one.event for one in ordered(shuffled)] == ["filing1", "filing2", "payment1", "archive1"]
