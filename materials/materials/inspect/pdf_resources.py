"""What the pages of a PDF use: fonts, and the resolution of pictures."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from materials.inspect.pdf_tree import inherited, walk

_SCAN_CONTENT_BYTES = 1 << 16


@dataclass
class ResourceFacts:
    """Fonts and images of a PDF; dpi as printed, from the pixels and the size on the page."""

    fonts: int = 0
    fonts_not_embedded: list[str] = field(default_factory=list)
    images: int = 0
    lowest_dpi: float | None = None
    lowest_dpi_page: int | None = None
    checked: int = 0

    def to_json(self) -> dict[str, Any]:
        """Facts as profiles judge them and the table keeps them."""
        return dict(vars(self))


def read_resources(document: pikepdf.Pdf, seconds: float) -> ResourceFacts:
    """Looks at the resources of every page until ``seconds`` are over; decodes no image."""
    deadline = time.monotonic() + seconds
    facts = ResourceFacts()
    fonts: dict[tuple[int, int], None] = {}
    loose: dict[str, None] = {}
    images: set[tuple[int, int]] = set()
    for number, page in enumerate(walk(document).pages, start=1):
        if time.monotonic() > deadline:
            break
        facts.checked += 1
        try:
            resources = inherited(page, "/Resources")
            if resources is None:
                continue
            for font in _entries(resources.get("/Font")):
                if font.objgen not in fonts or font.objgen == (0, 0):
                    fonts[font.objgen] = None
                    if not _embedded(font):
                        loose[str(font.get("/BaseFont", "/?")).lstrip("/")[:80]] = None
            pictures = {
                name: item
                for name, item in _named_entries(resources.get("/XObject"))
                if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
            }
            images |= {item.objgen for item in pictures.values()}
            dpi = _lowest_dpi(page, pictures) if pictures else None
        except (pikepdf.PikepdfError, TypeError, ValueError, AttributeError):
            continue
        if dpi is not None and (facts.lowest_dpi is None or dpi < facts.lowest_dpi):
            facts.lowest_dpi, facts.lowest_dpi_page = round(dpi, 1), number
    facts.fonts = len(fonts)
    facts.fonts_not_embedded = list(loose)[:50]
    facts.images = len(images)
    return facts


def _named_entries(holder: Any) -> list[tuple[str, Any]]:
    if not isinstance(holder, pikepdf.Dictionary):
        return []
    return [(key, holder.get(key)) for key in list(holder.keys())[:500]]


def _entries(holder: Any) -> list[pikepdf.Object]:
    return [item for _, item in _named_entries(holder) if isinstance(item, pikepdf.Dictionary)]


def _embedded(font: pikepdf.Object) -> bool:
    kind = font.get("/Subtype")
    if kind == "/Type3":
        return True
    if kind == "/Type0":
        below = font.get("/DescendantFonts")
        if not isinstance(below, pikepdf.Array) or len(below) == 0:
            return False
        font = below[0]
    descriptor = font.get("/FontDescriptor")
    if not isinstance(descriptor, pikepdf.Dictionary):
        return False
    return any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def _lowest_dpi(page: pikepdf.Object, pictures: dict[str, Any]) -> float | None:
    """The lowest resolution among the page's larger images, by the transformation they are drawn with."""
    contents = page.get("/Contents")
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    if sum(int(part.get("/Length", 0)) for part in parts if isinstance(part, pikepdf.Stream)) > _SCAN_CONTENT_BYTES:
        return None
    lowest: float | None = None
    matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    saved: list[tuple[float, ...]] = []
    for instruction in pikepdf.parse_content_stream(pikepdf.Page(page), "q Q cm Do"):
        operands, word = instruction.operands, str(instruction.operator)
        if word == "q":
            saved.append(matrix)
        elif word == "Q":
            matrix = saved.pop() if saved else matrix  # type: ignore[assignment]  # six numbers in, six out
        elif word == "cm" and len(operands) == 6:
            matrix = _multiply(tuple(float(value) for value in operands), matrix)
        elif word == "Do" and operands and (picture := pictures.get(str(operands[0]))) is not None:
            across = math.hypot(matrix[0], matrix[1]) / 72
            down = math.hypot(matrix[2], matrix[3]) / 72
            if across < 1 or down < 1:  # smaller than an inch: a logo, not the sample
                continue
            dpi = min(int(picture.get("/Width", 0)) / across, int(picture.get("/Height", 0)) / down)
            lowest = dpi if lowest is None else min(lowest, dpi)
    return lowest


def _multiply(new: tuple[float, ...], old: tuple[float, ...]) -> tuple[float, float, float, float, float, float]:
    a, b, c, d, e, f = new
    g, h, i, j, k, m = old
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)
