"""From what was typed to a form: shape, types, lengths and lists. What the values mean is for :mod:`rules`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.filing import FieldProblem
from contracts.forms import FORM_BYTES, WorkForm
from contracts.text import size_of
from pydantic import ValidationError

_CODES = {
    "extra_forbidden": "unknown_field",
    "missing": "required",
    "string_too_long": "too_long",
    "too_long": "too_many",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "literal_error": "not_in_list",
}


def read_work_form(data: Mapping[str, Any]) -> tuple[WorkForm | None, list[FieldProblem]]:
    """The form, or every problem with its shape."""
    try:
        form = WorkForm.model_validate(data)
    except ValidationError as error:
        return None, [_problem(item) for item in error.errors(include_url=False, include_input=False)]
    if size_of(form.model_dump(mode="json")) > FORM_BYTES:
        return None, [FieldProblem(field="form", code="form_too_large", params={"max_kilobytes": FORM_BYTES // 1024})]
    return form, []


def _problem(item: Any) -> FieldProblem:
    kind: str = item["type"]
    code = _CODES.get(kind) or ("not_a_date" if kind.startswith("date_") else "wrong_type")
    context = item.get("ctx", {})
    limits = {name: context[name] for name in ("max_length", "ge", "le") if isinstance(context.get(name), int)}
    return FieldProblem(field=".".join(str(part) for part in item["loc"]), code=code, params=limits)
