"""What a role is shown of a case. Pure."""

from __future__ import annotations

from collections.abc import Set

from contracts.filing import ApplicationView

NEEDS_CONTENTS = frozenset({"customer_service", "archivist"})


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
