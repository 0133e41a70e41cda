"""补发、换发 and 撤销: who may ask for which, one at a time, and what the register is told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from chassis.errors import Problem
from filing.forms.model import Situation
from filing.forms.policy import policies
from filing.types import TYPES

from contracts import archive, filing

from . import certificate_forms, change_forms
from .conftest import Office
from .dealing_forms import earlier
from .register import NUMBER, Register

pytestmark = pytest.mark.requirement("F-01")
TODAY = date(2026, 11, 23)
TWO = [{"name": name, "kind": "natural_person", "nationality": "中国"} for name in ("王小名", "李白")]


@pytest.fixture
def register(keys: Any) -> Register:
    return Register(keys)


def judged(name: str, form: dict[str, Any]) -> tuple[Any, set[tuple[str, str]]]:
    filing_type: Any = TYPES[name]  # type: ignore[index]
    reading = filing_type.read(form, None)
    assert reading.form is not None, reading.problems
    found = filing_type.check(reading.form, Situation(policies().on(filing_type.name, TODAY), TODAY))
    return reading.form, {(one.field, one.code) for one in found}


@pytest.mark.parametrize("kind", ["work", "software"])
@pytest.mark.parametrize(("procedure", "changes", "found"), certificate_forms.BROKEN)
def test_what_keeps_it_from_being_filed_is_named(
    kind: str, procedure: str, changes: dict[str, Any], found: set[tuple[str, str]]
) -> None:
    assert judged(f"{kind}_{procedure}", certificate_forms.form(procedure, kind, **changes))[1] == found


@pytest.mark.requirement("A-05")
@pytest.mark.parametrize("kind", ["work", "software"])
@pytest.mark.parametrize(
    ("procedure", "changes", "told"),
    [
        ("reissue", {}, ("reissued", "lost", set())),
        ("cancellation", {}, ("revoked", "own_request", {"title", "owners"})),
    ],
)
def test_the_register_is_told_the_act_and_why(
    kind: str, procedure: str, changes: dict[str, Any], told: tuple[str, str, set[str]]
) -> None:
    form, problems = judged(f"{kind}_{procedure}", certificate_forms.form(procedure, kind, **changes))
    entry = TYPES[f"{kind}_{procedure}"].entry(form)  # type: ignore[index]
    assert problems == set()
    assert (entry.act, entry.ground, set(entry.before)) == told
    assert (entry.registration_number, entry.states, "contact" in entry.form) == (
        form.on_register.registration_number,
        {},
        False,
    )


@pytest.mark.requirement("A-05")
@pytest.mark.parametrize(
    ("dealings", "own", "in_the_way"),
    [
        ([("assigned", {})], ["assigned-1"], set()),
        ([("assigned", {})], [""], {"assigned"}),
        ([("assigned", {}), ("assigned", {"number": "assigned-2"})], ["assigned-2"], set()),
        ([("assigned", {}), ("assigned", {"number": "assigned-2", "rights": ["other"]})], ["assigned-2"], {"assigned"}),
        ([("assigned", {"begins": "2026-12-01"})], ["assigned-1"], set()),
        ([("assigned", {"begins": "2026-12-01"})], [""], {"assigned"}),
        ([("assigned", {"ends": "2026-12-31"})], [""], {"assigned_until"}),
        ([("assigned", {}), ("licensed", {})], ["assigned-1"], {"licensed"}),
        ([("licensed", {"ends": "2026-12-31"})], [""], {"licensed_until"}),
        ([("licensed", {})], ["", "licensed-1"], set()),
        ([("licensed", {"grantees": [{"name": "甲"}, {"name": "乙"}]})], ["", "licensed-1"], {"licensed"}),
        ([("assigned", {}), ("pledged", {})], ["assigned-1"], {"pledged"}),
        ([("pledged", {})], ["", "pledged-1"], {"pledged"}),
        ([("assigned", {"ends": "2026-06-30"})], [""], set()),
    ],
)
def test_who_took_everything_over_may_give_the_registration_up(
    dealings: list[tuple[str, dict[str, Any]]], own: list[str], in_the_way: set[str]
) -> None:
    """Only what is others' by now is in the way."""
    standing = change_forms.registered(
        stated_on="2026-11-23",
        rights=["reproduction", "other"],
        own=own,
        dealings=[earlier(act, **changes) for act, changes in dealings],
    )
    _, problems = judged("work_cancellation", certificate_forms.form("cancellation", on_register=standing))
    assert problems == {("on_register", f"cancellation_{code}") for code in in_the_way}


@pytest.mark.requirement("A-05")
def test_an_outdated_certificate_is_exchanged() -> None:
    stated = change_forms.registered(certificate_outdated=True)
    form, problems = judged(
        "work_reissue", certificate_forms.form("reissue", **certificate_forms.EXCHANGED, on_register=stated)
    )
    assert (problems, TYPES["work_reissue"].entry(form).ground) == (set(), "outdated")


