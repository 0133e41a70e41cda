"""Leased work: rows that wait for a hand, in an order that is fair to those who sent them.

A service's own table mixes in ``Leased``; ``enter`` puts a row into the queue, ``Lane.piece`` takes one out and keeps
it while it is worked on. A worker that dies gives its piece back by dying. What a piece is about, and what comes of it,
is the service's.
"""

from chassis.work.lanes import ALONE, Lane, progress_of
from chassis.work.model import Rank, Sender, Terms, sender_of
from chassis.work.store import Leased, Progressing, drop_unwanted, enter, indexes, place, take_turn, wanted

__all__ = [
    "ALONE",
    "Lane",
    "Leased",
    "Progressing",
    "Rank",
    "Sender",
    "Terms",
    "drop_unwanted",
    "enter",
    "indexes",
    "place",
    "progress_of",
    "sender_of",
    "take_turn",
    "wanted",
]
