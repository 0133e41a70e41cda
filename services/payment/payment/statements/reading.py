"""Runs inside confinement: reads a statement of a bank's, which anybody may have made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chassis.confinement import Job, JsonValue
from chassis.confinement.model import Refused

from payment.statements.formats.detecting import read_file
from payment.statements.model import NoStatement, Part, key_of

MAX_BYTES = 50 << 20
MOST_PARTS = 2000


def read_statement(job: Job) -> JsonValue:
    """Writes a line of JSON for each row to the output, ``[part, row]``, rows that may be one booking after each other;
    replies with format, encoding and parts."""
    assert job.output is not None
    try:
        found = read_file(job.source.read(MAX_BYTES + 1))
    except NoStatement as refusal:
        raise Refused(refusal.code, line=refusal.line) from None
    if len(found.parts) > MOST_PARTS:
        raise Refused("statement_too_long")
    rows = [(number, row) for number, part in enumerate(found.parts) for row in part.rows]
    for number, row in sorted(rows, key=lambda one: key_of(one[1], "")):
        job.output.write(json.dumps([number, asdict(row)], ensure_ascii=False).encode() + b"\n")
    return {"format": found.format, "encoding": found.encoding, "parts": _summaries(found.parts)}


def _summaries(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [
        {
            "account": part.account[:64],
            "currency": part.currency[:3],
            "begins": min((row.booked_on for row in part.rows), default=None),
            "ends": max((row.booked_on for row in part.rows), default=None),
            "opening": part.opening,
            "closing": part.closing,
            "credits": sum(row.amount for row in part.rows if row.amount > 0),
            "debits": -sum(row.amount for row in part.rows if row.amount < 0),
            "rows": len(part.rows),
            "pending": part.pending,
            "balances": part.balances,
        }
        for part in parts
    ]
