"""A template process that for a while finds no memory to fork."""

from __future__ import annotations

import errno
import os
from typing import Any

from chassis.confinement.model import Job

_fork = os.fork
_forks = 0
FAILING = range(2, 5)
"""The first fork finds out what the machine allows; then three fail."""


def prepare_confined() -> None:
    def fork() -> int:
        global _forks
        _forks += 1
        if _forks in FAILING:
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        return _fork()

    os.fork = fork


def echo(job: Job) -> Any:
    return job.args
