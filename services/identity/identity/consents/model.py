"""The texts that people are asked about, as data: each version a file, with the day from which it holds."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

from contracts.identity.consents import NoticeName

NAMES: tuple[NoticeName, ...] = get_args(NoticeName)
AT_SIGN_UP: tuple[NoticeName, ...] = ("privacy", "terms")
"""Nobody has an account without these. The face is asked about where it is needed, and only there."""
FACE: NoticeName = "face"
TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Version:
    """One version of a text; ``said`` is what its file holds."""

    name: NoticeName
    version: str
    in_force_from: date
    sha256: str
    said: Mapping[str, Any]


@cache
def versions(folder: Path = TEXTS) -> tuple[Version, ...]:
    """All that are on file, the oldest first."""
    found = [_read(path) for path in sorted(folder.glob("*.toml"))]
    return tuple(sorted(found, key=lambda version: version.in_force_from))


def _read(path: Path) -> Version:
    data = path.read_bytes()
    said = tomllib.loads(data.decode())
    name, _, version = path.stem.partition("-")
    if name not in NAMES:
        raise ValueError(f"{path}: no text of this name is known")
    return Version(name, version, said["in_force_from"], hashlib.sha256(data).hexdigest(), said)


def of(name: NoticeName, among: Iterable[Version]) -> list[Version]:
    """The versions of one text, the newest first."""
    return [version for version in among if version.name == name][::-1]


def in_force(name: NoticeName, today: date, among: Iterable[Version]) -> Version:
    """The newest that holds by that day; before the first one, the first."""
    found = of(name, among)
    return next((version for version in found if version.in_force_from <= today), found[-1])
