"""Words for what the automatic check saw in an ID photo; the check's own catalogue has them in both languages."""

from __future__ import annotations

from typing import Any

from chassis.catalogues import Texts, beside
from contracts.identity import ImageFinding

from gateway.web.languages import language

_TEXTS = Texts(beside("materials.inspect"))


def shown_finding(finding: ImageFinding) -> dict[str, str]:
    """A finding of the automatic check in words."""
    params: dict[str, Any] = dict(finding.params)
    for name in ("type", "accepted"):
        if name in params:
            params[name] = str(params[name]).upper()
    return {
        "document": finding.document,
        "severity": finding.severity,
        "message": _TEXTS.say("finding", finding.code, language(), params),
        "remedy": _TEXTS.say("remedy", finding.code, language(), params),
    }
