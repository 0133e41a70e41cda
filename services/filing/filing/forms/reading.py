"""From what was typed to a form: shape, types, lengths and lists. What the values mean is for a type's rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from contracts.base import Model
from contracts.filing import FieldProblem
from contracts.forms import FORM_BYTES
from contracts.text import size_of
from pydantic import ValidationError

FormT = TypeVar("FormT", bound=Model)
_CODES = {
    "extra_forbidden": "unknown_field",
    "missing": "required",
    "string_too_long": "too_long",
    "too_long": "too_many",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "literal_error": "not_in_list",
}
_KINDS = {"date_": "not_a_date", "int_": "not_a_number"}
"""What a kind of value was asked for and not written, by how pydantic's words for it begin."""


@dataclass(frozen=True)
class Reading(Generic[FormT]):
    """A form that was read: complete and normalised when ``form`` is there, else its problems say why not."""

    form: FormT | None
    problems: list[FieldProblem]

    def dump(self) -> dict[str, Any]:
        """As stored and shown: every field, JSON types."""
        return self.form.model_dump(mode="json") if self.form else {}


def read_form(model: type[FormT], data: Mapping[str, Any]) -> Reading[FormT]:
    """The form, or every problem with its shape."""
    try:
        form = model.model_validate(data)
    except ValidationError as error:
        return Reading(None, [_problem(item) for item in error.errors(include_url=False, include_input=False)])
    if size_of(form.model_dump(mode="json")) > FORM_BYTES:
        too_large = FieldProblem(field="form", code="form_too_large", params={"max_kilobytes": FORM_BYTES // 1024})
        return Reading(None, [too_large])
    return Reading(form, [])


def _problem(item: Any) -> FieldProblem:
    kind: str = item["type"]
    code = _CODES.get(kind) or next((code for start, code in _KINDS.items() if kind.startswith(start)), "wrong_type")
    context = item.get("ctx", {})
    limits = {name: context[name] for name in ("max_length", "ge", "le") if isinstance(context.get(name), int)}
    return FieldProblem(field=".".join(str(part) for part in item["loc"]), code=code, params=limits)
