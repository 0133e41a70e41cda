"""What an upload is and how far it has come. Pure: no HTTP, no database."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.objects.uploads import Digest
from contracts.text import legible, line

CHECKSUMS = ("sha1", "sha256")
FILE_NAME_LIMIT = 255
RECEIPT_LIFE = timedelta(minutes=15)
LEAVING = timedelta(minutes=20)
"""After which an object that an upload ceased to refer to may go: until then a receipt may be on its way."""
SEALED_LIFE = timedelta(hours=24)
"""Of a finished upload that was sealed for identity, at most: its envelope goes with it."""
METADATA_LIMIT = 4096


class MetadataInvalid(ValueError):
    """``Upload-Metadata`` is not what tus 1.0.0 says."""


class ChecksumUnsupported(ValueError):
    """``Upload-Checksum`` names an algorithm we do not offer, or is not a checksum."""


@dataclass(frozen=True)
class UploadState:
    """One row of the table of uploads (see :class:`gateway.tables.Upload`)."""

    upload_id: str
    owner: str
    length: int
    received: int
    tail_counts: bool
    file_name: str
    metadata_header: str
    sha256: str | None
    expires_at: datetime
    finished_at: datetime | None
    private: bool = False
    purpose: str = "material"
    network: str | None = None
    stored_sha256: str | None = None
    sealed_sha256: str | None = None
    sealed_size: int | None = None
    envelope: bytes | None = None
    content_type: str | None = None

    def offset(self, staged: int) -> int:
        """Bytes that need not be sent again, given ``staged`` bytes in the staging file."""
        return max(self.received, min(staged, self.length)) if self.tail_counts else self.received


@dataclass(frozen=True)
class Checksum:
    """A promise about the body of one PATCH."""

    digest: Digest
    expected: bytes

    def holds(self) -> bool:
        """Whether the bytes so far are those that the client summed up."""
        return hmac.compare_digest(bytes.fromhex(self.digest.hexdigest()), self.expected)


def parse_checksum(header: str) -> Checksum:
    """``sha1 <base64>``. Raises :class:`ChecksumUnsupported`; a sum of the wrong length is one that does not hold."""
    algorithm, _, value = header.strip().partition(" ")
    if algorithm not in CHECKSUMS:
        raise ChecksumUnsupported(algorithm)
    try:
        expected = base64.b64decode(value.strip(), validate=True)
    except binascii.Error:
        raise ChecksumUnsupported(header) from None
    digest = hashlib.sha1(usedforsecurity=False) if algorithm == "sha1" else hashlib.sha256()
    return Checksum(digest, expected)


def parse_metadata(header: str) -> dict[str, str]:
    """``key base64, key base64, key`` → dictionary. Raises :class:`MetadataInvalid`."""
    if len(header) > METADATA_LIMIT:
        raise MetadataInvalid("too long")
    entries: dict[str, str] = {}
    for pair in header.split(","):
        if not pair.strip():
            continue
        key, _, value = pair.strip().partition(" ")
        try:
            entries[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise MetadataInvalid(key) from None
    return entries


def clean_file_name(name: str) -> str:
    """The last path segment on one line, without what cannot be seen: shown and offered for download, never a path."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(character for character in legible(line(last)) if character.isprintable()).strip()
    return shown[-FILE_NAME_LIMIT:] or "upload"
