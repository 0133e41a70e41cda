"""The OpenAPI 3.1 document, made from the routes' own models."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.web.api import ApiGroup, Operation

REFERENCE = "#/components/schemas/{model}"
FILE_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
}
Example = Callable[[str], dict[str, Any] | None]
IS_FORM = "x-maxDepth"
"""What only the schema of ``FormData`` has."""
_PATH_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable; what programs should look at"},
        "detail": {"type": "string"},
        "remedy": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
    },
}


def document(
    groups: Iterable[ApiGroup], server: str, forms: Mapping[str, dict[str, Any]], example: Example
) -> dict[str, Any]:
    """The whole document; summaries in the language of the request. ``forms``: the JSON Schema of each filing type's
    form, which every field of the kind ``FormData`` refers to. ``example``: what may be sent, by operationId."""
    groups = list(groups)
    operations = [operation for group in groups for operation in group.operations]
    schemas, references = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = operation.group.prefix + _PATH_PARAMETER.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _describe(operation, references, example)
    schemas |= _typed(schemas, forms)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Copyright Registry API",
            "version": "1",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": group.tag, "description": str(group.title)} for group in groups],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": PROBLEM_SCHEMA},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _schemas(operations: list[Operation]) -> tuple[dict[str, Any], dict[tuple[type[BaseModel], str], str]]:
    wanted: list[tuple[type[BaseModel], Any]] = []
    for operation in operations:
        wanted += [(model, "validation") for model in (operation.body, operation.query) if model]
        wanted += [(operation.reply, "serialization")] if operation.reply else []
    mapped, definitions = models_json_schema(list(dict.fromkeys(wanted)), ref_template=REFERENCE)
    references = {key: schema["$ref"] for key, schema in mapped.items() if "$ref" in schema}
    return definitions.get("$defs", {}), references  # type: ignore[return-value]  # keys are (model, mode)


def _typed(schemas: Mapping[str, dict[str, Any]], forms: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Forms as components, and what takes one of them as the choice between them."""
    names = {f"form_{name}": schema for name, schema in forms.items()}
    for properties in (schema.get("properties", {}) for schema in schemas.values()):
        if names and IS_FORM in properties.get("form", {}):
            properties["form"]["anyOf"] = [{"$ref": REFERENCE.format(model=name)} for name in names]
    return {name: _component(name, schema) for name, schema in names.items()}


def _component(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema that stood by itself: what it refers to within itself is found from the document's root."""
    moved: dict[str, Any] = json.loads(
        json.dumps(schema).replace('"#/$defs/', f'"{REFERENCE.format(model=name)}/$defs/')
    )
    return moved


def _describe(
    operation: Operation, references: dict[tuple[type[BaseModel], str], str], example: Example
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": str(operation.summary),
        "tags": [operation.group.tag],
        "parameters": _parameters(operation),
        "responses": {
            str(operation.status): _success(operation, references),
            "default": {
                "description": "Problem" + (f": {', '.join(operation.problems)}" if operation.problems else ""),
                "content": {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
            },
        },
        "security": [{}, {"bearer": []}] if operation.access.anonymous else [{"bearer": []}],
    }
    if operation.handler.__doc__:
        described["description"] = operation.handler.__doc__.strip()
    if operation.access.roles and not operation.access.anonymous:
        described["x-roles"] = sorted(operation.access.roles)
    content: dict[str, Any] = {
        kind: {"schema": FILE_FORM} if kind == "multipart/form-data" else {} for kind in operation.takes
    }
    if operation.body is not None:
        content["application/json"] = {"schema": {"$ref": references[operation.body, "validation"]}}
        if (body := example(operation.name)) is not None:
            content["application/json"]["example"] = body
    if content:
        described["requestBody"] = {"required": operation.needs_body, "content": content}
    return described


def _success(operation: Operation, references: dict[tuple[type[BaseModel], str], str]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "OK"}
    if operation.reply is not None:
        schema = {"$ref": references[operation.reply, "serialization"]}
        success["content"] = {operation.content_type: {"schema": schema}}
    elif operation.content_type != "application/json":
        success["content"] = {operation.content_type: {}}
    return success


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PATH_PARAMETER.findall(operation.path)
    ]
    if operation.query is not None:
        schema = operation.query.model_json_schema(ref_template=REFERENCE)
        parameters += [
            {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": details}
            for name, details in schema.get("properties", {}).items()
        ]
    parameters += [
        {
            "name": header.name,
            "in": "header",
            "required": header.required,
            "schema": {"type": "string", "pattern": header.pattern},
        }
        for header in operation.reads
    ]
    if operation.versioned:
        match = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
        parameters.append(match | {"description": "the version that was read, as ETag or number"})
    if operation.method == "POST":
        key = {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "maxLength": 200},
        }
        parameters.append(key)
    return parameters
