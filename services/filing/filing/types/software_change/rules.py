"""The rules of a change of a software registration (domain: 变更或补充)."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.filing import FieldProblem
from contracts.forms import SoftwareChangeForm
from contracts.text import name_key

from filing.forms import checks
from filing.forms.checks import problem
from filing.forms.model import Situation
from filing.types import about
from filing.types.changing import rules


def check(form: SoftwareChangeForm, situation: Situation) -> list[FieldProblem]:
    """Everything that keeps this form from being filed today, in the order of the form."""
    known = form.on_register
    return [
        *about.registration(form),
        *about.by_owner(form),
        *rules.items(form, situation),
        *rules.text(form, "title", form.title, known.title),
        *rules.text(form, "short_name", form.short_name, known.short_name),
        *_names_differ(form),
        *rules.text(form, "version", form.version, known.version),
        *_version(form),
        *rules.owners(form, situation),
        *rules.name_reason(form),
        *rules.publication(form, situation),
        *checks.filing_problems(form.filing_mode, form.contact, situation),
    ]


def _names_differ(form: SoftwareChangeForm) -> Iterator[FieldProblem]:
    full, short = form.title or form.on_register.title, form.short_name or form.on_register.short_name
    if short and name_key(short) == name_key(full):
        yield problem("short_name" if form.short_name else "title", "short_name_same")


def _version(form: SoftwareChangeForm) -> Iterator[FieldProblem]:
    """Only the V before a version may come or go: another version is another software."""
    old, new = form.on_register.version, form.version
    if "version" in form.change_items and new and new != old and new not in (f"V{old}", old.removeprefix("V")):
        yield problem("version", "change_only_v", version=old)
