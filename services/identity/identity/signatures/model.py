"""What a signature says: who, what, how and when (电子签名法 art. 13: any later change can be detected)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

AUDIENCE = "evidence"
Method = Literal["sms_code", "electronic_seal"]


def method_for(kind: str) -> Method:
    """A person signs with a code sent to the own mobile; an organisation's code applies its electronic seal."""
    return "electronic_seal" if kind == "organisation" else "sms_code"


def claims(
    *,
    subject: str,
    evidence_id: str,
    account_id: str,
    signer_name: str,
    signer_kind: str,
    masked_id_number: str,
    document_id: str,
    sha256: str,
    method: Method,
    seal_sha256: str | None,
    signed_at: datetime,
    seal_picture_sha256: str | None = None,
) -> dict[str, Any]:
    """The claims of the evidence token: ``subject`` signed for the party ``account_id``.

    Whoever holds the document compares its SHA-256 with ``sha256``. ``seal_picture_sha256``: the organisation's seal as
    it is drawn on what was signed, in the common object store.
    """
    facts: dict[str, Any] = {
        "jti": evidence_id,
        "sub": subject,
        "party": account_id,
        "name": signer_name,
        "kind": signer_kind,
        "masked_id_number": masked_id_number,
        "document_id": document_id,
        "sha256": sha256,
        "method": method,
        "signed_at": signed_at.isoformat(),
    }
    seals = {"seal_sha256": seal_sha256, "seal_picture_sha256": seal_picture_sha256}
    return facts | {name: value for name, value in seals.items() if value}
