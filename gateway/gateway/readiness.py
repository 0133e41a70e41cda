"""What the gateway needs beyond what every process needs."""

from __future__ import annotations

from chassis.objects.sealing import SealingKey
from chassis.runtime import Runtime


def require_image_key(runtime: Runtime) -> None:
    """There is a public key to seal identity images with. Raises ``SettingsError``."""
    SealingKey.load(runtime.settings.keys_dir)


SETTINGS = {"image_key": require_image_key}
