"""The sample's worker: pieces of several steps."""

from __future__ import annotations

import os

from chassis.runtime import Runtime
from chassis.testing.sample.database import Piece, Step
from chassis.work import ALONE, Lane, keep_checkpoint, progress_of
from chassis.worker import Hand, Worker


def work_off(runtime: Runtime, lane: Lane = ALONE) -> bool:
    """Does the next piece, from where its last attempt stopped."""
    with lane.piece(runtime, Piece) as piece:
        if piece is None:
            return False
        progress = progress_of(runtime, piece)
        for step in range((piece.checkpoint or {"done": 0})["done"], piece.steps):
            _do(runtime, piece, step)
            keep_checkpoint(runtime, piece, {"done": step + 1})
            progress((step + 1) / piece.steps)
    with runtime.unit_of_work() as uow:
        uow.session.get_one(Piece, piece.id).state = "done"
    return True


def _do(runtime: Runtime, piece: Piece, step: int) -> None:
    if piece.fail == "raise":
        raise RuntimeError("failed on purpose over '13800138000'")
    if piece.fail == "die":
        os._exit(137)
    with runtime.unit_of_work() as uow:
        uow.session.add(Step(piece_id=piece.id, step=step, process=os.getpid()))


WORKER = Worker([Hand("sample", work_off)])
