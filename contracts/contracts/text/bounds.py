"""Data whose shape the receiver's own rules know: bounded as a whole before anybody walks through it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


def size_of(value: Any) -> int:
    """Bytes of a value as compact JSON in UTF-8."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode())


def is_deeper_than(value: Any, depth: int) -> bool:
    """Whether lists and objects lie in one another more than ``depth`` deep."""
    level = [value]
    for _ in range(depth):
        inner = [item.values() if isinstance(item, dict) else item for item in level if isinstance(item, (dict, list))]
        if not inner:
            return False
        level = [item for items in inner for item in items]
    return any(isinstance(item, (dict, list)) for item in level)


@dataclass(frozen=True)
class Bounded:
    """An object of at most ``max_bytes`` as JSON (UTF-8), with at most ``max_depth`` levels."""

    max_bytes: int
    max_depth: int

    def check(self, value: dict[str, Any]) -> dict[str, Any]:
        """The value as it is. Errors: ``form_too_deep``, ``form_too_large`` (bytes of its JSON), ``string_unicode``."""
        if is_deeper_than(value, self.max_depth):
            raise PydanticCustomError("form_too_deep", "nested too deep", {"max_depth": self.max_depth})
        try:
            size = size_of(value)
        except UnicodeEncodeError:
            raise PydanticCustomError("string_unicode", "not a text") from None
        if size > self.max_bytes:
            raise PydanticCustomError("form_too_large", "too large", {"max_kilobytes": self.max_bytes // 1024})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "x-maxBytes": self.max_bytes, "x-maxDepth": self.max_depth}
