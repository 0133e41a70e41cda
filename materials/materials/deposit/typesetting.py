"""Sets pages of rows, and pages that carry nothing but header and number to be laid over somebody's own pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from chassis.documents import DocumentRenderer

from materials.deposit.layout import without_version
from materials.inspect.folding import shaped

A4 = (595, 842)
_SOURCE = {"size": 8, "pitch": 14}
_DOCUMENT = {"size": 8, "pitch": 17}


@cache
def _renderer() -> DocumentRenderer:
    return DocumentRenderer(Path(__file__).parent / "templates")


def source_pages(pages: Sequence[Sequence[str]], about: dict[str, Any]) -> bytes:
    """50 rows a page. ``about``: title, version."""
    return _typeset(pages, about, _SOURCE, A4, [(True, True)] * len(pages))


def document_pages(pages: Sequence[Sequence[str]], about: dict[str, Any]) -> bytes:
    """40 rows a page, wider apart."""
    return _typeset(pages, about, _DOCUMENT, A4, [(True, True)] * len(pages))


def numbered_pages(pages: Sequence[Sequence[str]]) -> bytes:
    """As ``document_pages``, with page numbers only."""
    about = {"title": "", "version": ""}
    return _typeset(pages, about, _DOCUMENT, A4, [(False, True)] * len(pages))


def headers(marks: Sequence[tuple[bool, bool]], about: dict[str, Any], paper: tuple[int, int]) -> bytes:
    """A page for each mark: (name and version, page number). ``paper`` in points."""
    return _typeset([[] for _ in marks], about, _DOCUMENT, paper, marks)


def header_of(title: str, version: str) -> str:
    """Name and version, the version once: a name may end in it already."""
    ends_in_it = without_version(title, version) != shaped(title)
    return title if ends_in_it else f"{title} {version}".strip()


def _typeset(
    pages: Sequence[Sequence[str]],
    about: dict[str, Any],
    shape: dict[str, int],
    paper: tuple[int, int],
    marks: Sequence[tuple[bool, bool]],
) -> bytes:
    data = {
        "header": header_of(about["title"], about["version"]),
        "pages": [list(page) for page in pages],
        "marks": [list(mark) for mark in marks],
        "paper": list(paper),
        **shape,
    }
    return _renderer().render("deposit", data)
