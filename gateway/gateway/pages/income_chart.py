"""Income by month and method as bars of an SVG: the numbers are in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.books import MonthlyIncome

WIDTH, HEIGHT, FOOT = 720, 220, 24
METHODS = ("wechat", "alipay", "bank")
_TOP = 16


@dataclass(frozen=True)
class Bar:
    """One method in one month, in the units of the drawing; ``method`` chooses its pattern."""

    x: float
    y: float
    width: float
    height: float
    method: str
    amount: int
    month: str


@dataclass(frozen=True)
class Chart:
    bars: Sequence[Bar]
    months: Sequence[tuple[float, str]]
    most: int


def chart(items: Sequence[MonthlyIncome]) -> Chart:
    """Bars side by side by method; the highest fills the height. ``months``: where the name of each stands."""
    months = sorted({item.month for item in items})
    most = max((item.received for item in items), default=0)
    if not most:
        return Chart((), (), 0)
    slot = WIDTH / len(months)
    width = min(slot / (len(METHODS) + 1), 36.0)
    left = (slot - width * len(METHODS)) / 2
    bars = []
    for item in items:
        height = (HEIGHT - _TOP) * item.received / most
        x = months.index(item.month) * slot + left + METHODS.index(item.method) * width
        bars.append(Bar(x, HEIGHT - height, width - 2, height, item.method, item.received, item.month))
    return Chart(bars, [(slot * (at + 0.5), month) for at, month in enumerate(months)], most)
