"""The rules of a cancellation by request (办法 art. 24, 试行办法 art. 6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from contracts.dealings import holders
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
    """What others have in the registration goes first: a pledge, an exclusive licence, rights that were assigned to
    them and that they still hold. By what was assigned to whoever asks, it is theirs to give up."""
    today = register.stated_on
    if today is None:
        return
    rights = {*register.rights, *(right for dealing in register.dealings for right in dealing.rights)}
    held = {
        number
        for day in (today, date.max)
        for number in holders(rights, register.dealings, day).values()
        if number not in register.own
    }
    for dealing in register.dealings:
        current = dealing.number in held if dealing.act == "assigned" else dealing.holds_on(today)
        if current or (dealing.begins > today and dealing.number not in register.own):
            yield problem("on_register", "cancellation_rights_of_others", number=dealing.number)


def _reasons(form: CancellationForm) -> Iterator[FieldProblem]:
    if not form.cancellation_statement:
        yield problem("cancellation_statement", "required")
