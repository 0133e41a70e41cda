"""Materials that may be a PDF or an image: scores, drawings, proofs; and the six views of a sculpture."""

from __future__ import annotations

from collections.abc import Mapping

from materials.precheck.model import Context, Finding
from materials.precheck.profiles import artwork_image, id_image, text_pdf
from materials.precheck.profiles.base import Facts, Profile

WANTED_VIEWS = 6
_LISTED = 5


def check_sheet(facts: Facts, context: Context) -> list[Finding]:
    """A score or drawing."""
    return text_pdf.check(facts, context) if facts["type"] == "pdf" else artwork_image.check(facts, context)


def check_proof(facts: Facts, context: Context) -> list[Finding]:
    """A contract, licence or other proof, as PDF or photographed."""
    return text_pdf.check(facts, context) if facts["type"] == "pdf" else id_image.check_document(facts, context)


def check_views(facts: Facts, context: Context) -> list[Finding]:
    """An archive of photographs or a PDF with a page for each view."""
    if facts["type"] == "pdf":
        findings = text_pdf.check(facts, context)
        return findings + _too_few(facts["pdf"]["pages"] or 0)
    if "archive_refusal" in facts:
        refusal = facts["archive_refusal"]
        return [Finding(refusal["code"], "error", params=refusal["params"])]
    images = facts["images"]
    findings = _too_few(len(images))
    broken = [name for name, image in images.items() if image is None or image["decodes"] is False]
    for name in broken[:_LISTED]:
        findings.append(Finding("view_damaged", "error", params={"file": name}))
    small = [name for name, image in images.items() if image and max(image["width"], image["height"]) < _SMALLEST_EDGE]
    for name in small[:_LISTED]:
        findings.append(Finding("view_too_small", "error", params={"file": name, "edge": _SMALLEST_EDGE}))
    return [*findings, *_same_twice(images)]


def _same_twice(images: Mapping[str, Facts | None]) -> list[Finding]:
    """Views that are the same file under two names: the work is seen from fewer sides than there are files."""
    first: dict[str, str] = {}
    found = []
    for name, image in images.items():
        same = first.setdefault(image["sha256"], name) if image else name
        if same != name:
            found.append(Finding("views_same", "error", params={"file": name, "other": same}))
    return found[:_LISTED]


_SMALLEST_EDGE = 1000


def _too_few(views: int) -> list[Finding]:
    if views >= WANTED_VIEWS:
        return []
    return [Finding("views_missing", "warning", params={"views": views, "wanted": WANTED_VIEWS})]


_SHEETS = ("pdf", "jpeg", "png", "tiff", "bmp")
PROFILES = (
    Profile("score", _SHEETS, "mixed", check_sheet),
    Profile("drawing", _SHEETS, "mixed", check_sheet),
    Profile("proof", ("pdf", "jpeg", "png", "tiff", "bmp", "webp"), "mixed_photo", check_proof, text_pdf.PROOF_BYTES),
    Profile("views_3d", ("zip", "pdf"), "views", check_views),
)
