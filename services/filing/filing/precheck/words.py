"""Sentences and remedies of the findings, in Chinese and English."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
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


_WRONG_TYPE = ("wrong_type", "wrong_type_renamed")


@cache
def _loaded() -> tuple[Texts, dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Sentences, names of types and of other words, and ways to get from a type to a wanted one."""
    texts: Texts = {}
    for package, name in _CATALOGUES:
        texts |= tomllib.loads((files(package) / name).read_text("utf-8"))
    return texts, texts.pop("types"), texts.pop("ways")


def catalogue() -> Texts:
    """code → language → {message, remedy}: the photo findings shared with identity, and filing's own."""
    return _loaded()[0]


_COUNTED = re.compile(
    r"(?P<number>\{(?P<name>\w+)\})(?P<noun>[A-Za-z -]+)\(s\)(?P<verb> (?:are|were|have|lack|continue)\b)?"
)
_OF_ONE = {" are": " is", " were": " was", " have": " has", " lack": " lacks", " continue": " continues"}


def filled(sentence: str, params: Mapping[str, Param]) -> str:
    """The sentence with its values: of ``{count} page(s) are``, *1 page is* or *2 pages are*."""

    def form(found: re.Match[str]) -> str:
        number, noun, verb = found["number"], found["noun"], found["verb"] or ""
        return f"{number}{noun}{_OF_ONE.get(verb, '')}" if params.get(found["name"]) == 1 else f"{number}{noun}s{verb}"

    return _COUNTED.sub(form, sentence).format(**params)


def describe(finding: Finding, language: Language = "zh") -> tuple[str, str]:
    """(message, remedy) of a finding, with its numbers filled in. Total: an unknown code is a programming error."""
    entry = catalogue()[finding.code][language]
    _, names, ways = _loaded()
    params: dict[str, Param] = dict(finding.params)
    remedy = entry["remedy"]
    if finding.code in _WRONG_TYPE:
        remedy = ways[language].get(str(params["type"]), remedy)
    if "type" in params:
        params["type"] = _name(str(params["type"]), names[language])
    for key in ("kind", "role", "mode"):
        if key in params:
            params[key] = names[language].get(str(params[key]), str(params[key]))
    if "accepted" in params:
        params["accepted"] = "/".join(_name(kind, names[language]) for kind in str(params["accepted"]).split("/"))
    return filled(entry["message"], params), filled(remedy, params)


def _name(kind: str, names: dict[str, str]) -> str:
    return names.get(kind, kind.upper())
