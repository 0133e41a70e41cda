"""The rules of a cancellation by request (办法 art. 24, 试行办法 art. 6)."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.filing import FieldProblem
from contracts.forms import CancellationForm, Registered
from contracts.procedures import against_cancellation

from filing.forms import checks
from filing.forms.checks import problem
from filing.forms.model import Situation
from filing.types import about


def check(form: CancellationForm, situation: Situation) -> list[FieldProblem]:
    """Everything that keeps this form from being filed today, in the order of the form."""
    return [
        *about.registration(form),
        *about.by_owner(form),
        *against(form, form.on_register),
        *_reasons(form),
        *checks.filing_problems(form.filing_mode, form.contact, situation),
    ]


def against(form: CancellationForm, register: Registered) -> Iterator[FieldProblem]:
    """What others have in the registration, each with what is to be done about it."""
    for found in against_cancellation(register):
        yield problem("on_register", found.code, **about.said(found))


def _reasons(form: CancellationForm) -> Iterator[FieldProblem]:
    if not form.cancellation_statement:
        yield problem("cancellation_statement", "required")
