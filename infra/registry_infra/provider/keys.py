"""Keys of the sandbox's provider: both sides of every pair, made once.

The names of the merchant's files are payment's (`payment.settings.SANDBOX_KEYS`).
"""

import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

from registry_infra.private import write_whole

_PAIRS = ("wechatpay-merchant", "wechatpay-platform", "alipay-app", "alipay-platform")
_APIV3 = "wechatpay-apiv3.key"
OFFICIAL_ACCOUNT = ("wechat-oa.token", "wechat-oa-aes.key")
"""What the official account's platform and identity share: names of identity.wechat.settings.SANDBOX_KEYS."""


def create_provider_keys(folder: Path) -> None:
    """Makes what is missing: four RSA pairs (`NAME.pem`, `NAME-public.pem`) and the 32 characters of the APIv3 key."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in _PAIRS:
        if not (folder / f"{name}-public.pem").exists():
            key = generate_private_key(65537, 2048)
            private = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            write_whole(folder / f"{name}.pem", private)
            public = key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            write_whole(folder / f"{name}-public.pem", public)
    if not (folder / _APIV3).exists():
        write_whole(folder / _APIV3, secrets.token_hex(16).encode())
    token, aes = OFFICIAL_ACCOUNT
    if not (folder / token).exists():
        write_whole(folder / token, secrets.token_hex(16).encode())
    if not (folder / aes).exists():
        write_whole(folder / aes, b64encode(secrets.token_bytes(32)).rstrip(b"="))


@dataclass(frozen=True)
class ProviderKeys:
    """The provider's side: its private keys, and the merchant's public ones."""

    wechatpay: RSAPrivateKey
    wechatpay_merchant: RSAPublicKey
    apiv3: bytes
    alipay: RSAPrivateKey
    alipay_app: RSAPublicKey
    account_token: str
    account_key: bytes

    @classmethod
    def load(cls, folder: Path) -> "ProviderKeys":
        """The provider's side of the pairs that `create_provider_keys` made."""
        return cls(
            wechatpay=_private(folder / "wechatpay-platform.pem"),
            wechatpay_merchant=_public(folder / "wechatpay-merchant-public.pem"),
            apiv3=(folder / _APIV3).read_bytes(),
            alipay=_private(folder / "alipay-platform.pem"),
            alipay_app=_public(folder / "alipay-app-public.pem"),
            account_token=(folder / OFFICIAL_ACCOUNT[0]).read_text(encoding="ascii"),
            account_key=b64decode(f"{(folder / OFFICIAL_ACCOUNT[1]).read_text(encoding='ascii')}="),
        )


def _private(file: Path) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


def _public(file: Path) -> RSAPublicKey:
    key = serialization.load_pem_public_key(file.read_bytes())
    assert isinstance(key, RSAPublicKey)
    return key
