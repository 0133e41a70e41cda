"""Facts of a raster image: what the header says, what the pixels are worth, whether they decode."""

from __future__ import annotations

import math
import time
import warnings
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import Image, ImageFile

from materials.inspect import frames, tiff
from materials.inspect.labels import Labels, read_labels
from materials.inspect.tags import TagFile, labels_of

HEADER_PIXEL_LIMIT = 250_000_000
"""More pixels than any sample needs (a 1 m wide poster at 300 dpi has 170 million); more is treated as a bomb."""
DECODE_PIXEL_LIMIT = 100_000_000
_DECODE_SECONDS = 10.0
_MOST_DECODED = 64
_SEE_THROUGH = ("RGBA", "RGBa", "LA", "La", "PA")
_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "DIB", "WEBP", "GIF", "AVIF", "JPEG2000", "PSD", "ICO")
"""What is filed, or can be made into it; Pillow knows fifty more, which nobody files and somebody may abuse."""


class ImageUnreadable(Exception):
    """No header that Pillow understands."""


@dataclass
class ImageFacts:
    """``dpi``: as declared in the file, None if it says nothing usable (no default of 72). ``width`` × ``height``:
    pixels as shown, that is after the EXIF orientation. ``not_decodable_here``: a variant that other programs read."""

    format: str = ""
    mode: str = ""
    width: int = 0
    height: int = 0
    frames: int = 1
    dpi: list[float] | None = None
    dpi_source: str = ""
    dpi_conflict: bool = False
    orientation: int = 1
    gps: bool = False
    camera: str = ""
    taken_at: str = ""
    icc_profile: bool = False
    transparency: bool = False
    decodes: bool | None = None
    decode_error: str = ""
    decode_skipped: bool = False
    not_decodable_here: str = ""
    too_many_pixels: bool = False
    damaged_metadata: bool = False

    def to_json(self) -> dict[str, Any]:
        """Facts as profiles judge them and the table keeps them."""
        return dict(vars(self))


def prepare() -> None:
    """Loads every decoder while the disk can still be read."""
    Image.init()


def open_image(stream: BinaryIO) -> Image.Image:
    """Opens by header only, with own limits instead of Pillow's. Raises ``ImageUnreadable``."""
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    stream.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(stream, formats=_FORMATS)
    except MemoryError:
        raise
    except Exception as error:
        raise ImageUnreadable(f"{type(error).__name__}: {error}"[:200]) from error


def read_facts(stream: BinaryIO, *, decode: bool) -> ImageFacts:
    """Header facts (50 megapixels: 12 ms); with ``decode`` also whether every pixel of every frame is there."""
    facts = _read_header(stream)
    if decode:
        _decode(stream, facts)
    return facts


def read_picture(stream: BinaryIO, edge: int) -> tuple[ImageFacts, Image.Image | None]:
    """Facts with ``decode``, and the picture as :func:`thumbnail` makes it, of pixels that are decoded once; None when
    they are damaged, or too many."""
    facts = _read_header(stream)
    image = _decode(stream, facts)
    if not facts.decodes or facts.too_many_pixels:
        return facts, None
    return facts, _shown(image, edge, facts.orientation) if image else thumbnail(stream, edge)


