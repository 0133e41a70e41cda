"""What a repair needs. The check asks here before it promises one, the repair before it tries: so no promise is made
that is not kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from materials.inspect import relabel
from materials.inspect.image import ImageFacts

CONVERTIBLE = frozenset(
    {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "CMYK", "YCbCr", "LAB", "HSV", "I", "F"}
    | {"I;16", "I;16L", "I;16B", "I;16N"}
)
"""Modes of Pillow that the repair shows in true colour."""
WIDEST = 65_000
"""Pixels of an edge: JPEG knows no more than 65,535."""
PERSONAL_LABELS = frozenset({"image_has_position", "image_has_camera_data"})
LABELS = PERSONAL_LABELS | {"image_dpi_not_declared", "image_dpi_declared_low", "image_dpi_conflict"}


def labels_only(facts: ImageFacts, codes: Iterable[str]) -> bool:
    """Whether the findings are cured by other labels, in a format where these can be exchanged."""
    wanted = set(codes)
    position_only_elsewhere = facts.format == "BMP" and not PERSONAL_LABELS.isdisjoint(wanted)
    return wanted <= LABELS and facts.format in relabel.FORMATS and not position_only_elsewhere


def obstacle(facts: ImageFacts | None, codes: Iterable[str] = ()) -> str:
    """Why an image cannot be repaired, as the code of a refusal; empty if it can. Without ``codes``: be made a JPEG."""
    if facts is None or facts.decodes is False:
        return "repair_impossible"
    wanted = set(codes)
    if facts.too_many_pixels:
        return "repair_too_many_pixels"
    if wanted and labels_only(facts, wanted):
        return ""
    if facts.not_decodable_here or (facts.mode and facts.mode not in CONVERTIBLE):
        return "repair_variant_unknown"
    if facts.decode_skipped or max(facts.width, facts.height) > WIDEST:
        return "repair_too_many_pixels"
    return ""


def rebuildable(pdf: Mapping[str, Any], content: Mapping[str, Any] | None) -> bool:
    """Whether qpdf or pdfium, which rebuild, read pages of the PDF (facts of it and of its pages, as JSON)."""
    if pdf["pages_by_reader"].get("qpdf"):
        return True
    loads = content is None or len(content["unreadable"]) < content["checked"]
    return bool(pdf["pages_by_reader"].get("pdfium")) and loads
