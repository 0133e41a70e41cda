"""Rows and pages of a source deposit: 30 + 30 pages, or the whole below 60."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from chassis.confinement.model import Refused
from chassis.documents import printable

from materials.deposit.cleaning import clean
from materials.deposit.model import (
    BACK_PAGES,
    COLUMNS,
    FRONT_PAGES,
    OBJECT_SOURCE_PAGES,
    SOURCE_ROWS,
    TEN,
    WHOLE_BELOW,
    SourceFile,
    SourceOptions,
)
from materials.deposit.paging import wrap
from materials.deposit.secrets import Secret, masked

Page = list[str]


@dataclass
class Selection:
    """Pages of a deposit. ``whole``: nothing was left out; ``wrapped``: rows that continue a long line."""

    pages: list[Page] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    whole: bool = True
    wrapped: int = 0
    comments_removed: int = 0
    blanks_removed: int = 0
    secrets: list[tuple[str, Secret]] = field(default_factory=list)
    starts: list[dict[str, str | int]] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    text: str
    path: str
    line: int
    continued: bool


class _Reader:
    """Turns files into rows as they are needed: of a large program only both ends are ever parsed."""

    def __init__(self, options: SourceOptions, selection: Selection) -> None:
        self.options = options
        self.selection = selection
        self._rows: dict[str, list[_Row]] = {}

    def rows_of(self, file: SourceFile) -> list[_Row]:
        if file.path not in self._rows:
            self._rows[file.path] = self._read(file)
        return self._rows[file.path]

    def _read(self, file: SourceFile) -> list[_Row]:
        text = file.text
        if self.options.mask_secrets:
            lines, found = masked(text.split("\n"), file.lexer)
            self.selection.secrets += [(file.path, secret) for secret in found]
            text = "\n".join(lines)
        cleaned = clean(
            text,
            file.lexer,
            strip_comments=self.options.strip_comments,
            strip_blank_lines=self.options.strip_blank_lines,
        )
        self.selection.comments_removed += cleaned.comments_removed
        self.selection.blanks_removed += cleaned.blanks_removed
        rows = []
        for line, number in zip(cleaned.lines, cleaned.numbers, strict=True):
            for place, row in enumerate(wrap(line if line.isascii() else printable(line), COLUMNS)):
                rows.append(_Row(row, file.path, number, place > 0))
        return rows

    def forward(self, files: Iterable[SourceFile]) -> Iterator[_Row]:
        for file in files:
            yield from self.rows_of(file)


def select(files: list[SourceFile], options: SourceOptions) -> Selection:
    """Chooses the pages by the rule of the mode. Refuses ``deposit_too_short`` when a mode needs more pages, and
    ``deposit_start_too_early``."""
    selection = Selection()
    reader = _Reader(options, selection)
    if options.mode == "ten_fifty":
        if options.start_page <= TEN:
            raise Refused("deposit_start_too_early", start=options.start_page)
        rows = _take(reader.forward(files), (options.start_page + 49) * SOURCE_ROWS)
        pages = _paged(rows)
        if len(pages) < options.start_page + 49:
            raise Refused("deposit_too_short", pages=len(pages), wanted=options.start_page + 49)
        chosen = [*range(TEN), *range(options.start_page - 1, options.start_page + 49)]
        selection.whole = False
        return _finish(selection, [pages[place] for place in chosen], [place + 1 for place in chosen])
    if options.mode == "object_code":
        rows = _take(reader.forward(files), (options.start_page + OBJECT_SOURCE_PAGES - 1) * SOURCE_ROWS)
        pages = _paged(rows)
        if len(pages) < options.start_page + OBJECT_SOURCE_PAGES - 1:
            raise Refused("deposit_too_short", pages=len(pages), wanted=options.start_page + OBJECT_SOURCE_PAGES - 1)
        chosen = list(range(options.start_page - 1, options.start_page + OBJECT_SOURCE_PAGES - 1))
        selection.whole = False
        return _finish(selection, [pages[place] for place in chosen], [place + 1 for place in chosen])
    rows = _take(reader.forward(files), WHOLE_BELOW * SOURCE_ROWS + 1)
    if len(rows) <= WHOLE_BELOW * SOURCE_ROWS:
        pages = _paged(rows)
        return _finish(selection, pages, list(range(1, len(pages) + 1)))
    selection.whole = False
    back: list[list[_Row]] = []
    missing = BACK_PAGES * SOURCE_ROWS
    for file in reversed(files):
        part = reader.rows_of(file)[-missing:]
        back.append(part)
        missing -= len(part)
        if missing <= 0:
            break
    tail = [row for part in reversed(back) for row in part]
    pages = _paged(rows[: FRONT_PAGES * SOURCE_ROWS]) + _paged(tail)
    return _finish(selection, pages, list(range(1, len(pages) + 1)))


def _take(rows: Iterator[_Row], limit: int) -> list[_Row]:
    taken: list[_Row] = []
    for row in rows:
        taken.append(row)
        if len(taken) >= limit:
            break
    return taken


def _paged(rows: list[_Row]) -> list[list[_Row]]:
    return [rows[start : start + SOURCE_ROWS] for start in range(0, len(rows), SOURCE_ROWS)]


def _finish(selection: Selection, pages: list[list[_Row]], numbers: list[int]) -> Selection:
    selection.pages = [[row.text for row in page] for page in pages]
    selection.numbers = numbers
    selection.wrapped = sum(row.continued for page in pages for row in page)
    shown = {(row.path, row.line) for page in pages for row in page}
    selection.secrets = [(path, secret) for path, secret in selection.secrets if (path, secret.line) in shown]
    selection.starts = [
        {"page": place, "file": page[0].path, "line": page[0].line} for place, page in enumerate(pages, start=1)
    ]
    return selection
