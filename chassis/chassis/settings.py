"""Settings of a process, from environment variables or from files named by ``<NAME>_FILE`` (secrets)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


class SettingsError(RuntimeError):
    """A setting is missing or makes no sense; the message says which and what to do."""


SEALING_KEY_BYTES = 32


def sealing_key_file(keys_dir: Path, service: str) -> Path:
    """The key under which a service keeps what must not lie in clear (:mod:`chassis.sealing`)."""
    return keys_dir / f"{service}-sealing.key"


def read(name: str, default: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """Value of a setting; ``NAME_FILE`` names a file that holds it."""
    if file := environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    value = environ.get(name, default)
    if value is None:
        raise SettingsError(f"setting {name} is missing: set {name}, or {name}_FILE to a file that holds it")
    return value


@dataclass(frozen=True)
class Settings:
    """What every process of the system needs to know. Each field's variable is in ``docs/settings.md``."""

    service: str
    profile: Literal["sandbox", "production"]
    database_url: str
    amqp_url: str
    object_store_url: str
    keys_dir: Path
    public_url: str
    health_port: int
    pki_dir: Path
    max_workers: int
    log_level: str

    @property
    def sandbox(self) -> bool:
        return self.profile == "sandbox"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read all settings; raises :class:`SettingsError` naming the first that is wrong."""
        profile = read("REGISTRY_PROFILE", "production", environ)
        if profile not in ("sandbox", "production"):
            raise SettingsError(f"REGISTRY_PROFILE is {profile!r}: use sandbox or production")
        keys_dir = Path(read("REGISTRY_KEYS_DIR", None, environ))
        return cls(
            service=read("REGISTRY_SERVICE", None, environ),
            profile="sandbox" if profile == "sandbox" else "production",
            database_url=read("REGISTRY_DATABASE_URL", None, environ),
            amqp_url=read("REGISTRY_AMQP_URL", None, environ),
            object_store_url=read("OBJECT_STORE_URL", None, environ),
            keys_dir=keys_dir,
            public_url=read("REGISTRY_PUBLIC_URL", "http://127.0.0.1:8000", environ).rstrip("/"),
            health_port=int(read("REGISTRY_HEALTH_PORT", "0", environ)),
            pki_dir=Path(read("REGISTRY_PKI_DIR", str(keys_dir / "pki"), environ)),
            max_workers=int(read("REGISTRY_MAX_WORKERS", "16", environ)),
            log_level=read("REGISTRY_LOG_LEVEL", "INFO", environ).upper(),
        )
