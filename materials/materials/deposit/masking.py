"""Black diagonal bars over a page of rows: what is under a bar is gone from the file, not only from sight."""

from __future__ import annotations

from dataclasses import dataclass

from materials.deposit.model import MASK_LIMIT
from materials.deposit.paging import width_of

BAR = "█"
_PERIOD = 40
_SLOPE = 2


@dataclass(frozen=True)
class Meter:
    """How much is covered: of the page's area, and of the characters of the program. Neither may exceed one half."""

    area: float
    characters: float

    @property
    def allowed(self) -> bool:
        return max(self.area, self.characters) <= MASK_LIMIT


def cover(pages: list[list[str]], share: float, columns: int) -> tuple[list[list[str]], Meter]:
    """Bars as wide as ``share`` (0 to 0.5) of their distance, falling from left to right.

    Where the program's characters happen to lie under the bars, these are made narrower until the meter allows them.
    """
    bar = int(_PERIOD * min(share, MASK_LIMIT))
    covered, meter = _cover(pages, bar, columns)
    while not meter.allowed:
        bar -= 1
        covered, meter = _cover(pages, bar, columns)
    return covered, meter


def _cover(pages: list[list[str]], bar: int, columns: int) -> tuple[list[list[str]], Meter]:
    cells = covered_cells = characters = covered_characters = 0
    result = []
    for page in pages:
        covered_page = []
        for number, row in enumerate(page):
            out, column = [], 0
            for character in row.ljust(columns - _extra_columns(row)):
                width = width_of(character)
                hidden = (column + _SLOPE * number) % _PERIOD < bar
                out.append(BAR * width if hidden else character)
                cells += width
                covered_cells += width * hidden
                if not character.isspace():
                    characters += 1
                    covered_characters += hidden
                column += width
            covered_page.append("".join(out).rstrip())
        result.append(covered_page)
    return result, Meter(round(covered_cells / max(1, cells), 4), round(covered_characters / max(1, characters), 4))


def _extra_columns(row: str) -> int:
    return sum(width_of(character) - 1 for character in row)
