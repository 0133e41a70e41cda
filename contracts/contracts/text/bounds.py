"""Data whose shape the receiver's own rules know: bounded as a whole before anybody walks through it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_LONGEST_NAME = 64


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
        """The value as it is. Errors: ``form_too_deep``, ``form_too_large`` (bytes of its JSON; ``largest`` names what
        it is too large by), ``string_unicode``."""
        if is_deeper_than(value, self.max_depth):
            raise PydanticCustomError("form_too_deep", "nested too deep", {"max_depth": self.max_depth})
        try:
            size = size_of(value)
        except UnicodeEncodeError:
            raise PydanticCustomError("string_unicode", "not a text") from None
        if size > self.max_bytes:
            told = {"max_kilobytes": self.max_bytes // 1024, "largest": self._largest(value)}
            raise PydanticCustomError("form_too_large", "too large", told)
        return value

    def _largest(self, value: dict[str, Any]) -> str:
        """The entry that takes more than half of the room by itself; "" where it is many together."""
        size, name = max((size_of(entry), name) for name, entry in value.items())
        return name if 2 * size > self.max_bytes and len(name) <= _LONGEST_NAME else ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "x-maxBytes": self.max_bytes, "x-maxDepth": self.max_depth}
