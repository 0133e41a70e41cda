"""How replies and events are read: tolerantly, so that a service may be deployed before those that listen to it.

Who writes is strict (a :class:`~contracts.base.Model` refuses what it does not know, and so does a request on arrival).
Who reads takes what it knows: unknown fields are passed over, and an enumeration that has grown since is read as the
text it is, which every ``match`` and table must leave a place for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic_core import SchemaValidator

ModelT = TypeVar("ModelT", bound=BaseModel)


def read(model: type[ModelT], data: Any) -> ModelT:
    """A reply or event from its JSON values. Fields of the reader's release must be there and of their type."""
    message: ModelT = _reader(model).validate_python(data)
    return message


def read_json(model: type[ModelT], body: str | bytes) -> ModelT:
    """As :func:`read`, from JSON text."""
    message: ModelT = _reader(model).validate_json(body)
    return message


@cache
def _reader(model: type[BaseModel]) -> SchemaValidator:
    """Not from the validators that the models were made with (``_use_prebuilt``): these are the strict ones."""
    return SchemaValidator(_tolerant(model.__pydantic_core_schema__), _use_prebuilt=False)


def _tolerant(schema: Any) -> Any:
    """The model's own schema, open. (The ``extra`` of pydantic's own calls would not reach enumerations.)"""
    if isinstance(schema, Mapping):
        if schema.get("type") == "literal":
            return {"type": "union", "mode": "left_to_right", "choices": [dict(schema), {"type": "str"}]}
        return {name: _open(name, _tolerant(part)) for name, part in schema.items()}
    if isinstance(schema, list):
        return [_tolerant(part) for part in schema]
    if isinstance(schema, tuple):
        return tuple(_tolerant(part) for part in schema)
    return schema


def _open(name: str, part: Any) -> Any:
    return "ignore" if name in ("extra_behavior", "extra_fields_behavior") and part == "forbid" else part
