"""Repairs of images: honest pixels, upright, in the colours that were meant, without the place they were taken at."""

from __future__ import annotations

import io
from io import BufferedRandom, BufferedReader
from typing import BinaryIO

from chassis.confinement.model import Refused
from PIL import Image

from materials.inspect.image import ImageFacts, ImageUnreadable, open_image, read_facts, upright
from materials.inspect.relabel import CannotRelabel, relabel
from materials.precheck.mendable import labels_only, obstacle
from materials.repair.colour import grey_profile, in_true_colour, srgb_profile
from materials.repair.model import Change, Param

DPI = 300
_MM = 25.4
_SMALLEST_EDGE = 600
_QUALITIES = (95, 90, 85, 75)
_TYPES = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png", "TIFF": "tiff", "BMP": "bmp"}


def repair_image(
    source: BufferedReader, output: BufferedRandom, codes: list[str], rotate: int, max_bytes: int
) -> tuple[list[Change], str]:
    """Writes the repaired image; returns what was changed, and the type it has now.

    An image that only lies about its resolution or place is changed without re-encoding. Refuses
    ``repair_impossible``, ``repair_variant_unknown``, ``repair_too_many_pixels`` and ``repair_not_small_enough``.
    """
    facts = _facts_of(source)
    reason = obstacle(facts, codes)
    if reason or facts is None:
        raise Refused(reason)
    if labels_only(facts, codes) and source.seek(0, io.SEEK_END) <= max_bytes:
        try:
            return _relabelled(source, output, codes, facts), _TYPES[facts.format]
        except CannotRelabel:
            output.seek(0)
            output.truncate()
            if reason := obstacle(facts):
                raise Refused(reason) from None
    return _to_jpeg(source, output, facts, rotate if "rotate" in codes else 0, max_bytes), "jpeg"


def _facts_of(source: BinaryIO) -> ImageFacts | None:
    try:
        return read_facts(source, decode=True)
    except ImageUnreadable:
        return None


def size_as_jpeg(source: BinaryIO, facts: ImageFacts, max_bytes: int) -> tuple[int, int] | None:
    """Pixels that the image would have as a JPEG of at most ``max_bytes``; None if it gets no smaller. Tried out."""
    try:
        picture, packed, _ = _shrunk(_true_picture(source, facts, 0, []), max_bytes)
    except (OSError, ValueError, ImageUnreadable):
        return None
    return picture.size if len(packed) <= max_bytes else None


def _relabelled(source: BinaryIO, output: BinaryIO, codes: list[str], facts: ImageFacts) -> list[Change]:
    """Exchanges the labels; the pixels stay byte for byte."""
    new_dpi = any(code.startswith("image_dpi_") for code in codes)
    without_camera, without_position = "image_has_camera_data" in codes, "image_has_position" in codes
    held = facts.dpi if without_camera else None
    cut = relabel(
        source,
        output,
        facts.format,
        dpi=DPI if new_dpi else round(held[0]) if held else None,
        without_position=without_position,
        without_camera=facts.orientation or 1 if without_camera else 0,
    )
    changes: list[Change] = []
    if without_camera:
        changes.append(Change("camera_data_removed"))
    if facts.gps and (without_position or without_camera):
        changes.append(Change("position_removed"))
    if cut:
        changes.append(Change("appended_removed"))
    if new_dpi:
        changes.append(_labelled((facts.width, facts.height)))
    return [*changes, Change("pixels_untouched", {"width": facts.width, "height": facts.height})]


def _to_jpeg(source: BinaryIO, output: BinaryIO, facts: ImageFacts, rotate: int, max_bytes: int) -> list[Change]:
    changes: list[Change] = []
    picture = _true_picture(source, facts, rotate, changes)
    whole = picture.size
    picture, packed, quality = _shrunk(picture, max_bytes)
    if len(packed) > max_bytes:
        raise Refused("repair_not_small_enough", megabytes=round(len(packed) / 2**20, 2))
    size: dict[str, Param] = {"width": picture.width, "height": picture.height}
    changes.append(Change("pixels_unchanged", size) if picture.size == whole else Change("pixels_reduced", size))
    if facts.camera or facts.taken_at:
        changes.append(Change("camera_data_removed"))
    if facts.gps:
        changes.append(Change("position_removed"))
    output.write(packed)
    return [Change("converted_to_jpeg", {"quality": quality}), *changes, _labelled(picture.size)]


def _true_picture(source: BinaryIO, facts: ImageFacts, rotate: int, changes: list[Change]) -> Image.Image:
    """The first picture of the file, upright and in true colour."""
    image = open_image(source)
    image.load()
    if facts.frames > 1:
        changes.append(Change("first_frame_kept", {"frames": facts.frames}))
    if facts.orientation not in (0, 1):
        changes.append(Change("image_turned_upright"))
    picture = upright(in_true_colour(image, changes), facts.orientation)
    if rotate:
        picture = picture.rotate(-rotate, expand=True)
        changes.append(Change("turned", {"degrees": rotate}))
    return picture


def _shrunk(picture: Image.Image, max_bytes: int) -> tuple[Image.Image, bytes, int]:
    """The picture packed in the best quality that fits; only if none does, with fewer pixels."""
    quality, packed = _pack(picture, max_bytes)
    while len(packed) > max_bytes and min(picture.size) > _SMALLEST_EDGE:
        picture = picture.resize((picture.width * 4 // 5, picture.height * 4 // 5), Image.Resampling.LANCZOS)
        quality, packed = _pack(picture, max_bytes)
    return picture, packed, quality


def _pack(picture: Image.Image, max_bytes: int) -> tuple[int, bytes]:
    """With 300 dpi and the profile of its colours; of all other labels none."""
    packed, quality = b"", _QUALITIES[0]
    profile = grey_profile() if picture.mode == "L" else srgb_profile()
    for quality in _QUALITIES:
        out = io.BytesIO()
        picture.save(
            out,
            "JPEG",
            quality=quality,
            subsampling=0 if quality >= 90 else 2,
            dpi=(DPI, DPI),
            exif=b"",
            icc_profile=profile,
        )
        packed = out.getvalue()
        if len(packed) <= max_bytes:
            break
    return quality, packed


def _labelled(size: tuple[int, int]) -> Change:
    """The label and what it is worth: the size at which these pixels print with 300 dpi."""
    return Change(
        "labelled_300_dpi",
        {"print_width": round(size[0] / DPI * _MM), "print_height": round(size[1] / DPI * _MM)},
    )
