"""What a profile is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from materials.precheck.model import Context, Finding

Reader = Literal["pdf", "image", "photo", "source", "document", "media", "mixed", "mixed_photo", "views"]
Facts = dict[str, Any]


@dataclass(frozen=True)
class Profile:
    """A kind of material: accepted types (words of ``materials.inspect.filetype``), limit in bytes, reader and rules.

    ``check`` is pure: facts and context in, findings out.
    """

    name: str
    accepts: tuple[str, ...]
    reader: Reader
    check: Callable[[Facts, Context], list[Finding]]
    max_bytes: int = 200 * 2**20
    role: str = ""
