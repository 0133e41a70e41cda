"""The archive's word about a registration, as the gateway would bring it."""

from __future__ import annotations

from typing import Any

from chassis.tokens import TokenSigner
from contracts.extracts import AUDIENCE
from contracts.forms import Registered

from . import change_forms

NUMBER = change_forms.registered()["registration_number"]


class Register:
    """What it says can be changed: ``says``."""

    def __init__(self, keys: Any) -> None:
        self._archive = TokenSigner.load(keys, "archive")
        self._other = TokenSigner.load(keys, "identity")
        self.says = change_forms.registered()

    def extract(self, party: str = "acc-wang", *, by: str = "archive", **changes: Any) -> str:
        reference = {
            "document_id": "arc-1",
            "kind": "certificate",
            "title": "作品登记证书",
            "file_name": f"{NUMBER}.pdf",
            "content_type": "application/pdf",
            "object": {"sha256": "ab" * 32, "size": 4},
            "issued_at": "2026-05-01T00:00:00Z",
        }
        stated = filing_form(self.says)
        claims = {"party": party, "registered": stated, "issued_on": "2026-11-23", "certificate": reference} | changes
        signer = self._archive if by == "archive" else self._other
        return signer.sign(claims, audience=AUDIENCE, ttl=600)


def filing_form(stated: dict[str, Any]) -> dict[str, Any]:
    return Registered.model_validate(stated).model_dump(mode="json")
