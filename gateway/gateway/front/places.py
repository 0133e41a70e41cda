"""Threads that may be spent on bodies which come slowly: so many, of which one network has a share. Pure."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from chassis.settings import SettingsError, read

from gateway.front.pace import Pace

SETTLED = 3.0
"""Seconds for which nobody is asked to give way."""
QUICK = 64 * 1024
"""Bytes a second: who sends so fast will be done before anybody else would."""


@dataclass(frozen=True)
class Room:
    """What one worker has room for: ``transfers`` at once, ``connections`` of one network. ``proxies`` stand before it,
    whose connections are those of many networks."""

    transfers: int
    connections: int
    proxies: int

    @classmethod
    def from_environment(cls, threads: int, environ: Mapping[str, str] = os.environ) -> Room:
        """How many may send at once, and from one network. ``SettingsError`` for what is no number."""
        try:
            room = cls(
                transfers=int(read("REGISTRY_WEB_TRANSFERS", str(3 * threads), environ)),
                connections=int(read("REGISTRY_CONNECTIONS_PER_NETWORK", "256", environ)),
                proxies=int(read("REGISTRY_TRUSTED_PROXIES", "0", environ)),
            )
        except ValueError as error:
            raise SettingsError(f"the gateway's room is no number: {error}") from None
        if min(room.transfers, room.connections) < 1 or room.proxies < 0:
            raise SettingsError("a gateway has room for one transfer and one connection at least")
        return room


class Sender(Protocol):
    """Somebody who has a place. ``pace`` is None as soon as the whole body is there."""

    network: str

    @property
    def pace(self) -> Pace | None: ...


S = TypeVar("S", bound=Sender)


@dataclass
class Places(Generic[S]):
    """``total`` places, at most ``share`` of them for one network."""

    total: int
    share: int

    def __post_init__(self) -> None:
        self._taken: dict[S, None] = {}
        self._networks: Counter[str] = Counter()

    def enter(self, sender: S) -> bool:
        """False when there is no place for ``sender`` now."""
        if len(self._taken) >= self.total or self._networks[sender.network] >= self.share:
            return False
        self._taken[sender] = None
        self._networks[sender.network] += 1
        return True

    def taken(self) -> list[S]:
        return list(self._taken)

    def leave(self, sender: S) -> bool:
        """Whether ``sender`` had a place."""
        if sender not in self._taken:
            return False
        del self._taken[sender]
        self._networks[sender.network] -= 1
        if not self._networks[sender.network]:
            del self._networks[sender.network]
        return True

    def to_give_way(self, newcomer: S, now: float) -> S | None:
        """The slowest of the network that has most, so that a newcomer can enter: what they sent is kept, and they may
        come again. Whoever has as many places as the others asks only their own network."""
        most = max(self._networks.values(), default=0)
        own = self._networks[newcomer.network]
        if own >= self.share or own >= most > 0:
            crowd = {newcomer.network}
        else:
            crowd = {network for network, count in self._networks.items() if count == most}
        slow = [
            (pace.rate(now), order, sender)
            for order, sender in enumerate(self._taken)
            if sender.network in crowd
            and (pace := sender.pace) is not None
            and now - pace.began >= SETTLED
            and pace.rate(now) < QUICK
        ]
        return min(slow)[2] if slow else None
