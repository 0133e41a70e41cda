"""Files that only one service can read, from the moment they arrive.

The gateway encrypts such a file under a key of its own (AES-256-GCM) and puts that key into an envelope for the
service: X25519 with a key pair that lives for one envelope, HKDF-SHA-256, AES-256-GCM. It keeps neither key, so it
cannot open what it has sealed. The envelope lies beside the object, never in it: whoever destroys the key has destroyed
the file, in every copy of the store.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from contracts.objects import ObjectRef, SealedUpload
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from chassis.objects.store import ObjectStore
from chassis.settings import SettingsError

NONCE = 12
SEALED_OVERHEAD = NONCE + 16
PUBLIC_KEY = "identity-images.pub.pem"
PRIVATE_KEYS = "identity-images*.pem"
_VERSION = b"\x01"
_KEY_ID = 8
_PUBLIC = 32
_SIGNATURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", "application/pdf"))


class SealBroken(ValueError):
    """The sealed bytes were altered, or belong to another key, purpose or row."""


@dataclass(frozen=True)
class SealedFile:
    """``ciphertext`` has its nonce in front; ``envelope`` holds its key."""

    ciphertext: bytes
    envelope: bytes


class SealingKey:
    """The public key of whoever may read: seals, and cannot open."""

    def __init__(self, public_pem: bytes) -> None:
        key = load_pem_public_key(public_pem)
        if not isinstance(key, X25519PublicKey):
            raise SettingsError(f"{PUBLIC_KEY} is not an X25519 public key")
        self._key = key

    @classmethod
    def load(cls, keys_dir: Path) -> SealingKey:
        """Raises ``SettingsError`` when there is none."""
        try:
            return cls((keys_dir / PUBLIC_KEY).read_bytes())
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"REGISTRY_KEYS_DIR has no readable {PUBLIC_KEY}, with which identity images are sealed: {error}"
            ) from error

    def seal(self, plain: bytes) -> SealedFile:
        """Encrypts a file under a key of its own; two seals of the same bytes have nothing in common."""
        key = secrets.token_bytes(32)
        ciphertext = encrypt(plain, key)
        once = X25519PrivateKey.generate()
        public, once_public = self._key.public_bytes_raw(), once.public_key().public_bytes_raw()
        wrapping = _wrapping_key(once.exchange(self._key), once_public, public)
        # Each wrapping key is used once, so its nonce may be anything; the object's address ties the two together.
        wrapped = AESGCM(wrapping).encrypt(bytes(NONCE), key, hashlib.sha256(ciphertext).digest())
        return SealedFile(ciphertext, _VERSION + _key_id(public) + once_public + wrapped)


class OpeningKeys:
    """The private keys of a service: the one in use, and earlier ones while envelopes for them may come."""

    def __init__(self, private_pems: list[bytes]) -> None:
        keys = [load_pem_private_key(pem, password=None) for pem in private_pems]
        self._keys = {
            _key_id(key.public_key().public_bytes_raw()): key for key in keys if isinstance(key, X25519PrivateKey)
        }

    @classmethod
    def load(cls, keys_dir: Path) -> OpeningKeys:
        """Raises ``SettingsError`` when there is none."""
        files = [file for file in sorted(keys_dir.glob(PRIVATE_KEYS)) if file.name != PUBLIC_KEY]
        if not files:
            raise SettingsError(f"REGISTRY_KEYS_DIR has no {PRIVATE_KEYS}, with which identity images are opened")
        return cls([file.read_bytes() for file in files])

    def open(self, envelope: bytes, sealed_sha256: str) -> bytes:
        """The key of the object with this address. Raises :class:`SealBroken`."""
        key_id, rest = envelope[1 : 1 + _KEY_ID], envelope[1 + _KEY_ID :]
        private = self._keys.get(key_id)
        if envelope[:1] != _VERSION or private is None or len(rest) < _PUBLIC:
            raise SealBroken("envelope")
        once_public, wrapped = rest[:_PUBLIC], rest[_PUBLIC:]
        try:
            shared = private.exchange(X25519PublicKey.from_public_bytes(once_public))
            wrapping = _wrapping_key(shared, once_public, private.public_key().public_bytes_raw())
            return AESGCM(wrapping).decrypt(bytes(NONCE), wrapped, bytes.fromhex(sealed_sha256))
        except (InvalidTag, ValueError) as error:
            raise SealBroken("envelope") from error


def put_sealed(key: SealingKey, store: ObjectStore, plain: bytes) -> tuple[ObjectRef, SealedUpload]:
    """Seals bytes into a store: where they are, and what whoever may read them needs to know."""
    sealed = key.seal(plain)
    facts = SealedUpload(
        content=ObjectRef(sha256=hashlib.sha256(plain).hexdigest(), size=len(plain)),
        content_type=content_type(plain[:16]),
        envelope=base64.b64encode(sealed.envelope).decode(),
    )
    return store.put_bytes(sealed.ciphertext), facts


def encrypt(plain: bytes, key: bytes) -> bytes:
    """Nonce and ciphertext of a file under a key that is used for nothing else."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def decrypt(sealed: bytes, key: bytes) -> bytes:
    """Raises :class:`SealBroken`."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], None)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("object") from error


def content_type(head: bytes) -> str | None:
    """What a photograph or scan is, by its first 16 bytes; None for anything else.

    Whether it can be read is found out in the sandbox: untrusted bytes are decoded nowhere else.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def _wrapping_key(shared: bytes, once_public: bytes, public: bytes) -> bytes:
    info = b"registry identity image v1" + once_public + public
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(shared)


def _key_id(public: bytes) -> bytes:
    return hashlib.sha256(public).digest()[:_KEY_ID]
