"""Who sends work, in which order it is taken, and how much of it may wait. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum

from chassis.actor import Actor


class Rank(IntEnum):
    """Classes of work, the first served first. A number in the table: keep them."""

    OFFICE = 0
    """The office's own, and that of applicants whose identity is verified."""
    SIGNED_IN = 1
    VISITOR = 2


@dataclass(frozen=True)
class Sender:
    """``party`` is what is served by turns within a rank: an account, or the network of a visitor."""

    rank: Rank
    party: str


def sender_of(actor: Actor, network: str, *, verified: bool = False) -> Sender:
    """``network``: the IPv4 address or IPv6 /64 from which a visitor came, as the gateway saw it. Without one, visitors
    count as one party together."""
    if actor.kind in ("anonymous", "service"):
        return Sender(Rank.VISITOR, f"network:{network}")
    return Sender(Rank.OFFICE if verified or actor.is_staff else Rank.SIGNED_IN, actor.party)


@dataclass(frozen=True)
class Terms:
    """What holds for the work of one table.

    ``lease``: a piece whose worker has not been heard of for so long is somebody else's; one that lives renews it after
    a third of it. ``attempts``: a piece that could not be done so often, or took its worker down, is given up with a
    reason, or with ``parks`` put aside for a person who mends the cause and releases it. ``again``: before a piece is
    tried again that could not be done, twice as long each time, at most ``longest``. ``most``: how many pieces of one
    party may wait; a rank that is missing has no bound. ``wanted``: for how long after somebody last asked for it a
    piece waits, by rank; a rank that is missing waits until it is done. ``patience``: what has waited longer gets one
    claim in ``Lane.SHARE``, whoever sent it, so that nobody waits for ever.
    """

    channel: str
    lease: timedelta = timedelta(seconds=45)
    attempts: int = 3
    parks: bool = False
    again: timedelta = timedelta(seconds=10)
    longest: timedelta = timedelta(minutes=15)
    most: Mapping[Rank, int] = field(default_factory=dict)
    wanted: Mapping[Rank, timedelta] = field(default_factory=dict)
    patience: timedelta = timedelta(minutes=2)

    def pause(self, attempts: int) -> timedelta:
        """How long a piece rests that could not be done for the ``attempts``-th time."""
        doublings = min(max(attempts, 1) - 1, 32)  # beyond, any pause is the longest
        return min(self.again * (1 << doublings), self.longest)


class LeaseLost(Exception):
    """Another hand has taken the piece over: what this one goes on to do with it counts for nothing."""
