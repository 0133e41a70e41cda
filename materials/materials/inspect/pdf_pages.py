"""What is on the pages of a PDF: words, blank pages, repeated content."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pikepdf
import pypdfium2 as pdfium
from contracts.text.counting import words
from PIL import Image

from materials.inspect import paper
from materials.inspect.folding import folded
from materials.inspect.pdf import each_page
from materials.inspect.pdf_blank import SecondLook
from materials.inspect.pdf_scan import EDGE, is_scan, marks_of_scan

_MAX_LIST = 200
_SMALLEST, _LARGEST = 3.0, 100_000.0
"""Points: a page outside these has no size that means anything."""
_MOST_PAGES = 20_000


@dataclass
class PageFacts:
    """Page numbers count from 1. ``checked`` pages were read before the time was up. ``blank``: nothing on them, as two
    readers say; ``unshown``: they hold something that does not show; ``unreadable``: their content is damaged;
    ``unsure``: could not be checked. ``scanned``: pages without text that are a picture. Texts are compared by their
    letters, pages without text by how they look; ``phrase_page`` is the first page with the phrase looked for.
    ``words``: 字数 as word processors count it (:func:`contracts.text.counting.words`), of what is text."""

    checked: int = 0
    blank: list[int] = field(default_factory=list)
    unshown: list[int] = field(default_factory=list)
    unsure: list[int] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    with_text: int = 0
    scanned: int = 0
    characters: int = 0
    words: int = 0
    distinct_texts: int = 0
    repeated_text: int = 0
    distinct_pictures: int = 0
    repeated_picture: int = 0
    phrase_page: int | None = None
    sizes: list[list[int]] = field(default_factory=list)
    rotated: int = 0

    def to_json(self) -> dict[str, Any]:
        """Facts as profiles judge them and the table keeps them."""
        return dict(vars(self))


def read_pages(
    stream: BinaryIO,
    password: str,
    seconds: float,
    progress: Callable[[float], None] = lambda _: None,
    phrase: str = "",
    document: pikepdf.Pdf | None = None,
    *,
    recovered: bool = False,
) -> PageFacts:
    """Reads every page with pdfium until ``seconds`` are over. Raises ``pdfium.PdfiumError`` if it does not open.

    ``phrase``: looked for as :mod:`materials.inspect.folding` compares. ``document``: the same, opened by qpdf; without
    it no page is called blank; ``recovered``: qpdf had to mend it.
    """
    reading = _Reading(PageFacts(), time.monotonic() + seconds, stream, password, document, recovered)
    facts, sought = reading.facts, folded(phrase)
    sizes: Counter[tuple[int, int]] = Counter()
    for number, count, page in each_page(stream, password, _MOST_PAGES):
        if time.monotonic() > reading.deadline:
            break
        if number % 25 == 0:
            progress(number / count)
        facts.checked += 1
        reading.count = count
        if page is None:
            facts.unreadable.append(number)
            continue
        try:
            width, height = page.get_size()
            sizes[(round(width), round(height))] += 1
            facts.rotated += bool(page.get_rotation())
            if not (_SMALLEST <= width <= _LARGEST and _SMALLEST <= height <= _LARGEST):
                facts.unsure.append(number)
                continue
            text = reading.read(page, number)
        except (pdfium.PdfiumError, ValueError, ArithmeticError):  # a box or an object that means nothing
            facts.unsure.append(number)
            continue
        if sought and facts.phrase_page is None and sought in folded(text):
            facts.phrase_page = number
    facts.distinct_texts = len(reading.texts)
    facts.repeated_text = max(reading.texts.values(), default=0)
    facts.distinct_pictures = len(reading.pictures)
    facts.repeated_picture = max(reading.pictures.values(), default=0)
    facts.sizes = [[width, height, number] for (width, height), number in sizes.most_common(10)]
    for listed in (facts.blank, facts.unshown, facts.unsure, facts.unreadable):
        del listed[_MAX_LIST:]
    return facts


@dataclass
class _Reading:
    """One pass over the pages."""

    facts: PageFacts
    deadline: float
    stream: BinaryIO
    password: str
    document: pikepdf.Pdf | None
    recovered: bool
    count: int = 0
    texts: Counter[bytes] = field(default_factory=Counter)
    pictures: Counter[bytes] = field(default_factory=Counter)
    second: SecondLook | None = None

    def read(self, page: pdfium.PdfPage, number: int) -> str:
        """The page's text without spaces; counts it, or how the page looks when it has none."""
        text_page = page.get_textpage()
        try:
            written = text_page.get_text_bounded()
        finally:
            text_page.close()
        facts, text = self.facts, "".join(written.split())
        if text:
            facts.with_text += 1
            facts.characters += len(text)
            facts.words += words(written)
            self.texts[_digest(text.encode("utf-8", "replace"))] += 1
            return text
        if time.monotonic() > self.deadline:
            facts.unsure.append(number)
            return ""
        empty = next(iter(page.get_objects(max_depth=1)), None) is None and not _annotations(page)
        marks = None if empty else marks_of_scan(page) or _marks_of(page)
        if marks is None:
            self._look_again(number)
            return ""
        self.pictures[_digest(marks)] += 1
        facts.scanned += is_scan(page)
        return ""

    def _look_again(self, number: int) -> None:
        """A page that shows nothing in pdfium."""
        facts = self.facts
        if self.document is not None and self.second is None:
            self.second = SecondLook(self.document, self.stream, self.password, self.count, recovered=self.recovered)
        opinion = self.second.at(number - 1) if self.second else "unknown"
        {
            "empty": facts.blank,
            "drawn": facts.unshown,
            "damaged": facts.unreadable,
            "unknown": facts.unsure,
        }[opinion].append(number)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def _annotations(page: pdfium.PdfPage) -> int:
    return int(pdfium.raw.FPDFPage_GetAnnotCount(page.raw))


def _marks_of(page: pdfium.PdfPage) -> bytes | None:
    """A picture's pixels, as small as shows that there is something; None if a close look finds bare paper."""
    thumbnail = _drawn(page, EDGE)
    if paper.plainly_marked(thumbnail):
        return thumbnail.tobytes()
    picture = _drawn(page, paper.CLOSE_EDGE)
    return None if paper.is_bare(picture) else picture.tobytes()


def _drawn(page: pdfium.PdfPage, edge: int) -> Image.Image:
    bitmap = page.render(scale=edge / max(*page.get_size(), 1.0), grayscale=True, no_smoothtext=edge == EDGE)
    try:
        shown: Image.Image = bitmap.to_pil().convert("L")
        return shown
    finally:
        bitmap.close()
