"""What identity needs beyond what every service needs."""

from __future__ import annotations

from identity.data_key import require_data_key, require_same_data_key

SETTINGS = {"data_key": require_data_key}
DATABASE = {"data_key": require_same_data_key}
