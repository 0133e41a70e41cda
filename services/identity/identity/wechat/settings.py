"""The office's official account. In the sandbox it is the simulator's, whose files lie in ``provider/``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from chassis.settings import Settings, SettingsError, read
from contracts.simulator import MERCHANT

from identity.wechat.codec import aes_key

SANDBOX_KEYS = {
    "REGISTRY_WECHAT_OA_TOKEN_FILE": "wechat-oa.token",
    "REGISTRY_WECHAT_OA_AES_KEY_FILE": "wechat-oa-aes.key",
}


@dataclass(frozen=True)
class OfficialAccount:
    """``plain``: whether messages are taken whose body nobody signed (the platform's plain mode)."""

    appid: str
    token: str = field(repr=False)
    key: bytes = field(repr=False)
    plain: bool


def official_account(settings: Settings, environ: Mapping[str, str] = os.environ) -> OfficialAccount | None:
    """None where none is set. Raises ``SettingsError`` for half of one, or a key of the wrong length."""
    relevant = tuple(sorted((name, value) for name, value in environ.items() if name.startswith("REGISTRY_WECHAT_OA_")))
    return _load(settings.keys_dir / "provider" if settings.sandbox else None, relevant)


@lru_cache(maxsize=8)
def _load(simulated: Path | None, environ: tuple[tuple[str, str], ...]) -> OfficialAccount | None:
    values = dict(environ)
    if simulated is not None and (simulated / "wechat-oa.token").exists():
        files = {name: str(simulated / file) for name, file in SANDBOX_KEYS.items()}
        appid = MERCHANT["REGISTRY_WECHAT_OA_APPID"]
        values = {"REGISTRY_WECHAT_OA_APPID": appid, "REGISTRY_WECHAT_OA_MODE": "plain"} | files | values
    appid = values.get("REGISTRY_WECHAT_OA_APPID", "")
    if not appid:
        return None
    mode = read("REGISTRY_WECHAT_OA_MODE", "encrypted", values)
    if mode not in ("encrypted", "plain"):
        raise SettingsError("setting REGISTRY_WECHAT_OA_MODE is neither encrypted nor plain")
    try:
        key = aes_key(read("REGISTRY_WECHAT_OA_AES_KEY", environ=values).strip())
    except ValueError as error:
        raise SettingsError("setting REGISTRY_WECHAT_OA_AES_KEY must have 43 characters of base64") from error
    return OfficialAccount(appid, read("REGISTRY_WECHAT_OA_TOKEN", environ=values).strip(), key, mode == "plain")
