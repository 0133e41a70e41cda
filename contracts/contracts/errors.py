"""Stable error codes and their HTTP status. The gateway owns the words (``gateway/texts/``)."""

from __future__ import annotations

from contracts import (
    archive,
    batches,
    books,
    expedite,
    filing,
    guides,
    identity,
    invoices,
    legacy_bridge,
    mailing,
    office_acts,
    payment,
    refunds,
    seals,
    statements,
)

COMMON: dict[str, int] = {
    "request_invalid": 422,
    "not_found": 404,
    "method_not_allowed": 405,
    "unsupported_media_type": 415,
    "too_large": 413,
    "not_signed_in": 401,
    "token_expired": 401,
    "forbidden": 403,
    "csrf_failed": 400,
    "rate_limited": 429,
    "work_too_many": 429,
    "action_not_allowed": 409,
    "version_conflict": 409,
    "idempotency_key_reused": 422,
    "receipt_invalid": 422,
    "upload_unknown": 404,
    "upload_incomplete": 409,
    "service_unavailable": 503,
    "deadline_exceeded": 504,
    "internal_error": 500,
}

STATUS: dict[str, int] = {
    **COMMON,
    **identity.ERRORS,
    **filing.ERRORS,
    **expedite.ERRORS,
    **guides.ERRORS,
    **batches.ERRORS,
    **payment.ERRORS,
    **refunds.ERRORS,
    **books.ERRORS,
    **invoices.ERRORS,
    **statements.ERRORS,
    **archive.ERRORS,
    **mailing.ERRORS,
    **seals.ERRORS,
    **office_acts.ERRORS,
    **legacy_bridge.ERRORS,
}