def _read_header(stream: BinaryIO) -> ImageFacts:
    structure = tiff.read_structure(stream)
    if structure and structure.excessive:
        raise ImageUnreadable("TIFF: its tags refer to more than the file holds")
    known = structure is not None and structure.sound and structure.width and structure.height
    if structure and known and structure.misread:
        return _of_unknown_variant(stream, structure)
    try:
        image = open_image(stream)
    except ImageUnreadable:
        if structure is None or not known:
            raise
        return _of_unknown_variant(stream, structure)
    facts = ImageFacts(format=image.format or "", mode=image.mode, width=image.width, height=image.height)
    facts.icc_profile = bool(image.info.get("icc_profile"))
    facts.transparency = image.mode in _SEE_THROUGH or "transparency" in image.info
    labels = read_labels(stream, image)
    _use(labels, facts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        facts.frames = structure.frames if structure else frames.count(stream, image, labels.frames)
    if facts.width * facts.height > HEADER_PIXEL_LIMIT:
        facts.too_many_pixels = True
    return facts


def _of_unknown_variant(stream: BinaryIO, structure: tiff.Structure) -> ImageFacts:
    """A TIFF whose structure is whole and whose pixels are stored in a way that Pillow does not know."""
    facts = ImageFacts(format="TIFF", width=structure.width, height=structure.height, frames=structure.frames)
    facts.not_decodable_here = structure.variant
    facts.too_many_pixels = facts.width * facts.height > HEADER_PIXEL_LIMIT
    labels = Labels()
    labels.tags = labels_of(TagFile(stream))
    if labels.tags.dpi:
        labels.resolutions.append(("tiff", *labels.tags.dpi))
    _use(labels, facts)
    return facts


def _use(labels: Labels, facts: ImageFacts) -> None:
    facts.orientation, facts.gps = labels.tags.orientation, labels.position
    facts.camera, facts.taken_at = labels.tags.camera, labels.tags.taken_at
    facts.damaged_metadata = labels.tags.damaged
    usable = [item for item in labels.resolutions if all(math.isfinite(v) and 1 < v < 20_000 for v in item[1:])]
    if usable:
        facts.dpi_source, across, down = usable[0]
        facts.dpi = [round(across, 2), round(down, 2)]
        facts.dpi_conflict = any(abs(other[1] - across) > 1 for other in usable[1:])
    if facts.orientation in (5, 6, 7, 8):
        facts.width, facts.height = facts.height, facts.width


def _decode(stream: BinaryIO, facts: ImageFacts) -> Image.Image | None:
    """The only frame, when all of it is there. Of several frames as many as cost no more than one large picture."""
    if facts.too_many_pixels or facts.not_decodable_here:
        return None
    if facts.width * facts.height > DECODE_PIXEL_LIMIT:
        facts.decode_skipped = True
        return None
    image = open_image(stream)
    facts.decodes = True
    frame, pixels, deadline = 0, 0, time.monotonic() + _DECODE_SECONDS
    try:
        for frame in range(min(facts.frames, _MOST_DECODED)):
            if frame:
                image.seek(frame)
            pixels += image.width * image.height
            if image.width * image.height > DECODE_PIXEL_LIMIT:
                raise ValueError("frame too large")
            if frame and (pixels > DECODE_PIXEL_LIMIT or time.monotonic() > deadline):
                break
            image.load()
    except MemoryError:
        raise
    except EOFError as error:
        facts.decode_error = f"EOFError: {error}"[:160]
    except Exception as error:
        facts.decodes = frame > 0
        facts.decode_error = f"{type(error).__name__}: {error}"[:160]
        if frame == 0 and facts.format == "TIFF":
            _doubt(stream, facts)
    if facts.frames > 1 or not facts.decodes:
        return None
    if facts.transparency:
        facts.transparency = _is_see_through(image)
    return image


def _doubt(stream: BinaryIO, facts: ImageFacts) -> None:
    """Whether a TIFF that Pillow cannot decode is damaged, or of a variant that others read."""
    structure = tiff.read_structure(stream)
    if structure and structure.sound and not structure.usual:
        facts.decodes, facts.decode_error, facts.not_decodable_here = None, "", structure.variant


def _is_see_through(image: Image.Image) -> bool:
    """An alpha channel that is opaque everywhere changes nothing."""
    if image.mode not in _SEE_THROUGH:
        return True
    lowest = image.getchannel("A" if "A" in image.getbands() else "a").getextrema()[0]
    return float(lowest) < 255  # type: ignore[arg-type]  # one band: a pair of numbers


def thumbnail(stream: BinaryIO, edge: int) -> Image.Image:
    """The image as shown, its longer edge at most ``edge`` pixels, in RGB; JPEGs are decoded at reduced size."""
    image = open_image(stream)
    image.draft("RGB", (edge, edge))
    return _shown(image, edge, read_labels(stream, image).tags.orientation)


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture as its EXIF orientation says that it is to be shown."""
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _shown(image: Image.Image, edge: int, orientation: int) -> Image.Image:
    turned = upright(image, orientation)
    if turned.mode in ("I;16", "I;16B", "I", "F"):
        low, high = turned.getextrema()
        span = (float(high) - float(low)) or 1.0  # type: ignore[arg-type]  # one band: a pair of numbers
        turned = turned.convert("F").point(lambda v: (v - float(low)) * 255 / span)  # type: ignore[arg-type]
    if "A" in turned.mode:
        paper = Image.new("RGBA", turned.size, "white")
        paper.alpha_composite(turned.convert("RGBA"))
        turned = paper
    if turned.mode != "RGB":
        turned = turned.convert("RGB")
    turned.thumbnail((edge, edge), reducing_gap=1.0)  # halved by averaging first: a third of a photograph's whole check
    return turned
