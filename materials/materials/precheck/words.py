"""Sentences and remedies of the findings, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from chassis.catalogues import Language, Texts, beside

from materials.precheck.model import LIST_SIGN, Finding, Param

TEXTS = Texts(beside("materials.inspect"), beside("materials.precheck"), beside("materials.deposit"))
"""By code: *finding* and its *remedy*, the photo findings shared with identity among them; *name* of a type or another
word, and *way* from a type to a wanted one."""

_LISTS = {"names", "pages", "places", "languages", "signers", "labels"}
"""Params that list things."""

_WRONG_TYPE = ("wrong_type", "wrong_type_renamed")


def describe(finding: Finding, language: Language = "zh") -> tuple[str, str]:
    """(message, remedy) of a finding, with its numbers filled in. Total: an unknown code is a programming error."""
    params = said(finding.params, language)
    message = TEXTS.say("finding", finding.code, language, params)
    kind = str(finding.params.get("type", ""))
    if finding.code in _WRONG_TYPE and TEXTS.knows("way", kind):
        return message, TEXTS.say("way", kind, language, params)
    return message, TEXTS.say("remedy", finding.code, language, params)


def said(params: Mapping[str, Param], language: Language) -> dict[str, Param]:
    """The values in words of the language: names of types, roles and places, and lists as it sets them apart."""
    values: dict[str, Param] = dict(params)
    if "type" in values:
        values["type"] = _type(str(values["type"]), language)
    for key in ("kind", "role", "mode"):
        if key in values:
            values[key] = _name(str(values[key]), language)
    if "accepted" in values:
        values["accepted"] = "/".join(_type(kind, language) for kind in str(values["accepted"]).split("/"))
    if "places" in values:
        values["places"] = LIST_SIGN.join(_name(place, language) for place in str(values["places"]).split(LIST_SIGN))
    if language == "en":
        for key in _LISTS & values.keys():
            values[key] = str(values[key]).replace(LIST_SIGN, ", ")
    return values


def _name(code: str, language: Language) -> str:
    """What has no name of its own stands for itself: a file, a colour mode."""
    return TEXTS.say("name", code, language, {}) if TEXTS.knows("name", code) else code


def _type(kind: str, language: Language) -> str:
    return _name(kind, language) if TEXTS.knows("name", kind) else kind.upper()
