"""Runs named pure functions over untrusted bytes in separate, disposable processes.

A bomb, a crash or an endless loop in a parser becomes a ``ConfinedOutcome``, never an outage. A process that was taken
away from outside is no outcome but ``ConfinementLost``. Used from plain worker processes (no eventlet):
``ConfinedPool(modules=[...]).run("package.module:function", path=...)``.
"""

from chassis.confinement.model import (
    ConfinedOutcome,
    Confinement,
    ConfinementError,
    ConfinementLost,
    Job,
    JsonValue,
    Limits,
    Refused,
)
from chassis.confinement.pool import ConfinedPool

__all__ = [
    "ConfinedOutcome",
    "ConfinedPool",
    "Confinement",
    "ConfinementError",
    "ConfinementLost",
    "Job",
    "JsonValue",
    "Limits",
    "Refused",
]
