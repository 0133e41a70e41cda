"""JSON Schema of a form: the contract's shape with the description's words woven in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from contracts.forms import FORMS, FormDescription, FormField

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def form_schema(description: FormDescription) -> dict[str, Any]:
    """What may be sent as ``form``; nothing for a form whose contract is newer than this gateway.

    Each field has its label as ``title``, its hint as ``description`` and the step it is on as ``x-step``; a field that
    is asked only sometimes says so in ``x-shown-when``.
    """
    model = FORMS.get(description.type)
    if model is None:
        return {}
    schema = model.model_json_schema(mode="validation")
    definitions = schema.get("$defs", {})
    for step in description.steps:
        _weave(schema, step.fields, definitions, {"x-step": step.name})
    title = {"$schema": DIALECT, "title": description.title, "x-form-code": description.form_code}
    return {**schema, **title}


def _weave(
    schema: dict[str, Any], fields: Iterable[FormField], definitions: dict[str, Any], more: dict[str, Any]
) -> None:
    properties = schema.get("properties", {})
    for field in fields:
        if field.name not in properties:
            continue
        found = _inlined(properties[field.name], definitions)
        inner = found.get("items", found) if field.widget == "rows" else found
        _weave(_object_of(inner), field.fields, definitions, {})
        properties[field.name] = {**found, **_words(field), **more}


def _words(field: FormField) -> dict[str, Any]:
    words: dict[str, Any] = {"title": field.label}
    if field.hint:
        words["description"] = field.hint
    if field.given:
        words["readOnly"] = True
    if field.unit:
        words["x-unit"] = field.unit
    if field.shown_when is not None:
        words["x-shown-when"] = field.shown_when.model_dump()
    if field.choices:
        words["x-choices"] = {choice.value: choice.label for choice in field.choices}
    return words


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with its own copy of what it refers to: one part may be called differently in two places."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            target = definitions.get(schema["$ref"].rsplit("/", 1)[1], {})
            return {**_inlined(target, definitions), **{key: schema[key] for key in schema if key != "$ref"}}
        return {key: _inlined(value, definitions) for key, value in schema.items()}
    return [_inlined(entry, definitions) for entry in schema] if isinstance(schema, list) else schema


def _object_of(schema: dict[str, Any]) -> dict[str, Any]:
    """The object in a schema that may be null too."""
    return next((part for part in schema.get("anyOf", ()) if part.get("type") == "object"), schema)
