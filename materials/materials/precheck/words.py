"""Sentences and remedies of the findings, in Chinese and English."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from materials.precheck.model import LIST_SIGN, Finding, Param

Language = Literal["zh", "en"]
Texts = dict[str, dict[str, dict[str, str]]]

_CATALOGUES = (
    ("materials.inspect", "photo_texts.toml"),
    ("materials.precheck", "texts.toml"),
    ("materials.deposit", "texts.toml"),
)

_LISTS = {"names", "pages", "places", "languages"}
"""Params that list things."""

_WRONG_TYPE = ("wrong_type", "wrong_type_renamed")


@cache
def _loaded() -> tuple[Texts, dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Sentences, names of types and of other words, and ways to get from a type to a wanted one."""
    texts: Texts = {}
    for package, name in _CATALOGUES:
        texts |= tomllib.loads((files(package) / name).read_text("utf-8"))
    return texts, texts.pop("types"), texts.pop("ways")


def catalogue() -> Texts:
    """code → language → {message, remedy}: the photo findings shared with identity, and all others."""
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
    remedy = entry["remedy"]
    if finding.code in _WRONG_TYPE:
        remedy = _loaded()[2][language].get(str(finding.params["type"]), remedy)
    params = said(finding.params, language)
    return filled(entry["message"], params), filled(remedy, params)


def said(params: Mapping[str, Param], language: Language) -> dict[str, Param]:
    """The values in words of the language: names of types, roles and places, and lists as it sets them apart."""
    names = _loaded()[1][language]
    values: dict[str, Param] = dict(params)
    if "type" in values:
        values["type"] = _name(str(values["type"]), names)
    for key in ("kind", "role", "mode"):
        if key in values:
            values[key] = names.get(str(values[key]), str(values[key]))
    if "accepted" in values:
        values["accepted"] = "/".join(_name(kind, names) for kind in str(values["accepted"]).split("/"))
    if "places" in values:
        values["places"] = LIST_SIGN.join(names.get(place, place) for place in str(values["places"]).split(LIST_SIGN))
    if language == "en":
        for key in _LISTS & values.keys():
            values[key] = str(values[key]).replace(LIST_SIGN, ", ")
    return values


def _name(kind: str, names: dict[str, str]) -> str:
    return names.get(kind, kind.upper())
