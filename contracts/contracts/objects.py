"""References to bytes in the object store, and to documents. Bytes themselves never travel through the broker."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from contracts.base import Identifier, Model

Sha256 = str


class ObjectRef(Model):
    """Bytes in the object store, addressed by SHA-256 (hex); size in bytes."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)


class SealedObject(Model):
    """Encrypted bytes (AES-256-GCM, 12-byte nonce in front) and the key to open them, for one authorised reader."""

    object: ObjectRef
    key: str = Field(description="base64")
    content_type: str
    file_name: str


class UploadReceipt(Model):
    """What the gateway attests about a finished upload: these bytes came from this account (or sign-up)."""

    upload_id: str
    account: str
    object: ObjectRef
    file_name: str
    expires: datetime
    first: bool = Field(default=False, description="no object had these bytes before: the uploader's alone to remove")


class DocumentRef(Model):
    """A document of a case. The prefix of ``document_id`` names the owning service: fil-, pay-, arc-."""

    document_id: str
    kind: str = Field(description="declaration, acceptance_notice, cover_sheet, receipt, certificate, …")
    title: str
    file_name: str
    content_type: str
    object: ObjectRef
    issued_at: datetime


class DocumentList(Model):
    items: list[DocumentRef]


class GetDocument(Model):
    document_id: Identifier


class ListDocuments(Model):
    application_id: Identifier
