"""Which files another certificate takes: none but what the applicant wants to add."""

from __future__ import annotations

from contracts.forms import ReissueForm

from filing.forms.model import Need
from filing.forms.policy import FormPolicy


def needs(form: ReissueForm, policy: FormPolicy) -> list[Need]:
    """Nothing is needed: the certificate and the result of the query the office attaches itself."""
    return [Need("other", needed=False)]
