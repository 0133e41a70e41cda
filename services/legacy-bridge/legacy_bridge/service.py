"""The legacy bridge at the broker."""

from __future__ import annotations

from chassis.service import Service, rpc

from contracts import legacy_bridge
from legacy_bridge.numbers import handlers as numbers


class LegacyBridgeService(Service):
    name = "legacy_bridge"

    locate = rpc(legacy_bridge.LOCATE, numbers.locate)
