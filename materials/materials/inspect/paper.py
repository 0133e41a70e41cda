"""Whether a picture of a page shows bare paper: grey, noisy, shadowed at its edges, punched, with the other side
showing through, and all the same with nothing on it. A faint line of a pencil is something.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter

CLOSE_EDGE = 1754
"""Pixels of the longer edge for a close look: A4 at 150 dpi. A thinner line than half a millimetre is lost below."""

_LIGHTEST_INK = 12
"""Steps of 255 by which the thumbnail of a page with writing is darker than around it, somewhere."""
_DARKEST_PAPER = 140
_WASH = 30
"""Paper is not this much darker in one place of its inside than in another; a wash of colour is."""
_FAINTEST = 5.5
_STROKE = 9
"""Pixels of a close look: a mark this long is a stroke (1.5 mm), not a speck of dust."""
_MUCH = 0.03
_ROUGHEST, _ROUGHEST_REDUCED = 8.0, 4.0
"""Noise beyond which it is no scanner's: a close look averages nine pixels, a reduced picture sixty-four."""
_RIM, _HOLE_RIM = 0.012, 0.13
_HOLES = (18, 70)
"""Pixels across a punched hole: 3 to 12 mm."""


def plainly_marked(thumbnail: Image.Image) -> bool:
    """Whether a small grey picture (about 96 pixels) shows at once that there is something on the page, away from the
    edges, where scanners see shadows and holes. False means: look closely."""
    inside = _inside(thumbnail, 0.1)
    darker = ImageChops.subtract(inside.filter(ImageFilter.BoxBlur(8)), inside)
    return sum(darker.histogram()[_LIGHTEST_INK:]) > 3


def is_textured(picture: Image.Image) -> bool:
    """Whether a reduced picture (some 300 pixels) is rough all over, as no paper is: its noise has been averaged."""
    fine = ImageChops.subtract(picture.filter(ImageFilter.BoxBlur(2)), picture, 1, 128)
    return _spread(_inside(fine, 0.1)) > _ROUGHEST_REDUCED


def is_bare(picture: Image.Image) -> bool:
    """Of a grey picture whose longer edge has about ``CLOSE_EDGE`` pixels; 60 ms."""
    coarse = picture.resize((max(1, picture.width // 24), max(1, picture.height // 24)), Image.Resampling.BOX)
    if not _is_paper(_inside(coarse, 0.12)):
        return False
    near, around = picture.filter(ImageFilter.BoxBlur(1)), picture.filter(ImageFilter.BoxBlur(4))
    # The eye sees a line by its edge: what shines through from the other side has none.
    ink = ImageChops.subtract(around, near, 1, 128)
    inside = _inside(ink, 0.05)
    noise = _spread(inside)
    if noise > _ROUGHEST:
        return False
    strong, weak = 128 + max(_FAINTEST, 5 * noise), 128 + max(_FAINTEST * 0.7, 3.2 * noise)
    marked = ink.point([0 if value < weak else 255 if value >= strong else 128 for value in range(256)])
    if sum(_inside(marked, 0.05).histogram()[255:]) > _MUCH * inside.width * inside.height:
        return False
    return not any(_counts(mark, picture.size) for mark in _marks(marked))


def _inside(picture: Image.Image, share: float) -> Image.Image:
    across, down = round(picture.width * share), round(picture.height * share)
    return picture.crop((across, down, picture.width - across, picture.height - down))


def _is_paper(coarse: Image.Image) -> bool:
    histogram = coarse.histogram()
    low, usual, high = (_share_of(histogram, share) for share in (0.02, 0.5, 0.98))
    return usual >= _DARKEST_PAPER and high - low <= _WASH


def _share_of(histogram: list[int], share: float) -> int:
    """The value below which this share of the pixels lies."""
    left = share * sum(histogram)
    for value, count in enumerate(histogram):
        left -= count
        if left <= 0:
            return value
    return 255


def _spread(ink: Image.Image) -> float:
    """Standard deviation of the noise, from the lighter side, where there is no ink."""
    histogram = ink.histogram()
    total, middle = sum(histogram), _share_of(histogram, 0.5)
    lighter = sum(count * (middle - value) ** 2 for value, count in enumerate(histogram[:middle]))
    number = sum(histogram[:middle]) + histogram[middle] / 2
    return float((lighter / number) ** 0.5) if total and number else 0.0


@dataclass
class _Mark:
    """Pixels that hang together. ``strong``: how many are ink for certain."""

    left: int
    top: int
    right: int
    bottom: int
    size: int = 0
    strong: int = 0

    def take(self, other: _Mark) -> None:
        self.left, self.top = min(self.left, other.left), min(self.top, other.top)
        self.right, self.bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        self.size += other.size
        self.strong += other.strong


def _counts(mark: _Mark, size: tuple[int, int]) -> bool:
    """Whether a mark is one that somebody made on the page."""
    width, height = mark.right - mark.left, mark.bottom - mark.top
    if mark.strong < 3 or max(width, height) < _STROKE:
        return False
    rim = max(2, round(max(size) * _RIM))
    if mark.left < rim or mark.top < rim or mark.right > size[0] - rim or mark.bottom > size[1] - rim:
        return False
    return not _is_hole(mark, size)


def _is_hole(mark: _Mark, size: tuple[int, int]) -> bool:
    width, height = mark.right - mark.left, mark.bottom - mark.top
    edge = max(size) * _HOLE_RIM
    x, y = (mark.left + mark.right) / 2, (mark.top + mark.bottom) / 2
    near_edge = min(x, y, size[0] - x, size[1] - y) < edge
    round_enough = 0.75 < width / max(1, height) < 1.33
    return (
        near_edge and round_enough and _HOLES[0] <= max(width, height) <= _HOLES[1] and mark.size > 0.2 * width * height
    )


def _marks(marked: Image.Image) -> list[_Mark]:
    """Pixels of ink that touch, found line by line."""
    data, width = marked.tobytes(), marked.width
    open_runs: list[tuple[int, int, _Mark]] = []
    owner: dict[int, _Mark] = {}
    everything: list[_Mark] = []

    def head(mark: _Mark) -> _Mark:
        while (above := owner.get(id(mark))) is not None:
            mark = above
        return mark

    for row in range(marked.height):
        line = data[row * width : (row + 1) * width]
        runs: list[tuple[int, int, _Mark]] = []
        for start, end in _runs(line):
            mark = _Mark(start, row, end, row + 1, end - start, line.count(255, start, end))
            everything.append(mark)
            for left, right, other in open_runs:
                if left <= end and right >= start:
                    first = head(other)
                    if first is not mark:
                        first.take(mark)
                        owner[id(mark)] = first
                        mark = first
            runs.append((start, end, mark))
        open_runs = runs
    return [mark for mark in everything if id(mark) not in owner]


def _runs(line: bytes) -> list[tuple[int, int]]:
    """(start, end) of what is not zero."""
    if not any(line):
        return []
    found, start = [], -1
    for place, value in enumerate(line):
        if value and start < 0:
            start = place
        elif not value and start >= 0:
            found.append((start, place))
            start = -1
    if start >= 0:
        found.append((start, len(line)))
    return found