def begun(office: Office, register: Register, procedure: str, **changes: Any) -> str:
    form = {
        name: value for name, value in certificate_forms.form(procedure, **changes).items() if name != "on_register"
    }
    asked = {"type": f"work_{procedure}", "extract": register.extract(), "form": form}
    view: filing.ApplicationView = office.call(filing.CREATE_APPLICATION, office.applicant, **asked)
    return view.application_id


def prepared(office: Office, register: Register, case: str) -> filing.Declaration:
    declaration: filing.Declaration = office.call(
        filing.PREPARE_SUBMISSION, office.applicant, application_id=case, extract=register.extract()
    )
    return declaration


def accepted(office: Office, register: Register, procedure: str, case: str = "") -> str:
    """Filed, paid for and with an examiner."""
    case = case or begun(office, register, procedure)
    evidence = office.evidence(prepared(office, register, case))
    asked = {"application_id": case, "evidence": evidence, "extract": register.extract()}
    office.call(filing.SUBMIT_APPLICATION, office.applicant, **asked)
    office.order(case)
    office.pay(case)
    office.claim(case)
    return case


def facts(case: str) -> dict[str, Any]:
    document = {
        "document_id": "arc-9",
        "kind": "certificate",
        "title": "作品登记证书",
        "file_name": "x.pdf",
        "content_type": "application/pdf",
        "object": {"sha256": "cd" * 32, "size": 4},
        "issued_at": "2026-11-24T00:00:00Z",
    }
    common = {"application_id": case, "account_id": "acc-wang", "title": "长江边的石头", "registration_number": NUMBER}
    return common | {"registered_on": "2026-05-01", "certificate_sha256": "cd" * 32, "documents": [document]}


@pytest.mark.requirement("A-05")
def test_a_lost_certificate_is_issued_again_for_its_own_fee(office: Office, register: Register) -> None:
    case = accepted(office, register, "reissue")
    office.decide(case, "approve")
    [data] = office.harness.events(filing.APPLICATION_APPROVED)
    assert (data.act, data.ground, data.registration_number) == ("reissued", "lost", NUMBER)
    told = archive.CertificateReissued(**facts(case), ground="lost", edition=2)
    for _ in range(2):
        office.harness.deliver(archive.CERTIFICATE_REISSUED, told)
    view = office.view(case)
    assert (view.state, view.registration_number, view.certificate_document_id) == ("registered", NUMBER, "arc-9")
    for unknown in ("app-nobody", "old-case"):
        other = archive.CertificateReissued(**facts(unknown), ground="clerical_error", edition=3)
        office.harness.deliver(archive.CERTIFICATE_REISSUED, other)


@pytest.mark.parametrize("procedure", ["reissue", "cancellation"])
def test_the_fee_has_the_name_of_the_type(office: Office, register: Register, procedure: str) -> None:
    basis = prepared(office, register, begun(office, register, procedure)).fee_basis
    assert basis["charge"] == f"work_{procedure}"


def test_one_of_two_owners_cannot_give_up_what_belongs_to_both(office: Office, register: Register) -> None:
    register.says |= {"owners": TWO}
    case = begun(office, register, "cancellation")
    with pytest.raises(Problem, match="application_incomplete") as refused:
        prepared(office, register, case)
    assert [(one.field, one.code) for one in refused.value.errors] == [("materials.owners_consent", "material_missing")]
    office.attach(case, role="owners_consent", file_name="同意书.pdf")
    office.finish_checks()
    accepted(office, register, "cancellation", case)
    office.decide(case, "approve")
    [data] = office.harness.events(filing.APPLICATION_APPROVED)
    assert (data.act, data.ground) == ("revoked", "own_request")
    assert [one["name"] for one in data.before["owners"]] == ["王小名", "李白"]
    office.harness.deliver(archive.CERTIFICATE_REVOKED, archive.CertificateRevoked(**facts(case), ground="own_request"))
    assert office.view(case).state == "registered"


@pytest.mark.parametrize(("first", "second"), [("reissue", "cancellation"), ("cancellation", "reissue")])
def test_one_case_about_a_registration_is_under_way_whatever_it_is(
    office: Office, register: Register, first: str, second: str
) -> None:
    early = begun(office, register, second)
    case = accepted(office, register, first)
    for attempt in (lambda: begun(office, register, second), lambda: prepared(office, register, early)):
        with pytest.raises(Problem, match="change_under_way") as told:
            attempt()
        assert told.value.params["number"] == office.view(case).serial_number


@pytest.mark.requirement("A-05")
@pytest.mark.parametrize("procedure", ["reissue", "cancellation"])
def test_of_what_is_revoked_nothing_is_begun_and_nothing_approved(
    office: Office, register: Register, procedure: str
) -> None:
    case = accepted(office, register, procedure)
    office.harness.deliver(
        archive.CERTIFICATE_REVOKED, archive.CertificateRevoked(**facts("app-first"), ground="judgment")
    )
    with pytest.raises(Problem, match="registration_ended"):
        office.decide(case, "approve")
    assert office.view(case).state == "under_examination"
    register.says |= {"status": "revoked"}
    with pytest.raises(Problem, match="registration_ended") as refused:
        begun(office, register, procedure)
    assert refused.value.params["status"] == "revoked"
