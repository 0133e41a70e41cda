"""Where the old system says that its scans lie, and what kind of file one is. Pure."""

from __future__ import annotations

import re
from typing import Literal

State = Literal["waiting", "taken", "refused"]
Refusal = Literal[
    "scan_outside",
    "scan_missing",
    "scan_empty",
    "scan_too_large",
    "scan_of_unknown_kind",
    "scan_unreadable",
    "scan_infected",
    "scan_not_checked",
]
MOST_BYTES = 50 << 20
MOST_NAMED = 50
"""Scans that one row may name."""
KINDS = (
    (b"%PDF-", ".pdf"), (b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"), (b"GIF8", ".gif"),
    (b"II*\0", ".tif"), (b"MM\0*", ".tif"), (b"BM", ".bmp"),
)  # fmt: skip
"""How files begin that scanners of the time made, and the ending of each."""
_BETWEEN = re.compile("[;；|]")
_DRIVE = re.compile(r"[A-Za-z]:")


class ScanRefused(Exception):
    """Why a scan is not taken over."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code)
        self.code = code


def named_in(value: str) -> list[str]:
    """The paths that a row names, ``;`` or ``|`` between them; each once, in their order."""
    found = (path.strip() for path in _BETWEEN.split(value))
    return list(dict.fromkeys(path for path in found if path))[:MOST_NAMED]


def steps_of(path: str) -> list[str]:
    """The way from the folder of scans down to a file, as Windows or Unix write it; a drive and a root are left out.

    Raises :class:`ScanRefused` (*scan_outside*) for a path that names nothing.
    """
    steps = [step for step in path.replace("\\", "/").split("/") if step not in ("", ".")]
    if steps and _DRIVE.match(steps[0]):
        steps = [step for step in (steps[0][2:], *steps[1:]) if step not in ("", ".")]
    if not steps or "\0" in path:
        raise ScanRefused("scan_outside")
    return steps


def ending_of(beginning: bytes) -> str:
    """By what the file itself says; its name may say anything. Raises :class:`ScanRefused`
    (*scan_of_unknown_kind*)."""
    for begins, ending in KINDS:
        if beginning.startswith(begins):
            return ending
    raise ScanRefused("scan_of_unknown_kind")
