"""WeChat Pay's own keys, by the serial that each of its signatures names.

It signs with one of several: while it changes over from platform certificates to a public key, or from one key to the
next, both are in use for a week or longer, and which one a notice bears is not ours to choose. A certificate's serial
is its serial number in hexadecimal; a public key has an id (``PUB_KEY_ID_…``), which stands in the line before it.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping

from chassis.settings import SettingsError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

_BLOCK = re.compile(
    r"(?:^[ \t]*(?P<id>PUB_KEY_ID_\w+)[ \t]*:?[ \t]*\r?\n)?"
    r"(?P<pem>-----BEGIN (?P<what>PUBLIC KEY|CERTIFICATE)-----.+?-----END (?P=what)-----)",
    re.DOTALL | re.MULTILINE,
)
SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"


def read_keys(text: str) -> dict[str, RSAPublicKey]:
    """Keys by serial, in the order of the text. ``SettingsError`` says what cannot be read."""
    keys: dict[str, RSAPublicKey] = {}
    for block in _BLOCK.finditer(text):
        pem = block["pem"].encode()
        key: object
        serial = str(block["id"] or "")
        try:
            if block["what"] == "CERTIFICATE":
                certificate = load_pem_x509_certificate(pem)
                serial, key = f"{certificate.serial_number:X}", certificate.public_key()
            else:
                key = load_pem_public_key(pem)
        except ValueError as error:
            raise SettingsError("a key of WeChat Pay is no certificate and no public key (PEM)") from error
        if not serial:
            raise SettingsError("a public key of WeChat Pay needs its id, PUB_KEY_ID_…, in the line before it")
        if not isinstance(key, RSAPublicKey):
            raise SettingsError("a key of WeChat Pay is not RSA")
        keys[_plain(serial)] = key
    return keys


class PlatformKeys:
    """Checks what WeChat Pay has signed with whichever of its keys."""

    def __init__(self, keys: Mapping[str, RSAPublicKey]) -> None:
        self._keys = dict(keys)

    def knows(self, serial: str) -> bool:
        """Whether a notice that names this key can be checked; serials differ in case and leading zeros."""
        return _plain(serial) in self._keys

    def signed(self, headers: Mapping[str, str], body: str) -> bool:
        """Whether the body has a signature of the key that the headers (in any spelling) name."""
        given = {name.lower().removeprefix("wechatpay-"): value for name, value in headers.items()}
        key = self._keys.get(_plain(given.get("serial", "")))
        if key is None or given.get("signature-type", SIGNATURE_TYPE) != SIGNATURE_TYPE:
            return False
        message = f"{given.get('timestamp', '')}\n{given.get('nonce', '')}\n{body}\n"
        try:
            key.verify(b64decode(given.get("signature", "")), message.encode(), PKCS1v15(), SHA256())
        except (ValueError, InvalidSignature):
            return False
        return True


def _plain(serial: str) -> str:
    """Serial numbers in one spelling: hexadecimal digits of either case, with or without zeros in front."""
    text = serial.strip()
    return text if text.startswith("PUB_KEY_ID_") else text.upper().lstrip("0")
