"""A file that is no certificate, but was signed on the platform: what anybody may be told of it."""

from __future__ import annotations

from typing import Any

from chassis.tokens import TokenError
from chassis.uow import UnitOfWork
from contracts.archive import CertificateCheck, SignedCheck

from archive.authenticity.model import Findings, first_problem, public_signer
from archive.dossier.store import end_of_all, serial_number_of
from archive.signatures.store import known_file, signed_in, superseded


def signed_file(uow: UnitOfWork, sha256: str) -> CertificateCheck | None:
    """Exactly these bytes were signed, or sealed when they had been; None of all other files."""
    row = known_file(uow.session, sha256)
    if row is None:
        return None
    claims = _claims(uow, row.evidence)  # none: its key is not known any more, and nobody vouches for when and by whom
    sealed = row.candidate_sha256 == sha256
    ended, ended_on = end_of_all(uow.session, signed_in(sha256)) or (None, None)
    own = row.kind == "application_form"  # the works of a batch share their declaration
    signed = SignedCheck.model_validate(
        {
            "unchanged": True,
            "sealed": sealed,
            "superseded": superseded(uow.session, sha256),
            "document": row.kind,
            "serial_number": serial_number_of(uow.session, row.application_id) if own else "",
            "signer": public_signer(str(claims.get("name", "")), str(claims.get("kind", ""))) if claims else "",
            "signed_at": claims.get("signed_at"),
            "sealed_at": row.issued_at if sealed else None,
            "ended": ended,
            "ended_on": ended_on,
        }
    )
    return CertificateCheck(status="unknown", file_matches=True, signed=signed)


def changed_file(uow: UnitOfWork, findings: Findings) -> CertificateCheck | None:
    """A file with identity's evidence of a signature in it that is none of ours as it is: with the one thing that is
    wrong. None of all other files, also of one with a record that somebody else made."""
    if not findings.evidence or not _claims(uow, findings.evidence):
        return None
    problem = first_problem(findings)
    return CertificateCheck(
        status="unknown", file_matches=False, problems=[problem], signed=SignedCheck(unchanged=False)
    )


def _claims(uow: UnitOfWork, evidence: str) -> dict[str, Any]:
    """What identity says of a signature; nothing of a token that it did not sign."""
    try:
        return uow.trust.verify(evidence, audience="evidence", issuer="identity")
    except TokenError:
        return {}
