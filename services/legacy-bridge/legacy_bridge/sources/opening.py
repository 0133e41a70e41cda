"""Which reader a source has: by what it is, not by what its name ends in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from legacy_bridge.sources.dbase import Dbase
from legacy_bridge.sources.delimited import Delimited
from legacy_bridge.sources.dump import Dump
from legacy_bridge.sources.live import Live
from legacy_bridge.sources.model import Source, SourceRefused

Format = Literal["delimited", "dbf", "sql", "live"]


@dataclass(frozen=True)
class Asked:
    """A source as it was named, and what whoever names it knows about it."""

    source: str
    encoding: str = ""
    delimiter: str = ""
    table: str = ""


def told_apart(source: str) -> Format:
    """The format of a source. Raises ``SourceRefused`` for a file that is not there."""
    if re.match(r"[a-z][a-z0-9+]*://", source):
        return "live"
    path = Path(source)
    try:
        with path.open("rb") as stream:
            head = stream.read(64 << 10)
    except OSError as error:
        raise SourceRefused("source_unreadable", source=path.name, found=error.strerror or "") from None
    if not head:
        raise SourceRefused("source_empty", source=path.name)
    if path.suffix.lower() == ".dbf":
        return "dbf"
    return "sql" if re.search(rb"\b(?i:INSERT\s+INTO|CREATE\s+TABLE)\b", head) else "delimited"


def open_source(asked: Asked) -> Source:
    """Ready to read, with its columns known. Raises ``SourceRefused``."""
    kind = told_apart(asked.source)
    if kind == "live":
        return Live(asked.source, asked.table)
    path = Path(asked.source)
    if kind == "dbf":
        return Dbase(path, asked.encoding)
    if kind == "sql":
        return Dump(path, asked.encoding, asked.table)
    return Delimited(path, asked.encoding, asked.delimiter)
