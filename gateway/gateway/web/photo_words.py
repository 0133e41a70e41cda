"""Words for what the automatic check saw in an ID photo or a letter of authorisation; the check's own catalogues have
them in both languages."""

from __future__ import annotations

from typing import Any

from chassis.catalogues import Texts, beside
from contracts.identity import ImageFinding

from gateway.web.languages import language

_TEXTS = Texts(beside("materials.inspect"), beside("materials.precheck"))
_LISTS = ("signers", "labels")
"""Params that list things, in Chinese marks."""


def shown_finding(finding: ImageFinding) -> dict[str, str]:
    """A finding of the automatic check in words."""
    params: dict[str, Any] = dict(finding.params)
    for name in ("type", "accepted"):
        if name in params:
            params[name] = str(params[name]).upper()
    for name in _LISTS:
        if name in params and language() == "en":
            params[name] = str(params[name]).replace("、", ", ")
    return {
        "document": finding.document,
        "severity": finding.severity,
        "message": _TEXTS.say("finding", finding.code, language(), params),
        "remedy": _TEXTS.say("remedy", finding.code, language(), params),
    }
