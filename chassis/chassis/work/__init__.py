"""Leased work: rows that wait for a hand, in an order that is fair to those who sent them.

A service's own table mixes in ``Leased``; ``enter`` puts a row into the queue, ``Lane.piece`` takes one out and keeps
it while it is worked on. A worker that dies gives its piece back by dying. Long work keeps checkpoints and says how far
it is; what cannot be done is given up with a reason or parked for a person (``chassis.work.parking``). What a piece is
about, and what comes of it, is the service's.
"""

from chassis.work.lanes import ALONE, Lane, keep_checkpoint, progress_of, put_off
from chassis.work.model import LeaseLost, Rank, Sender, Terms, sender_of
from chassis.work.store import Leased, Progressing, Resumable, drop_unwanted, enter, indexes, place, take_turn, wanted

__all__ = [
    "ALONE",
    "Lane",
    "LeaseLost",
    "Leased",
    "Progressing",
    "Rank",
    "Resumable",
    "Sender",
    "Terms",
    "drop_unwanted",
    "enter",
    "indexes",
    "keep_checkpoint",
    "place",
    "progress_of",
    "put_off",
    "sender_of",
    "take_turn",
    "wanted",
]
