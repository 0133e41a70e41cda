"""What identity needs beyond what every service needs."""

from __future__ import annotations

from chassis.runtime import Runtime

from identity.data_key import require_data_key, require_same_data_key
from identity.images import opening_keys


def require_image_key(runtime: Runtime) -> None:
    """There is a private key for what the gateway seals. Raises ``SettingsError``."""
    opening_keys(runtime.settings.keys_dir)


SETTINGS = {"data_key": require_data_key, "image_key": require_image_key}
DATABASE = {"data_key": require_same_data_key}
