"""The legacy bridge at the broker."""

from __future__ import annotations

from chassis.service import Service, on_event, rpc

from contracts import archive, identity, legacy_bridge
from legacy_bridge.imports import handlers as imports
from legacy_bridge.numbers import handlers as numbers


class LegacyBridgeService(Service):
    name = "legacy_bridge"

    locate = rpc(legacy_bridge.LOCATE, numbers.locate)

    on_legacy_registrations_loaded = on_event(archive.LEGACY_REGISTRATIONS_LOADED, imports.note_loaded)
    on_legacy_registrations_withdrawn = on_event(archive.LEGACY_REGISTRATIONS_WITHDRAWN, imports.note_withdrawn)
    on_legacy_registrations_summed = on_event(archive.LEGACY_REGISTRATIONS_SUMMED, imports.note_sums)
    on_legacy_accounts_loaded = on_event(identity.LEGACY_ACCOUNTS_LOADED, imports.note_loaded)
    on_legacy_accounts_withdrawn = on_event(identity.LEGACY_ACCOUNTS_WITHDRAWN, imports.note_withdrawn)
    on_legacy_accounts_summed = on_event(identity.LEGACY_ACCOUNTS_SUMMED, imports.note_sums)
