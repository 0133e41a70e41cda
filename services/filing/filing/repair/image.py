"""Repairs of images: honest pixels, upright, without the place where they were taken."""

from __future__ import annotations

import io
from io import BufferedRandom, BufferedReader

from chassis.inspect import jpeg
from chassis.inspect.image import ImageUnreadable, open_image, xmp_has_position
from chassis.sandbox.model import Refused
from PIL import Image, ImageCms, ImageOps

from filing.repair.model import Change

DPI = 300
_MM = 25.4


def repair_image(
    source: BufferedReader, output: BufferedRandom, codes: list[str], rotate: int, max_bytes: int
) -> list[Change]:
    """Writes the repaired image. A JPEG that only lies about its resolution or place is changed without re-encoding."""
    try:
        image = open_image(source)
        image.load()
    except ImageUnreadable as error:
        raise Refused("repair_impossible") from error
    except OSError as error:
        raise Refused("repair_impossible") from error
    size = source.seek(0, 2)
    labels_only = set(codes) <= {
        "image_has_position",
        "image_dpi_not_declared",
        "image_dpi_declared_low",
        "image_dpi_conflict",
    }
    if image.format == "JPEG" and labels_only and size <= max_bytes:
        return _relabel(source, output, codes, image)
    return _to_jpeg(image, output, rotate if "rotate" in codes else 0, max_bytes)


def _relabel(source: BufferedReader, output: BufferedRandom, codes: list[str], image: Image.Image) -> list[Change]:
    """Exchanges the labels of a JPEG; the compressed pixels stay byte for byte."""
    source.seek(0)
    data = source.read()
    changes: list[Change] = []
    if "image_has_position" in codes:
        data = jpeg.without_position(data)
        changes.append(Change("position_removed"))
    if any(code.startswith("image_dpi_") for code in codes):
        data = jpeg.with_resolution(data, DPI)
        changes.append(_labelled(image.size))
    output.write(data)
    return [*changes, Change("pixels_unchanged", {"width": image.width, "height": image.height})]


def _to_jpeg(image: Image.Image, output: BufferedRandom, rotate: int, max_bytes: int) -> list[Change]:
    changes: list[Change] = []
    frames = int(getattr(image, "n_frames", 1))
    if frames > 1:
        image.seek(0)
        changes.append(Change("first_frame_kept", {"frames": frames}))
    had_position = _position_in(image)
    if image.getexif().get(0x0112, 1) not in (0, 1):
        changes.append(Change("image_turned_upright"))
    profile = image.info.get("icc_profile")
    picture = ImageOps.exif_transpose(image)
    picture = _in_true_colour(picture, profile, changes)
    if rotate:
        picture = picture.rotate(-rotate, expand=True)
        changes.append(Change("turned", {"degrees": rotate}))
    quality, packed = _pack(picture, max_bytes)
    while len(packed) > max_bytes and min(picture.size) > 600:
        picture = picture.resize((picture.width * 4 // 5, picture.height * 4 // 5), Image.Resampling.LANCZOS)
        quality, packed = _pack(picture, max_bytes)
        changes = [c for c in changes if c.code != "pixels_reduced"]
        changes.append(Change("pixels_reduced", {"width": picture.width, "height": picture.height}))
    if len(packed) > max_bytes:
        raise Refused("repair_not_small_enough", megabytes=round(len(packed) / 2**20, 2))
    if not any(change.code == "pixels_reduced" for change in changes):
        changes.append(Change("pixels_unchanged", {"width": picture.width, "height": picture.height}))
    if had_position:
        changes.append(Change("position_removed"))
    output.write(packed)
    return [Change("converted_to_jpeg", {"quality": quality}), *changes, _labelled(picture.size)]


def _in_true_colour(picture: Image.Image, profile: bytes | None, changes: list[Change]) -> Image.Image:
    """RGB or grey, by the embedded colour profile where there is one; transparency becomes white paper."""
    if picture.mode == "CMYK":
        changes.append(Change("colours_converted", {"mode": "CMYK"}))
        return _from_cmyk(picture, profile)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        changes.append(Change("transparency_filled"))
        clear = picture.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        paper.alpha_composite(clear)
        return paper.convert("RGB")
    if picture.mode in ("RGB", "L"):
        return picture
    changes.append(Change("colours_converted", {"mode": picture.mode}))
    if picture.mode in ("I;16", "I;16B", "I;16L", "I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _from_cmyk(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                picture, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError):
            return picture.convert("RGB")
    return picture.convert("RGB")


def _pack(picture: Image.Image, max_bytes: int) -> tuple[int, bytes]:
    """The best quality that fits, from 95 down to 75; without EXIF, with 300 dpi."""
    packed = b""
    quality = 95
    for quality in (95, 90, 85, 75):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2, dpi=(DPI, DPI), exif=b"")
        packed = out.getvalue()
        if len(packed) <= max_bytes:
            break
    return quality, packed


def _position_in(image: Image.Image) -> bool:
    return bool(image.getexif().get_ifd(0x8825)) or xmp_has_position(image)


def _labelled(size: tuple[int, int]) -> Change:
    """The label and what it is worth: the size at which these pixels print with 300 dpi."""
    return Change(
        "labelled_300_dpi",
        {"print_width": round(size[0] / DPI * _MM), "print_height": round(size[1] / DPI * _MM)},
    )
