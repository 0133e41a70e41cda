"""What a reader sees on the pages of a PDF: lines, header, page number, figures."""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import dataclass, field
from io import BufferedReader

import pypdfium2 as pdfium
from chassis.inspect.pdf import open_with_pdfium

_HEADER_SHARE, _FOOTER_SHARE = 0.92, 0.08
_IMAGE = 3
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
        page = document[number]
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
        body = text_page.get_text_bounded(top=height * _HEADER_SHARE, bottom=height * _FOOTER_SHARE * 0.5)
        whole = text_page.get_text_bounded()
    finally:
        text_page.close()
    figures = sum(1 for item in page.get_objects(max_depth=2) if item.type == _IMAGE)
    lines = sum(1 for line in body.splitlines() if line.strip())
    number = _number(corner) or _number(footer)
    return PageLayout(lines, " ".join(header.split()), number, figures, whole)


def _number(text: str) -> int | None:
    """第 12 页, 12 / 60, 12: the first whole number that stands alone at the end of a line."""
    for line in text.splitlines():
        match = re.search(
            r"(?:第\s*)?(?<![\d.vV])(\d{1,4})(?:\s*页)?(?:\s*[/共of]+\s*\d{1,4}\s*页?)?\s*$", line.strip()
        )
        if match:
            return int(match.group(1))
    return None


def normal(text: str) -> str:
    """For comparing names: full and half width, case and spaces do not matter."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


# ASCII word characters only: in Chinese a name and its version stand together, 图书管理软件V1.0.
_VERSION = re.compile(r"(?ia)(?<![\w.])v(?:er(?:sion)?)?\.?\s*(\d+(?:\.\d+){0,3})(?![\w.]*\d)")


def versions_in(text: str) -> list[str]:
    """Versions written with a V: ``V1.0``, ``Ver 2.1``; numbers only, as written."""
    return [match.group(1) for match in _VERSION.finditer(unicodedata.normalize("NFKC", text))]


def plain_version(text: str) -> str:
    """``V1.0`` and ``1.0`` are the same version."""
    return re.sub(r"(?i)^v(?:er(?:sion)?)?\.?\s*", "", unicodedata.normalize("NFKC", text).strip())
