"""Real-name verification: which images, states and actions as data, the due date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import date
from typing import Any, Literal

from chassis.calendar import add_working_days

from identity.settings import VERIFICATION_WORKING_DAYS

State = Literal["pending", "approved", "refused", "replaced"]
Action = Literal[
    "submit", "carry_over", "approve", "refuse", "replace", "withdraw", "supersede", "propose", "dismiss", "reopen"
]
FIRST: Set[Action] = frozenset({"submit", "carry_over"})
"""With these a verification begins."""

# (state, action) → state. ``carry_over``: the old system had verified it. ``replace``: the applicant sends
# better images after the automatic check found errors. ``withdraw``: the consent to the photograph of the face was
# taken back, so nobody can decide. ``supersede``: another verification, of another name, was approved in its place.
# ``propose``, ``dismiss``, ``reopen``: an approval is found wrong; a second reviewer lets it stand or withdraws it.
TRANSITIONS: Mapping[tuple[State | None, Action], State] = {
    (None, "submit"): "pending",
    (None, "carry_over"): "approved",
    ("pending", "approve"): "approved",
    ("pending", "refuse"): "refused",
    ("pending", "replace"): "replaced",
    ("pending", "withdraw"): "replaced",
    ("approved", "supersede"): "replaced",
    ("approved", "propose"): "approved",
    ("approved", "dismiss"): "approved",
    ("approved", "reopen"): "refused",
}
ACCOUNT_STATE: Mapping[State, str] = {"pending": "pending", "approved": "approved", "refused": "refused"}

APPROVED = {"natural_person": "verification_approved", "organisation": "organisation_approved"}
"""The message about it, by the kind of account: an organisation held no document beside its face."""

TAKEN = {"natural_person": "verification_taken", "organisation": "verification_taken_organisation"}
"""What is said of a refusal that no other photo helps against: another account has the identity."""
DISPUTED = {"natural_person": "identity_disputed", "organisation": "organisation_disputed"}
"""What that other account hears."""

LARGEST = 20 << 20
"""Bytes of one image."""
IDENTITY, SEAL, OPERATOR = "identity", "seal", "operator"
"""What a verification is about: who somebody is, or what takes the place of what is held of an organisation."""
HELD_SEAL = "seal"
"""Not among the images of a verification: the one of the sign-up."""
NEW_SEAL = "new_seal"
FORMER_SEAL = "former_seal"
"""What an approved one took the place of: kept beside it."""
HANDHELD = "handheld"
NAME_PROOF = "name_proof"
"""Shows how the verified name came to be another: a page of the household register, the notice of a change."""
_PERSON = ("id_front", "id_back", HANDHELD)
_ONE_SIDED = ("id_front", HANDHELD)
_ORGANISATION = ("business_licence", "authorisation_letter", "legal_representative_id")


def required_documents(kind: str, id_type: str | None, *, rename: bool = False) -> tuple[str, ...]:
    """Images that must come (I-05, I-06). A passport has one data page, so its back may be left out. ``rename``: the
    proof of another name, too."""
    proof = (NAME_PROOF,) if rename else ()
    if kind == "organisation":
        return _ORGANISATION + proof
    return (_ONE_SIDED if id_type == "passport" else _PERSON) + proof


def may_be_pdf(document: str) -> bool:
    """Sealed papers are often scanned to PDF; photographs of ID cards and people are images."""
    return document in ("business_licence", "authorisation_letter", "seal_statement", NAME_PROOF)


def replacement_documents(part: str) -> tuple[str, ...]:
    """Papers that come with another seal or operator, all of them."""
    return (NEW_SEAL, "seal_statement") if part == SEAL else ("authorisation_letter",)


def allowed_documents(kind: str, *, rename: bool = False) -> tuple[str, ...]:
    """Which images a person or an organisation may hand in."""
    return (_ORGANISATION if kind == "organisation" else _PERSON) + ((NAME_PROOF,) if rename else ())


def due_date(submitted_on: date) -> date:
    """Decided within three working days of submission (I-07)."""
    return add_working_days(submitted_on, VERIFICATION_WORKING_DAYS)


def is_overdue(state: str, due_on: date, today: date) -> bool:
    """Whether nobody decided by the due date (working days of the legal calendar)."""
    return state == "pending" and today > due_on


def has_errors(findings: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the automatic check found what keeps the images from being of use; warnings do not."""
    return any(finding["severity"] == "error" for finding in findings)


def allowed_actions(state: State) -> str:
    """For the refusal of another: the actions of a state, comma-separated."""
    return ",".join(sorted(action for origin, action in TRANSITIONS if origin == state))


def repeated_images(digests: Mapping[str, str]) -> list[dict[str, Any]]:
    """A finding for each image that is the same file as an earlier one."""
    seen: set[str] = set()
    findings = []
    for document, digest in digests.items():
        if digest in seen:
            findings.append({"document": document, "code": "photo_repeated", "severity": "warning", "params": {}})
        seen.add(digest)
    return findings
