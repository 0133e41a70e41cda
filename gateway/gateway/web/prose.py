"""The office's own words, written in Markdown, as HTML: paragraphs, lists, bold, italics, links. Nothing else is known,
so that neither HTML, pictures nor scripts come out whatever is written."""

from __future__ import annotations

import re
from functools import cache

from flask import Flask
from markdown_it import MarkdownIt

_RULES = ("emphasis", "link", "list", "newline", "escape")
_DEEPEST = 8
_SAFE_LINK = re.compile(r"^(?:https://|mailto:|tel:|/(?!/)|#)", re.IGNORECASE)


class _Reader(MarkdownIt):
    """CommonMark with the rules that are named here, and links that lead nowhere else."""

    def __init__(self) -> None:
        super().__init__("zero", {"html": False, "breaks": True, "maxNesting": _DEEPEST})
        self.enable(list(_RULES))

    def validateLink(self, url: str) -> bool:  # its name in the library
        """Pages of this office, https, mail, telephone."""
        return bool(_SAFE_LINK.match(url.strip())) and "\\" not in url


_reader = cache(_Reader)


class Prose:
    """A text that shows itself as HTML where it stands in a template. Total: what is no Markdown stays as written."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __html__(self) -> str:
        return str(_reader().render(self._text))


def install(app: Flask) -> None:
    """``|prose`` in templates."""
    app.jinja_env.filters["prose"] = Prose
