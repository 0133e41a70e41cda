"""Which files a change needs. The certificate and the result of the query the office attaches itself."""

from __future__ import annotations

from typing import Any

from contracts.forms import ChangeForm

from filing.forms.model import Need
from filing.forms.policy import FormPolicy
from filing.types.changing.rules import NAMES


def needs(form: ChangeForm[Any], policy: FormPolicy) -> list[Need]:
    """A proof of another name, or of the publication."""
    return [
        Need("name_change_proof", needed=not NAMES.isdisjoint(form.change_items)),
        Need("publication_proof", needed="publication" in form.change_items),
        Need("other", needed=False),
    ]
