"""What a reader sees on the pages of a PDF: lines, header, page number, figures."""

from __future__ import annotations

import math
import re
import time
import unicodedata
from dataclasses import dataclass, field
from io import BufferedReader

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
    """``lines``: lines of text without header and footer; ``number``: printed page number, None if there is none."""

    lines: int
    header: str
    number: int | None
    figures: int
    text: str = ""


@dataclass
class DocumentLayout:
    pages: list[PageLayout] = field(default_factory=list)
    complete: bool = True


def read_layout(stream: BufferedReader, password: str, seconds: float) -> DocumentLayout:
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


def _read(page: pdfium.PdfPage) -> PageLayout:
    width, height = page.get_size()
    text_page = page.get_textpage()
    try:
        header = text_page.get_text_bounded(bottom=height * _HEADER_SHARE).strip()
        corner = text_page.get_text_bounded(left=width * 0.6, bottom=height * _HEADER_SHARE).strip()
        footer = text_page.get_text_bounded(top=height * _FOOTER_SHARE).strip()
        lines = _lines_between(text_page, height * _FOOTER_SHARE * 0.5, height * _HEADER_SHARE)
        whole = text_page.get_text_bounded()
    finally:
        text_page.close()
    figures = sum(1 for item in page.get_objects(max_depth=2) if item.type == _IMAGE)
    number = _number(corner) or _number(footer)
    return PageLayout(lines, " ".join(header.split()), number, figures, whole.replace(_HYPHEN, "-\n"))


def _lines_between(text_page: pdfium.PdfTextPage, low: float, high: float) -> int:
    """Lines by where their pieces stand: in its text pdfium joins lines that hold a single bracket, or end with a
    hyphen."""
    pieces = [text_page.get_rect(place) for place in range(min(text_page.count_rects(), _MAX_PIECES))]
    spans = sorted(((bottom, top) for _, bottom, _, top in pieces if low < (bottom + top) / 2 < high), reverse=True)
    lines, line_bottom, line_top = 0, math.inf, math.inf
    for bottom, top in spans:
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
