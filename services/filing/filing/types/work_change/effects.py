"""What a change of a work's registration says to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.forms import WorkChangeForm

from filing.forms.policy import FormPolicy
from filing.types.changing import effects as changing
from filing.types.filing_type import RegisterEntry


def printed(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts of a stored form that its proof shows, with the field each stands in."""
    yield from changing.printed(form, ("title",), {"authors": ("name", "pseudonym"), "owners": ("name",)})


def declaration(form: WorkChangeForm, policy: FormPolicy) -> dict[str, Any]:
    """What the declaration says of the change."""
    authors = [row for row in form.authors if "authors" in form.change_items]
    named = [changing.arrow(row.was, row.name) for row in authors]
    signed = [changing.arrow(row.was_pseudonym, row.pseudonym) for row in authors]
    of_type = (
        ("作品名称", "Title", changing.arrow(form.on_register.title, form.title)),
        ("作者（署名）", "Authors", "；".join(words for words in (*named, *signed) if words)),
    )
    return changing.declaration(form, of_type, "《作品自愿登记试行办法》")


def entry(form: WorkChangeForm) -> RegisterEntry:
    """What the register states anew."""
    authors = [
        author.model_copy(
            update={"name": row.name or author.name, "pseudonym": row.pseudonym or author.pseudonym}
        ).model_dump(mode="json")
        for row, author in zip(form.authors, form.on_register.authors, strict=False)
    ]
    stated: dict[str, Any] = {"title": form.title, "authors": authors, "owners": changing.owners(form)}
    states: dict[str, Any] = {name: value for name, value in stated.items() if name in form.change_items}
    if "publication" in form.change_items:
        states["publication_date"] = changing.publication(form)
    return changing.entry(form, states)
