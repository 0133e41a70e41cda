"""What of a form cannot be printed on its certificate: said before it is filed, and to who examines it."""

from __future__ import annotations

from collections.abc import Iterable

from chassis.documents import is_usual, missing_glyphs
from chassis.green import offload
from contracts.filing import FieldProblem

_NAMED = 20
"""Characters that a warning names."""


def unprintable(printed: Iterable[tuple[str, str]]) -> list[FieldProblem]:
    """A warning for each text of the certificate (given with its field) with characters that its fonts do not have, which
    are then printed as their code (〔U+20BB7〕). It is registered and found with the character all the same.
    """
    # The first rare character of a process reads the fonts, which takes a second.
    rare = ((field, offload(missing_glyphs, text)) for field, text in printed if not is_usual(text))
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
