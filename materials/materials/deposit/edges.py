"""Which lines of a page are its header and its footer, and which number they carry.

Decided over the whole document: a header stands at the same height on page after page, says the same on each or stands
apart from the lines below it. No share of the page's height tells: with margins of 2 cm, code begins at 93 %.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from statistics import median

from materials.deposit.numbering import Numeral, split_numeral
from materials.inspect.folding import folded

DEEPEST = 3
"""Lines of a header or footer at most."""
_SAME_HEIGHT = 0.008
_MOSTLY = 0.6
_APART, _SET_OFF = 1.25, 1.5
"""Distance to the next line, in lines of the page, that supports other evidence, and that is evidence by itself."""
_HEAD_ZONE, _FAR_FROM_EDGE = 0.92, 0.2
_AFFIX = 4
_NO_DISTANCE = 99.0
_VERSION = re.compile(r"v(?:er(?:sion)?)?\.?\d+(?:\.\d+)*$")


@dataclass(frozen=True)
class Line:
    """``centre``: height on the page, as a share, from its foot; ``words``: what stands together, left to right."""

    centre: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edges:
    """How many lines above and below are not the page's own text, and the printed page number."""

    above: int = 0
    below: int = 0
    number: int | None = None
    numbered_below: bool = False


@dataclass
class _Candidate:
    """A line at the edge of a page with what speaks for it. ``gap``: distance to the next line inside, in lines;
    ``labelled``: a number stands apart from the words, or a version is named, which code and prose do not do there."""

    height: float
    text: str
    numeral: Numeral | None
    gap: float
    labelled: bool


def find_edges(pages: Sequence[Sequence[Line]]) -> list[Edges]:
    """For each page (lines from top to foot; words are needed of the outer ``DEEPEST`` + 1 on either side)."""
    pitch = _pitch(pages)
    tops = _of_side(pages, pitch, lambda lines: list(lines))
    feet = _of_side(pages, pitch, lambda lines: list(reversed(lines)))
    above = _counted(tops, head=True)
    below = _counted(feet, head=False)
    edges = []
    for place, lines in enumerate(pages):
        high = min(above[place], len(lines))
        low = min(below[place], len(lines) - high)
        foot = _number_in(feet, place, low)
        number = foot if foot is not None else _number_in(tops, place, high)
        edges.append(Edges(high, low, number, foot is not None))
    return edges


def _pitch(pages: Sequence[Sequence[Line]]) -> list[float]:
    """Usual distance of lines for each page; of the whole document where a page has too few."""
    of_pages = [[a.centre - b.centre for a, b in pairwise(lines)] for lines in pages]
    everywhere = [gap for gaps in of_pages for gap in gaps]
    usual = median(everywhere) if everywhere else 0.0
    return [median(gaps) if len(gaps) > 3 else usual for gaps in of_pages]


def _of_side(
    pages: Sequence[Sequence[Line]], pitch: Sequence[float], order: Callable[[Sequence[Line]], list[Line]]
) -> list[list[_Candidate]]:
    found = []
    for lines, usual in zip(pages, pitch, strict=True):
        outer = order(lines)[: DEEPEST + 1]
        side = []
        for line, after in zip_longest(outer, outer[1:]):
            gap = abs(line.centre - after.centre) / usual if after and usual > 0 else _NO_DISTANCE
            side.append(_candidate(line, gap))
        found.append(side)
    return found


def _candidate(line: Line, gap: float) -> _Candidate:
    """The number may stand at either end of the line, or at one end of what stands together there."""
    numeral, rest = None, []
    for words in line.words:
        left, found = split_numeral(words)
        if found and (numeral is None or (found.explicit and not numeral.explicit)):
            numeral = found
            rest.append(left)
        else:
            rest.append(words)
    text = folded("".join(rest))
    apart = len(line.words) > 1 and "" in rest
    return _Candidate(line.centre, text, numeral, gap, apart or _VERSION.search(text) is not None)


def _counted(sides: list[list[_Candidate]], *, head: bool) -> list[int]:
    """How many lines of each page belong to its header (or footer)."""
    counts = [0] * len(sides)
    within = Counter(candidate.text for side in sides for candidate in side[DEEPEST:])
    for depth in range(DEEPEST):
        here = {place: side[depth] for place, side in enumerate(sides) if len(side) > depth and counts[place] == depth}
        if not here:
            break
        evidence = _Evidence(sides, here, depth, within)
        for place, candidate in here.items():
            near = candidate.height > 1 - _FAR_FROM_EDGE if head else candidate.height < _FAR_FROM_EDGE
            if near and (evidence.speaks_for(place) if len(sides) > 2 else _alone(sides, place, depth, head=head)):
                counts[place] = depth + 1
    return counts


