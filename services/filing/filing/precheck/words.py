"""Sentences and remedies of the findings, in Chinese and English."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from filing.precheck.model import Finding, Param

Language = Literal["zh", "en"]
Texts = dict[str, dict[str, dict[str, str]]]

_CATALOGUES = (
    ("chassis.inspect", "photo_texts.toml"),
    ("filing.precheck", "texts.toml"),
    ("filing.deposit", "texts.toml"),
)


@cache
def _loaded() -> tuple[Texts, dict[str, dict[str, str]]]:
    texts: Texts = {}
    for package, name in _CATALOGUES:
        texts |= tomllib.loads((files(package) / name).read_text("utf-8"))
    return texts, texts.pop("types")


def catalogue() -> Texts:
    """code → language → {message, remedy}: the photo findings shared with identity, and filing's own."""
    return _loaded()[0]


def describe(finding: Finding, language: Language = "zh") -> tuple[str, str]:
    """(message, remedy) of a finding, with its numbers filled in. Total: an unknown code is a programming error."""
    entry = catalogue()[finding.code][language]
    params: dict[str, Param] = dict(finding.params)
    if "type" in params:
        kind = str(params["type"])
        params["type"] = _loaded()[1][language].get(kind, kind.upper())
    for key in ("kind", "role"):
        if key in params:
            params[key] = _loaded()[1][language].get(str(params[key]), str(params[key]))
    if "accepted" in params:
        params["accepted"] = str(params["accepted"]).upper()
    return entry["message"].format(**params), entry["remedy"].format(**params)
