"""Files that the malware scanner could not see at once: scanned when it is back, and not opened by staff before."""

from __future__ import annotations

import pytest
from filing.prechecks import rescan
from filing.prechecks.rescan import findings_after, scan_again
from filing.prechecks.store import PrecheckRow
from materials.precheck import Finding, malware
from materials.precheck.malware import Scan
from sqlalchemy import update

from contracts import filing, tools

from .conftest import Office
from .test_filing_a_case import refused
from .test_prechecks import pdf

pytestmark = pytest.mark.requirement("F-06")


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> list[Scan]:
    """What the scanner answers: the last of these. At first it is away."""
    answers = [Scan("unavailable")]
    monkeypatch.setenv("REGISTRY_CLAMD", "scanner.invalid:3310")
    for module in (malware, rescan):
        monkeypatch.setattr(module, "scan", lambda path, address: answers[-1])
    return answers


def attached(office: Office) -> filing.MaterialView:
    """The sample of a draft, checked while the scanner is away."""
    application_id = office.draft().application_id
    office.attach(application_id, data=pdf(2), file_name="样本.pdf")
    office.harness.run_worker()
    [material] = office.view(application_id).materials
    assert "malware_not_scanned" in codes_of(material)
    return material


def codes_of(material: filing.MaterialView) -> list[str]:
    return [finding.code for finding in material.precheck.findings]


def make_due(office: Office) -> None:
    with office.harness.uow() as uow:
        uow.session.execute(update(PrecheckRow).values(scan_due=uow.now() - rescan.AGAIN))


def seen_again(office: Office, material: filing.MaterialView) -> tools.PrecheckView:
    view: tools.PrecheckView = office.call(
        tools.GET_PRECHECK, office.applicant, precheck_id=material.precheck.precheck_id
    )
    return view


def test_a_file_is_scanned_when_the_scanner_is_back(office: Office, scanner: list[Scan]) -> None:
    material = attached(office)
    runtime = office.harness.runtime
    scanner.append(Scan("clean"))
    assert not scan_again(runtime), "a scanner that was away is asked again after some minutes, not at once"
    make_due(office)
    assert scan_again(runtime)
    assert not scan_again(runtime)
    assert "malware_not_scanned" not in [finding.code for finding in seen_again(office, material).findings]


def test_one_that_turns_out_infected_is_quarantined(office: Office, scanner: list[Scan]) -> None:
    application_id = office.draft().application_id
    office.attach(application_id, data=pdf(2), file_name="样本.pdf")
    office.harness.run_worker()
    scanner.append(Scan("infected", "Eicar-Test"))
    make_due(office)
    assert scan_again(office.harness.runtime)
    [material] = office.view(application_id).materials
    assert (material.precheck.verdict, codes_of(material)[0]) == ("fail", "malware_found")
    request = {"application_id": application_id, "material_id": material.material_id}
    refused("material_quarantined", office.call, filing.OPEN_MATERIAL, office.applicant, **request)


def test_staff_do_not_open_a_file_before_it_is_scanned(office: Office, scanner: list[Scan]) -> None:
    application_id = office.claimed()
    [material] = office.view(application_id).materials
    with office.harness.uow() as uow:
        missing = Finding("malware_not_scanned", "warning", uncertain=True).to_json()
        uow.session.execute(update(PrecheckRow).values(findings=[missing], scan_due=uow.now() - rescan.AGAIN))
    request = {"application_id": application_id, "material_id": material.material_id}
    assert office.call(filing.OPEN_MATERIAL, office.applicant, **request).document_id == material.material_id
    refused("material_unscanned", office.call, filing.OPEN_MATERIAL, office.examiner, **request)
    scanner.append(Scan("clean"))
    assert scan_again(office.harness.runtime)
    assert office.call(filing.OPEN_MATERIAL, office.examiner, **request).document_id == material.material_id


@pytest.mark.parametrize(
    ("seen", "codes"),
    [(Scan("clean"), ["other"]), (Scan("infected", "X"), ["malware_found", "other"])],
    ids=["clean", "infected"],
)
def test_the_scanners_word_takes_the_place_of_its_absence(seen: Scan, codes: list[str]) -> None:
    found = [{"code": "malware_not_scanned"}, {"code": "other"}]
    assert [finding["code"] for finding in findings_after(found, seen)] == codes
