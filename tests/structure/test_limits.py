"""Every text, list, number and object that a request may carry has a limit: no caller decides how much is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from contracts.base import Model
from contracts.catalogue import METHODS
from contracts.text import Bounded, Line
from gateway.api import groups
from pydantic import BaseModel, Field

FIXED = ("^[0-9a-f]{64}$",)
"""Patterns that say how long a text is."""

OPERATIONS = [operation for group in groups(with_sandbox=True) for operation in group.operations]
REQUESTS: dict[str, type[BaseModel]] = {
    **{f"rpc {method.full_name}": method.request for method in METHODS.values()},
    **{f"{op.method} {op.path} body": op.body for op in OPERATIONS if op.body},
    **{f"{op.method} {op.path} query": op.query for op in OPERATIONS if op.query},
}


def unbounded(model: type[BaseModel]) -> list[str]:
    schema = model.model_json_schema()
    return sorted(set(_unbounded(schema, schema.get("$defs", {}), "", frozenset())))


def _unbounded(schema: dict[str, Any], defs: dict[str, Any], path: str, within: frozenset[str]) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in within:
            yield from _unbounded(defs[name], defs, path, within | {name})
        return
    if "const" in schema or "enum" in schema or "x-maxBytes" in schema:
        return
    for choice in schema.get("anyOf", ()):
        yield from _unbounded(choice, defs, path, within)
    match schema.get("type"):
        case "string":
            known = schema.get("format") in ("date", "date-time") or schema.get("pattern") in FIXED
            if not known and "maxLength" not in schema:
                yield path
        case "integer" | "number":
            if not {"maximum", "exclusiveMaximum"} & set(schema) or not {"minimum", "exclusiveMinimum"} & set(schema):
                yield path
        case "array":
            if "maxItems" not in schema:
                yield f"{path}[]"
            yield from _unbounded(schema.get("items", {}), defs, f"{path}[]", within)
        case "object":
            for name, field in schema.get("properties", {}).items():
                yield from _unbounded(field, defs, f"{path}.{name}", within)
            if schema.get("additionalProperties") not in (None, False):
                yield from _unbounded_keys(schema, defs, path, within)
        case "boolean" | "null":
            pass
        case _:
            if "anyOf" not in schema:
                yield path


def _unbounded_keys(schema: dict[str, Any], defs: dict[str, Any], path: str, within: frozenset[str]) -> Iterator[str]:
    names, values = schema.get("propertyNames", {}), schema["additionalProperties"]
    if "enum" not in names and not ("maxLength" in names and "maxProperties" in schema):
        yield f"{path}{{}}"
    yield from _unbounded(values if isinstance(values, dict) else {}, defs, f"{path}{{}}", within)


@pytest.mark.requirement("W-06")
@pytest.mark.parametrize("request_", REQUESTS)
def test_everything_that_a_request_carries_has_a_limit(request_: str) -> None:
    assert unbounded(REQUESTS[request_]) == []


def test_the_check_itself_notices_what_has_none() -> None:
    class Part(Model):
        note: str = ""

    class Request(Model):
        title: Annotated[str, Line(10)]
        kind: Literal["a", "b"] = "a"
        name: str | None = None
        names: list[Annotated[str, Line(10)]] = []
        few: list[str] = Field(default=[], max_length=3)
        parts: list[Part] = Field(default=[], max_length=3)
        count: int = Field(default=0, ge=0)
        form: dict[str, Any] = {}
        context: dict[str, Annotated[str, Line(10)]] = Field(default={}, max_length=3)
        bounded: Annotated[dict[str, Any], Bounded(100, 3)] = {}

    assert unbounded(Request) == [
        ".context{}",
        ".count",
        ".few[]",
        ".form{}",
        ".name",
        ".names[]",
        ".parts[].note",
    ]
