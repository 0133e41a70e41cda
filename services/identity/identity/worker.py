"""The worker of identity (``python -m chassis.worker identity``): images of real-name verifications."""

from __future__ import annotations

from chassis.runtime import Runtime
from chassis.worker import Worker

from identity.verification.handlers import CHANNEL
from identity.verification.inspection import close_sandbox, inspect_image
from identity.verification.sealing_worker import check_one, remove_one


def step(runtime: Runtime) -> bool:
    """A submission that somebody waits for comes first, then bytes that must go."""
    return check_one(runtime, inspect_image) or remove_one(runtime)


WORKER = Worker(channel=CHANNEL, step=step, close=close_sandbox)
