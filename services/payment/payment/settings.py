"""What payment needs beyond the common settings: its accounts with the providers, and the bank account for remittances.

| variable | meaning |
|---|---|
| `REGISTRY_WECHATPAY_URL` | `https://api.mch.weixin.qq.com`, or the provider simulator. Unset: not offered |
| `REGISTRY_WECHATPAY_APPID`, `…_MCHID` | the office's app and merchant numbers |
| `REGISTRY_WECHATPAY_CERT_SERIAL` | serial number of the merchant's API certificate |
| `REGISTRY_WECHATPAY_KEY_FILE` | the merchant's private key (PEM) |
| `REGISTRY_WECHATPAY_APIV3_KEY` (or `…_FILE`) | 32 characters; decrypts callbacks |
| `REGISTRY_WECHATPAY_PUBLIC_KEY_FILE`, `…_PUBLIC_KEY_ID` | WeChat Pay's public key (PEM) and its id |
| `REGISTRY_WECHATPAY_PLATFORM_KEYS_FILE` | its other keys (PEM): certificates, public keys each after its id |
| `REGISTRY_ALIPAY_URL` | `https://openapi.alipay.com/gateway.do`, or the simulator. Unset: not offered |
| `REGISTRY_ALIPAY_APP_ID` | the office's app |
| `REGISTRY_ALIPAY_KEY_FILE`, `…_PUBLIC_KEY_FILE` | the app's private key; Alipay's public key (PEM) |
| `REGISTRY_BANK_PAYEE`, `…_NAME`, `…_ACCOUNT` | where remittances go: holder, bank, number. Unset: not offered |
| `REGISTRY_BANK_FOLDER` | full path of a folder in which statements are dropped. Unset: none |
| `REGISTRY_INVOICE_SELLER`, `…_TAX_ID` | who sells, on invoices; without, the payee and no number |
| `REGISTRY_CALLBACK_URL` | where providers reach the gateway; default: the public address |
| `REGISTRY_PROVIDER_URL` | sandbox only: the provider simulator, which stands for both providers |

In the sandbox the keys and numbers default to those that the provider simulator made in `REGISTRY_KEYS_DIR/provider`,
the addresses to the simulator's, and the bank account to an invented one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from chassis.settings import Settings, SettingsError, read
from contracts.simulator import MERCHANT

SANDBOX_KEYS = {
    "REGISTRY_WECHATPAY_KEY_FILE": "wechatpay-merchant.pem",
    "REGISTRY_WECHATPAY_APIV3_KEY_FILE": "wechatpay-apiv3.key",
    "REGISTRY_WECHATPAY_PUBLIC_KEY_FILE": "wechatpay-platform-public.pem",
    "REGISTRY_ALIPAY_KEY_FILE": "alipay-app.pem",
    "REGISTRY_ALIPAY_PUBLIC_KEY_FILE": "alipay-platform-public.pem",
}
"""The merchant's side of the keys in the simulator's key folder."""


@dataclass(frozen=True)
class WechatAccount:
    """``platform_keys``: see :mod:`payment.providers.wechat_keys`; requests name the first."""

    url: str
    appid: str
    mchid: str
    cert_serial: str
    private_key: str = field(repr=False)
    apiv3_key: str = field(repr=False)
    platform_keys: str
    notify_url: str


@dataclass(frozen=True)
class AlipayAccount:
    url: str
    app_id: str
    private_key: str = field(repr=False)
    public_key: str
    notify_url: str
    return_url: str


@dataclass(frozen=True)
class BankAccount:
    payee: str
    bank: str
    account: str


@dataclass(frozen=True)
class Seller:
    """Who issues invoices. ``tax_id``: 统一社会信用代码."""

    name: str
    tax_id: str


@dataclass(frozen=True)
class PaymentSettings:
    """Providers that are configured; None: that way of paying is not offered."""

    wechat: WechatAccount | None
    alipay: AlipayAccount | None
    bank: BankAccount | None
    simulator_url: str | None = None
    seller: Seller = Seller("", "")
    bank_folder: Path | None = None

    @classmethod
    def load(cls, settings: Settings, environ: Mapping[str, str] = os.environ) -> PaymentSettings:
        """Raises ``SettingsError`` naming what is missing for a provider whose URL is set, or a folder that is none."""
        values = dict(environ)
        if settings.sandbox:
            keys = settings.keys_dir / "provider"
            generated = {name: str(keys / file) for name, file in SANDBOX_KEYS.items()}
            values = MERCHANT | generated | _simulated(values.get("REGISTRY_PROVIDER_URL")) | values
        callbacks = f"{read('REGISTRY_CALLBACK_URL', settings.public_url, values)}/api/v1/callbacks"
        return cls(
            wechat=_wechat(values, f"{callbacks}/wechatpay"),
            alipay=_alipay(values, f"{callbacks}/alipay", settings.public_url),
            bank=_bank(values),
            simulator_url=values.get("REGISTRY_PROVIDER_URL") if settings.sandbox else None,
            seller=Seller(
                read("REGISTRY_INVOICE_SELLER", values.get("REGISTRY_BANK_PAYEE", ""), values),
                read("REGISTRY_INVOICE_TAX_ID", "", values),
            ),
            bank_folder=_bank_folder(values),
        )


def _simulated(url: str | None) -> dict[str, str]:
    """Both providers at the simulator's address."""
    return {"REGISTRY_WECHATPAY_URL": url, "REGISTRY_ALIPAY_URL": f"{url}/gateway.do"} if url else {}


