"""An identity that was approved by mistake files nothing until it is verified again; what was filed goes on."""

from __future__ import annotations

import pytest
from contracts.identity.events import IDENTITY_REOPENED, IdentityReopened

from contracts import filing

from .conftest import Office
from .test_filing_a_case import refused

pytestmark = pytest.mark.requirement("I-05")


def reopened(office: Office, verification_id: str) -> None:
    facts = {"account_id": office.applicant.subject, "verification_id": verification_id, "reason": "不是本人"}
    office.harness.deliver(IDENTITY_REOPENED, IdentityReopened(**facts, reopened_at=office.now()))


def test_nothing_is_filed_by_who_was_approved_by_mistake_and_what_was_filed_goes_on(office: Office) -> None:
    filed, draft = office.claimed(), office.ready()
    reopened(office, "ver-1")
    reopened(office, "ver-1")
    refused("not_verified", office.call, filing.PREPARE_SUBMISSION, office.applicant, application_id=draft)
    assert office.view(filed).applicant_name == "王小明"
    office.decide(filed, "approve")
    assert office.view(filed).state == "approved"
    office.verify(office.applicant, "王小明")
    assert office.call(filing.PREPARE_SUBMISSION, office.applicant, application_id=draft)


def test_a_later_approval_is_not_taken_by_what_is_said_of_an_earlier_one(office: Office) -> None:
    draft = office.ready()
    reopened(office, "ver-0")
    assert office.call(filing.PREPARE_SUBMISSION, office.applicant, application_id=draft)
