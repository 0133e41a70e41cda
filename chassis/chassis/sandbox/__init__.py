"""Runs named pure functions over untrusted bytes in separate, disposable processes.

A bomb, a crash or an endless loop in a parser becomes a ``SandboxOutcome``, never an outage. A process that was taken
away from outside is no outcome but ``SandboxLost``. Used from plain worker processes (no eventlet):
``SandboxPool(modules=[...]).run("package.module:function", path=...)``.
"""

from chassis.sandbox.model import (
    Confinement,
    Job,
    JsonValue,
    Limits,
    Refused,
    SandboxError,
    SandboxLost,
    SandboxOutcome,
)
from chassis.sandbox.pool import SandboxPool

__all__ = [
    "Confinement",
    "Job",
    "JsonValue",
    "Limits",
    "Refused",
    "SandboxError",
    "SandboxLost",
    "SandboxOutcome",
    "SandboxPool",
]
