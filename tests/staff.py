"""The staff of the sandbox, signed in once for all tests of a run."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from registry_infra.portal import Portal, staff_member

SIGNED_IN = 600
"""Seconds after which somebody signs in again; access tokens live a quarter of an hour."""


@dataclass
class Staff:
    """Signed-in staff by role; kept, since each TOTP code works once."""

    visitor: Portal
    _known: dict[tuple[str, int], tuple[float, Portal]] = field(default_factory=dict)

    def __call__(self, role: str, number: int = 0) -> Portal:
        since, portal = self._known.get((role, number), (0.0, None))
        if portal is None or time.monotonic() - since > SIGNED_IN:
            portal = staff_member(self.visitor, role, number)
            self._known[role, number] = (time.monotonic(), portal)
        return portal
