"""What is to be imported: a source that was looked at, and the mapping that fits it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from chassis.sealing import Sealing
from sqlalchemy import make_url

from legacy_bridge.mappings import mapping_names, mapping_of
from legacy_bridge.sources import Asked, Source, SourceRefused, open_source, told_apart
from legacy_bridge.sources.statements import Statement

_PURPOSE = "legacy-source"


@dataclass(frozen=True)
class Order:
    """``shown``: the source without its password. ``rate``: rows a second at most, 0 for as fast as it goes."""

    asked: Asked
    shown: str
    mapping: str
    target: str
    fingerprint: str
    size: int
    columns: tuple[str, ...]
    reading: tuple[Statement, ...]
    dry_run: bool = False
    rate: int = 0


def order_for(asked: Asked, mapping: str = "", *, dry_run: bool = False, rate: int = 0) -> Order:
    """Looks at a source. ``mapping``: its name, else the one that knows all its columns. Raises ``SourceRefused``."""
    source = open_source(asked)
    chosen = mapping_of(mapping or fitting(source))
    chosen.plan(source.columns)
    return Order(
        asked,
        shown_as(asked),
        chosen.name,
        chosen.target.name,
        fingerprint_of(asked),
        source.size,
        source.columns,
        tuple(source.reading),
        dry_run,
        rate,
    )


def fitting(source: Source) -> str:
    """The one mapping for these columns. Raises ``SourceRefused``: what the nearest one misses where none fits."""
    names, faults = [], list[tuple[int, SourceRefused]]()
    for name in mapping_names():
        try:
            mapping_of(name).plan(source.columns)
        except SourceRefused as refused:
            faults.append((len(mapping_of(name).columns & set(source.columns)), refused))
        else:
            names.append(name)
    near, fault = max(faults, key=lambda one: one[0], default=(0, None))
    if not names and fault is not None and near * 2 >= len(source.columns):
        raise fault
    if len(names) != 1:
        raise SourceRefused("mapping_not_told", columns=list(source.columns), fitting=names, known=mapping_names())
    return names[0]


def fingerprint_of(asked: Asked) -> str:
    """By which the same source is known again: its bytes, or the address and table of a live database."""
    if told_apart(asked.source) == "live":
        return hashlib.sha256(f"{shown_as(asked)}#{asked.table}".encode()).hexdigest()
    with Path(asked.source).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def shown_as(asked: Asked) -> str:
    """A file by its name, a database by its address without the password."""
    if told_apart(asked.source) == "live":
        return make_url(asked.source).render_as_string(hide_password=True)
    return Path(asked.source).name


def sealed_order(asked: Asked, sealing: Sealing, import_id: str) -> bytes:
    """How to open the source again: it may have a password."""
    return sealing.seal(_PURPOSE, json.dumps(asdict(asked)).encode(), import_id)


def opened_order(sealed: bytes, sealing: Sealing, import_id: str) -> Asked:
    """What :func:`sealed_order` kept."""
    return Asked(**json.loads(sealing.open(_PURPOSE, sealed, import_id)))
