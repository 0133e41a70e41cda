"""Words for what the automatic check saw in an ID photo; the check's own catalogue has them in both languages."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from contracts.identity import ImageFinding

from gateway.web.languages import language


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files("materials.inspect") / "photo_texts.toml").read_text(encoding="utf-8"))


def shown_finding(finding: ImageFinding) -> dict[str, str]:
    """A finding of the automatic check in words."""
    entry = _words()[finding.code][language()]
    params: dict[str, Any] = dict(finding.params)
    for name in ("type", "accepted"):
        if name in params:
            params[name] = str(params[name]).upper()
    return {
        "document": finding.document,
        "severity": finding.severity,
        "message": entry["message"].format(**params),
        "remedy": entry["remedy"].format(**params),
    }
