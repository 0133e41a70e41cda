"""Wrong guesses: how they slow down whoever makes them, and nobody else.

They are counted per account *and* place. A place is a device that carries a token from an earlier sign-in (OWASP:
device cookies), else a network. Nothing is ever locked: after some failures each further one makes the next try wait
longer. A place from which the account has signed in before is *familiar*, and what strangers do elsewhere never counts
against it; all unfamiliar places of an account share a ceiling of their own, against guessing from many networks.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chassis.networks import network_of

ELSEWHERE = "elsewhere"
"""The row that counts failures on an account from all unfamiliar places together."""
ANYBODY = ""
"""The key of the rows that count a network's failures on whatever account."""
FAMILIAR_FOR = timedelta(days=180)
Kind = Literal["device", "network"]


@dataclass(frozen=True)
class Rule:
    """The first ``free`` failures cost nothing; then the next try waits ``base``, twice as long after each ``step``.

    Failures older than ``memory`` count no more.
    """

    free: int
    base: timedelta
    step: int
    longest: timedelta
    memory: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long the next try waits after so many failures: nothing for the free ones, then doubling up to
        ``longest``."""
        if failures < self.free:
            return timedelta()
        doublings = min((failures - self.free) // self.step, 20)
        return min(self.base * (1 << doublings), self.longest)


PLACE_RULE = Rule(5, timedelta(seconds=15), 1, timedelta(minutes=15), timedelta(days=1))
"""One place on one account: eleven guesses in half an hour, then a hundred a day."""
ELSEWHERE_RULE = Rule(30, timedelta(seconds=15), 10, timedelta(minutes=5), timedelta(days=1))
"""All unfamiliar places on one account: eighty guesses, then at most three hundred a day."""


def spraying_rule(sandbox: bool) -> Rule:
    """One network on whatever accounts. An office behind one address has room for its people's mistakes."""
    free = 1000 if sandbox else 100
    return Rule(free, timedelta(seconds=1), 10, timedelta(minutes=1), timedelta(hours=1))


@dataclass(frozen=True)
class Failures:
    """Failures in one row, at ``last`` the newest of them."""

    count: int = 0
    last: datetime | None = None

    def counted(self, rule: Rule, now: datetime) -> int:
        """Failures that still count; all are forgotten when the last one is older than ``memory``."""
        return 0 if self.last is None or now - self.last > rule.memory else self.count

    def wait(self, rule: Rule, now: datetime) -> timedelta:
        """How long until the next try; zero when it is free."""
        if self.last is None:
            return timedelta()
        return max(timedelta(), self.last + rule.wait(self.counted(rule, now)) - now)


@dataclass(frozen=True)
class Place:
    """Where an attempt comes from, as it is counted. ``familiar``: the account has signed in from there before."""

    kind: Kind
    name: str
    network: str
    familiar: bool

    @property
    def row(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True)
class Standing:
    """What stands against an attempt: failures of its place, of all unfamiliar places, and of its network."""

    place: Failures
    elsewhere: Failures
    network: Failures

    def wait(self, place: Place, spraying: Rule, now: datetime) -> timedelta:
        """A familiar place waits for its own failures only; a device is told apart from its network's too."""
        waits = [self.place.wait(PLACE_RULE, now)]
        if not place.familiar:
            waits.append(self.elsewhere.wait(ELSEWHERE_RULE, now))
        if place.kind != "device":
            waits.append(self.network.wait(spraying, now))
        return max(waits)


def place_of(client: str, device: str, *, device_known: bool, network_known: bool) -> Place:
    """The device when its token is one of the account's, else the network."""
    network = network_of(client)
    if device_known:
        return Place("device", device_digest(device), network, familiar=True)
    return Place("network", network, network, familiar=network_known)


def new_device_token() -> str:
    """256 random bits for the device's cookie; only a digest of it is kept."""
    return "dt_" + secrets.token_urlsafe(32)


def device_digest(token: str) -> str:
    """256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
