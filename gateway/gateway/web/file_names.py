"""Names of files that browsers save: one for those that read no Chinese in a header (RFC 6266, ``filename=``)."""

from __future__ import annotations

import re

from flask import Response

_NAMELESS = re.compile(r'filename="?[^A-Za-z0-9";]*(\.\w+)"?;')


def with_plain_name(response: Response, name: str = "document") -> Response:
    """The same answer whose plain name, where nothing but its ending was left of a Chinese one, says something."""
    said = response.headers.get("Content-Disposition")
    if said is not None:
        response.headers["Content-Disposition"] = _NAMELESS.sub(rf"filename={name}\1;", said)
    return response
