"""Pages that are one scan: pdfium decodes all of it for a thumbnail (40 to 80 ms), Pillow an eighth of it (4 to 10)."""

from __future__ import annotations

import io
from itertools import islice

import pypdfium2 as pdfium
from pypdfium2 import raw

from materials.inspect import paper
from materials.inspect.image import DECODE_PIXEL_LIMIT, ImageUnreadable, open_image

EDGE = 96
"""Pixels of the longer edge at which a page is judged."""
_FIRST_OBJECTS = 50
_MOST_BYTES = 64 << 20
_AS_SHOWN = (
    raw.FPDF_COLORSPACE_DEVICEGRAY,
    raw.FPDF_COLORSPACE_DEVICERGB,
    raw.FPDF_COLORSPACE_CALGRAY,
    raw.FPDF_COLORSPACE_CALRGB,
    raw.FPDF_COLORSPACE_ICCBASED,
)
"""Colour spaces in which a dark pixel of the file is dark on the page."""


def marks_of_scan(page: pdfium.PdfPage) -> bytes | None:
    """A small grey picture of a page that is one JPEG over most of it, with something plainly on it.

    None: only rendering can tell.
    """
    scan = _only_image(page)
    if scan is None or not _covers(scan, page):
        return None
    data = bytes(scan.get_data(decode_simple=False))
    if len(data) > _MOST_BYTES:
        return None
    try:
        image = open_image(io.BytesIO(data))
        if image.mode not in ("L", "RGB") or image.width * image.height > DECODE_PIXEL_LIMIT:
            return None
        image.draft("L", (EDGE, EDGE))
        grey = image.convert("L")
    except (ImageUnreadable, OSError, ValueError, SyntaxError):
        return None
    textured = paper.is_textured(grey)
    grey.thumbnail((EDGE, EDGE))
    return grey.tobytes() if textured or paper.plainly_marked(grey) else None


def is_scan(page: pdfium.PdfPage) -> bool:
    """Whether a picture lies over more than half of the page."""
    shown = islice(page.get_objects(max_depth=2), _FIRST_OBJECTS)
    return any(isinstance(item, pdfium.PdfImage) and _covers(item, page) for item in shown)


def _only_image(page: pdfium.PdfPage) -> pdfium.PdfImage | None:
    """The one object of the page, if it is a JPEG that nothing clips or makes transparent."""
    found = list(islice(page.get_objects(max_depth=1), 2))
    if len(found) != 1 or not isinstance(found[0], pdfium.PdfImage):
        return None
    image = found[0]
    if list(image.get_filters()) != ["DCTDecode"] or raw.FPDFPageObj_HasTransparency(image):
        return None
    if raw.FPDFClipPath_CountPaths(raw.FPDFPageObj_GetClipPath(image)) > 0:
        return None
    return image if image.get_metadata().colorspace in _AS_SHOWN else None


def _covers(image: pdfium.PdfImage, page: pdfium.PdfPage) -> bool:
    """Whether the image lies over more than half of the page."""
    left, bottom, right, top = image.get_bounds()
    page_left, page_bottom, page_right, page_top = page.get_cropbox()
    width = min(right, page_right) - max(left, page_left)
    height = min(top, page_top) - max(bottom, page_bottom)
    page_area: float = (page_right - page_left) * (page_top - page_bottom)
    return min(width, height) > 0 and bool(2 * width * height > page_area)
