"""The font for rare characters of names and titles: Unicode's extensions B to F, which the bundled fonts do not have.

Hanazono (HanaMinB, 31 MB) draws all 60,000 of them and may be used for anything; no package of PyPI has such a font.
"""

import os
import time
from pathlib import Path

from registry_infra import debian
from registry_infra.problems import StackProblem
from registry_infra.progress import Say

TRY_AGAIN_AFTER = 24 * 3600
"""Seconds; a machine without a mirror in reach is not to wait for it at every start."""


def font_path(cache: Path, say: Say) -> str:
    """What REGISTRY_FONT_PATH is for the services: the operator's own, or the fetched font's folder.

    Empty where there is neither: then such a character is printed as its code, and applicants are told before.
    """
    if own := os.environ.get("REGISTRY_FONT_PATH"):
        return own
    root = cache / "rare-characters"
    failed = cache / "rare-characters.unavailable"
    if not debian.is_available() or (failed.exists() and time.time() - failed.stat().st_mtime < TRY_AGAIN_AFTER):
        return ""
    if not (root / "fetched").exists():
        say("Fetching a font for rare characters with apt's client (22 MB, once; nothing is installed) …")
        try:
            debian.fetch(["fonts-hanazono"], root, say=say, only="fonts-hanazono", adapt=_keep_what_others_lack)
        except StackProblem as reason:
            failed.touch()
            say(f"No font for rare characters: certificates print their codes instead. {reason}")
            return ""
    return str(next(root.rglob("HanaMinB.ttf")).parent)


def _keep_what_others_lack(root: Path) -> None:
    """The other file of the package has the basic block, which the bundled fonts draw in the house style."""
    for file in root.rglob("HanaMinA.ttf"):
        file.unlink()
