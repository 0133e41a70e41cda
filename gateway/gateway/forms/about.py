"""Cases about a registration: what the register says of it goes along, fresh, wherever filing needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.errors import Problem
from contracts.extracts import (
    REGISTER_EXTRACT,
    REGISTER_EXTRACT_FOR_CASE,
    AskExtract,
    AskExtractForCase,
    RegisterExtract,
)
from contracts.filing import (
    BEGIN_AGAIN,
    BEGIN_APPLICATION,
    GET_APPLICATION,
    PREPARE_SUBMISSION,
    SUBMIT_APPLICATION,
    ApplicationRef,
    ApplicationView,
    BeginAgain,
    BeginApplication,
    Declaration,
    PrepareSubmission,
    SubmitApplication,
    Submitted,
)
from contracts.forms import FilingType, FormField
from contracts.procedures import PROCEDURES, Procedure, offered

from gateway.forms.described import Described
from gateway.forms.words import value_word
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.texts import Text, problem_text

_ASKED = frozenset({"stated_on", "record", "certificate_outdated"})
"""Says when it was asked, and how much had happened."""

AT_THE_START = (
    "change_under_way",
    "another_under_way",
    "another_unpaid",
    "cancellation_barred",
    "procedure_of_owners",
    "procedure_of_holders",
    "nothing_to_deal_in",
    "nothing_to_pledge",
    "nothing_transferable",
    "no_pledge_of_yours",
    "no_licence_of_yours",
    "registration_ended",
    "registration_number_unknown",
    "registration_assigned",
    "registration_party_only",
    "old_registration_incomplete",
    "registration_not_yours",
)
"""What may keep a draft about a registration from being begun."""
PROBLEMS = ("register_changed", *AT_THE_START)
"""What the register, and other cases about the same registration, may have against one that is to be filed."""


def extract_of(number: str) -> str:
    """The archive's word for a registration of the caller's. Problems ``registration_number_unknown``,
    ``registration_not_yours``, ``registration_assigned``."""
    return call(REGISTER_EXTRACT, AskExtract(registration_number=number)).token


def owners_procedures() -> list[Procedure]:
    """What an owner may file, as long as nobody else has anything in the registration."""
    return [name for name in PROCEDURES if name not in ("release", "termination")]


def may_be_filed(number: str) -> list[Procedure]:
    """What the caller may file about a registration, by what the register says now; nothing while it does not say."""
    try:
        return offered(call(REGISTER_EXTRACT, AskExtract(registration_number=number)).registered)
    except Problem:
        return []


def taken_from(case: ApplicationView) -> Text | None:
    """What the register has against a draft that was begun in time, in words: its registration went to somebody else
    since. None as well while the archive does not answer: it is asked again before anything is filed."""
    if not case.about:
        return None
    try:
        extract_of(case.about)
    except Problem as problem:
        return problem_text(problem.code, problem.params, language()) if problem.code in PROBLEMS else None
    return None


def begin_again(case: ApplicationView) -> ApplicationView:
    """A draft with the values and files of a case that has ended, and what the register says now of one about a
    registration. Problems of the archive, and of BEGIN_AGAIN."""
    extract = extract_of(case.about) if case.about else None
    return call(BEGIN_AGAIN, BeginAgain(application_id=case.application_id, language=language(), extract=extract))


def origin_of(case: ApplicationView) -> ApplicationView | None:
    """The ended case that a draft was begun from; none that went to another account since."""
    if case.begun_from is None:
        return None
    try:
        return call(GET_APPLICATION, ApplicationRef(application_id=case.begun_from, language=language()))
    except Problem as problem:
        if problem.code != "application_unknown":
            raise
        return None


def extract_for(case: ApplicationView) -> RegisterExtract | None:
    """For who examines: what the register says now to the party of a case. None of a case about no registration.
    Problems of the archive."""
    if not case.about:
        return None
    return call(
        REGISTER_EXTRACT_FOR_CASE, AskExtractForCase(registration_number=case.about, account_id=case.account_id)
    )


def token_for(case: ApplicationView) -> str | None:
    """As :func:`extract_for`, in the archive's own words, for a decision."""
    extract = extract_for(case)
    return extract.token if extract else None


@dataclass(frozen=True)
class Difference:
    """A particular that the register states otherwise now than when the case was filed, in words."""

    label: str
    before: str
    after: str


def filed_with(described: Described, case: ApplicationView) -> Mapping[str, Any]:
    """What the register said when the case was filed, as its form keeps it."""
    group = _of_register(described)
    found: Mapping[str, Any] = (case.form.get(group.name) if group else None) or {}
    return found


def _of_register(described: Described) -> FormField | None:
    """The part of a form that the office fills in."""
    return next((field for field in described.fields if field.given and field.widget == "group"), None)


def register_words(described: Described, names: str) -> list[str]:
    """What the register has changed meanwhile, as the form calls it: ``fields`` of Problem ``register_changed``."""
    group, changed = _of_register(described), names.split(",")
    return [entry.label for entry in (group.fields if group else ()) if entry.name in changed and not entry.hidden]


def differences(described: Described, filed: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """What of the register's particulars has become another; nothing of when it was asked."""
    group = _of_register(described)
    pairs = [
        Difference(entry.label, value_word(entry, filed.get(entry.name)), value_word(entry, now.get(entry.name)))
        for entry in (group.fields if group else ())
        if not entry.hidden and entry.name not in _ASKED
    ]
    return [pair for pair in pairs if pair.before != pair.after]


def differences_for_party(described: Described, case: ApplicationView) -> list[Difference]:
    """As :func:`differences`, for whoever filed the case; nothing while the archive does not answer, or says no more to
    them."""
    if not case.about:
        return []
    try:
        now = call(REGISTER_EXTRACT, AskExtract(registration_number=case.about)).registered
    except Problem:
        return []
    return differences(described, filed_with(described, case), now.model_dump(mode="json"))


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
