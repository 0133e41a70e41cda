"""What differs between two versions of a form, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """``[{field, before, after}]``; nested fields have dotted names, a list that changed is shown whole."""
    return [{"field": field, "before": old, "after": new} for field, old, new in _walk(before, after, "")]


def _walk(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any, Any]]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _walk(old, new, f"{prefix}{name}.")
        elif old != new:
            yield f"{prefix}{name}", old, new
