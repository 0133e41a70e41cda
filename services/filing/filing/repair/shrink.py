"""Recompresses the images of a PDF in place."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
from PIL import Image

_SMALL_BYTES = 20_000
_TELL_EVERY = 16


def shrink_images(
    document: pikepdf.Pdf, quality: int, edge: int, progress: Callable[[float], None] = lambda _: None
) -> int:
    """Stores larger images as JPEG of ``quality`` with the long edge at most ``edge`` pixels, where that is smaller.

    Returns how many images were changed. Masks, bilevel scans and images that do not decode stay as they are.
    """
    changed, total = 0, max(1, len(document.objects))
    for place, item in enumerate(document.objects):
        if place % _TELL_EVERY == 0:
            progress(place / total)
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image" and _shrink(item, quality, edge):
            changed += 1
    return changed


def _shrink(item: pikepdf.Stream, quality: int, edge: int) -> bool:
    if item.get("/ImageMask") or int(item.get("/BitsPerComponent", 8)) == 1 or "/Mask" in item:
        return False
    stored = len(item.read_raw_bytes())
    if stored < _SMALL_BYTES:
        return False
    try:
        picture = pikepdf.PdfImage(item).as_pil_image()
        if picture.mode not in ("RGB", "L"):
            if picture.mode == "CMYK":  # converting needs the document's output intent: left alone
                return False
            picture = picture.convert("RGB")
        if max(picture.size) > edge:
            picture.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        packed = io.BytesIO()
        picture.save(packed, "JPEG", quality=quality, optimize=True)
    except MemoryError:
        raise
    except Exception:
        return False
    data = packed.getvalue()
    if len(data) >= stored:
        return False
    width, height = picture.size
    item.write(data, filter=pikepdf.Name.DCTDecode)
    item.Width, item.Height, item.BitsPerComponent = width, height, 8
    item.ColorSpace = pikepdf.Name.DeviceGray if picture.mode == "L" else pikepdf.Name.DeviceRGB
    for key in ("/Decode", "/DecodeParms"):
        if key in item:
            del item[key]
    return True
