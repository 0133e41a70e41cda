"""Domain errors: a stable code, where it is, and what the words need. The gateway owns the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from contracts.errors import STATUS

Param = str | int | float


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field: its path (``authors.0.name``), a code, and parameters of the sentence."""

    field: str
    code: str
    params: Mapping[str, Param] = dataclass_field(default_factory=dict)


class Problem(Exception):
    """Something the caller did or must do otherwise. ``code`` is declared in contracts; params fill the sentence."""

    def __init__(self, code: str, *, errors: Sequence[FieldError] = (), **params: Param) -> None:
        if code not in STATUS:
            raise LookupError(f"error code {code!r} is not declared in contracts")
        super().__init__(code)
        self.code = code
        self.params = params
        self.errors = tuple(errors)

    @property
    def status(self) -> int:
        return STATUS[self.code]

    def to_wire(self) -> dict[str, Any]:
        """The form in which it travels as an RPC reply."""
        errors = [{"field": e.field, "code": e.code, "params": dict(e.params)} for e in self.errors]
        return {"code": self.code, "params": self.params, "errors": errors}

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Problem:
        code = data["code"] if data.get("code") in STATUS else "internal_error"
        errors = [FieldError(e["field"], e["code"], e.get("params", {})) for e in data.get("errors", ())]
        problem = cls(code, errors=errors)
        problem.params = dict(data.get("params", {}))
        return problem
