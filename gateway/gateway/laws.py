"""政策法规: the laws that registration goes by, with the articles that are used here (``laws.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Article:
    """``number``: as it is cited in Chinese; ``use_*``: what it is used for here."""

    number: str
    en: str
    use_zh: str
    use_en: str


@dataclass(frozen=True)
class Law:
    """``name``: of its place on the page; ``issued``: by whom and since when, by language; ``source``: where the
    authority publishes it."""

    name: str
    zh: str
    en: str
    issued: dict[str, str]
    source: str
    articles: tuple[Article, ...]


@cache
def laws() -> tuple[Law, ...]:
    """In the order of the page. Raises what is wrong with the file."""
    data = tomllib.loads(files("gateway").joinpath("laws.toml").read_text(encoding="utf-8"))
    return tuple(Law(**{**law, "articles": tuple(Article(**one) for one in law["articles"])}) for law in data["law"])
