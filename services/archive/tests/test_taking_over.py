"""What is recorded about a registration of the old system: its entry is taken over, by whose it is alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from archive.legacy.model import taken_over
from archive.legacy.store import LegacyRegistration
from archive.register.store import find_entry, records_of
from chassis.errors import Problem
from chassis.testing import Harness, person, staff_actor
from contracts.archive import (
    CERTIFICATE_REISSUED,
    CERTIFICATE_REVOKED,
    CHECK_CERTIFICATE,
    GET_DOCUMENT,
    HELD_LEGACY_REGISTRATIONS,
    LEGACY_REGISTRATIONS_WITHDRAWN,
    LIST_CERTIFICATES,
    CheckCertificate,
)
from contracts.dealings import TRANSFERABLE
from contracts.extracts import REGISTER_EXTRACT, REGISTER_EXTRACT_FOR_CASE, AskExtract, AskExtractForCase
from contracts.filing import APPLICATION_APPROVED
from contracts.gazette import LIST_GAZETTE, ListGazette
from contracts.legacy import ImportWithdrawn
from contracts.legacy.imports import HeldAsked
from contracts.legacy_bridge import LEGACY_IMPORT_WITHDRAWN
from contracts.mailing import ASK_PARCEL, OPEN_PARCEL, AskParcel, OpenParcel, PostalAddress
from contracts.objects import GetDocument
from contracts.office_acts import OFFICE_ACT_ADVANCED, REGISTRATION_STATED, AskStated
from contracts.paging import Page

from .conftest import approved, software
from .test_dealings import COMPANY, check, verified
from .test_legacy_history import ME, STRANGER, holds, record, registered
from .test_mailing import HOME
from .test_office_acts import FIRST, decide, propose, refused
from .test_reissues_and_revocations import text_of

pytestmark = pytest.mark.requirement("L-03")
NUMBER, CERTIFICATE = "2012SR000001", "软著登字第0012345号"


@pytest.fixture
def old(archive: Harness) -> Harness:
    """An archive with an old registration of software, whose filer has come."""
    registered(archive, 1, "user1", certificate_number=CERTIFICATE, owners="气象科技有限公司、王伟", version="V1.0")
    holds(archive, "user1", "acc-person")
    return archive


def extract(archive: Harness, number: str = NUMBER, actor: Any = ME) -> Any:
    return archive.call(REGISTER_EXTRACT, AskExtract(registration_number=number), actor).registered


def assigned(case: str = "app-2", by: str = "acc-person", number: str = NUMBER) -> Any:
    dealing = {"grantees": [COMPANY], "rights": list(TRANSFERABLE["software"]), "begins": "2026-11-01"}
    facts = {"act": "assigned", "registration_number": number, "dealing": dealing, "type": "software_assignment"}
    return software(case, by, **facts)


def test_whose_the_old_account_is_may_go_on_with_what_it_registered(old: Harness) -> None:
    stated = extract(old)
    assert extract(old, CERTIFICATE) == stated
    assert (stated.registration_number, stated.registered_on, stated.role) == (NUMBER, date(2012, 1, 1), "owner")
    assert [(one.name, one.kind) for one in stated.owners] == [
        ("气象科技有限公司", "organisation"),
        ("王伟", "natural_person"),
    ]
    with pytest.raises(Problem, match="registration_not_yours"):
        extract(old, actor=STRANGER)
    for_case = AskExtractForCase(registration_number=NUMBER, account_id="acc-person")
    assert old.call(REGISTER_EXTRACT_FOR_CASE, for_case, staff_actor("examiner")).registered == stated
    assert old.as_owner("SELECT count(*) FROM register_entries") == [(0,)], "nothing is taken over by asking"


def test_an_assignment_is_recorded_once_upon_the_old_entry(old: Harness) -> None:
    before = [old.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=NUMBER)).registered_on]
    verified(old, "acc-company", COMPANY)
    for _ in range(2):
        old.deliver(APPLICATION_APPROVED, assigned())
    old.run_worker()
    found = check(old, NUMBER)
    assert (found.status, found.owners, [found.registered_on]) == ("valid", ["红叶科技有限公司"], before)
    assert [one.number for one in found.dealings] == ["软著转登字第00000001号"]
    with old.uow() as uow:
        entry, records = find_entry(uow.session, CERTIFICATE), records_of(uow.session, NUMBER)
        assert entry is not None
        assert (entry.registration_number, entry.account_id, entry.registered_on) == (NUMBER, "acc-person", before[0])
    assert (records[0].act, records[0].on) == ("registered", date(2012, 1, 1))
    [proof] = old.call(LIST_CERTIFICATES, Page(), ME).items
    words = text_of(old, proof.document)
    assert NUMBER in words
    assert "软著转登字第00000001号" in words
    with pytest.raises(AssertionError, match="rights_not_held"):
        old.deliver(APPLICATION_APPROVED, assigned("app-3"))
    assert old.call(LIST_GAZETTE, ListGazette()).items == []


def test_nobody_else_takes_over_an_old_registration(old: Harness) -> None:
    with pytest.raises(AssertionError, match=r"unknown\s+here"):
        old.deliver(APPLICATION_APPROVED, assigned(by="acc-stranger"))
    holds(old, "user1", None, hour=1)
    with pytest.raises(AssertionError, match=r"unknown\s+here"):
        old.deliver(APPLICATION_APPROVED, assigned("app-3"))
    assert old.as_owner("SELECT count(*) FROM register_entries") == [(0,)]


def test_a_reissue_is_the_second_edition_of_the_old_certificate(old: Harness) -> None:
    lost = {"act": "reissued", "ground": "lost", "registration_number": NUMBER, "type": "software_reissue"}
    old.deliver(APPLICATION_APPROVED, software("app-2", **lost))
    old.run_worker()
    [made] = old.call(LIST_CERTIFICATES, Page(), ME).items
    assert (made.edition, made.registration_number) == (2, NUMBER)
    [told] = old.events(CERTIFICATE_REISSUED)
    assert (told.edition, told.application_id) == (2, "app-2")
    words = text_of(old, made.document)
    for part in (NUMBER, "0012345", "第2版", "气象科技有限公司"):
        assert part in words, part
    holds(old, "user1", "acc-stranger", hour=1)
    with pytest.raises(Problem, match="registration_not_yours"):
        extract(old)
    assert extract(old, actor=STRANGER).record == 2, "it goes with the old account"


@pytest.mark.requirement("I-04")
def test_certificates_and_parcels_go_with_the_old_account(old: Harness) -> None:
    """Moved, parted, and come for again; what another party filed is theirs."""
    verified(old, "acc-company", COMPANY)
    pledge = {"act": "pledged", "registration_number": NUMBER, "type": "software_pledge"}
    pledge["dealing"] = {"grantees": [COMPANY], "rights": ["other"], "begins": "2026-11-01"}
    old.deliver(APPLICATION_APPROVED, software("app-3", "acc-person", **pledge))
    lost = {"act": "reissued", "ground": "lost", "registration_number": NUMBER, "type": "software_reissue"}
    old.deliver(APPLICATION_APPROVED, software("app-2", **lost))
    old.run_worker()
    asked = AskParcel(registration_number=NUMBER, address=PostalAddress(**HOME))
    old.call(ASK_PARCEL, asked, ME)

    def seen(actor: Any) -> tuple[list[str], bool, bool]:
        papers = old.call(LIST_CERTIFICATES, Page(), actor).items
        own = [one for one in papers if one.paper == "certificate"]
        parcel = OpenParcel(registration_number=NUMBER)
        try:
            there = old.call(OPEN_PARCEL, parcel, actor).parcel is not None
        except Problem:
            there = False
        return [one.paper for one in papers], there, bool(own and may_open(actor, own[0].document))

    def may_open(actor: Any, document: Any) -> bool:
        try:
            return old.call(GET_DOCUMENT, GetDocument(document_id=document.document_id), actor) is not None
        except Problem:
            return False

    everything = (["certificate", "dealing_proof"], True, True)
    assert seen(ME) == everything
    [certificate] = [one for one in old.call(LIST_CERTIFICATES, Page(), ME).items if one.paper == "certificate"]
    holds(old, "user1", "acc-stranger", hour=1)
    assert seen(STRANGER) == (["certificate"], True, True)
    assert seen(ME) == (["dealing_proof"], False, False), "of the case that they filed"
    assert not may_open(ME, certificate.document)
    holds(old, "user1", None, hour=2)
    assert (seen(STRANGER), seen(ME)) == (([], False, False), (["dealing_proof"], False, False))
    with pytest.raises(Problem, match="registration_not_yours"):
        extract(old, actor=STRANGER)
    holds(old, "user1", "acc-person", hour=3)
    assert seen(ME) == everything


@pytest.mark.requirement("L-04")
def test_an_import_is_not_undone_once_something_was_recorded_upon_it(old: Harness) -> None:
    registered(old, 2, "user2", import_id="imp-2")
    given = {"act": "revoked", "ground": "own_request", "registration_number": NUMBER, "type": "software_cancellation"}
    old.deliver(APPLICATION_APPROVED, software("app-2", **given))
    for import_id in ("imp-1", "imp-2"):
        asked = HeldAsked(import_id=import_id, record_ids=[record(1), record(2)])
        held = old.call(HELD_LEGACY_REGISTRATIONS, asked, staff_actor("administrator"))
        assert (len(held.records), held.built_upon) == (1, int(import_id == "imp-1"))
        old.deliver(LEGACY_IMPORT_WITHDRAWN, ImportWithdrawn(import_id=import_id, target="registrations"))
    told = [(one.import_id, one.removed, one.built_upon) for one in old.events(LEGACY_REGISTRATIONS_WITHDRAWN)]
    assert told == [("imp-1", 0, 1), ("imp-2", 1, 0)]
    assert old.as_owner("SELECT record_id FROM legacy_registrations") == [(record(1),)]
    assert check(old, NUMBER).status == "revoked"


@pytest.mark.parametrize(
    "changed",
    [{"certificate_number": ""}, {"owners": "、 "}, {"kind": "work", "category": ""}, {"kind": "renewal"}],
)
def test_what_was_recorded_with_too_little_is_not_taken_over(archive: Harness, changed: dict[str, str]) -> None:
    registered(archive, 1, "user1", **({"certificate_number": CERTIFICATE} | changed))
    holds(archive, "user1", "acc-person")
    with archive.uow() as uow:
        row = uow.session.get(LegacyRegistration, record(1))
        assert row is not None
        assert taken_over(row) is None
    renewal = changed.get("kind") == "renewal"
    with pytest.raises(Problem, match="registration_number_unknown" if renewal else "old_registration_incomplete"):
        extract(archive)
    with pytest.raises(Problem, match="registration_number_unknown" if renewal else "registration_not_yours"):
        extract(archive, actor=STRANGER)


def test_an_old_work_is_taken_over_with_its_category(archive: Harness) -> None:
    facts = {
        "kind": "work",
        "category": "F",
        "authors": "王伟，李雷",
        "number": "2010-F-024589",
        "certificate_number": "",
    }
    registered(archive, 1, "user1", **facts)
    holds(archive, "user1", "acc-person")
    stated = extract(archive, "2010-F-024589")
    assert (stated.category, [one.name for one in stated.authors]) == ("F", ["王伟", "李雷"])
    given = {
        "act": "revoked",
        "ground": "own_request",
        "registration_number": "2010-F-024589",
        "type": "work_cancellation",
    }
    archive.deliver(APPLICATION_APPROVED, approved("app-2", **given))
    assert check(archive, "2010-F-024589").status == "revoked"


@pytest.mark.requirement("A-05")
def test_what_was_taken_over_answers_by_every_number_the_old_system_gave_it(archive: Harness) -> None:
    odd = {"certificate_number": "软登字第12号", "serial_number": "2012R110000001"}
    registered(archive, 1, "user1", **odd)
    holds(archive, "user1", "acc-person")
    given = {"act": "revoked", "ground": "own_request", "registration_number": NUMBER, "type": "software_cancellation"}
    archive.deliver(APPLICATION_APPROVED, software("app-2", **given))
    for number in (NUMBER, *odd.values()):
        assert check(archive, number).status == "revoked", number
        with pytest.raises(Problem) as refused:
            extract(archive, number, STRANGER)
        assert refused.value.code == "registration_not_yours", number
        assert extract(archive, number).registration_number == NUMBER, number


@pytest.mark.requirement("A-01")
def test_no_paper_is_sent_of_what_no_certificate_was_issued_for_here(old: Harness) -> None:
    verified(old, "acc-company", COMPANY)
    old.deliver(APPLICATION_APPROVED, assigned())
    old.run_worker()
    asked = AskParcel(registration_number=NUMBER, address=PostalAddress(**HOME))
    with pytest.raises(Problem, match="certificate_of_old_system"):
        old.call(ASK_PARCEL, asked, ME)
    assert not old.call(OPEN_PARCEL, OpenParcel(registration_number=NUMBER), ME).asks


@pytest.mark.requirement("F-01")
def test_the_office_revokes_what_the_old_system_registered_whosesoever_it_is(old: Harness) -> None:
    registered(old, 2, "user2", certificate_number="软著登字第0012346号", owners="李军")
    other = "2012SR000002"
    for number, told in ((NUMBER, ["acc-person"]), (other, [])):
        assert old.call(REGISTRATION_STATED, AskStated(registration_number=number), FIRST).status == "valid"
        act = propose(old, number)
        assert check(old, number).status == "valid"
        decide(old, act)
        old.run_worker()
        assert check(old, number).status == "revoked"
        proofs = [one for one in old.events(CERTIFICATE_REVOKED) if one.registration_number == number]
        assert [one.account_id for one in proofs if one.account_id] == told
        assert all(one.account_id for one in old.events(OFFICE_ACT_ADVANCED))
    holds(old, "user2", "acc-late")
    papers = old.call(LIST_CERTIFICATES, Page(), person("acc-late")).items
    assert [one.paper for one in papers] == ["revocation_proof"], "who comes for the old account has its papers"
    refused("registration_number_unknown", lambda: propose(old, "2012SR999999"))
