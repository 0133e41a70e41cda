"""What may be asked of a repair. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

PREVIEWS = 3
PASSWORD = "password of a file"  # noqa: S105  what is sealed
_ADDED = ("password", "print_width_mm", "print_height_mm", "title", "version", "strip_comments", "rotate")


WISHES = ("rotate",)
"""What may be asked for without a finding."""


def unknown_fixes(fix: Iterable[str], findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Codes that no repairable finding of the check has."""
    repairable = {finding["code"] for finding in findings if finding["repairable"]}
    return sorted(set(fix) - repairable - set(WISHES))


def pages_to_show(fix: Iterable[str], findings: Sequence[Mapping[str, Any]]) -> list[int]:
    """Pages for the view before and after: the first, and those that the repaired findings name."""
    wanted = set(fix)
    named = sorted({finding["page"] for finding in findings if finding["code"] in wanted and finding["page"]})
    return list(dict.fromkeys([1, *named]))[:PREVIEWS]


def context_with(context: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, str]:
    """The check's context with what the repair's options add."""
    added = {key: str(options[key]) for key in _ADDED if options.get(key)}
    if options.get("max_megabytes"):
        added["max_bytes"] = str(int(options["max_megabytes"]) << 20)
    return {**context, **added}
