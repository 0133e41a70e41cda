"""What a role is shown of a case. Pure."""

from __future__ import annotations

from collections.abc import Set

from contracts.filing import ApplicationView
from contracts.lookups import NAMING_PURPOSES, NAMING_ROLES, LookupPurpose

NEEDS_CONTENTS = frozenset({"customer_service", "archivist"})


def names_colleagues(roles: Set[str], purpose: LookupPurpose) -> bool:
    """Whether who opens a case is told which colleague took each step: a court, or who looks into the office's work,
    asks for that; who helps an applicant does not need it."""
    return purpose in NAMING_PURPOSES and bool(roles & NAMING_ROLES)


def fitting(view: ApplicationView, roles: Set[str], applicant_name: str) -> ApplicationView:
    """A case without what the roles do not need: who keeps the system running needs its course, not its contents."""
    if roles & NEEDS_CONTENTS:
        return view
    left_out: dict[str, object] = {
        "form": {},
        "materials": [],
        "signatures": [],
        "corrections": [],
        "declaration": None,
        "application_form": None,
        "expedite": None,
        "report": None,
        "warnings": [],
        "reason": "",
        "actions": [action.model_copy(update={"note": ""}) for action in view.actions],
        "applicant_name": applicant_name,
    }
    return view.model_copy(update=left_out)
