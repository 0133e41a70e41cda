"""Runs inside confinement: reads a PDF that anybody may have sent."""

from __future__ import annotations

from chassis.confinement import Job, JsonValue
from chassis.signing import may_be_signed, read_signed, verify_certificate_pdf

from archive.authenticity.model import MAX_BYTES

_LONGEST = 1 << 14
"""Characters of a token that is looked at at all; identity's have about 1,000."""


def verify(job: Job) -> JsonValue:
    """Checks the file against ``args["roots"]`` (PEM) and ``args["crls"]`` (DER in hex)."""
    pdf = job.source.read(MAX_BYTES + 1)
    report = verify_certificate_pdf(
        pdf,
        [root.encode() for root in job.args["roots"]],
        crls=[bytes.fromhex(crl) for crl in job.args["crls"]],
    )
    return {
        "problems": [problem.code for problem in report.problems],
        "registration_number": report.registration_number,
        "evidence": _evidence_in(pdf) if report.registration_number is None else "",
    }


def _evidence_in(pdf: bytes) -> str:
    """The token in it by which it would be a document that was signed on the platform; nobody has verified it."""
    if not may_be_signed(pdf):
        return ""
    try:
        signed = read_signed(pdf)
    except Exception:  # what a hostile file makes the parser throw is no evidence of anything
        return ""
    return signed.token if signed is not None and len(signed.token) <= _LONGEST else ""
