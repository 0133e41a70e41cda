"""What a reader sees on the pages of a PDF: lines, header, page number, figures."""

from __future__ import annotations

import math
import re
import time
import unicodedata
from dataclasses import dataclass, field
from typing import BinaryIO

import pypdfium2 as pdfium
from chassis.inspect.pdf import open_with_pdfium

_HEADER_SHARE, _FOOTER_SHARE = 0.92, 0.08
_IMAGE = 3
_HYPHEN = "\x02"
"""How pdfium tells that a line ended with a hyphen; it leaves the line's end out."""
_MAX_PIECES = 5000
_PAGE_NUMBER = re.compile(r"(?:第\s*)?(?<![\d.vV])(\d{1,4})(?:\s*页)?(?:\s*[/共of]+\s*\d{1,4}\s*页?)?\s*$")


@dataclass(frozen=True)
class PageLayout:
    """``lines``: lines of text without header and footer; ``number``: printed page number, None if there is none;
    ``numbered_below``: it stands at the foot."""

    lines: int
    header: str
    number: int | None
    figures: int
    numbered_below: bool = False
    text: str = ""


@dataclass
class DocumentLayout:
    pages: list[PageLayout] = field(default_factory=list)
    complete: bool = True


def read_layout(stream: BinaryIO, password: str, seconds: float) -> DocumentLayout:
    """Reads every page until the time is up. Raises ``pdfium.PdfiumError`` if it does not open."""
    deadline = time.monotonic() + seconds
    document = open_with_pdfium(stream, password)
    layout = DocumentLayout()
    for number in range(min(len(document), 5000)):
        if time.monotonic() > deadline:
            layout.complete = False
            break
        try:
            page = document[number]
        except pdfium.PdfiumError:
            layout.pages.append(PageLayout(0, "", None, 0))
            continue
        try:
            layout.pages.append(_read(page))
        finally:
            page.close()
    document.close()
    return layout


@dataclass(frozen=True)
class _Upright:
    """A page as it is shown: pdfium gives text in the coordinates of the paper before it was turned."""

    text_page: pdfium.PdfTextPage
    left: float
    low: float
    width: float
    height: float
    turned: int

    @classmethod
    def of(cls, page: pdfium.PdfPage, text_page: pdfium.PdfTextPage) -> _Upright:
        left, low, right, top = page.get_bbox()
        return cls(text_page, left, low, right - left, top - low, int(page.get_rotation()))

    @property
    def size(self) -> tuple[float, float]:
        return (self.height, self.width) if self.turned % 180 else (self.width, self.height)

    def text(self, left: float = 0.0, low: float = 0.0, high: float = 1.0) -> str:
        """Text between shares of the page's width and height."""
        width, height = self.size
        x, y = self._on_paper(left * width, low * height)
        other_x, other_y = self._on_paper(width, high * height)
        return str(self.text_page.get_text_bounded(min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)))

    def spans(self) -> list[tuple[float, float]]:
        """(bottom, top) of each piece of text, as shares of the page's height."""
        height = self.size[1] or 1.0
        found = []
        for place in range(min(self.text_page.count_rects(), _MAX_PIECES)):
            left, bottom, right, top = self.text_page.get_rect(place)
            ends = (self._shown_height(left, bottom) / height, self._shown_height(right, top) / height)
            found.append((min(ends), max(ends)))
        return found

    def _on_paper(self, x: float, y: float) -> tuple[float, float]:
        if self.turned == 90:
            x, y = self.width - y, x
        elif self.turned == 180:
            x, y = self.width - x, self.height - y
        elif self.turned == 270:
            x, y = y, self.height - x
        return x + self.left, y + self.low

    def _shown_height(self, x: float, y: float) -> float:
        x, y = x - self.left, y - self.low
        return {90: self.width - x, 180: self.height - y, 270: x}.get(self.turned, y)


def _read(page: pdfium.PdfPage) -> PageLayout:
    text_page = page.get_textpage()
    try:
        shown = _Upright.of(page, text_page)
        header = shown.text(low=_HEADER_SHARE).strip()
        corner = shown.text(left=0.6, low=_HEADER_SHARE).strip()
        footer = shown.text(high=_FOOTER_SHARE).strip()
        lines = _lines_between(shown.spans(), _FOOTER_SHARE * 0.5, _HEADER_SHARE)
        whole = shown.text()
    finally:
        text_page.close()
    figures = sum(1 for item in page.get_objects(max_depth=2) if item.type == _IMAGE)
    return PageLayout(
        lines=lines,
        header=" ".join(header.split()),
        number=_number(corner) or _number(footer),
        figures=figures,
        numbered_below=_number(footer) is not None,
        text=whole.replace(_HYPHEN, "-\n"),
    )


def _lines_between(spans: list[tuple[float, float]], low: float, high: float) -> int:
    """Lines by where their pieces stand: in its text pdfium joins lines that hold a single bracket, or end with a
    hyphen."""
    lines, line_bottom, line_top = 0, math.inf, math.inf
    for bottom, top in sorted(((b, t) for b, t in spans if low < (b + t) / 2 < high), reverse=True):
        shared = min(top, line_top) - max(bottom, line_bottom)
        if lines and shared * 2 > min(top - bottom, line_top - line_bottom):
            line_bottom, line_top = min(bottom, line_bottom), max(top, line_top)
            continue
        lines, line_bottom, line_top = lines + 1, bottom, top
    return lines


def _number(text: str) -> int | None:
    """第 12 页, 12 / 60, 12: the first whole number that stands alone at the end of a line."""
    for line in text.splitlines():
        match = _PAGE_NUMBER.search(line.strip())
        if match:
            return int(match.group(1))
    return None


def normal(text: str) -> str:
    """For comparing names: full and half width, case and spaces do not matter."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


# ASCII word characters only: in Chinese a name and its version stand together, 图书管理软件V1.0.
_VERSION = re.compile(r"(?ia)(?<![\w.])v(?:er(?:sion)?)?\.?\s*(\d+(?:\.\d+){0,3})(?![\w.]*\d)")


def versions_in(text: str) -> list[tuple[int, str]]:
    """(place, version) of versions written with a V: ``V1.0``, ``Ver 2.1``; numbers only, as written."""
    return [(match.start(), match.group(1)) for match in _VERSION.finditer(unicodedata.normalize("NFKC", text))]


def plain_version(text: str) -> str:
    """``V1.0`` and ``1.0`` are the same version."""
    return re.sub(r"(?i)^v(?:er(?:sion)?)?\.?\s*", "", unicodedata.normalize("NFKC", text).strip())
