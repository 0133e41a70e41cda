"""Upload receipts: the gateway's signed statement that certain bytes came from a certain account.

A receipt attests bytes, not people: a service accepts it only together with the same account's actor token or,
before an account exists, within the same sign-up.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.objects import ObjectRef, SealedUpload, UploadReceipt

from chassis.tokens import TokenError, TokenSigner, Trust

AUDIENCE = "upload-receipt"
ISSUER = "gateway"


class ReceiptInvalid(ValueError):
    """The token is not a receipt that the gateway signed, or it has expired."""


class ReceiptSigner:
    """Signs with the gateway's own key."""

    def __init__(self, signer: TokenSigner) -> None:
        self._signer = signer

    @classmethod
    def from_keys_folder(cls, keys_dir: Path) -> ReceiptSigner:
        """With the gateway's key from ``keys_dir``, which nobody but the gateway has."""
        return cls(TokenSigner.load(keys_dir, ISSUER))

    def issue(self, receipt: UploadReceipt) -> str:
        """The receipt as a token, valid until ``receipt.expires``."""
        claims: dict[str, Any] = {
            "jti": receipt.upload_id,
            "sub": receipt.account,
            "sha256": receipt.object.sha256,
            "size": receipt.object.size,
            "file_name": receipt.file_name,
        }
        if receipt.sealed is not None:
            claims["sealed"] = receipt.sealed.model_dump()
        ttl = (receipt.expires - datetime.now(UTC)).total_seconds()
        return self._signer.sign(claims, audience=AUDIENCE, ttl=ttl)


def verify(token: str, trust: Trust) -> UploadReceipt:
    """The statement in ``token``. Raises :class:`ReceiptInvalid`. Whose upload it was is the caller's to compare."""
    try:
        claims = trust.verify(token, audience=AUDIENCE, issuer=ISSUER)
        return UploadReceipt(
            upload_id=claims["jti"],
            account=claims["sub"],
            object=ObjectRef(sha256=claims["sha256"], size=claims["size"]),
            file_name=claims["file_name"],
            expires=datetime.fromtimestamp(claims["exp"], UTC),
            sealed=SealedUpload.model_validate(claims["sealed"]) if "sealed" in claims else None,
        )
    except (TokenError, KeyError, ValueError) as error:
        raise ReceiptInvalid(str(error)) from error


def without_signatures(content: Any) -> Any:
    """Request content with every receipt replaced by the upload that it is for.

    A receipt is signed anew for each request, so a repeated request has the same content only this way. Nothing is
    verified here.
    """
    if isinstance(content, dict):
        return {name: without_signatures(value) for name, value in content.items()}
    if isinstance(content, list):
        return [without_signatures(value) for value in content]
    return _upload_of(content) or content if isinstance(content, str) else content


def _upload_of(token: str) -> str | None:
    parts = token.split(".")
    if len(parts) != 3 or not token.startswith("eyJ"):
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    if not isinstance(claims, dict) or claims.get("aud") != AUDIENCE:
        return None
    return f"upload {claims.get('jti')} {claims.get('sub')} {claims.get('sha256')}"
