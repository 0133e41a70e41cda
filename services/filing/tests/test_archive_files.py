"""The archive opens the files of a registered case, for a purpose; a sealed deposit stays closed to it."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.actor import Actor
from contracts.lookups import OPEN_CASE_MATERIAL
from contracts.seals import DECIDE_OPENING, PROPOSE_OPENING, SEAL_DEPOSIT

from .conftest import Office
from .test_filing_a_case import refused
from .test_lookups import ADMINISTRATOR, ARCHIVIST, SERVICE, written
from .test_seals import ANN, BOB, ORDER, registered

pytestmark = pytest.mark.requirement("F-14")


def opened(office: Office, application_id: str, actor: Actor = ARCHIVIST, **changes: Any) -> Any:
    material = office.view(application_id).materials[0].material_id
    asked = {"application_id": application_id, "material_id": material, "purpose": "authority"} | changes
    return office.call(OPEN_CASE_MATERIAL, actor, **asked)


def test_a_file_of_a_registered_case_is_opened_and_it_is_written_down_why(office: Office) -> None:
    application_id = registered(office)
    document = opened(office, application_id)
    assert document.object.sha256 == office.view(application_id).materials[0].object.sha256
    [(actor, subject, facts)] = written(office, "case.open_material")
    assert (actor, subject, facts["purpose"]) == (ARCHIVIST.subject, application_id, "authority")
    assert facts["material"] == document.document_id
    for nobody in (SERVICE, ADMINISTRATOR, office.applicant, office.clerk):
        refused("forbidden", opened, office, application_id, nobody)
    refused("material_unknown", opened, office, application_id, material_id="mat-0")
    asked = {"application_id": "app-0", "material_id": document.document_id, "purpose": "records"}
    refused("application_unknown", office.call, OPEN_CASE_MATERIAL, ARCHIVIST, **asked)


def test_what_is_not_registered_is_not_in_the_archive(office: Office) -> None:
    refused("case_not_registered", opened, office, office.claimed())
    assert written(office, "case.open_material") == []


def test_a_sealed_deposit_is_opened_by_the_two_who_opened_the_seal_alone(office: Office) -> None:
    application_id = registered(office)
    office.call(SEAL_DEPOSIT, office.applicant, application_id=application_id)
    for actor in (ARCHIVIST, ANN):
        refused("deposit_sealed", opened, office, application_id, actor)
    assert written(office, "case.open_material") == []
    view = office.call(PROPOSE_OPENING, ANN, application_id=application_id, **ORDER)
    opening = view.openings[0].opening_id
    office.call(DECIDE_OPENING, BOB, opening_id=opening, step="confirm")
    assert opened(office, application_id, ANN)
    refused("deposit_sealed", opened, office, application_id, ARCHIVIST)
