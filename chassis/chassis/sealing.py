"""What a service must be able to use again but must not keep in clear: sealed, or known again by a keyed digest.

Each service has a key of its own (``<service>-sealing.key`` in its keys folder, which is in no database). Whoever has
the database alone can neither read what was sealed nor try out what a digest is of. Each purpose has its own key
(HKDF-SHA256).
"""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from chassis.settings import SEALING_KEY_BYTES, SettingsError, sealing_key_file

_NONCE = 12


class SealBroken(ValueError):
    """The sealed bytes were altered, belong elsewhere, or were sealed under another key."""


class Sealing:
    """Seals, opens and digests under one service's key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != SEALING_KEY_BYTES:
            raise SettingsError(f"the sealing key must be {SEALING_KEY_BYTES} random bytes, and has {len(key)}")
        self._key = key
        self._keys: dict[str, bytes] = {}

    @classmethod
    def load(cls, keys_dir: Path, service: str) -> Sealing:
        """With the service's own key; SettingsError says how to make one that is missing."""
        file = sealing_key_file(keys_dir, service)
        try:
            return cls(file.read_bytes())
        except FileNotFoundError:
            make = f"`openssl rand -out {file} {SEALING_KEY_BYTES}`"
            raise SettingsError(f"{file} is missing: {make} makes it") from None

    def digest(self, purpose: str, content: bytes) -> bytes:
        """32 bytes by which equal content is known again."""
        return hmac.digest(self._key_for(purpose), content, "sha256")

    def seal(self, purpose: str, plain: bytes, context: str) -> bytes:
        """``context`` names the place: what was sealed for one does not open in another."""
        return seal_under(self._key_for(purpose), plain, context)

    def open(self, purpose: str, sealed: bytes, context: str) -> bytes:
        """Raises :class:`SealBroken`."""
        return open_under(self._key_for(purpose), sealed, context)

    def _key_for(self, purpose: str) -> bytes:
        if purpose not in self._keys:
            derivation = HKDFExpand(algorithm=SHA256(), length=32, info=f"registry {purpose}".encode())
            self._keys[purpose] = derivation.derive(self._key)
        return self._keys[purpose]


def seal_under(key: bytes, plain: bytes, context: str) -> bytes:
    """AES-256-GCM: nonce, ciphertext, tag."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def open_under(key: bytes, sealed: bytes, context: str) -> bytes:
    """Raises :class:`SealBroken`."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(context) from error
