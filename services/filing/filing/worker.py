"""The materials worker: checks, repairs and deposits of untrusted files, apart from the service's event loop."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from chassis.runtime import Runtime
from chassis.work import ALONE, Lane, Rank
from chassis.worker import Hand, Worker
from materials.precheck.engine import SIDE_BY_SIDE, shared_pool

from filing.batches import work as batches
from filing.batches.model import CHANNEL as BATCHES
from filing.deposits.work import perform_deposit
from filing.jobs import handlers as jobs
from filing.jobs.model import Kind
from filing.prechecks import handlers as prechecks
from filing.prechecks.model import CHANNEL
from filing.prechecks.rescan import scan_again
from filing.repairs.work import perform_repair

KINDS: Mapping[Kind, jobs.Perform] = {"repair": perform_repair, "deposit": perform_deposit}

EVERYBODY = Lane(hands=SIDE_BY_SIDE // 2)
APPLICANTS = Lane(hands=SIDE_BY_SIDE // 2, lowest=Rank.SIGNED_IN)
"""Visitors have half of the hands at most, and one party never both hands of a lane: so two at all."""


def do_job(runtime: Runtime, lane: Lane = ALONE) -> bool:
    """Does the next job of any kind; False when there is none for this lane."""
    return jobs.work_off(runtime, KINDS, lane)


def hand(lane: Lane) -> Hand:
    """A check or a job, in turns: neither kind of work waits for the end of the other's queue. When there is neither, a
    file that the malware scanner has yet to see.

    The confined template takes seconds to start, so it starts before there is work.
    """
    turns = count()

    def step(runtime: Runtime) -> bool:
        turn = next(turns)
        if turn == 0:
            shared_pool().start()
        first, second = (prechecks.work_off, do_job) if turn % 2 else (do_job, prechecks.work_off)
        return first(runtime, lane) or second(runtime, lane) or scan_again(runtime)

    return Hand(CHANNEL, step)


WORKER = Worker(
    [
        *(hand(lane) for lane in (EVERYBODY, APPLICANTS) for _ in range(lane.hands)),
        *(Hand(BATCHES, batches.work_off) for _ in range(batches.HANDS.hands)),
    ]
)
