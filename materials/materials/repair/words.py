"""Sentences of what a repair changed, in Chinese and English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from materials.precheck.model import Finding
from materials.precheck.words import describe, filled, said
from materials.repair.model import Change, Param


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """code → language → sentence."""
    return tomllib.loads((files("materials.repair") / "texts.toml").read_text("utf-8"))


def describe_change(change: Change, language: Literal["zh", "en"] = "zh") -> str:
    """The sentence with its numbers filled in."""
    return filled(catalogue()[change.code][language], said(change.params, language))


def describe_refusal(code: str, language: Literal["zh", "en"] = "zh", params: Mapping[str, Param] | None = None) -> str:
    """Why a repair was not done and what to do instead; ``params`` as in the result."""
    if code in catalogue():
        return catalogue()[code][language]
    message, remedy = describe(Finding(code, "error", params=dict(params or {})), language)
    return message + remedy if language == "zh" else f"{message} {remedy}"
