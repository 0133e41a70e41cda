"""Cases about a registration: what the register says of it goes along, fresh, wherever filing needs it."""

from __future__ import annotations

from contracts.examination import CHECK_REGISTER, CheckRegister
from contracts.extracts import REGISTER_EXTRACT, REGISTER_EXTRACT_FOR_CASE, AskExtract, AskExtractForCase
from contracts.filing import (
    BEGIN_APPLICATION,
    PREPARE_SUBMISSION,
    SUBMIT_APPLICATION,
    ApplicationView,
    BeginApplication,
    Declaration,
    FieldProblem,
    PrepareSubmission,
    SubmitApplication,
    Submitted,
)
from contracts.forms import FilingType

from gateway.web.calls import call

PROBLEMS = (
    "register_changed",
    "change_under_way",
    "registration_ended",
    "registration_number_unknown",
    "registration_assigned",
    "registration_not_yours",
)
"""What the register, and other cases about the same registration, may have against one that is to be filed."""


def extract_of(number: str) -> str:
    """The archive's word for a registration of the caller's. Problems ``registration_number_unknown``,
    ``registration_not_yours``, ``registration_assigned``."""
    return call(REGISTER_EXTRACT, AskExtract(registration_number=number)).token


def extract_for(case: ApplicationView) -> str | None:
    """For who examines: what the register says now to the party of a case. None of a case about no registration."""
    if not case.about:
        return None
    asked = AskExtractForCase(registration_number=case.about, account_id=case.account_id)
    return call(REGISTER_EXTRACT_FOR_CASE, asked).token


def against(case: ApplicationView) -> list[FieldProblem]:
    """What the register as it stands now has against a case that is examined. Problems of the archive."""
    extract = extract_for(case)
    if extract is None:
        return []
    return call(CHECK_REGISTER, CheckRegister(application_id=case.application_id, extract=extract)).problems


def begin_about(filing_type: FilingType, number: str) -> str:
    """The draft about a registration of the caller's, by its id. Problems of the archive and of filing."""
    begun = call(BEGIN_APPLICATION, BeginApplication(type=filing_type, extract=extract_of(number)))
    if begun.application_id is None:
        raise LookupError(f"of {filing_type} there is one draft about a registration")
    return begun.application_id


def prepare(case: ApplicationView) -> Declaration:
    """What is to be signed for a draft, about a registration or not."""
    asked = PrepareSubmission(application_id=case.application_id, extract=_extract(case))
    return call(PREPARE_SUBMISSION, asked)


def submit(case: ApplicationView, evidence: str) -> Submitted:
    """Files a draft that was signed."""
    asked = SubmitApplication(application_id=case.application_id, evidence=evidence, extract=_extract(case))
    return call(SUBMIT_APPLICATION, asked)


def _extract(case: ApplicationView) -> str | None:
    return extract_of(case.about) if case.about else None
