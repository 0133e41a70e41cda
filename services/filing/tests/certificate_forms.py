"""Forms of another certificate and of a cancellation: whole ones and every way to break them."""

from __future__ import annotations

from typing import Any

from .change_forms import registered
from .dealing_forms import earlier

Found = set[tuple[str, str]]
Broken = list[tuple[str, dict[str, Any], Found]]
"""Of which procedure, what is other in a whole form, and what is found then."""


def form(procedure: str, kind: str = "work", **changes: Any) -> dict[str, Any]:
    """A whole form: of a certificate that was lost, or of a registration that is given up."""
    asked = {
        "reissue": {"reissue_reason": "lost", "reissue_statement": "搬家时遗失"},
        "cancellation": {"cancellation_statement": "作品不再使用"},
    }
    return {"on_register": registered(kind)} | asked[procedure] | changes


EXCHANGED = {"reissue_reason": "outdated", "reissue_statement": ""}
BROKEN: Broken = [
    ("reissue", {"on_register": {}}, {("on_register.registration_number", "required")}),
    ("reissue", {"on_register": registered(status="revoked")}, {("on_register", "registration_not_valid")}),
    ("reissue", {"on_register": registered(role="pledgee")}, {("on_register", "change_by_owner_only")}),
    ("reissue", {"reissue_reason": None}, {("reissue_reason", "required")}),
    ("reissue", {"reissue_statement": ""}, {("reissue_statement", "required")}),
    ("reissue", {**EXCHANGED}, {("reissue_reason", "reissue_not_outdated")}),
    (
        "reissue",
        {**EXCHANGED, "reissue_statement": "有变更", "on_register": registered(certificate_outdated=True)},
        {("reissue_statement", "not_applicable")},
    ),
    ("reissue", {"filing_mode": "agent"}, {("filing_mode", "filing_mode_not_open")}),
    ("cancellation", {"on_register": {}}, {("on_register.registration_number", "required")}),
    ("cancellation", {"on_register": registered(status="replaced")}, {("on_register", "registration_not_valid")}),
    ("cancellation", {"on_register": registered(role="holder")}, {("on_register", "change_by_owner_only")}),
    *(
        (
            "cancellation",
            {"on_register": registered(stated_on="2026-11-23", dealings=[earlier(act)])},
            {("on_register", f"cancellation_{act}")},
        )
        for act in ("assigned", "licensed", "pledged")
    ),
    (
        "cancellation",
        {"on_register": registered(stated_on="2026-11-23", dealings=[earlier("licensed", begins="2026-12-01")])},
        {("on_register", "cancellation_licensed")},
    ),
    ("cancellation", {"cancellation_statement": ""}, {("cancellation_statement", "required")}),
]
