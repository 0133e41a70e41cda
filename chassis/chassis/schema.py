"""The schema versions that this code brings a database to, read from the names in its migrations."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path

VERSION_TABLES = {"chassis": "chassis_version"}
"""Of everybody's own tables; a service's are counted in ``alembic_version``."""
_REVISION = re.compile(r"^revision\b[^=]*=\s*[\"']([^\"']+)", re.MULTILINE)


@cache
def revisions(package: str) -> dict[str, tuple[str, ...]]:
    """By version table, oldest first. Reading them takes a millisecond; Alembic would stop an event loop for longer."""
    return {VERSION_TABLES.get(name, "alembic_version"): _of(name) for name in ("chassis", package)}


def _of(package: str) -> tuple[str, ...]:
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec else None
    folders = [Path(place) / "migrations" / "versions" for place in places or ()]
    texts = [file.read_text("utf-8") for folder in folders for file in sorted(folder.glob("[0-9]*.py"))]
    return tuple(found.group(1) for text in texts if (found := _REVISION.search(text)))
