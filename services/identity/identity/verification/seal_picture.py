"""The seal of an organisation as it is drawn on what it signs. Run in confinement: the file is a stranger's."""

from __future__ import annotations

import base64
import io

from chassis.confinement.model import Job, JsonValue
from materials.inspect import image
from PIL import Image

EDGE = 420
"""Pixels of the longer side: 44 mm at about 240 dpi."""
_COLOURS = 64


def prepare_confined() -> None:
    """Called once in the template process, while the disk can still be read."""
    image.prepare()


def render_seal(job: Job) -> JsonValue:
    """``{png}``: the picture as a square PNG, base64; ``{}`` for a file that is none. The file itself is not kept."""
    try:
        picture = image.thumbnail(job.source, EDGE).convert("RGB")
    except image.ImageUnreadable:
        return {}
    side = max(picture.size)
    square = Image.new("RGB", (side, side), "white")
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    out = io.BytesIO()
    square.quantize(_COLOURS).save(out, "PNG", optimize=True)
    return {"png": base64.b64encode(out.getvalue()).decode()}
