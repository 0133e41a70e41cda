"""The materials worker: checks, repairs and deposits of untrusted files, apart from the service's event loop."""

from __future__ import annotations

from itertools import count

from chassis.runtime import Runtime
from chassis.worker import Worker

from filing.jobs import handlers as jobs
from filing.jobs.queue import CHANNEL
from filing.precheck.engine import SIDE_BY_SIDE, shared_pool
from filing.prechecks import handlers as prechecks

_turns = count()


def step(runtime: Runtime) -> bool:
    """A check or a job, in turns: neither kind of work waits for the end of the other's queue.

    The sandbox takes seconds to start, so it starts before there is work.
    """
    turn = next(_turns)
    if turn == 0:
        shared_pool().start()
    first, second = (prechecks.work_off, jobs.work_off) if turn % 2 else (jobs.work_off, prechecks.work_off)
    return first(runtime) or second(runtime)


WORKER = Worker(channel=CHANNEL, step=step, hands=SIDE_BY_SIDE)
