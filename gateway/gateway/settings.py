"""Settings only the gateway has; the common ones are :class:`chassis.settings.Settings`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from chassis.settings import Settings, SettingsError, read


@dataclass(frozen=True)
class GatewaySettings:
    """``common`` plus what concerns HTTP."""

    common: Settings
    spool_folder: Path
    trusted_proxies: int

    @property
    def https(self) -> bool:
        return urlsplit(self.common.public_url).scheme == "https"

    @property
    def form_secret(self) -> str:
        """Signs CSRF tokens. Derived from the gateway's own key, so that replicas agree without another secret."""
        private_pem = (self.common.keys_dir / "gateway.pem").read_bytes()
        return hashlib.sha256(b"registry csrf v1\0" + private_pem).hexdigest()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> GatewaySettings:
        """``REGISTRY_…`` as docs/settings.md lists them. ``SettingsError`` for what is missing or no number."""
        common = Settings.from_environment({"REGISTRY_SERVICE": "gateway", **environ})
        return cls(
            common=common,
            spool_folder=_spool_folder(common, environ),
            trusted_proxies=int(read("REGISTRY_TRUSTED_PROXIES", "0", environ)),
        )


def _spool_folder(common: Settings, environ: Mapping[str, str]) -> Path:
    """Where uploads gather: one folder that all replicas share. A folder store brings its own."""
    if spool := read("REGISTRY_UPLOAD_SPOOL", "", environ):
        return Path(spool)
    store = urlsplit(common.object_store_url)
    if store.scheme != "file":
        raise SettingsError("with an S3 object store, set REGISTRY_UPLOAD_SPOOL to a folder that all gateways share")
    return Path(unquote(store.path)) / "uploads"
