"""The applicant's own entry in the software form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.forms import SoftwareForm

from filing.forms.applicant import Applicant, own_entry


def begin(data: Mapping[str, Any], applicant: Applicant) -> dict[str, Any]:
    """A new draft: the applicant stands there as owner."""
    owner = applicant.as_owner().model_dump(mode="json")
    return dict(data) if data.get("owners") else {**data, "owners": [owner]}


def with_applicant(form: SoftwareForm, applicant: Applicant) -> SoftwareForm:
    return form.model_copy(update={"owners": own_entry(form.owners, applicant)})
