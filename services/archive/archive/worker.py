"""The issuing worker (``python -m chassis.worker archive``): makes certificates and checks files people send."""

from __future__ import annotations

from chassis.runtime import Runtime
from chassis.worker import Worker

from archive.authenticity.checking import check_next, close_sandbox
from archive.certificates.handlers import CHANNEL
from archive.certificates.issuing import issue_next


def step(runtime: Runtime) -> bool:
    """A check somebody waits for comes first, then the next certificate."""
    return check_next(runtime) or issue_next(runtime)


WORKER = Worker(channel=CHANNEL, step=step, close=close_sandbox)
