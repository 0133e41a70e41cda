"""Cases that the old system began are registered in its own series, and its finished registrations are answered for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from archive.legacy import store
from archive.legacy.model import public_names
from chassis.errors import Problem
from chassis.testing import Harness, anonymous, person
from contracts.archive import (
    CERTIFICATE_ISSUED,
    CHECK_CERTIFICATE,
    GET_DOSSIER,
    LEGACY_CERTIFICATE_ISSUED,
    LIST_CERTIFICATES,
    CertificateCheck,
    CheckCertificate,
    GetDossier,
)
from contracts.legacy import REGISTRATIONS, registration_record
from contracts.legacy.cases import LegacyCaseApproved
from contracts.legacy_bridge import LEGACY_CASE_APPROVED
from contracts.paging import Page

pytestmark = pytest.mark.requirement("L-01")


def approved(number: int, **changes: Any) -> LegacyCaseApproved:
    facts: dict[str, Any] = {
        "application_id": f"leg-{number:032x}",
        "account_id": "acc-person",
        "kind": "software",
        "category": None,
        "title": "气象查询系统",
        "serial_number": f"2019R11{number:07d}",
        "acceptance_number": f"2019R11L{number:07d}",
        "particulars": {"owners": [{"name": "王小伟"}], "version": "V1.0", "completion_date": "2019-01-05"},
        "decided_at": datetime(2026, 11, 20, 3, tzinfo=UTC),
        "decided_by": "acc-examiner",
    }
    return LegacyCaseApproved.model_validate(facts | changes)


WORK = {
    "kind": "work",
    "category": "H",
    "particulars": {"owners": [{"name": "江河电影公司", "organisation": True}], "authors": [{"name": "李静"}]},
}


def check(archive: Harness, number: str) -> CertificateCheck:
    return archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number), anonymous())


def test_numbers_go_on_in_the_old_series_and_never_meet_the_new_ones(
    archive: Harness, registered: Callable[..., str]
) -> None:
    new = registered("app-1")
    for number, more in ((1, {}), (2, WORK), (3, {}), (1, {})):
        archive.deliver(LEGACY_CASE_APPROVED, approved(number, **more))
    archive.run_worker()
    told = [event.registration_number for event in archive.events(LEGACY_CERTIFICATE_ISSUED)]
    year = datetime.now(UTC).year
    assert told == [f"{year}SR000001", f"{year}-H-000001", f"{year}SR000002"]
    assert [event.registration_number for event in archive.events(CERTIFICATE_ISSUED)] == [new]
    answer = check(archive, told[0])
    assert (answer.status, answer.owners, answer.old_system) == ("valid", ["王**"], False)
    assert re.fullmatch("软著登字第[0-9]{7}号", answer.certificate_number or "")
    assert check(archive, told[1]).owners == ["江河电影公司"]
    mine = {item.registration_number for item in archive.call(LIST_CERTIFICATES, Page(), person()).items}
    assert mine == {new, *told}
    dossier = archive.call(GET_DOSSIER, GetDossier(application_id=approved(1).application_id), person())
    assert [entry.event for entry in dossier.entries][:1] == ["legacy_case_approved"]


@pytest.mark.parametrize("at", ["uow.before_commit", "uow.after_commit"])
def test_whoever_dies_while_it_is_entered_leaves_no_gap(
    archive: Harness, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    from chassis import uow

    class Died(BaseException):
        pass

    def die(name: str) -> None:
        if name == at:
            raise Died

    monkeypatch.setattr(uow, "failpoint", die)
    with pytest.raises(Died):
        archive.deliver(LEGACY_CASE_APPROVED, approved(1))
    monkeypatch.undo()
    archive.as_owner("UPDATE inbox SET next_attempt_at = now()")
    archive.handle_events()
    archive.deliver(LEGACY_CASE_APPROVED, approved(2))
    numbers = archive.as_owner("SELECT registration_number FROM register_entries ORDER BY 1")
    year = datetime.now(UTC).year
    assert numbers == [(f"{year}SR000001",), (f"{year}SR000002",)]


def old_registration(archive: Harness, **changes: str) -> None:
    values = dict.fromkeys(REGISTRATIONS.fields, "") | {
        "number": "2012SR012345",
        "kind": "software",
        "certificate_number": "软著登字第0400000号",
        "title": "仓储管理软件",
        "owners": "王小伟、江河科技有限公司",
        "registered_on": "2012-02-20",
        "serial_number": "2012R110000777",
    }
    values |= changes
    row = {name: value if name not in store.DAYS else value or None for name, value in values.items()}
    with archive.uow() as uow:
        record = registration_record(values["number"])
        uow.session.add(store.LegacyRegistration(record_id=record, import_id="imp-1", row_number=1, **row))


@pytest.mark.requirement("L-02")
@pytest.mark.parametrize("number", ["2012SR012345", "软著登字第0400000号", "2012R110000777"])
def test_a_finished_old_registration_is_answered_by_any_of_its_numbers(archive: Harness, number: str) -> None:
    old_registration(archive)
    found = check(archive, number)
    assert (found.old_system, found.status, found.registration_number) == (True, "valid", "2012SR012345")
    assert found.owners == ["王**", "江河科技有限公司"]


@pytest.mark.requirement("L-02")
def test_a_mistyped_old_number_is_told_as_known_and_a_foreign_renewal_is_none_of_ours(archive: Harness) -> None:
    old_registration(archive, number="国作登字-2019-A-00000045", kind="work", category="A", serial_number="")
    old_registration(archive, number="R500001", kind="renewal", certificate_number="", serial_number="")
    with pytest.raises(Problem) as unknown:
        check(archive, "国作登字2019A45")
    assert unknown.value.params["suggestion"] == "国作登字-2019-A-00000045"
    assert unknown.value.params["suggestion_known"] == 1
    old_registration(archive)
    for typed in ("2012r110000777", "２０１２Ｒ110000777", "软著登字0400000号"):
        with pytest.raises(Problem) as unknown:
            check(archive, typed)
        assert unknown.value.params["suggestion_known"] == 1, typed
    for nothing in ("R500001", "", " "):
        with pytest.raises(Problem):
            check(archive, nothing)


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ("王小伟", ["王**"]),
        ("王小伟,李静", ["王**", "李**"]),
        ("北京大学", ["北京大学"]),
        ("Acme Ltd.", ["Acme Ltd."]),
        ("赵院", ["赵**"]),  # too short to be an organisation's name
        ("", []),
        ("、；", []),
    ],
)
def test_whatever_is_not_surely_an_organisation_is_masked(names: str, shown: list[str]) -> None:
    assert public_names(names) == shown
