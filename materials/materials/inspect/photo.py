"""How good a photograph is: sharp, lit, not empty, before a plain background. Estimates, never a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageFilter, ImageStat

from materials.inspect.image import ImageFacts

EDGE = 640
_LAPLACE = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


@dataclass(frozen=True)
class PhotoQuality:
    """``sharpness``: variance of the Laplacian at 640 px, sharp pictures have hundreds; ``brightness`` 0–255;
    ``contrast``: standard deviation of brightness; ``glare``: share of burnt-out pixels; ``background``: median spread
    of brightness in the border's tiles, a plain wall stays below about 12; ``dominant``: share of the commonest colour.
    """

    sharpness: float
    brightness: float
    contrast: float
    glare: float
    background: float
    dominant: float

    def to_json(self) -> dict[str, Any]:
        """Facts as profiles judge them and the table keeps them."""
        return dict(vars(self))


def measure(picture: Image.Image) -> PhotoQuality:
    """Of a picture whose longer edge has at most ``EDGE`` pixels."""
    grey = picture.convert("L")
    statistics = ImageStat.Stat(grey)
    histogram = grey.histogram()
    total = max(1, grey.width * grey.height)
    inner = grey.filter(_LAPLACE)
    if inner.width > 4 and inner.height > 4:
        inner = inner.crop((1, 1, inner.width - 1, inner.height - 1))
    coarse = picture.resize((64, 64)).quantize(64).convert("RGB").getcolors(4096) or [(1, (0, 0, 0))]
    return PhotoQuality(
        sharpness=round(ImageStat.Stat(inner).var[0], 1),
        brightness=round(statistics.mean[0], 1),
        contrast=round(statistics.stddev[0], 1),
        glare=round(sum(histogram[252:]) / total, 3),
        background=round(_border_spread(grey), 1),
        dominant=round(max(count for count, _ in coarse) / 4096, 3),
    )


def _border_spread(grey: Image.Image) -> float:
    """Median spread of small tiles along the left, upper and right border: a hand-held card fills the lower middle."""
    width, height = grey.size
    side = max(8, min(width, height) // 12)
    places = [(x, 0) for x in range(0, width - side, side)]
    places += [(0, y) for y in range(side, height * 2 // 3, side)]
    places += [(width - side, y) for y in range(side, height * 2 // 3, side)]
    spreads = sorted(
        ImageStat.Stat(grey.crop((x, y, x + side, y + side))).stddev[0]
        for x, y in places
        if x >= 0 and x + side <= width and y + side <= height
    )
    return spreads[len(spreads) // 2] if spreads else 0.0


@dataclass(frozen=True)
class PhotoRules:
    """What a photograph is for. Edges in pixels; ``plain_background`` for the hand-held photo."""

    long_edge: int
    short_edge: int
    plain_background: bool = False


ID_SIDE = PhotoRules(long_edge=640, short_edge=400)
HAND_HELD = PhotoRules(long_edge=640, short_edge=480, plain_background=True)
DOCUMENT = PhotoRules(long_edge=1000, short_edge=700)

SHARP_ENOUGH = 60.0
DARK, BRIGHT = 55.0, 240.0
FLAT_CONTRAST, FLAT_SHARE = 4.0, 0.985
PLAIN_SPREAD = 16.0
GLARE_SHARE = 0.20


def judge(facts: ImageFacts, quality: PhotoQuality | None, rules: PhotoRules) -> list[dict[str, Any]]:
    """Findings as ``{code, severity, params}``, words in ``texts/``. Only what nobody could read is an error;
    blur, light and background are warnings for the reviewer."""
    found: list[dict[str, Any]] = []

    def add(code: str, severity: str, **params: float | int) -> None:
        found.append({"code": code, "severity": severity, "params": params})

    if facts.too_many_pixels or facts.decode_skipped:
        add("photo_too_many_pixels", "error", width=facts.width, height=facts.height)
        return found
    if facts.decodes is False:
        add("photo_damaged", "error")
        return found
    if facts.not_decodable_here:
        add("photo_not_decodable_here", "error")
    if max(facts.width, facts.height) < rules.long_edge or min(facts.width, facts.height) < rules.short_edge:
        add(
            "photo_too_small",
            "error",
            width=facts.width,
            height=facts.height,
            long_edge=rules.long_edge,
            short_edge=rules.short_edge,
        )
    if quality is not None:
        if quality.contrast < FLAT_CONTRAST or quality.dominant > FLAT_SHARE:
            add("photo_single_colour", "error")
        else:
            _judge_light(quality, rules, add)
    if facts.gps:
        add("photo_has_position", "info")
    return found


def _judge_light(quality: PhotoQuality, rules: PhotoRules, add: Any) -> None:
    if quality.sharpness < SHARP_ENOUGH:
        add("photo_blurred", "warning", sharpness=quality.sharpness, wanted=SHARP_ENOUGH)
    if quality.brightness < DARK:
        add("photo_dark", "warning", brightness=quality.brightness)
    elif quality.brightness > BRIGHT:
        add("photo_overexposed", "warning", brightness=quality.brightness)
    elif quality.glare > GLARE_SHARE and not rules.plain_background:
        add("photo_glare", "warning", share=round(quality.glare * 100))
    if rules.plain_background and quality.background > PLAIN_SPREAD:
        add("photo_background_busy", "warning", spread=quality.background)


ACCEPTED = ("jpeg", "png", "webp", "bmp", "tiff")
"""Types accepted for photographs of documents (words of ``filetype``)."""
