"""Encryption of personal data at rest (AES-256-GCM) and keyed hashes to find it again, under identity's data key.

The data key (32 bytes, base64) comes from ``REGISTRY_DATA_KEY`` or ``REGISTRY_DATA_KEY_FILE``, else from
``identity-data.key`` in the keys folder, which the sandbox makes at its first start. Each purpose has a key of its own
(HKDF-SHA256). Legal basis: 个人信息保护法 art. 51.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from chassis.objects.sealing import SealBroken
from chassis.settings import Settings, SettingsError, read
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_NONCE = 12


class Vault:
    """Seals and opens values. ``context`` names the row: what was sealed for one row does not open in another."""

    def __init__(self, data_key: bytes) -> None:
        if len(data_key) != 32:
            raise SettingsError("the data key must be 32 bytes, base64: make one with `openssl rand -base64 32`")
        self._data_key = data_key
        self._keys: dict[str, bytes] = {}

    def seal(self, purpose: str, plain: bytes, context: str) -> bytes:
        """Ciphertext that opens for the same purpose and context only: a row's number does not open in another row."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self._key(f"seal:{purpose}")).encrypt(nonce, plain, context.encode())
        return _VERSION + nonce + sealed

    def open(self, purpose: str, sealed: bytes, context: str) -> bytes:
        """Raises :class:`SealBroken`."""
        if sealed[:1] != _VERSION:
            raise SealBroken(purpose)
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return AESGCM(self._key(f"seal:{purpose}")).decrypt(nonce, body, context.encode())
        except InvalidTag as error:
            raise SealBroken(purpose) from error

    def index(self, purpose: str, value: str) -> str:
        """A keyed hash (hex): equal values can be found, guesses cannot be checked without the key."""
        return hmac.digest(self._key(f"index:{purpose}"), value.encode(), "sha256").hex()

    def _key(self, name: str) -> bytes:
        if name not in self._keys:
            derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"registry identity {name}".encode())
            self._keys[name] = derivation.derive(self._data_key)
        return self._keys[name]


def vault(settings: Settings) -> Vault:
    """The vault of this deployment; raises ``SettingsError`` when there is no data key."""
    return _load(settings.keys_dir, settings.sandbox)


@lru_cache(maxsize=8)
def _load(keys_dir: Path, sandbox: bool) -> Vault:
    file = keys_dir / "identity-data.key"
    text = read("REGISTRY_DATA_KEY", "")
    if not text and not file.exists():
        if not sandbox:
            raise SettingsError("setting REGISTRY_DATA_KEY is missing: set it, or REGISTRY_DATA_KEY_FILE, to 32 bytes")
        _make(file)
    return Vault(base64.b64decode(text or file.read_text(encoding="ascii")))


def _make(file: Path) -> None:
    """Writes a new key; when replicas start together, the first one's key stands."""
    aside = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
        stream.write(base64.b64encode(secrets.token_bytes(32)).decode())
        stream.flush()
        os.fsync(stream.fileno())
    with suppress(FileExistsError):
        os.link(aside, file)
    aside.unlink()
