"""Names of files that browsers save: one for those that read no Chinese in a header (RFC 6266, ``filename=``)."""

from __future__ import annotations

import re

from flask import Response

_SAID = re.compile(r'filename="?([^A-Za-z0-9";]+)([^";]*)"?;')
"""A plain name beside a full one that lost what it began with."""


def with_plain_name(response: Response, name: str = "document") -> Response:
    """The same answer whose plain name says something where a Chinese one left little of it: ``name`` and its ending,
    or ``name`` before what was left."""

    def mended(found: re.Match[str]) -> str:
        begun, rest = found.groups()
        between = "." if begun.endswith(".") and "." not in rest else "-"
        plain = f"{name}{between}{rest}"
        return f'filename="{plain}";' if " " in plain else f"filename={plain};"

    said = response.headers.get("Content-Disposition")
    if said is not None:
        response.headers["Content-Disposition"] = _SAID.sub(mended, said)
    return response
