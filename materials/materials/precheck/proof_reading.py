"""Looks at a proof's pages for what it must bear. Runs in confinement, behind the profile's own reading."""

from __future__ import annotations

from typing import BinaryIO

from materials.inspect import image, marks, seal
from materials.precheck import proofs
from materials.precheck.model import Context, Finding
from materials.precheck.profiles.base import Facts


def prepare() -> None:
    """Reads the matrix while the disk can still be read."""
    proofs.matrix()


def judge_proof(stream: BinaryIO, facts: Facts, context: Context) -> list[Finding]:
    """Puts ``marks`` into the facts; nothing of a file that is no proof, or that does not show itself."""
    if not proofs.looked_at(context):
        return []
    try:
        if facts["type"] == "pdf":
            phrases, signed = proofs.matrix().phrases(), facts["pdf"]["signed"]
            seen = marks.of_pdf(stream, context.get("password", ""), phrases, signed=signed)
        else:
            seen = marks.of_picture(image.thumbnail(stream, seal.EDGE))
    except MemoryError:
        raise
    except Exception:  # the profile has its own findings for what cannot be shown
        return []
    facts["marks"] = seen.to_json()
    return proofs.check(facts["marks"], context)