def _wechat(values: Mapping[str, str], notify_url: str) -> WechatAccount | None:
    url = values.get("REGISTRY_WECHATPAY_URL")
    if not url:
        return None
    return WechatAccount(
        url=url.rstrip("/"),
        appid=read("REGISTRY_WECHATPAY_APPID", environ=values),
        mchid=read("REGISTRY_WECHATPAY_MCHID", environ=values),
        cert_serial=read("REGISTRY_WECHATPAY_CERT_SERIAL", environ=values),
        private_key=read("REGISTRY_WECHATPAY_KEY", environ=values),
        apiv3_key=read("REGISTRY_WECHATPAY_APIV3_KEY", environ=values),
        platform_keys=_platform_keys(values),
        notify_url=notify_url,
    )


def _platform_keys(values: Mapping[str, str]) -> str:
    """The one key with its id, if it is set, then the others: certificates or keys of a change-over."""
    others = read("REGISTRY_WECHATPAY_PLATFORM_KEYS", "", values)
    missing = "" if others else None  # then the one key must be there
    key = read("REGISTRY_WECHATPAY_PUBLIC_KEY", missing, values)
    key_id = read("REGISTRY_WECHATPAY_PUBLIC_KEY_ID", missing, values)
    return f"{key_id}\n{key}\n{others}" if key else others


def _alipay(values: Mapping[str, str], notify_url: str, return_url: str) -> AlipayAccount | None:
    url = values.get("REGISTRY_ALIPAY_URL")
    if not url:
        return None
    return AlipayAccount(
        url=url,
        app_id=read("REGISTRY_ALIPAY_APP_ID", environ=values),
        private_key=read("REGISTRY_ALIPAY_KEY", environ=values),
        public_key=read("REGISTRY_ALIPAY_PUBLIC_KEY", environ=values),
        notify_url=notify_url,
        return_url=return_url,
    )


def _bank(values: Mapping[str, str]) -> BankAccount | None:
    if not values.get("REGISTRY_BANK_ACCOUNT"):
        return None
    return BankAccount(
        payee=read("REGISTRY_BANK_PAYEE", environ=values),
        bank=read("REGISTRY_BANK_NAME", environ=values),
        account=read("REGISTRY_BANK_ACCOUNT", environ=values),
    )


def _bank_folder(values: Mapping[str, str]) -> Path | None:
    folder = Path(read("REGISTRY_BANK_FOLDER", "", values) or ".")
    if folder != Path() and not folder.is_absolute():
        raise SettingsError(f"REGISTRY_BANK_FOLDER must be a full path, not {folder}")
    return folder if folder.is_absolute() else None


@cache
def payment_settings(settings: Settings) -> PaymentSettings:
    """Read once per process."""
    return PaymentSettings.load(settings)
