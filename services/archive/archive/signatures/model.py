"""What is printed of a signature. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

CHANNEL = "signing"
"""What the hands that seal signed documents listen on."""
LEASE = timedelta(seconds=30)
KINDS: Mapping[str, str] = {"declaration": "signed_declaration", "application_form": "signed_application_form"}
"""What is signed → what the sealed edition of it is called."""
METHODS = {"sms_code": "短信验证码电子签名", "electronic_seal": "电子印章"}
SIGNER_KINDS = {"natural_person": "自然人", "organisation": "法人或非法人组织"}
_CHINA = timezone(timedelta(hours=8))


def edition_title(title: str) -> str:
    """Title of the PDF that carries the signatures, beside the document that was signed."""
    return f"{title}（签署件）"


def file_check_address(public_url: str) -> str:
    """The public page where anybody checks a file."""
    return f"{public_url}/certificate-check"


def stamp_data(
    claims: Mapping[str, Any],
    document: str,
    sha256: str,
    *,
    check: str,
    sandbox: bool,
    seal: str = "",
    serial_number: str = "",
) -> dict[str, Any]:
    """Fields of the signature's template; ``claims`` are those of identity's evidence. ``serial_number``: what was
    signed was printed before the case had one, so that it is the signature's page that names the case. ``check``: the
    address where the file can be checked."""
    at = datetime.fromisoformat(str(claims["signed_at"])).astimezone(_CHINA)
    return {
        "name": claims["name"],
        "id_number": claims["masked_id_number"],
        "signer_kind": SIGNER_KINDS.get(str(claims.get("kind")), ""),
        "method": METHODS.get(str(claims["method"]), str(claims["method"])),
        "signed_at": f"{at:%Y-%m-%d %H:%M:%S} (UTC+8)",
        "document": f"《{document}》",
        "sha256": sha256,
        "declaration_sha256": claims["sha256"],
        "evidence_id": claims["jti"],
        "seal": seal,
        "serial_number": serial_number,
        "check": check,
        "sandbox": sandbox,
    }


def reason(claims: Mapping[str, Any]) -> str:
    """What readers of the PDF show as the reason of its signature: the applicant's, which the seal binds."""
    return f"{claims['name']} 于 {claims['signed_at']} 签署，签名记录 {claims['jti']}，SHA-256 {claims['sha256']}"
