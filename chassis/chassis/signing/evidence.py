"""What an applicant has signed, inside the PDF: the evidence of the signature travels with the document.

The office seals a signed document by an incremental update, so the file begins with the very bytes whose SHA-256 was
signed. The update draws the signature into its frame and attaches two files:

signed.json  what the signature covers: the SHA-256 of the printed application form and of every material; in the
             declaration of a batch, of each of its ``works``
signed.jwt   identity's evidence: who signed which SHA-256, how and when (JWT, ES256)
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

COVERED, EVIDENCE = "signed.json", "signed.jwt"
_MOST = 1 << 20
_END = b"%%EOF"


@dataclass(frozen=True)
class SignedContent:
    """What a sealed document says about its signature. Believe it only of a file whose seal is valid.

    ``covered``: the file as it was before the seal is the declaration that was signed, or the application form that
    this declaration names.
    """

    covered: bool
    original_sha256: str
    declaration_sha256: str
    evidence: dict[str, Any]
    token: str
    materials: list[dict[str, str]]

    @property
    def signer(self) -> str:
        return str(self.evidence.get("name", ""))

    @property
    def signed_at(self) -> datetime | None:
        try:
            return datetime.fromisoformat(str(self.evidence.get("signed_at")))
        except ValueError:
            return None


def attach(writer: IncrementalPdfFileWriter, name: str, mime_type: str, data: bytes, description: str) -> None:
    """Adds an associated file, as PDF/A-3 wants it. Names are attached in alphabetical order, after those there are."""
    embedded = embed.EmbeddedFileObject.from_file_data(writer, data=data, mime_type=mime_type)
    embed.embed_file(writer, embed.FileSpec(name, file_name=name, embedded_data=embedded, description=description))
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    spec = names[len(names) - 1]
    spec["/AFRelationship"] = generic.NameObject("/Data")
    if "/AF" not in writer.root:
        writer.root["/AF"] = generic.ArrayObject()
    associated = writer.root["/AF"]
    associated.append(names.raw_get(len(names) - 1))
    writer.update_container(associated)
    writer.update_root()


def attached(reader: PdfFileReader, *wanted: str) -> dict[str, bytes]:
    """The files attached to a document, or the ``wanted`` among them, by name.

    Raises `PdfError` for a document whose structure is not one."""
    root = reader.root
    try:
        names = root["/Names"]["/EmbeddedFiles"]["/Names"]
    except KeyError:
        return {}
    found: dict[str, bytes] = {}
    for index in range(0, len(names) - 1, 2):
        name = str(names[index])
        if wanted and name not in wanted:
            continue
        data = names[index + 1]["/EF"]["/F"].data
        if len(data) <= _MOST:
            found[name] = data
    return found


def covered_by(declaration: bytes, application_form: str = "") -> bytes:
    """``signed.json`` of a declaration that this platform rendered. Raises `KeyError` without one.

    ``application_form``: by its SHA-256 the one work that is meant, of a declaration that stands for many: each of
    their application forms carries what is said of itself, not a thousand times what is said of all.
    """
    covered = attached(PdfFileReader(io.BytesIO(declaration)))[COVERED]
    if not application_form:
        return covered
    works = json.loads(covered).get("works")
    if works is None:
        return covered
    [own] = [work for work in works if work["application_form"] == application_form]
    return json.dumps(own, sort_keys=True).encode()


def may_be_signed(pdf: bytes) -> bool:
    """False for a file that has no files attached, or none that could be found without reading it: most have none."""
    return b"/EmbeddedFiles" in pdf or b"/ObjStm" in pdf


def read_signed(pdf: bytes) -> SignedContent | None:
    """What the file says about its signature; None for files that are not signed documents, whatever they are."""
    try:
        files = attached(PdfFileReader(io.BytesIO(pdf)), EVIDENCE, COVERED)
        token = files[EVIDENCE].decode("ascii")
        covered = json.loads(files[COVERED])
        claims = json.loads(_padded(token.split(".")[1]))
        declaration, works = str(claims["sha256"]), covered.get("works") or [covered]
        forms = {str(work["application_form"]) for work in works}
        materials = [
            {"role": str(one["role"]), "sha256": str(one["sha256"])} for work in works for one in work["materials"]
        ]
    except (PdfError, KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None
    original = _original(pdf, {declaration, *forms})
    return SignedContent(original is not None, original or "", declaration, claims, token, materials)


def _original(pdf: bytes, hashes: set[str]) -> str | None:
    """The SHA-256 of the revision that was signed, if the file still begins with it."""
    at = pdf.find(_END)
    running, done = hashlib.sha256(), 0
    while at >= 0:
        for end in (at + len(_END), at + len(_END) + 1, at + len(_END) + 2):
            if done <= end <= len(pdf):
                running.update(pdf[done:end])
                done = end
                if running.hexdigest() in hashes:
                    return running.hexdigest()
        at = pdf.find(_END, done)
    return None


def _padded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
