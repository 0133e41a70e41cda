"""The rules of a cancellation by request (办法 art. 24, 试行办法 art. 6)."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.filing import FieldProblem
from contracts.forms import CancellationForm

from filing.forms import checks
from filing.forms.checks import problem
from filing.forms.model import Situation
from filing.types.changing import rules


def check(form: CancellationForm, situation: Situation) -> list[FieldProblem]:
    """Everything that keeps this form from being filed today, in the order of the form."""
    return [
        *rules.registration(form),
        *_reasons(form),
        *checks.filing_problems(form.filing_mode, form.contact, situation),
    ]


def _reasons(form: CancellationForm) -> Iterator[FieldProblem]:
    if not form.cancellation_statement:
        yield problem("cancellation_statement", "required")