class _Evidence:
    """What the other pages say about the lines at one depth."""

    def __init__(
        self, sides: list[list[_Candidate]], here: dict[int, _Candidate], depth: int, within: Counter[str]
    ) -> None:
        self._sides, self._here, self._depth, self._within = sides, here, depth, within
        self._by_text: defaultdict[str, list[int]] = defaultdict(list)
        for place, candidate in here.items():
            self._by_text[candidate.text].append(place)
        self._affix = {
            part: count
            for ends in (slice(_AFFIX), slice(-_AFFIX, None))
            for part, count in Counter(candidate.text[ends] for candidate in here.values()).most_common(1)
            if len(part) == _AFFIX and not any(text[ends] == part for text in within)
        }
        set_off = [place for place, candidate in here.items() if candidate.gap >= _SET_OFF]
        self._set_off = self._heights(set_off) if len(set_off) >= _MOSTLY * len(here) else None

    def speaks_for(self, place: int) -> bool:
        candidate = self._here[place]
        numeral = candidate.numeral
        if numeral and not candidate.text:
            return numeral.explicit or self._counts_on(place)
        if numeral and (numeral.explicit or self._counts_on(place)) and candidate.gap >= _APART:
            return True
        if self._repeats(place) and (candidate.gap >= _APART or not self._within[candidate.text]):
            return True
        if candidate.gap >= _APART and any(
            count >= _MOSTLY * len(self._here) and part in (candidate.text[:_AFFIX], candidate.text[-_AFFIX:])
            for part, count in self._affix.items()
        ):
            return True
        return self._set_off is not None and abs(candidate.height - self._set_off) < _SAME_HEIGHT

    def _repeats(self, place: int) -> bool:
        """The same words at the same height on most pages, or on most of the pages that lie on its side of the book."""
        candidate = self._here[place]
        if sum(character.isalnum() for character in candidate.text) < 2:
            return False
        same = [
            other
            for other in self._by_text[candidate.text]
            if abs(self._here[other].height - candidate.height) < _SAME_HEIGHT
        ]
        alternate = [other for other in same if other % 2 == place % 2]
        pages = len(self._sides)
        return len(same) > 2 and (len(same) >= _MOSTLY * pages or len(alternate) >= _MOSTLY * (pages // 2))

    def _counts_on(self, place: int) -> bool:
        """The number goes on from the page before, or on the page behind."""
        numeral = self._here[place].numeral
        return numeral is not None and any(
            (other := self._neighbour(place + step)) is not None and other == numeral.value + step
            for step in (-1, 1, -2, 2)
        )

    def _neighbour(self, place: int) -> int | None:
        candidate = self._here.get(place)
        return candidate.numeral.value if candidate and candidate.numeral else None

    def _heights(self, places: list[int]) -> float | None:
        """The height at which most of these lines stand; None if they stand anywhere, and with it what is below."""
        heights = [self._here[place].height for place in places]
        usual = median(heights)
        if sum(abs(height - usual) < _SAME_HEIGHT for height in heights) < _MOSTLY * len(self._sides):
            return None
        inside = [
            self._sides[place][self._depth + 1].height for place in places if len(self._sides[place]) > self._depth + 1
        ]
        begin = median(inside) if inside else usual
        steady = sum(abs(height - begin) < _SAME_HEIGHT for height in inside) >= _MOSTLY * len(inside)
        return usual if steady else None


def _alone(sides: list[list[_Candidate]], place: int, depth: int, *, head: bool) -> bool:
    """One or two pages have no repetition to show: the place, the distance and a number tell."""
    candidate = sides[place][depth]
    numeral = candidate.numeral
    if numeral and numeral.explicit and not candidate.text:
        return True
    if numeral and not candidate.text and candidate.gap >= _APART:
        return True
    if candidate.labelled and candidate.gap >= _SET_OFF:
        return True
    zone = candidate.height > _HEAD_ZONE if head else candidate.height < 1 - _HEAD_ZONE
    return zone and (candidate.labelled or candidate.gap >= _SET_OFF)


def _number_in(sides: list[list[_Candidate]], place: int, deep: int) -> int | None:
    """The number of the outer lines: one that counts on, where the document is long enough to show it."""
    for depth in range(deep):
        candidate = sides[place][depth]
        numeral = candidate.numeral
        if numeral is None:
            continue
        if numeral.explicit or len(sides) < 3 or (not candidate.text and candidate.gap >= _APART):
            return numeral.value
        for step in (-1, 1, -2, 2):
            if 0 <= place + step < len(sides) and len(sides[place + step]) > depth:
                other = sides[place + step][depth].numeral
                if other is not None and other.value == numeral.value + step:
                    return numeral.value
    return None
