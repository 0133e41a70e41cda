"""The materials worker: checks, repairs and deposits of untrusted files, apart from the service's event loop."""

from __future__ import annotations

from itertools import count

from chassis.runtime import Runtime
from chassis.work import Lane, Rank
from chassis.worker import Hand, Worker
from materials.precheck.engine import SIDE_BY_SIDE, shared_pool

from filing.jobs import handlers as jobs
from filing.jobs.model import CHANNEL
from filing.prechecks import handlers as prechecks
from filing.prechecks.rescan import scan_again

EVERYBODY = Lane(hands=SIDE_BY_SIDE // 2)
APPLICANTS = Lane(hands=SIDE_BY_SIDE // 2, lowest=Rank.SIGNED_IN)
"""Visitors have half of the hands at most, and one party never both hands of a lane: so two at all."""


def hand(lane: Lane) -> Hand:
    """A check or a job, in turns: neither kind of work waits for the end of the other's queue. When there is neither, a
    file that the malware scanner has yet to see.

    The sandbox takes seconds to start, so it starts before there is work.
    """
    turns = count()

    def step(runtime: Runtime) -> bool:
        turn = next(turns)
        if turn == 0:
            shared_pool().start()
        first, second = (prechecks.work_off, jobs.work_off) if turn % 2 else (jobs.work_off, prechecks.work_off)
        return first(runtime, lane) or second(runtime, lane) or scan_again(runtime)

    return Hand(CHANNEL, step)


WORKER = Worker([hand(lane) for lane in (EVERYBODY, APPLICANTS) for _ in range(lane.hands)])
