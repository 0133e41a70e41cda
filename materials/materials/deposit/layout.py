"""What a reader sees on the pages of a PDF: lines, header, page number, figures."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import BinaryIO

import pypdfium2 as pdfium

from materials.deposit.edges import DEEPEST, Edges, Line, find_edges
from materials.inspect.folding import folded, shaped
from materials.inspect.pdf import each_page

_IMAGE = 3
_HYPHEN = "\x02"
"""How pdfium tells that a line ended with a hyphen; it leaves the line's end out."""
_MAX_PIECES = 5000
_MOST_PAGES = 5000
_HEADER_PLACE = 0.92
"""Share of a page's height above which a header is added."""
_APART, _TOUCHING = 0.02, 0.002
"""Share of the page's width between words that do not stand together, and between parts of one word."""


@dataclass(frozen=True)
class PageLayout:
    """``lines``: lines of text without header and footer; ``number``: printed page number, None if there is none;
    ``numbered_below``: it stands at the foot; ``full_above``: something stands where a header would go."""

    lines: int
    header: str
    number: int | None
    figures: int
    numbered_below: bool = False
    text: str = ""
    full_above: bool = False


@dataclass
class DocumentLayout:
    pages: list[PageLayout] = field(default_factory=list)
    complete: bool = True


@dataclass(frozen=True)
class _Seen:
    """A page before it is known which of its lines are header and footer; ``lines`` from top to foot."""

    lines: list[Line]
    figures: int
    text: str


def read_layout(stream: BinaryIO, password: str, seconds: float) -> DocumentLayout:
    """Reads every page until the time is up. Raises ``pdfium.PdfiumError`` if it does not open."""
    deadline = time.monotonic() + seconds
    layout, seen = DocumentLayout(), list[_Seen]()
    for _, _, page in each_page(stream, password, _MOST_PAGES):
        if time.monotonic() > deadline:
            layout.complete = False
            break
        seen.append(_see(page) if page else _Seen([], 0, ""))
    edges = find_edges([page.lines for page in seen])
    layout.pages = [_laid_out(page, found) for page, found in zip(seen, edges, strict=True)]
    return layout


def _laid_out(page: _Seen, edges: Edges) -> PageLayout:
    header = " ".join(words for line in page.lines[: edges.above] for words in line.words)
    return PageLayout(
        lines=len(page.lines) - edges.above - edges.below,
        header=" ".join(header.split()),
        number=edges.number,
        figures=page.figures,
        numbered_below=edges.numbered_below,
        text=page.text,
        full_above=any(line.centre > _HEADER_PLACE for line in page.lines),
    )


def _see(page: pdfium.PdfPage) -> _Seen:
    """Nothing of a page whose box or text pdfium cannot make sense of: that costs this page its checks, no other."""
    try:
        text_page = page.get_textpage()
        try:
            shown = _Upright.of(page, text_page)
            lines, whole = shown.lines(), shown.text()
        finally:
            text_page.close()
        figures = sum(1 for item in page.get_objects(max_depth=2) if item.type == _IMAGE)
    except (pdfium.PdfiumError, ValueError, ArithmeticError):
        return _Seen([], 0, "")
    return _Seen(lines, figures, whole.replace(_HYPHEN, "-\n"))


_Piece = tuple[float, float, float, float, int]
"""Bottom, top, left and right as shares of the page, and pdfium's number of it."""


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

    def text(self) -> str:
        """All text between the edges of the paper."""
        return str(self.text_page.get_text_bounded(self.left, self.low, self.left + self.width, self.low + self.height))

    def lines(self) -> list[Line]:
        """Lines from top to foot, by where their pieces stand: in its text pdfium joins lines that hold a single
        bracket, or end with a hyphen. Words are read for the outer lines only."""
        width, height = (edge or 1.0 for edge in self.size)
        pieces = []
        for place in range(min(self.text_page.count_rects(), _MAX_PIECES)):
            x, y, other_x, other_y = self._shown(*self.text_page.get_rect(place))
            if 0 <= y + other_y <= 2 * height:
                pieces.append((y / height, other_y / height, x / width, other_x / width, place))
        rows = _rows(pieces)
        outer = {*range(DEEPEST + 1), *range(len(rows) - DEEPEST - 1, len(rows))}
        return [
            Line(
                (min(piece[0] for piece in row) + max(piece[1] for piece in row)) / 2,
                self._words(row) if number in outer else (),
            )
            for number, row in enumerate(rows)
        ]

    def _words(self, row: list[_Piece]) -> tuple[str, ...]:
        words: list[str] = []
        end = -1.0
        for _, _, left, right, place in sorted(row, key=lambda piece: piece[2]):
            text = self.text_page.get_text_bounded(*self.text_page.get_rect(place)).strip()
            if not text:
                continue
            if words and left - end < _APART:
                words[-1] += text if left - end < _TOUCHING else f" {text}"
            else:
                words.append(text)
            end = max(end, right)
        return tuple(words)

    def _shown(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """(left, bottom, right, top) on the page as it is shown, of a box on the paper."""
        if not self.turned:
            return left - self.left, bottom - self.low, right - self.left, top - self.low
        corners = [self._turned(x - self.left, y - self.low) for x, y in ((left, bottom), (right, top))]
        across, up = sorted(x for x, _ in corners), sorted(y for _, y in corners)
        return across[0], up[0], across[1], up[1]

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        return {
            90: (y, self.width - x),
            180: (self.width - x, self.height - y),
            270: (self.height - y, x),
        }.get(self.turned, (x, y))


def _rows(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Pieces that share most of their height stand in one line; lines from top to foot."""
    rows: list[list[_Piece]] = []
    line_bottom = line_top = 0.0
    for piece in sorted(pieces, reverse=True):
        bottom, top = piece[:2]
        shared = min(top, line_top) - max(bottom, line_bottom)
        if rows and shared * 2 > min(top - bottom, line_top - line_bottom):
            rows[-1].append(piece)
            line_bottom, line_top = min(bottom, line_bottom), max(top, line_top)
            continue
        rows.append([piece])
        line_bottom, line_top = bottom, top
    return rows


def normal(text: str) -> str:
    """For comparing names: width, case, spaces, radicals and invisible characters do not matter."""
    return folded(text)


# ASCII word characters only: in Chinese a name and its version stand together, 图书管理软件V1.0.
_VERSION = re.compile(r"(?ia)(?<![\w.])v(?:er(?:sion)?)?\.?\s*(\d+(?:\.\d+){0,3})(?![\w.]*\d)")


def versions_in(text: str) -> list[tuple[int, str]]:
    """(place, version) of versions written with a V: ``V1.0``, ``Ver 2.1``; numbers only, as written."""
    return [(match.start(), match.group(1)) for match in _VERSION.finditer(shaped(text))]


def plain_version(text: str) -> str:
    """``V1.0`` and ``1.0`` are the same version."""
    return re.sub(r"(?i)^v(?:er(?:sion)?)?\.?\s*", "", shaped(text).strip())


def without_version(title: str, version: str) -> str:
    """``title`` as :func:`shaped`, without the version that it ends in: of 图书管理系统（V1.0） and ``V1.0`` the first
    six signs. A number of another version, or one that is no version of this program (Windows 11), stays."""
    number = re.escape(plain_version(version))
    end = re.compile(rf"(?ia)[\s(\[【·_-]*(?:v(?:er(?:sion)?)?\.?\s*|(?<![\d.]))({number})\s*版?[\s)\]】]*$")
    name = shaped(title)
    return (end.sub("", name) or name) if number else name
