"""What payment needs beyond what every service needs: a way of being paid, with keys that can be used."""

from __future__ import annotations

from chassis.readiness import NotFit
from chassis.runtime import Runtime
from cryptography.hazmat.primitives import serialization

from payment.providers.wechat_keys import read_keys
from payment.settings import payment_settings


def require_a_way_of_paying(runtime: Runtime) -> None:
    """At least one of WeChat Pay, Alipay and remittance is set up completely. Raises ``SettingsError`` too."""
    try:
        found = payment_settings(runtime.settings)
    except OSError as error:
        raise NotFit(f"a provider's key cannot be read ({error.filename}: {error.strerror})") from None
    if not (found.wechat or found.alipay or found.bank):
        raise NotFit(
            "there is no way of paying: set up WeChat Pay, Alipay or a bank account (docs/settings.md, Payment)"
        )
    if found.wechat and not (_is_private_key(found.wechat.private_key) and read_keys(found.wechat.platform_keys)):
        raise NotFit("a key of WeChat Pay is not what it should be: a private key, and its public keys or certificates")
    if found.alipay and not (_is_private_key(found.alipay.private_key) and _is_public_key(found.alipay.public_key)):
        raise NotFit("a key of Alipay is not what it should be: a private and a public key, as PEM")
    if found.wechat and len(found.wechat.apiv3_key.encode()) != 32:
        raise NotFit("REGISTRY_WECHATPAY_APIV3_KEY must have 32 characters")


def _is_private_key(pem: str) -> bool:
    try:
        serialization.load_pem_private_key(pem.encode(), password=None)
    except ValueError:
        return False
    return True


def _is_public_key(pem: str) -> bool:
    try:
        serialization.load_pem_public_key(pem.encode())
    except ValueError:
        return False
    return True


SETTINGS = {"providers": require_a_way_of_paying}
