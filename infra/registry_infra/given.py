"""Settings that an operator gives to `./registry up` in its environment, and the service that each is for.

What is a secret of one service reaches no other. The sandbox brings its own data key, providers and seal, and is given
none: its payments are nobody's money.
"""

import os
from collections.abc import Mapping
from pathlib import Path

FOR_ALL = ("REGISTRY_MAX_WORKERS",)
FOR_DOCUMENTS = ("REGISTRY_FONT_PATH",)
FOR = {
    "identity": (
        "REGISTRY_OTP_PER_TARGET_HOUR",
        "REGISTRY_OTP_PER_TARGET_DAY",
        "REGISTRY_OTP_PER_REQUESTER_HOUR",
        "REGISTRY_OTP_PER_CLIENT_HOUR",
        "REGISTRY_OTP_ALL_HOUR",
        "REGISTRY_OTP_ALL_DAY",
        "REGISTRY_LEGACY_WRAPS_PER_SECOND",
        "REGISTRY_RECOVERY_OBJECTION_DAYS",
        "REGISTRY_RECOVERY_RETURN_DAYS",
        "REGISTRY_RECOVERY_COOLING_DAYS",
        "REGISTRY_CLOSING_DAYS",
    ),
    "filing": ("FILING_EXPEDITE_FILE", "REGISTRY_CLAMD", *FOR_DOCUMENTS),
    "payment": ("REGISTRY_BANK_FOLDER", *FOR_DOCUMENTS),
    "archive": FOR_DOCUMENTS,
    "gateway": (
        "REGISTRY_WEB_WORKERS",
        "REGISTRY_WEB_THREADS",
        "REGISTRY_WEB_TRANSFERS",
        "REGISTRY_CONNECTIONS_PER_NETWORK",
        "REGISTRY_HEADER_TIMEOUT",
        "REGISTRY_SLOWEST_RATE",
        "REGISTRY_TRUSTED_PROXIES",
        "REGISTRY_UPLOAD_SPOOL",
        "REGISTRY_UPLOAD_POLICY_FILE",
        "REGISTRY_UPLOAD_READ_TIMEOUT",
    ),
}
IN_PRODUCTION = {
    "identity": (
        "REGISTRY_DATA_KEY",
        "REGISTRY_WECHAT_OA_APPID",
        "REGISTRY_WECHAT_OA_TOKEN",
        "REGISTRY_WECHAT_OA_AES_KEY",
        "REGISTRY_WECHAT_OA_MODE",
    ),
    "payment": (
        "REGISTRY_WECHATPAY_URL",
        "REGISTRY_WECHATPAY_APPID",
        "REGISTRY_WECHATPAY_MCHID",
        "REGISTRY_WECHATPAY_CERT_SERIAL",
        "REGISTRY_WECHATPAY_KEY",
        "REGISTRY_WECHATPAY_APIV3_KEY",
        "REGISTRY_WECHATPAY_PUBLIC_KEY",
        "REGISTRY_WECHATPAY_PUBLIC_KEY_ID",
        "REGISTRY_WECHATPAY_PLATFORM_KEYS",
        "REGISTRY_ALIPAY_URL",
        "REGISTRY_ALIPAY_APP_ID",
        "REGISTRY_ALIPAY_KEY",
        "REGISTRY_ALIPAY_PUBLIC_KEY",
        "REGISTRY_BANK_PAYEE",
        "REGISTRY_INVOICE_SELLER",
        "REGISTRY_INVOICE_TAX_ID",
        "REGISTRY_BANK_NAME",
        "REGISTRY_BANK_ACCOUNT",
        "REGISTRY_CALLBACK_URL",
    ),
    "archive": ("REGISTRY_TSA_URL",),
}


def given_settings(service: str, profile: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Of those in the environment, the settings of one service. `NAME_FILE` counts as `NAME`; files are named in full,
    since processes run in the data folder."""
    names = [*FOR_ALL, *FOR.get(service, ()), *(IN_PRODUCTION.get(service, ()) if profile == "production" else ())]
    given = {name: environ[name] for name in names if name in environ}
    files = {f"{name}_FILE": environ[f"{name}_FILE"] for name in names if environ.get(f"{name}_FILE")}
    return given | {name: str(Path(file).expanduser().absolute()) for name, file in files.items()}
