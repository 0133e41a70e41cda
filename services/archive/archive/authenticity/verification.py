"""Runs inside confinement: reads a PDF that anybody may have sent."""

from __future__ import annotations

from chassis.confinement import Job, JsonValue
from chassis.signing import verify_certificate_pdf

from archive.authenticity.model import MAX_BYTES


def verify(job: Job) -> JsonValue:
    """Checks the file against ``args["roots"]`` (PEM) and ``args["crls"]`` (DER in hex)."""
    report = verify_certificate_pdf(
        job.source.read(MAX_BYTES + 1),
        [root.encode() for root in job.args["roots"]],
        crls=[bytes.fromhex(crl) for crl in job.args["crls"]],
    )
    return {
        "problems": [problem.code for problem in report.problems],
        "registration_number": report.registration_number,
    }
