"""A picture to be shown: reduced; for the office's eyes with a mark all over it that says what it may be used for.

Run in confinement: the file is a stranger's. What is shown is drawn anew: nothing of the file but its pixels remains.
"""

from __future__ import annotations

import base64
import io

from chassis.confinement.model import Job, JsonValue
from materials.inspect import image
from PIL import Image, ImageDraw, ImageFont

EDGE = 1000
"""Pixels of the longer side: an ID card is read, and no more."""
SMALL_EDGE = 480
"""Of what its owner recognises it by."""
_QUALITY = 80
_FONT = 26
_ANGLE = 30
_STRENGTH = 96


def prepare_confined() -> None:
    """Called once in the template process, while the disk can still be read."""
    image.prepare()
    ImageFont.load_default(_FONT)


def draw_marked(job: Job) -> JsonValue:
    """``args``: ``mark``. ``{jpeg}``, base64; ``{}`` for a file that is no picture."""
    picture = _reduced(job, EDGE)
    return {} if picture is None else _encoded(_marked(picture, str(job.args["mark"])))


def draw_reduced(job: Job) -> JsonValue:
    """As :func:`draw_marked` for the owner's own eyes: small, without a mark."""
    picture = _reduced(job, SMALL_EDGE)
    return {} if picture is None else _encoded(picture)


def _reduced(job: Job, edge: int) -> Image.Image | None:
    try:
        return image.thumbnail(job.source, edge).convert("RGB")
    except image.ImageUnreadable:
        return None


def _encoded(picture: Image.Image) -> JsonValue:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return {"jpeg": base64.b64encode(out.getvalue()).decode()}


def _marked(picture: Image.Image, mark: str) -> Image.Image:
    """The mark in rows, light with a dark edge, so that it is seen on any ground."""
    font = ImageFont.load_default(_FONT)
    side = int((picture.width**2 + picture.height**2) ** 0.5) + 1
    layer = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    width = int(pen.textlength(mark, font=font)) + 3 * _FONT
    for row, y in enumerate(range(0, side, 4 * _FONT)):
        for x in range(-(row % 2) * width // 2, side, width):
            ink = (255, 255, 255, _STRENGTH)
            pen.text((x, y), mark, font=font, fill=ink, stroke_width=1, stroke_fill=(0, 0, 0, _STRENGTH))
    layer = layer.rotate(_ANGLE)
    left, top = (side - picture.width) // 2, (side - picture.height) // 2
    layer = layer.crop((left, top, left + picture.width, top + picture.height))
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")
