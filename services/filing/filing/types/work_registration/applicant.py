"""The applicant's own entry in the works form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.forms import Author, WorkForm

from filing.forms.applicant import Applicant, own_entry


def begin(data: Mapping[str, Any], applicant: Applicant) -> dict[str, Any]:
    """A new draft: the applicant stands there as owner, a person also as author."""
    prefilled = dict(data)
    if not prefilled.get("owners"):
        prefilled["owners"] = [applicant.as_owner().model_dump(mode="json")]
        if applicant.kind != "organisation" and not prefilled.get("authors"):
            prefilled["authors"] = [Author(name=applicant.name).model_dump(mode="json")]
    return prefilled


def with_applicant(form: WorkForm, applicant: Applicant) -> WorkForm:
    return form.model_copy(update={"owners": own_entry(form.owners, applicant)})
