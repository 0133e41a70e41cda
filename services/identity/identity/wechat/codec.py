"""The official account's envelope, as the platform specifies it: signature, encryption, XML. Pure.

Signature: SHA-1 over the sorted token, timestamp, nonce and (encrypted mode) ciphertext. Ciphertext: AES-256-CBC, the
first half of the key as IV, PKCS#7 to blocks of 32 bytes; within, 16 random bytes, the length of the message (four
bytes, network order), the message, the appid.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from xml.parsers import expat
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

_BLOCK = 32
_HEAD = 20
_MOST_FIELDS = 60


class EnvelopeBroken(Exception):
    """Not what the platform sends: forged, cut, or no XML of its kind."""


def signature(*parts: str) -> str:
    """Of the token and the other parts, in whatever order."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


def aes_key(encoded: str) -> bytes:
    """The 43 characters of the platform's EncodingAESKey as 32 bytes. Raises ``ValueError``."""
    key = base64.b64decode(f"{encoded}=", validate=True)
    if len(key) != _BLOCK:
        raise ValueError("the key of the official account has 43 characters")
    return key


def encrypt(key: bytes, appid: str, message: str) -> str:
    """Base64 of the ciphertext, with fresh random bytes."""
    data = message.encode()
    plain = secrets.token_bytes(16) + len(data).to_bytes(4, "big") + data + appid.encode()
    padding = _BLOCK - len(plain) % _BLOCK
    worker = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(worker.update(plain + bytes([padding]) * padding) + worker.finalize()).decode()


def decrypt(key: bytes, appid: str, ciphertext: str) -> str:
    """The message, if it is for this appid. Call it on what is signed only. Raises :class:`EnvelopeBroken`."""
    try:
        data = base64.b64decode(ciphertext, validate=True)
        worker = Cipher(AES(key), CBC(key[:16])).decryptor()
        plain = worker.update(data) + worker.finalize()
        padding = plain[-1]
        if not 1 <= padding <= _BLOCK or plain[-padding:] != bytes([padding]) * padding:
            raise EnvelopeBroken("padding")
        plain = plain[:-padding]
        end = _HEAD + int.from_bytes(plain[16:_HEAD], "big")
        if len(plain) < _HEAD or plain[end:] != appid.encode() or end > len(plain):
            raise EnvelopeBroken("appid")
        return plain[_HEAD:end].decode()
    except (binascii.Error, ValueError, IndexError) as error:
        raise EnvelopeBroken(type(error).__name__) from error


def fields_of(document: str) -> dict[str, str]:
    """The fields of a flat ``<xml>`` document. No document type, so no entity; nothing nested, nothing endless.

    Raises :class:`EnvelopeBroken`.
    """
    fields: dict[str, str] = {}
    path: list[str] = []

    def begin(name: str, _attributes: dict[str, str]) -> None:
        path.append(name)
        if len(path) > 2 or path[0] != "xml" or len(fields) >= _MOST_FIELDS or (len(path) == 2 and name in fields):
            raise EnvelopeBroken("shape")
        if len(path) == 2:
            fields[name] = ""

    def text(data: str) -> None:
        if len(path) == 2:
            fields[path[1]] += data

    def refuse(*_: object) -> None:
        raise EnvelopeBroken("document type")

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _name: path.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(document.encode("utf-8", "strict"), True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise EnvelopeBroken("no XML") from error
    return fields


def document_of(fields: dict[str, str | int]) -> str:
    """A flat ``<xml>`` document: numbers as they are, text escaped."""
    inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>"
