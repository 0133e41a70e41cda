"""Black diagonal bars over pages of a document: the page becomes a picture, so that nothing is left under a bar."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw

from materials.deposit.masking import Meter
from materials.deposit.model import MASK_LIMIT

_DPI = 150
_HEADER_SHARE = 0.08
_BARS = 8
_STEP = 0.01
_INK = 160


def covered_page(page: pdfium.PdfPage, share: float) -> tuple[Image.Image, Meter]:
    """The page as a picture with bars over ``share`` (0 to 0.5) of the area below the header.

    Where the page's own ink happens to lie under the bars, these are made narrower until the meter allows them.
    """
    bitmap = page.render(scale=_DPI / 72)
    try:
        picture = bitmap.to_pil().convert("RGB")
    finally:
        bitmap.close()
    ink = picture.convert("L").point(lambda value: 255 if value < _INK else 0)
    share = min(share, MASK_LIMIT)
    while True:
        bars = _bars(picture.size, share)
        meter = Meter(_part(bars, _whole(picture.size)), _part(ImageChops.multiply(ink, bars), ink))
        if meter.allowed:
            picture.paste("black", mask=bars)
            return picture, meter
        share -= _STEP


def append_picture(document: pikepdf.Pdf, picture: Image.Image, size: tuple[float, float]) -> None:
    """A page of ``size`` points that shows the picture and nothing else."""
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=85)
    image = document.make_stream(
        packed.getvalue(),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    page = document.add_blank_page(page_size=size)
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    page.Contents = document.make_stream(f"q {size[0]:.2f} 0 0 {size[1]:.2f} 0 0 cm /Im0 Do Q".encode())


def _bars(size: tuple[int, int], share: float) -> Image.Image:
    width, height = size
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    top = round(height * _HEADER_SHARE)
    distance = width / _BARS
    lean = (height - top) / 2
    for number in range(-1, _BARS * 3):
        left = number * distance
        right = left + distance * share - 1  # the edge itself is painted too
        pen.polygon([(left, top), (right, top), (right - lean, height), (left - lean, height)], fill=255)
    return mask


def _whole(size: tuple[int, int]) -> Image.Image:
    whole = Image.new("L", size, 255)
    whole.paste(0, (0, 0, size[0], round(size[1] * _HEADER_SHARE)))
    return whole


def _part(covered: Image.Image, whole: Image.Image) -> float:
    def count(mask: Image.Image) -> int:
        return sum(mask.histogram()[128:])

    return round(count(covered) / max(1, count(whole)), 4)
