"""An extract of the register, and what of it is another than a form says. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from contracts.forms import Registered
from contracts.objects import DocumentRef
from pydantic import BaseModel, ConfigDict, ValidationError

ON_REGISTER = "on_register"
"""The field of a form that holds what the register says."""
_SAID = frozenset({"record", "stated_on"})
"""Say how much has happened, and when it was asked, not what holds."""


class Extract(BaseModel):
    """What the archive said, and to whom."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    party: str
    registered: Registered
    issued_on: date
    certificate: DocumentRef | None = None

    @property
    def number(self) -> str:
        return self.registered.registration_number

    def stated(self) -> dict[str, Any]:
        """As a form keeps it."""
        return self.registered.model_dump(mode="json")


def read_extract(claims: Mapping[str, Any]) -> Extract | None:
    """None for claims that the archive would not sign."""
    try:
        return Extract.model_validate(claims)
    except ValidationError:
        return None


def differing(form: Mapping[str, Any], extract: Extract) -> list[str]:
    """Particulars that the register states otherwise than the form says it does."""
    known, now = form.get(ON_REGISTER) or {}, extract.stated()
    return [name for name, value in now.items() if name not in _SAID and known.get(name) != value]
