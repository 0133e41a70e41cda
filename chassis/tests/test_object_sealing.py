"""What the gateway seals, only the one it is meant for opens."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from chassis.objects.sealing import OpeningKeys, SealBroken, SealedFile, SealingKey, content_type, decrypt
from chassis.settings import SettingsError
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

pytestmark = pytest.mark.requirement("I-12")


def pair() -> tuple[bytes, bytes]:
    key = X25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def opened(keys: OpeningKeys, sealed: SealedFile) -> bytes:
    return decrypt(sealed.ciphertext, keys.open(sealed.envelope, hashlib.sha256(sealed.ciphertext).hexdigest()))


def test_a_sealed_file_opens_with_the_private_key_and_no_two_are_alike() -> None:
    private, public = pair()
    first, second = SealingKey(public).seal(b"photo"), SealingKey(public).seal(b"photo")
    assert opened(OpeningKeys([private]), first) == opened(OpeningKeys([private]), second) == b"photo"
    assert first.ciphertext != second.ciphertext
    assert b"photo" not in first.ciphertext + first.envelope


def test_what_was_sealed_under_an_earlier_key_opens_while_that_key_is_kept() -> None:
    (old_private, old_public), (private, _) = pair(), pair()
    sealed = SealingKey(old_public).seal(b"photo")
    assert opened(OpeningKeys([private, old_private]), sealed) == b"photo"
    with pytest.raises(SealBroken):
        opened(OpeningKeys([private]), sealed)


def test_an_envelope_belongs_to_its_object_and_nothing_altered_opens() -> None:
    private, public = pair()
    keys, sealed, other = OpeningKeys([private]), SealingKey(public).seal(b"photo"), SealingKey(public).seal(b"other")
    address = hashlib.sha256(sealed.ciphertext).hexdigest()
    for place in range(len(sealed.envelope)):
        altered = bytearray(sealed.envelope)
        altered[place] ^= 1
        with pytest.raises(SealBroken):
            keys.open(bytes(altered), address)
    for envelope in (b"", sealed.envelope[:20], other.envelope):
        with pytest.raises(SealBroken):
            keys.open(envelope, address)
    with pytest.raises(SealBroken):
        decrypt(sealed.ciphertext[:-1] + b"x", keys.open(sealed.envelope, address))


def test_keys_that_are_missing_or_of_another_kind_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"identity-images\.pub\.pem"):
        SealingKey.load(tmp_path)
    with pytest.raises(SettingsError, match="identity-images"):
        OpeningKeys.load(tmp_path)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0 and more", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04", None),
        (b"", None),
    ],
)
def test_photographs_and_scans_are_known_by_their_first_bytes(head: bytes, kind: str | None) -> None:
    assert content_type(head) == kind
