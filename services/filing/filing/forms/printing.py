"""What of a form cannot be printed on its certificate: said before it is filed, and to who examines it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chassis.documents import is_usual, missing_glyphs
from chassis.green import offload
from contracts.filing import FieldProblem

_NAMED = 20
"""Characters that a warning names."""


def unprintable(form: Mapping[str, Any]) -> list[FieldProblem]:
    """A warning for each text of the certificate with characters that its fonts do not have, which are then printed as
    their code (〔U+20BB7〕). It is registered and found with the character all the same.
    """
    # The first rare character of a process reads the fonts, which takes a second.
    rare = ((field, offload(missing_glyphs, text)) for field, text in _printed(form) if not is_usual(text))
    return [
        FieldProblem(
            field=field,
            code="glyphs_missing",
            severity="warning",
            params={"characters": missing[:_NAMED], "codes": " ".join(f"U+{ord(c):04X}" for c in missing[:_NAMED])},
        )
        for field, missing in rare
        if missing
    ]


def _printed(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts of a stored form that the certificate shows, with the field each stands in."""
    yield "title", form.get("title", "")
    for index, author in enumerate(form.get("authors", ())):
        if author["signed_as"] != "anonymous":
            part = "pseudonym" if author["signed_as"] == "pseudonym" else "name"
            yield f"authors.{index}.{part}", author[part]
    for index, owner in enumerate(form.get("owners", ())):
        yield f"owners.{index}.name", owner["name"]
        yield f"owners.{index}.nationality", owner["nationality"]
