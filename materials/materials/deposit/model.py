"""The rules of a deposit in numbers, what may be chosen, and what a build reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

FRONT_PAGES, BACK_PAGES = 30, 30
WHOLE_BELOW = FRONT_PAGES + BACK_PAGES
TEN = 10
"""Pages from the front in the exceptional deposit of ten and fifty."""
OBJECT_SOURCE_PAGES = 20
"""Pages of source that go with object code."""
SOURCE_ROWS = 50
DOCUMENT_ROWS = 30
COLUMNS = 100
"""Monospaced columns that fit on a page; a wide character takes two."""
MASK_LIMIT = 0.5

Mode = Literal["general", "masked", "ten_fifty", "object_code"]
DocumentMode = Literal["general", "masked", "ten_fifty"]
Statement = dict[str, Any]
"""{code, severity, params, line?, page?}: becomes a finding of the pre-check."""


@dataclass(frozen=True)
class SourceFile:
    path: str
    text: str
    language: str
    lexer: str


@dataclass(frozen=True)
class SourceOptions:
    """How a source deposit is to be made. Exceptional deposits (例外交存, art. 12): ``masked`` covers the code with
    black diagonal bars, at most half of it; ``ten_fifty`` is the first 10 and any 50 consecutive pages from
    ``start_page``; ``object_code`` is 30 + 30 pages of object code and any 20 consecutive pages of source."""

    mode: Mode = "general"
    strip_comments: bool = False
    strip_blank_lines: bool = True
    mask_secrets: bool = True
    with_tests: bool = False
    masked_share: float = 0.45
    start_page: int = 11
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a job carries it; :meth:`from_json` makes the same of it."""
        lists = {"first": list(self.first), "last": list(self.last), "leave_out": list(self.leave_out)}
        return vars(self) | lists

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> SourceOptions:
        """What is not said is as usual. ``TypeError`` for an option that there is none of."""
        lists: dict[str, Any] = {key: tuple(value[key]) for key in ("first", "last", "leave_out") if key in value}
        return cls(**(value | lists))


@dataclass
class Statistics:
    """For the form: 源程序量 is ``lines`` (blank ones not counted); languages by lines, most first."""

    files: int = 0
    lines: int = 0
    blank_lines: int = 0
    characters: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    encodings: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    pages: int = 0

    def to_json(self) -> dict[str, Any]:
        """For the form and its report; languages by lines, most first."""
        ordered = dict(sorted(self.languages.items(), key=lambda item: -item[1]))
        return {**vars(self), "languages": ordered}
