"""Example messages from a model's JSON schema: every field filled, the same each time."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

_FORMATS = {
    "date": "2026-11-22",
    "date-time": "2026-11-22T08:30:00Z",
}
_PATTERNS = {
    "^[0-9a-f]{64}$": "a" * 64,
    "^[0-9]{6}$": "100050",
    r"^\+?[0-9][0-9 -]{5,18}[0-9]$": "13800138000",
}


def example(model: type[BaseModel]) -> dict[str, Any]:
    """A valid message of this model with all of its fields."""
    schema = model.model_json_schema(mode="validation")
    value: dict[str, Any] = _value(schema, schema.get("$defs", {}), ())
    model.model_validate(value)
    return value


def _value(schema: dict[str, Any], definitions: dict[str, Any], above: tuple[str, ...]) -> Any:
    """``above``: the models that this one stands in; a list of one of them ends here."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _value(definitions[name], definitions, (*above, name))
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], definitions, above)
    kind = schema.get("type")
    if kind == "object":
        if properties := schema.get("properties"):
            return {name: _value(field, definitions, above) for name, field in properties.items()}
        inner = schema.get("additionalProperties")
        keys = schema.get("propertyNames", {}).get("enum", ["key"])
        return {keys[0]: _value(inner, definitions, above)} if isinstance(inner, dict) and inner else {}
    if kind == "array":
        items = schema.get("items")
        again = items and items.get("$ref", "").rsplit("/", 1)[-1] in above
        return [_value(items, definitions, above)] if items and not again else []
    if kind == "string":
        text = _PATTERNS.get(schema.get("pattern", "")) or _FORMATS.get(schema.get("format", "")) or "text"
        return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 10_000)]
    if kind in ("integer", "number"):
        return min(max(1, schema.get("minimum", 1)), schema.get("maximum", float("inf")))
    return kind == "boolean"
