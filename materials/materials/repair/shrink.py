"""Recompresses the images of a PDF in place."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from PIL import Image

_SMALL_BYTES = 20_000
_SAMPLES = 5
_TRIED_BYTES = 64 << 20
"""Up to this size a file is packed again to see how small it gets."""
_HOPE = 0.97
"""A step is begun with when its samples promise this share of the limit."""


@dataclass(frozen=True)
class Step:
    """Quality of JPEG and longest edge in pixels."""

    quality: int
    edge: int


STEPS = (Step(85, 3500), Step(75, 2500), Step(65, 1800), Step(50, 1300))
"""Tried in this order, until the file is small enough."""


@dataclass(frozen=True)
class _Packed:
    data: bytes
    size: tuple[int, int]
    grey: bool


def first_step(document: pikepdf.Pdf, size: int, limit: int) -> int:
    """Which of the steps to begin with for a file of ``size`` bytes: recompressing all images takes minutes, and should
    be done once."""
    return _hopeful(document, size, limit) or 0


def promises(document: pikepdf.Pdf, size: int, limit: int) -> bool:
    """Whether some of its images, recompressed, let hope that all of the file gets as small as ``limit``, or packing
    alone makes it so small."""
    if _hopeful(document, size, limit) is not None:
        return True
    if size > _TRIED_BYTES:
        return False
    packed = io.BytesIO()
    document.save(packed, encryption=False, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return len(packed.getbuffer()) <= limit


def _hopeful(document: pikepdf.Pdf, size: int, limit: int) -> int | None:
    """The first step that promises enough, judged by a few images."""
    images = sorted(((len(item.read_raw_bytes()), item) for item in _images(document)), key=lambda pair: -pair[0])
    all_bytes = sum(length for length, _ in images)
    sample = images[:: max(1, len(images) // _SAMPLES)][:_SAMPLES]
    before = sum(length for length, _ in sample)
    for number, step in enumerate(STEPS):
        after = 0
        for length, item in sample:
            packed = _pack(item, length, step)
            after += len(packed.data) if packed else length
        if before and size - all_bytes + all_bytes * after / before <= limit * _HOPE:
            return number
    return None


def shrink_images(document: pikepdf.Pdf, step: Step, progress: Callable[[float], None] = lambda _: None) -> int:
    """Stores larger images as JPEG, where that is smaller; returns how many were changed.

    Masks, bilevel scans, CMYK and images that do not decode stay as they are.
    """
    changed = 0
    images = _images(document)
    for place, item in enumerate(images):
        progress(place / len(images))
        packed = _pack(item, len(item.read_raw_bytes()), step)
        if packed is not None:
            _replace(item, packed)
            changed += 1
    return changed


def _images(document: pikepdf.Pdf) -> list[pikepdf.Stream]:
    return [
        item
        for item in document.objects
        if isinstance(item, pikepdf.Stream)
        and item.get("/Subtype") == "/Image"
        and not item.get("/ImageMask")
        and "/Mask" not in item
        and int(item.get("/BitsPerComponent", 8)) != 1
        and int(item.get("/Length", 0)) >= _SMALL_BYTES
    ]


def _pack(item: pikepdf.Stream, stored: int, step: Step) -> _Packed | None:
    """The image at the step's quality, None if that is not smaller or cannot be done."""
    try:
        picture = pikepdf.PdfImage(item).as_pil_image()
        if picture.mode not in ("RGB", "L"):
            if picture.mode == "CMYK":  # converting needs the document's output intent: left alone
                return None
            picture = picture.convert("RGB")
        if max(picture.size) > step.edge:
            picture.thumbnail((step.edge, step.edge), Image.Resampling.LANCZOS)
        packed = io.BytesIO()
        picture.save(packed, "JPEG", quality=step.quality, optimize=True)
    except MemoryError:
        raise
    except Exception:
        return None
    data = packed.getvalue()
    return _Packed(data, picture.size, picture.mode == "L") if len(data) < stored else None


def _replace(item: pikepdf.Stream, packed: _Packed) -> None:
    item.write(packed.data, filter=pikepdf.Name.DCTDecode)
    item.Width, item.Height = packed.size
    item.BitsPerComponent = 8
    item.ColorSpace = pikepdf.Name.DeviceGray if packed.grey else pikepdf.Name.DeviceRGB
    for key in ("/Decode", "/DecodeParms"):
        if key in item:
            del item[key]
