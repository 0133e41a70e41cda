"""Facts of a raster image: what the header says, what the pixels are worth, whether they decode."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import ExifTags, Image, ImageFile, ImageOps

HEADER_PIXEL_LIMIT = 250_000_000
"""More pixels than any sample needs (a 1 m wide poster at 300 dpi has 170 million); more is treated as a bomb."""
DECODE_PIXEL_LIMIT = 100_000_000
MOST_FRAMES = 1000
"""More are not counted."""

_GPS = 0x8825
_INCH, _CENTIMETRE = 2, 3


class ImageUnreadable(Exception):
    """No header that Pillow understands."""


@dataclass
class ImageFacts:
    """``dpi``: as declared in the file, None if it says nothing usable (no default of 72). ``width`` × ``height``:
    pixels as shown, that is after the EXIF orientation."""

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
    too_many_pixels: bool = False
    damaged_metadata: bool = False

    def to_json(self) -> dict[str, Any]:
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
            return Image.open(stream)
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
    return facts, _shown(image, edge) if image else thumbnail(stream, edge)


def _read_header(stream: BinaryIO) -> ImageFacts:
    image = open_image(stream)
    facts = ImageFacts(format=image.format or "", mode=image.mode, width=image.width, height=image.height)
    facts.icc_profile = bool(image.info.get("icc_profile"))
    facts.transparency = "A" in image.mode or "transparency" in image.info
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _read_metadata(image, facts)
        _count_frames(image, facts)
    facts.damaged_metadata = facts.damaged_metadata or any(issubclass(w.category, UserWarning) for w in caught)
    if facts.width * facts.height > HEADER_PIXEL_LIMIT:
        facts.too_many_pixels = True
    return facts


def _read_metadata(image: Image.Image, facts: ImageFacts) -> None:
    resolutions: list[tuple[str, float, float]] = []
    density = image.info.get("jfif_density")
    unit = image.info.get("jfif_unit")
    if density and unit in (1, 2):
        factor = 1.0 if unit == 1 else 2.54
        resolutions.append(("jfif", density[0] * factor, density[1] * factor))
    try:
        exif = _exif(image)
        facts.orientation = int(exif.get(ExifTags.Base.Orientation, 1) or 1)
        facts.gps = _has_position(exif) or xmp_has_position(image)
        maker, model = exif.get(ExifTags.Base.Make), exif.get(ExifTags.Base.Model)
        facts.camera = " ".join(str(part).strip("\0 ") for part in (maker, model) if part)[:80]
        facts.taken_at = str(exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal, ""))[:19]
        if image.format in ("JPEG", "TIFF", "MPO", "WEBP"):
            resolutions += _exif_resolution(exif, "tiff" if image.format == "TIFF" else "exif")
    except MemoryError:
        raise
    except Exception:
        facts.damaged_metadata = True
    if image.format not in ("JPEG", "TIFF", "MPO", "WEBP") and "dpi" in image.info:
        across, down = image.info["dpi"]
        resolutions.append((str(image.format).lower(), float(across), float(down)))
    usable = [item for item in resolutions if all(math.isfinite(v) and 1 < v < 20_000 for v in item[1:])]
    if usable:
        facts.dpi_source, across, down = usable[0]
        facts.dpi = [round(across, 2), round(down, 2)]
        facts.dpi_conflict = any(abs(other[1] - across) > 1 for other in usable[1:])
    if facts.orientation in (5, 6, 7, 8):
        facts.width, facts.height = facts.height, facts.width


def _exif(image: Image.Image) -> Image.Exif:
    """Pillow decodes a whole PNG to look for EXIF behind the pixels; only the header's counts here."""
    return Image.Exif() if image.format == "PNG" and "exif" not in image.info else image.getexif()


def _exif_resolution(exif: Image.Exif, source: str) -> list[tuple[str, float, float]]:
    across, down = exif.get(ExifTags.Base.XResolution), exif.get(ExifTags.Base.YResolution)
    unit = exif.get(ExifTags.Base.ResolutionUnit, _INCH)
    if across is None or down is None or unit not in (_INCH, _CENTIMETRE):
        return []
    factor = 1.0 if unit == _INCH else 2.54
    try:
        return [(source, float(across) * factor, float(down) * factor)]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return []


def _has_position(exif: Image.Exif) -> bool:
    """Latitude and longitude are there; an empty position block gives nobody away."""
    position = exif.get_ifd(_GPS)
    return 2 in position and 4 in position


def xmp_has_position(image: Image.Image) -> bool:
    """Editors write the place into XMP, some of them there alone."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return "GPSLatitude" in (packet if isinstance(packet, str) else packet.decode("latin-1"))


def _count_frames(image: Image.Image, facts: ImageFacts) -> None:
    """A TIFF is a chain of pages that has to be walked; it may be made to have no end."""
    try:
        if image.format != "TIFF":
            facts.frames = int(getattr(image, "n_frames", 1))
            return
        while facts.frames < MOST_FRAMES:
            image.seek(facts.frames)
            facts.frames += 1
    except EOFError:
        return
    except MemoryError:
        raise
    except Exception:
        facts.damaged_metadata = True


def _decode(stream: BinaryIO, facts: ImageFacts) -> Image.Image | None:
    """The only frame, when all of it is there."""
    if facts.too_many_pixels:
        return None
    if facts.width * facts.height > DECODE_PIXEL_LIMIT:
        facts.decode_skipped = True
        return None
    image = open_image(stream)
    facts.decodes = True
    frame = 0
    try:
        for frame in range(min(facts.frames, 64)):
            image.seek(frame)
            if image.width * image.height > DECODE_PIXEL_LIMIT:
                raise ValueError("frame too large")
            image.load()
    except MemoryError:
        raise
    except EOFError as error:
        facts.decode_error = f"EOFError: {error}"[:160]
    except Exception as error:
        facts.decodes = frame > 0
        facts.decode_error = f"{type(error).__name__}: {error}"[:160]
    return image if facts.frames == 1 and facts.decodes else None


def thumbnail(stream: BinaryIO, edge: int) -> Image.Image:
    """The image as shown, its longer edge at most ``edge`` pixels, in RGB; JPEGs are decoded at reduced size."""
    image = open_image(stream)
    image.draft("RGB", (edge, edge))
    return _shown(image, edge)


def _shown(image: Image.Image, edge: int) -> Image.Image:
    ImageOps.exif_transpose(image, in_place=True)
    turned: Image.Image = image
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
