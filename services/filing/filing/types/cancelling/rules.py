"""The rules of a cancellation by request (办法 art. 24, 试行办法 art. 6)."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.filing import FieldProblem
from contracts.forms import CancellationForm, Registered

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
    """What others have in the registration goes first: a pledge, an exclusive licence, rights that were assigned."""
    today = register.stated_on
    for dealing in register.dealings:
        if today is not None and (dealing.holds_on(today) or dealing.begins > today):
            yield problem("on_register", "cancellation_rights_of_others", number=dealing.number)


def _reasons(form: CancellationForm) -> Iterator[FieldProblem]:
    if not form.cancellation_statement:
        yield problem("cancellation_statement", "required")
