"""Conversions that were made before: in a column, days and classes come again and again. Pure."""

from __future__ import annotations

from collections.abc import Callable

from legacy_bridge.mappings.faults import Unmapped

_MOST = 20_000
"""Values of one column whose conversion is kept."""
UNMAPPED = "\x1e"
"""Stands for a value that is none; no converter gives it (``contracts.legacy.UNSAYABLE``)."""


class Remembered(dict[str, str]):
    """By value, what it becomes. Raises :class:`Unmapped`."""

    def __init__(self, convert: Callable[[str], str]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, text: str) -> str:
        found = self._convert(text)
        if len(self) < _MOST:
            self[text] = found
        return found


class Tried(Remembered):
    """The same of many values at once: ``UNMAPPED`` for one that is none."""

    def __missing__(self, text: str) -> str:
        try:
            return super().__missing__(text)
        except Unmapped:
            return UNMAPPED
