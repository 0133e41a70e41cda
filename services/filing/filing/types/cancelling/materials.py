"""Which files a cancellation takes."""

from __future__ import annotations

from contracts.forms import CancellationForm

from filing.forms.model import Need
from filing.forms.policy import FormPolicy


def needs(form: CancellationForm, policy: FormPolicy) -> list[Need]:
    """One of several owners cannot give up what belongs to all: they sign that they agree."""
    return [Need("owners_consent", needed=len(form.on_register.owners) > 1), Need("other", needed=False)]
