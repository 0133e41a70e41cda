"""A package of a case as an answer."""

from __future__ import annotations

from flask import Response

from gateway.dossiers.bag import Bag


def sent(bag: Bag) -> Response:
    """Written while it is sent."""
    answer = Response(bag.stream(), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{bag.name}.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
