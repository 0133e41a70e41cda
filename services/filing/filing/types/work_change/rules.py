"""The rules of a change of a work's registration."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.filing import FieldProblem
from contracts.forms import ChangedAuthor, WorkChangeForm

from filing.forms import checks
from filing.forms.checks import problem
from filing.forms.model import Situation
from filing.types import about
from filing.types.changing import registered, rules


def settle(form: WorkChangeForm) -> WorkChangeForm:
    """Owners and authors in the register have a row each, with the registered names."""
    form, stated = registered.settle(form), form.on_register.authors
    rows = form.authors or [ChangedAuthor()] * len(stated)
    if len(rows) != len(stated):
        return form
    known = ({"was": one.name, "was_pseudonym": one.pseudonym, "signed_as": one.signed_as} for one in stated)
    return form.model_copy(
        update={"authors": [row.model_copy(update=was) for row, was in zip(rows, known, strict=True)]}
    )


def check(form: WorkChangeForm, situation: Situation) -> list[FieldProblem]:
    """Everything that keeps this form from being filed today, in the order of the form."""
    return [
        *about.registration(form),
        *about.by_owner(form),
        *rules.items(form, situation),
        *rules.text(form, "title", form.title, form.on_register.title),
        *_authors(form),
        *rules.owners(form, situation),
        *rules.name_reason(form),
        *rules.publication(form, situation),
        *checks.filing_problems(form.filing_mode, form.contact, situation),
    ]


def _authors(form: WorkChangeForm) -> Iterator[FieldProblem]:
    """Names that were spelled wrong, those of people and those that they sign with."""
    signed = any(row.pseudonym and row.pseudonym != row.was_pseudonym for row in form.authors)
    for found in rules.names(form, "authors", form.authors, len(form.on_register.authors)):
        if not (found.code == "change_nothing" and signed):
            yield found
    for index, row in enumerate(form.authors):
        if row.pseudonym and (row.signed_as != "pseudonym" or "authors" not in form.change_items):
            yield problem(f"authors.{index}.pseudonym", "not_applicable")
        elif row.pseudonym and row.pseudonym == row.was_pseudonym:
            yield problem(f"authors.{index}.pseudonym", "change_same")
