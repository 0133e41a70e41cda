"""What one signature covers, and whether that still is what would be filed.

Signed is the declaration. It names the SHA-256 of the printed application form and of every material, for people in its
table and for programs in the attached ``signed.json``: so the one hash that identity signs binds all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from filing.documents.model import APPLICANT_KINDS
from filing.forms.applicant import Applicant


class Signed(Protocol):
    """A material as far as the signature covers it."""

    id: str
    role: str
    file_name: str
    sha256: str


class Evidence(BaseModel):
    """The claims of identity's evidence token that the case keeps."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    jti: str
    sub: str
    name: str
    masked_id_number: str
    method: Literal["sms_code", "electronic_seal"]
    document_id: str
    sha256: str
    seal_sha256: str | None = None
    signed_at: datetime


def read_evidence(claims: Mapping[str, Any]) -> Evidence | None:
    """None for claims that identity would not sign."""
    try:
        return Evidence.model_validate(claims)
    except ValidationError:
        return None


def digest(form: Mapping[str, Any], applicant: Applicant, materials: Sequence[Signed]) -> str:
    """Fingerprint of everything that is filed; a declaration counts only while it is the same."""
    content = {
        "form": form,
        "applicant": [applicant.name, applicant.kind, applicant.id_type, applicant.masked_id_number],
        "materials": [[material.id, material.role, material.sha256] for material in materials],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def manifest(content: str, application_form: str, materials: Sequence[Signed]) -> dict[str, Any]:
    """``signed.json``: what the signature of the declaration covers besides its words, for programs, by SHA-256.

    ``content`` is the fingerprint of form, applicant and materials (:func:`digest`).
    """
    return {
        "content": content,
        "application_form": application_form,
        "materials": [{"role": material.role, "sha256": material.sha256} for material in materials],
    }


def signer(applicant: Applicant) -> dict[str, str]:
    """Who signs, as the templates print it."""
    return {
        "name": applicant.name,
        "kind": APPLICANT_KINDS["organisation" if applicant.kind == "organisation" else "natural_person"],
        "id_number": applicant.masked_id_number,
    }


def method(applicant: Applicant) -> str:
    """How an applicant signs, in the words that the signed document carries."""
    return "电子印章" if applicant.kind == "organisation" else "短信验证码电子签名"


def listed(material: Signed, title: str, pages: int | None) -> dict[str, Any]:
    """A material as the templates list it; with its number of pages where that is known."""
    data: dict[str, Any] = {"role": title, "name": material.file_name, "sha256": material.sha256}
    return data if pages is None else {**data, "pages": pages}


def pages_of(facts: Mapping[str, Any]) -> int | None:
    """Pages as the pre-check counted them; None for files without pages or where readers disagree."""
    pdf = facts.get("pdf")
    pages = pdf.get("pages") if isinstance(pdf, Mapping) else None
    return pages if isinstance(pages, int) else None
