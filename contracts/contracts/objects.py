"""References to bytes in the object store, and to documents. Bytes themselves never travel through the broker."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import SERVICES, Identifier, Model, RpcMethod, service

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]
IDENTITY_SPACE = "identity"
"""The part of the object store that holds what the gateway has sealed for identity, and nobody else can read."""
MOST_ASKED = 500


class ObjectRef(Model):
    """Bytes in the object store, addressed by SHA-256 (hex); size in bytes."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)


class SealedObject(Model, secret=("key",)):
    """Encrypted bytes (AES-256-GCM, 12-byte nonce in front) and the key to open them, for one authorised reader."""

    object: ObjectRef
    key: str = Field(description="base64")
    content_type: str
    file_name: str


class SealedUpload(Model):
    """What identity needs to open an upload that was sealed for it on arrival, and to say later what it was."""

    content: ObjectRef = Field(description="the bytes as they were sent")
    content_type: str | None = Field(description="image/jpeg, …, by the first bytes; none for anything unexpected")
    envelope: str = Field(description="base64; the key of the object, which only identity can take out")


class UploadReceipt(Model):
    """What the gateway attests about a finished upload: these bytes came from this account (or sign-up).

    ``object`` is in the common space, or with ``sealed`` in identity's.
    """

    upload_id: str
    account: str
    object: ObjectRef
    file_name: str
    expires: datetime
    sealed: SealedUpload | None = None


PaperStanding = Literal["", "replaced", "revoked", "ended"]
"""What has become of a paper that was issued: nothing, another took its place, it went with its registration, or the
term or pledge that it proves is over."""


class DocumentRef(Model):
    """A document of a case. The prefix of ``document_id`` names the owning service: fil-, pay-, arc-."""

    document_id: str
    kind: str = Field(description="declaration, acceptance_notice, cover_sheet, receipt, certificate, …")
    title: str
    file_name: str
    content_type: str
    object: ObjectRef
    issued_at: datetime
    standing: PaperStanding = Field(
        default="",
        description="of a certificate that holds no more; *ended*: the term or pledge that it proves is over",
    )


class DocumentList(Model):
    items: list[DocumentRef]


class GetDocument(Model):
    document_id: Identifier


class ListDocuments(Model):
    application_id: Identifier


class AskHeldObjects(Model):
    """Which of these objects of a space does the service refer to?"""

    space: str = Field(default="", max_length=20)
    sha256s: list[Sha256] = Field(max_length=MOST_ASKED)


class HeldObjects(Model):
    sha256s: list[Sha256]


class TakeReleasedObjects(Model):
    """``taken``: the last number of an earlier answer, which need not be told again."""

    taken: int = Field(default=0, ge=0, lt=1 << 63)


class ReleasedObject(Model):
    number: int
    space: str
    sha256: Sha256


class ReleasedObjects(Model):
    """Objects that the service has ceased to refer to, oldest first. Others may still."""

    items: list[ReleasedObject]


_GATEWAY = service("gateway")
HELD_OBJECTS = {
    name: RpcMethod(name, "held_objects", AskHeldObjects, HeldObjects, _GATEWAY, "query") for name in SERVICES
}
RELEASED_OBJECTS = {
    name: RpcMethod(
        name, "released_objects", TakeReleasedObjects, ReleasedObjects, _GATEWAY, "command", keep_reply=False
    )
    for name in SERVICES
}
