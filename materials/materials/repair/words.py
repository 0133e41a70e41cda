"""Sentences of what a repair changed, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from chassis.catalogues import Language, Texts, beside, joined

from materials.precheck.model import Finding
from materials.precheck.words import describe, said
from materials.repair.model import Change, Param

TEXTS = Texts(beside("materials.repair"))
"""By code: *change*, what was done or why it was not."""


def describe_change(change: Change, language: Language = "zh") -> str:
    """The sentence with its numbers filled in."""
    return TEXTS.say("change", change.code, language, said(change.params, language))


def describe_refusal(code: str, language: Language = "zh", params: Mapping[str, Param] | None = None) -> str:
    """Why a repair was not done and what to do instead; ``params`` as in the result."""
    if TEXTS.knows("change", code):
        return TEXTS.pattern("change", code, language)
    return joined(describe(Finding(code, "error", params=dict(params or {})), language), language)
