"""What differs between two versions of a form, field by field as it is described."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from filing.forms.fields import FieldWords, FormFields


def changes(fields: FormFields, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """``[{field, before, after}]`` in the order of the form; ``field`` is a path of the description, whose labels name it.

    Groups are compared within. So are rows, one by one, as long as there are as many as before; else, as every other
    list, they are shown whole.
    """
    described = [field for step in fields.step for field in step.fields]
    return [{"field": path, "before": old, "after": new} for path, old, new in _walk(described, before, after, "")]


def _walk(
    fields: Sequence[FieldWords], before: Mapping[str, Any], after: Mapping[str, Any], prefix: str
) -> Iterator[tuple[str, Any, Any]]:
    for field in fields:
        path, old, new = f"{prefix}{field.name}", before.get(field.name), after.get(field.name)
        if old == new:
            continue
        if field.widget == "group" and isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _walk(field.inner(), old, new, f"{path}.")
        elif field.widget == "rows" and isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            for index, (was, now) in enumerate(zip(old, new, strict=True)):
                yield from _walk(field.inner(), was, now, f"{path}.{index}.")
        else:
            yield path, old, new
