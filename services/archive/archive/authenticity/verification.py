"""Runs inside confinement: reads a PDF that anybody may have sent."""

from __future__ import annotations

from chassis.confinement import Job, JsonValue
from chassis.signing import read_signed, verify_certificate_pdf

from archive.authenticity.model import MAX_BYTES


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
        "signed": report.registration_number is None and _bears_evidence(pdf),
    }


def _bears_evidence(pdf: bytes) -> bool:
    """Whether it looks like a document that was signed on the platform."""
    try:
        return read_signed(pdf) is not None
    except Exception:  # what a hostile file makes the parser throw is no evidence of anything
        return False
