"""Problems: a stable code, and words for people in both languages.

The API answers ``application/problem+json`` (RFC 9457); pages show the same sentence and remedy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from chassis.catalogues import Language, joined
from chassis.errors import FieldError, Param, Problem
from contracts.errors import STATUS

from gateway.web.texts import known, problem_text

REFUSAL = "gateway.refusal"
"""In the environment of a request that was given up before it had all come: the problem to answer with."""
GATEWAY_STATUS: dict[str, int] = {
    "request_malformed": 400,
    "request_too_slow": 408,
    "transfers_full": 503,
    "version_required": 428,
    "tus_version_unsupported": 412,
    "upload_length_required": 400,
    "upload_metadata_invalid": 400,
    "upload_extension_unsupported": 400,
    "upload_offset_required": 400,
    "upload_checksum_unsupported": 400,
    "upload_checksum_mismatch": 460,
    "upload_offset_mismatch": 409,
    "upload_too_large": 413,
    "upload_too_long": 413,
    "upload_empty": 422,
    "upload_file_missing": 422,
    "fix_missing": 422,
    "application_not_chosen": 422,
    "upload_busy": 423,
    "upload_sealed": 409,
    "upload_expired": 410,
    "uploads_too_many": 429,
    "upload_quota_full": 429,
    "upload_storage_full": 503,
}


class HttpProblem(Problem):
    """A problem of HTTP itself: may say what contracts know nothing of, and carry headers.

    ``extra`` are further members of the problem document.
    """

    def __init__(
        self,
        code: str,
        *,
        status: int | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        **params: Param,
    ) -> None:
        Exception.__init__(self, code)
        self.code = code
        self.params = params
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        self._status = status or GATEWAY_STATUS.get(code) or STATUS[code]

    @property
    def status(self) -> int:
        return self._status


def problem_document(problem: Problem, language: Language, request_id: str) -> dict[str, Any]:
    """The RFC 9457 document."""
    text = problem_text(problem.code, problem.params, language)
    document: dict[str, Any] = {
        "type": f"/api/docs/problems#{problem.code}",
        "title": text.sentence,
        "status": problem.status,
        "code": problem.code,
        "detail": joined((text.sentence, text.remedy), language),
        "remedy": text.remedy,
        "request_id": request_id,
        **getattr(problem, "extra", {}),
    }
    if problem.errors:
        document["errors"] = [
            {"field": error.field, "code": error.code, "message": field_message(error, language)}
            for error in problem.errors
        ]
    return document


def field_message(error: FieldError, language: Language) -> str:
    """What is wrong with the field, in a sentence; by the kind of rule where the code has none of its own."""
    code = error.code if known(error.code) else field_code(error.code)
    return problem_text(code, error.params, language).sentence


_FIELD_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "greater_than_equal": "number_too_small",
    "less_than_equal": "number_too_large",
    "literal_error": "not_in_list",
    "string_pattern_mismatch": "format_invalid",
    "form_too_large": "form_too_large",
    "form_too_deep": "form_too_deep",
}


def field_code(kind: str) -> str:
    """Our own code for what pydantic says about a field."""
    starts = {"date": "not_a_date", "int": "not_a_number"}
    return _FIELD_CODES.get(kind) or next(
        (code for start, code in starts.items() if kind.startswith(start)), "wrong_type"
    )


def from_http_status(status: int) -> HttpProblem:
    """The problem for an HTTP error that the framework itself raised."""
    codes = {
        400: "request_malformed",
        401: "not_signed_in",
        403: "forbidden",
        404: "not_found",
        405: "method_not_allowed",
        413: "too_large",
        415: "unsupported_media_type",
        429: "rate_limited",
        503: "service_unavailable",
    }
    if status in codes:
        return HttpProblem(codes[status], status=status)
    known = status in {entry.value for entry in HTTPStatus}
    return HttpProblem(
        "request_malformed" if 400 <= status < 500 else "internal_error", status=status if known else 500
    )
