"""What is signed, and whether it still is what would be filed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from filing.documents.model import APPLICANT_KINDS
from filing.forms.applicant import Applicant


class Signed(Protocol):
    """A material as far as the signature covers it."""

    id: str
    role: str
    file_name: str
    sha256: str


def digest(form: Mapping[str, Any], applicant: Applicant, materials: Sequence[Signed]) -> str:
    """Fingerprint of everything that is filed; a declaration counts only while it is the same."""
    content = {
        "form": form,
        "applicant": [applicant.name, applicant.kind, applicant.id_type, applicant.masked_id_number],
        "materials": [[material.id, material.role, material.sha256] for material in materials],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def declaration_data(
    of_form: Mapping[str, Any], applicant: Applicant, materials: Sequence[tuple[Signed, int | None]]
) -> dict[str, Any]:
    """Fields of the declaration's template; materials come with their number of pages where that is known."""
    return {
        **of_form,
        "materials": [_material(material, pages) for material, pages in materials],
        "applicant": {
            "name": applicant.name,
            "kind": APPLICANT_KINDS["organisation" if applicant.kind == "organisation" else "natural_person"],
            "id_number": applicant.masked_id_number,
        },
        "signature_method": "电子印章" if applicant.kind == "organisation" else "短信验证码电子签名",
    }


def _material(material: Signed, pages: int | None) -> dict[str, Any]:
    data: dict[str, Any] = {"name": material.file_name, "sha256": material.sha256}
    return data if pages is None else {**data, "pages": pages}


def pages_of(facts: Mapping[str, Any]) -> int | None:
    """Pages as the pre-check counted them; None for files without pages or where readers disagree."""
    pdf = facts.get("pdf")
    pages = pdf.get("pages") if isinstance(pdf, Mapping) else None
    return pages if isinstance(pages, int) else None
