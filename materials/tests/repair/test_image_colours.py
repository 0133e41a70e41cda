"""Colours look after a repair as they were meant; and a promise to repair is kept."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from materials.testing import sample_files as samples
from materials.testing import sample_images as images
from PIL import Image, ImageCms

Repair = Callable[..., Any]

pytestmark = [pytest.mark.requirement("F-04"), pytest.mark.requirement("F-06"), pytest.mark.requirement("F-07")]

SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141))
WHITE = (0.9642, 1.0, 0.8249)
PATCHES = [(180, 90, 80), (90, 150, 90), (80, 90, 160), (128, 128, 128), (230, 220, 200), (30, 30, 35), (190, 150, 120),
           (250, 250, 250), (100, 120, 80), (120, 90, 140)]  # fmt: skip


def lab_of(linear: list[float], primaries: tuple[tuple[float, ...], ...]) -> list[float]:
    parts = []
    for axis in range(3):
        ratio = sum(linear[n] * primaries[n][axis] for n in range(3)) / WHITE[axis]
        parts.append(ratio ** (1 / 3) if ratio > 216 / 24389 else (24389 / 27 * ratio + 16) / 116)
    return [116 * parts[1] - 16, 500 * (parts[0] - parts[1]), 200 * (parts[1] - parts[2])]


def shown(colour: tuple[int, ...]) -> list[float]:
    """Lab of a colour in sRGB."""
    return lab_of([v / 255 / 12.92 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour], SRGB)


def meant(colour: tuple[int, ...], space: str) -> list[float]:
    gamma, primaries = images.WIDE_GAMUTS[space]
    return lab_of([(v / 255) ** gamma for v in colour], primaries)


def difference(one: list[float], other: list[float]) -> float:
    """CIE76: 2.3 is what an eye just sees."""
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)


def chart() -> Image.Image:
    image = Image.new("RGB", (2000, 1500), (128, 128, 128))
    for number, colour in enumerate(PATCHES):
        image.paste(colour, (number * 200, 0, number * 200 + 200, 1500))
    return image


@pytest.mark.parametrize("space", images.WIDE_GAMUTS)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_look_after_the_repair_as_they_were_meant(space: str, mode: str, repair: Repair) -> None:
    image = chart().convert(mode)
    if mode == "RGBA":
        image.paste((0, 0, 0, 0), (0, 1400, 2000, 1500))
    options = {"icc_profile": images.colour_profile(space), "dpi": (300, 300)}
    content = samples.encoded(image, "PNG", **options)
    done = (
        repair("artwork_image", content, "rotate", rotate="360") if mode == "RGB" else repair("artwork_image", content)
    )
    assert done.change("profile_converted")["profile"] == space
    after = Image.open(done.output)
    assert ImageCms.ImageCmsProfile(io.BytesIO(after.info["icc_profile"])).profile.xcolor_space == "RGB "
    for number, colour in enumerate(PATCHES):
        wanted = meant(colour, space)
        got = shown(after.getpixel((number * 200 + 100, 700)))  # type: ignore[arg-type]  # RGB
        # the most saturated colours of ProPhoto are outside of sRGB
        if space != "ProPhoto RGB" or max(abs(wanted[1]), abs(wanted[2])) < 30:
            assert difference(wanted, got) < 2.3, (colour, wanted, got)
    dropped = max(difference(meant(colour, space), shown(colour)) for colour in PATCHES)
    assert dropped > 5, "this chart would show if the profile were dropped"


def test_a_profile_that_means_srgb_or_nothing_changes_no_colour(repair: Repair) -> None:
    same = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile, said in ((same, set()), (b"no profile at all" * 20, {"profile_ignored"})):
        content = samples.encoded(chart(), "PNG", icc_profile=profile, dpi=(300, 300))
        done = repair("artwork_image", content, "rotate", rotate="360")
        assert done.changes & {"profile_converted", "profile_ignored"} == said
        after = Image.open(done.output)
        for number, colour in enumerate(PATCHES):
            assert difference(shown(colour), shown(after.getpixel((number * 200 + 100, 700)))) < 2  # type: ignore[arg-type]


# --- promises -----------------------------------------------------------------------------------------------------


@cache
def offered() -> dict[str, bytes]:
    """Files that a hopeful check would call repairable."""
    big, small = samples.picture(1800, 1200), samples.picture(300, 200)
    clear = samples.picture(1800, 1200, mode="RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 300, 300))
    whole = samples.encoded(big, "GIF")
    return {
        "gif": whole,
        "gif, too small": samples.encoded(small, "GIF"),
        "gif, cut off": whole[: len(whole) // 2],
        "gif, only a head": whole[:20],
        "film": samples.encoded(big, "GIF", save_all=True, append_images=[samples.picture(1800, 1200, 2)]),
        "avif": samples.encoded(big, "AVIF", quality=60),
        "avif, cut off": samples.encoded(big, "AVIF", quality=60)[:900],
        "icon": samples.encoded(small, "ICO"),
        "jpeg 2000": samples.encoded(big, "JPEG2000"),
        "webp": samples.encoded(clear, "WEBP", quality=70),
        "psd": psd(1800, 1200),
        "psd, cut off": psd(1800, 1200)[:90],
        "16 bits": samples.encoded(Image.new("I;16", (1800, 1200), 30_000), "TIFF"),
        "fractions": samples.encoded(Image.new("F", (1800, 1200), 0.5), "TIFF"),
        "print colours": samples.encoded(big.convert("CMYK"), "TIFF"),
        "palette": samples.encoded(big.quantize(32), "PNG", transparency=3),
        "sideways": samples.gps_jpeg(),
        "several pages": samples.encoded(big, "TIFF", save_all=True, append_images=[big]),
        "very wide": samples.encoded(Image.new("RGB", (66_000, 1800), "red"), "PNG"),
        "claims much": samples.png_of(60_000, 60_000),
    }


def psd(width: int, height: int) -> bytes:
    """Layers, and the picture that they make, which is what other programs show."""
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, 3)
    channels = b"".join(struct.pack(">hI", channel, 2) for channel in (0, 1, 2))
    layer = (
        struct.pack(">iiii", 0, 0, 0, 0)
        + struct.pack(">H", 3)
        + channels
        + b"8BIMnorm\xff\0\0\0"
        + struct.pack(">I", 12)
    )
    layer += struct.pack(">II", 0, 0) + b"\3one"
    info = struct.pack(">h", 2) + layer * 2 + struct.pack(">H", 0) * 6
    info += b"\0" * (len(info) % 2)
    layers = struct.pack(">I", len(info)) + info + struct.pack(">I", 0)
    merged = b"".join(bytes([shade]) * (width * height) for shade in (200, 90, 40))
    return head + struct.pack(">II", 0, 0) + struct.pack(">I", len(layers)) + layers + struct.pack(">H", 0) + merged


@pytest.mark.parametrize(
    ("profile", "what"),
    [("artwork_image", what) for what in offered()]
    + [(profile, what) for profile in ("proof", "document_image") for what in ("gif", "avif, cut off", "icon", "psd")],
)
def test_what_is_called_fixable_gets_fixed(profile: str, what: str, repair: Repair) -> None:
    done = repair(profile, offered()[what])
    promised = [finding.code for finding in done.before.findings if finding.repairable]
    if promised:
        assert done.result.done, (what, promised, done.result.refusal)
        assert not set(promised) & done.still_found, what
    if done.before.verdict == "fixable":
        assert done.result.after.verdict == "pass", (what, done.still_found)


def test_a_layered_drawing_is_converted_as_it_is_shown(repair: Repair) -> None:
    done = repair("artwork_image", psd(1800, 1200))
    assert (done.before.verdict, done.result.after.verdict) == ("fixable", "pass")
    assert "first_frame_kept" not in done.changes
    assert Image.open(done.output).getpixel((9, 9)) == pytest.approx((200, 90, 40), abs=3)


def test_an_image_that_is_too_large_is_promised_to_shrink_only_if_it_is_good_enough_then(repair: Repair) -> None:
    noise = samples.encoded(Image.effect_noise((2400, 1800), 90).convert("RGB"), quality=98)
    for limit, verdict in ((2_500_000, "fixable"), (100_000, "fail")):
        done = repair("artwork_image", noise, "too_large", max_bytes=str(limit))
        assert done.before.verdict == verdict
        if verdict == "fixable":
            assert "too_large" not in done.still_found
            assert done.result.after.verdict == "pass"
