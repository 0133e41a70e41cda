"""The rules of another certificate of the same registration (办法 art. 25)."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.filing import FieldProblem
from contracts.forms import ReissueForm

from filing.forms import checks
from filing.forms.checks import problem
from filing.forms.model import Situation
from filing.types.changing import rules


def check(form: ReissueForm, situation: Situation) -> list[FieldProblem]:
    """Everything that keeps this form from being filed today, in the order of the form."""
    return [
        *rules.registration(form),
        *_reason(form),
        *checks.filing_problems(form.filing_mode, form.contact, situation),
    ]


def _reason(form: ReissueForm) -> Iterator[FieldProblem]:
    """Why; what was lost or damaged with its story, and exchanged only for what says something else."""
    if form.reissue_reason is None:
        yield problem("reissue_reason", "required")
    elif form.reissue_reason == "outdated":
        if not form.on_register.certificate_outdated:
            yield problem("reissue_reason", "reissue_not_outdated")
        if form.reissue_statement:
            yield problem("reissue_statement", "not_applicable")
    elif not form.reissue_statement:
        yield problem("reissue_statement", "required")
