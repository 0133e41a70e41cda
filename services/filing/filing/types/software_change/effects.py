"""What a change of a software registration says to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.forms import SoftwareChangeForm

from filing.forms.policy import FormPolicy
from filing.types.changing import effects as changing
from filing.types.filing_type import RegisterEntry


def printed(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts of a stored form that its proof shows, with the field each stands in."""
    yield from changing.printed(form, ("title", "short_name", "version"), {"owners": ("name",)})


def declaration(form: SoftwareChangeForm, policy: FormPolicy) -> dict[str, Any]:
    """What the declaration says of the change."""
    known = form.on_register
    of_type = (
        ("软件全称", "Full name", changing.arrow(known.title, form.title)),
        ("软件简称", "Short name", changing.arrow(known.short_name, form.short_name)),
        ("版本号", "Version", changing.arrow(known.version, form.version)),
    )
    return changing.declaration(form, of_type, "《计算机软件著作权登记办法》")


def entry(form: SoftwareChangeForm) -> RegisterEntry:
    """What the register states anew."""
    stated = {"title": form.title, "short_name": form.short_name, "version": form.version}
    states: dict[str, Any] = {name: value for name, value in stated.items() if name in form.change_items}
    if "owners" in form.change_items:
        states["owners"] = changing.owners(form)
    if "publication" in form.change_items:
        states["publication_date"] = changing.publication(form)
    return changing.entry(form, states)
