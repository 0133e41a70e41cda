"""Colours as they were meant: pixels of whatever space become sRGB or grey, by the profile that says what they mean."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

from materials.repair.model import Change

_SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK"}
_SAME = 1
"""Steps of 255 by which a profile may differ from sRGB and mean the same."""
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_WITH_BLACK = ImageCms.Flags.BLACKPOINTCOMPENSATION


def in_true_colour(picture: Image.Image, changes: list[Change]) -> Image.Image:
    """RGB in sRGB, or grey; transparency becomes white paper. Says what was converted."""
    profile = picture.info.get("icc_profile")
    if picture.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in picture.info:
        changes.append(Change("transparency_filled"))
        clear = picture.convert("RGBA")
        colours = _by_profile(clear.convert("RGB"), profile, changes).convert("RGB")
        paper = Image.new("RGB", clear.size, "white")
        paper.paste(colours, mask=clear.getchannel("A"))
        return paper
    if picture.mode in ("RGB", "L", "CMYK"):
        if picture.mode == "CMYK":
            changes.append(Change("colours_converted", {"mode": "CMYK"}))
        return _by_profile(picture, profile, changes)
    changes.append(Change("colours_converted", {"mode": picture.mode}))
    if picture.mode == "LAB":
        return _from_lab(picture)
    if picture.mode.startswith(("I", "F")):
        return _from_deep_grey(picture)
    plain = picture.convert("L" if picture.mode == "1" else "RGB")
    return _by_profile(plain, profile, changes) if plain.mode == "RGB" else plain


def _by_profile(picture: Image.Image, profile: bytes | None, changes: list[Change]) -> Image.Image:
    """The picture in sRGB (or still grey), by its embedded profile; without one, or with one that does not fit, as it
    is."""
    if profile:
        try:
            meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if meant.profile.xcolor_space == _SPACES[picture.mode]:
                name = (meant.profile.profile_description or "ICC").strip()[:60]
                return _converted(picture, meant, name, changes)
        except (ImageCms.PyCMSError, OSError, KeyError, ValueError):
            pass  # a profile that means nothing is one that is not there; said below
        changes.append(Change("profile_ignored"))
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def _converted(picture: Image.Image, meant: ImageCms.ImageCmsProfile, name: str, changes: list[Change]) -> Image.Image:
    out = "L" if picture.mode == "L" else "RGB"
    target = _grey() if out == "L" else ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    transform = ImageCms.buildTransform(meant, target, picture.mode, out, _INTENT, _WITH_BLACK)
    if picture.mode == out and _changes_nothing(transform, picture.mode):
        return picture
    changes.append(Change("profile_converted", {"profile": name}))
    shown = ImageCms.applyTransform(picture, transform)
    assert shown is not None
    return shown


def _grey() -> ImageCms.ImageCmsProfile:
    """Grey with the lightness curve of sRGB: what viewers take grey without a profile for."""
    return ImageCms.ImageCmsProfile(io.BytesIO(grey_profile()))


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether the profile means sRGB under another name, told by some colours."""
    steps = (0, 40, 90, 140, 200, 255)
    colours = [(step,) * 3 for step in range(256)] + [(r, g, b) for r in steps for g in steps for b in steps]
    sample = Image.new(mode, (len(colours), 1))
    sample.putdata([colour[0] for colour in colours] if mode == "L" else colours)
    shown = ImageCms.applyTransform(sample, transform)
    assert shown is not None
    return all(abs(before - after) <= _SAME for before, after in zip(sample.tobytes(), shown.tobytes(), strict=True))


def _from_lab(picture: Image.Image) -> Image.Image:
    shown = ImageCms.profileToProfile(
        picture, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), _INTENT, "RGB"
    )
    assert shown is not None
    return shown


def _from_deep_grey(picture: Image.Image) -> Image.Image:
    """16 bits to 8. Larger numbers, or fractions, have no meaning of their own: from the darkest to the lightest."""
    if picture.mode.startswith("I;16"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    low, high = (float(end) for end in picture.getextrema())  # type: ignore[arg-type]  # one band: a pair of numbers
    if low >= 0 and 1 < high <= 65535 and picture.mode == "I":
        low, high = 0.0, 65535.0 if high > 255 else 255.0
    span = (high - low) or 1.0
    return picture.convert("F").point(lambda value: value * (255 / span) - low * 255 / span).convert("L")


def srgb_profile() -> bytes:
    """The ICC profile that a picture gets whose colours were converted."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def grey_profile() -> bytes:
    """An ICC profile (version 2) of grey with a gamma of 2.2."""
    white = b"XYZ \0\0\0\0" + b"".join(round(value * 65536).to_bytes(4, "big") for value in (0.9642, 1.0, 0.8249))
    curve = b"curv\0\0\0\0\0\0\0\1" + round(2.2 * 256).to_bytes(2, "big") + b"\0\0"
    name = b"desc\0\0\0\0\0\0\0\x05Grey\0".ljust(12 + 5 + 78, b"\0")
    parts, body, table = ((b"desc", name), (b"wtpt", white), (b"kTRC", curve)), b"", b""
    start = 128 + 4 + 12 * len(parts)
    for mark, data in parts:
        table += mark + (start + len(body)).to_bytes(4, "big") + len(data).to_bytes(4, "big")
        body += data.ljust(-(-len(data) // 4) * 4, b"\0")
    size = start + len(body)
    head = size.to_bytes(4, "big") + b"\0\0\0\0\x02\x10\0\0mntrGRAYXYZ " + bytes(12) + b"acsp" + bytes(28)
    head = (head + white[8:20]).ljust(128, b"\0")
    return head + len(parts).to_bytes(4, "big") + table + body
