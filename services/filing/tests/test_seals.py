"""封存: of a sealed deposit nobody of the office sees a byte, but two on the order of a court."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from chassis.actor import Actor
from chassis.testing import person, staff_actor
from contracts.seals import (
    DECIDE_OPENING,
    DEPOSIT_SEAL_CHANGED,
    GET_SEAL,
    LIFT_SEAL,
    LIST_OPENINGS,
    PROPOSE_OPENING,
    SEAL_DEPOSIT,
)
from filing.seals.handlers import OPEN_FOR
from sqlalchemy import text

from contracts import filing, lookups

from .conftest import Office
from .test_filing_a_case import refused

pytestmark = pytest.mark.requirement("F-01")
ANN = staff_actor("archivist", id="acc-ann")
BOB = staff_actor("senior_examiner", id="acc-bob")
ORDER = {"court": "长江区人民法院", "order_number": "（2026）长01民初1号"}
OTHERS = [
    *(staff_actor(role, id=f"acc-{role}") for role in ("archivist", "senior_examiner", "customer_service")),
    staff_actor("administrator", id="acc-administrator"),
]


def registered(office: Office, **changes: Any) -> str:
    application_id = office.claimed(**changes)
    office.decide(application_id, "approve")
    office.certify(application_id)
    return application_id


def look(office: Office, application_id: str, actor: Actor) -> Any:
    material = office.view(application_id).materials[0].material_id
    return office.call(filing.OPEN_MATERIAL, actor, application_id=application_id, material_id=material)


def told(office: Office) -> list[str]:
    return [event.change for event in office.harness.events(DEPOSIT_SEAL_CHANGED)]


@pytest.fixture
def sealed(office: Office) -> str:
    application_id = registered(office)
    view = office.call(SEAL_DEPOSIT, office.applicant, application_id=application_id)
    assert (view.sealed_at is not None, view.steps) == (True, ["lift"])
    return application_id


def test_the_examiner_sees_it_until_it_is_registered_and_nobody_after(office: Office) -> None:
    application_id = office.claimed()
    refused("deposit_not_sealable", office.call, SEAL_DEPOSIT, office.applicant, application_id=application_id)
    assert look(office, application_id, office.examiner)
    office.decide(application_id, "approve")
    office.certify(application_id)
    assert look(office, application_id, office.examiner)
    for _ in range(2):
        office.call(SEAL_DEPOSIT, office.applicant, application_id=application_id)
    for actor in (office.examiner, ANN, *OTHERS):
        refused("deposit_sealed", look, office, application_id, actor)
    assert look(office, application_id, office.applicant)
    assert told(office) == ["sealed"]


def test_whose_it_is_not_seals_and_lifts_nothing(office: Office, sealed: str) -> None:
    stranger = person("acc-stranger")
    for method in (SEAL_DEPOSIT, LIFT_SEAL, GET_SEAL):
        refused("application_unknown", office.call, method, stranger, application_id=sealed)
    for actor in (ANN, BOB):
        refused("forbidden", office.call, LIFT_SEAL, actor, application_id=sealed)
    refused("forbidden", office.call, PROPOSE_OPENING, office.applicant, application_id=sealed, **ORDER)
    refused("forbidden", office.call, PROPOSE_OPENING, OTHERS[2], application_id=sealed, **ORDER)


def test_its_applicant_lifts_it(office: Office, sealed: str) -> None:
    for _ in range(2):
        view = office.call(LIFT_SEAL, office.applicant, application_id=sealed)
        assert (view.sealed_at, view.steps) == (None, ["seal"])
    assert look(office, sealed, ANN)
    assert told(office) == ["sealed", "unsealed"]
    refused("deposit_not_sealed", office.call, PROPOSE_OPENING, ANN, application_id=sealed, **ORDER)


def test_a_court_has_it_opened_by_two_for_a_while(office: Office, sealed: str) -> None:
    view = office.call(PROPOSE_OPENING, ANN, application_id=sealed, **ORDER)
    [opening] = view.openings
    assert (opening.order_number, opening.steps, view.steps) == (ORDER["order_number"], ["dismiss"], [])
    refused("opening_proposed", office.call, PROPOSE_OPENING, BOB, application_id=sealed, **ORDER)
    confirm = {"opening_id": opening.opening_id, "step": "confirm"}
    refused("second_person_required", office.call, DECIDE_OPENING, ANN, **confirm)
    refused("deposit_sealed", look, office, sealed, ANN)
    for actor in (office.applicant, office.examiner, *OTHERS[2:]):
        assert office.call(GET_SEAL, actor, application_id=sealed).openings == [], "not theirs to know"
    [waiting] = office.call(LIST_OPENINGS, BOB).items
    assert waiting.steps == ["confirm", "dismiss"]
    assert office.call(DECIDE_OPENING, BOB, **confirm).steps == ["look"]
    refused("opening_closed", office.call, DECIDE_OPENING, BOB, **confirm)
    for actor in (ANN, BOB):
        assert look(office, sealed, actor)
    for actor in OTHERS:
        refused("deposit_sealed", look, office, sealed, actor)
    event = office.harness.events(DEPOSIT_SEAL_CHANGED)[-1]
    assert (event.change, event.by, event.order_number) == ("opened", "acc-bob", ORDER["order_number"])
    [seen] = office.call(GET_SEAL, office.applicant, application_id=sealed).openings
    assert (seen.court, seen.state, seen.steps) == (ORDER["court"], "confirmed", [])
    office.harness.advance(OPEN_FOR // timedelta(days=1) + 1)
    for actor in (ANN, BOB):
        refused("deposit_sealed", look, office, sealed, actor)


def test_one_that_is_dismissed_or_too_late_opens_nothing(office: Office, sealed: str) -> None:
    [opening] = office.call(PROPOSE_OPENING, ANN, application_id=sealed, **ORDER).openings
    office.call(DECIDE_OPENING, ANN, opening_id=opening.opening_id, step="dismiss")
    refused("deposit_sealed", look, office, sealed, ANN)
    opening = office.call(PROPOSE_OPENING, ANN, application_id=sealed, **ORDER).openings[0]
    office.call(LIFT_SEAL, office.applicant, application_id=sealed)
    confirm = {"opening_id": opening.opening_id, "step": "confirm"}
    refused("deposit_not_sealed", office.call, DECIDE_OPENING, BOB, **confirm)
    office.call(SEAL_DEPOSIT, office.applicant, application_id=sealed)
    refused("deposit_sealed", look, office, sealed, ANN)
    assert told(office) == ["sealed", "unsealed", "sealed"]


def words_of(office: Office, application_id: str, method: Any, actor: Actor) -> tuple[Any, ...]:
    """What is told of the copy of the work, and of the proofs beside it."""
    asked = {"application_id": application_id}
    if method is lookups.OPEN_CASE_FILE:
        asked["purpose"] = "enquiry"
    case = office.call(method, actor, **asked)
    sample = next(one for one in case.materials if one.role == "sample")
    told = [finding.message for finding in sample.precheck.findings]
    return sample.sealed, bool(sample.precheck.facts), told


def test_what_was_read_in_it_is_withheld_like_the_file(office: Office) -> None:
    application_id = registered(office)
    with office.harness.uow() as uow:
        read = '[{"code": "view_damaged", "severity": "warning", "params": {"file": "石头写生"}}]'
        uow.session.execute(text("UPDATE prechecks SET findings = CAST(:read AS jsonb)"), {"read": read})
    get, look_up = filing.GET_APPLICATION, lookups.OPEN_CASE_FILE
    told = words_of(office, application_id, get, office.applicant)
    assert told[0] is False
    assert told[1]
    assert "石头写生" in told[2][0]
    assert words_of(office, application_id, get, office.examiner) == told
    office.call(SEAL_DEPOSIT, office.applicant, application_id=application_id)
    assert words_of(office, application_id, get, office.applicant) == told, "whose it is"
    assert words_of(office, application_id, get, office.examiner) == (True, False, [])
    for actor in (ANN, OTHERS[2]):
        assert words_of(office, application_id, look_up, actor) == (True, False, [])
    [opening] = office.call(PROPOSE_OPENING, ANN, application_id=application_id, **ORDER).openings
    assert words_of(office, application_id, look_up, ANN) == (True, False, []), "proposed is not opened"
    office.call(DECIDE_OPENING, BOB, opening_id=opening.opening_id, step="confirm")
    assert words_of(office, application_id, look_up, ANN) == told
    assert words_of(office, application_id, get, office.examiner) == (True, False, [])
    with office.harness.uow() as uow:
        looks = "SELECT count(*) FROM audit WHERE action = 'seal.look' AND subject = :case"
        assert uow.session.execute(text(looks), {"case": application_id}).scalar_one() == 1
    office.call(LIFT_SEAL, office.applicant, application_id=application_id)
    assert words_of(office, application_id, get, office.examiner) == told


def test_the_database_itself_wants_two_people(office: Office, sealed: str) -> None:
    office.call(PROPOSE_OPENING, ANN, application_id=sealed, **ORDER)
    change = "UPDATE seal_openings SET state = 'confirmed', decided_by = proposed_by, open_until = now()"
    with pytest.raises(Exception, match="two_people"), office.harness.uow() as uow:
        uow.session.execute(text(change))


@pytest.mark.parametrize("wished", [True, False])
def test_the_form_of_a_work_may_ask_for_it(office: Office, wished: bool) -> None:
    application_id = office.claimed(seal_deposit=wished)
    assert office.view(application_id).form["seal_deposit"] is wished
    assert look(office, application_id, office.examiner), "before the registration it is read"
    office.decide(application_id, "approve")
    office.certify(application_id)
    assert told(office) == (["sealed"] if wished else [])
    if wished:
        refused("deposit_sealed", look, office, application_id, office.examiner)


def test_what_the_form_wished_for_is_sealed_with_the_registration_once(
    office: Office, insist: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    application_id = registered(office)
    assert told(office) == []
    with office.harness.uow() as uow:
        signed = uow.session.execute(text("SELECT form::text FROM cases")).scalar_one()
        uow.session.execute(text("UPDATE cases SET state = 'approved', registration_number = NULL"))
        uow.session.execute(text("UPDATE cases SET form = form || '{\"seal_deposit\": true}'"))
    for _ in range(2):
        office.certify(application_id)
    assert told(office) == ["sealed"]
    with office.harness.uow() as uow:
        uow.session.execute(text("UPDATE cases SET form = CAST(:form AS jsonb)"), {"form": signed})
    insist(lambda: office.call(LIFT_SEAL, office.applicant, request_id="req-lift", application_id=application_id))
    assert told(office) == ["sealed", "unsealed"]
