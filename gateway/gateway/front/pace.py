"""How long somebody may take to send or to fetch. Pure: times are seconds of a monotonic clock."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from chassis.settings import SettingsError, read

WINDOW = 5.0
"""Seconds: a rate is that of the last one to two of these."""


@dataclass(frozen=True)
class Patience:
    """``head``: for all of a request's head. ``idle``: between two requests. ``pause``: without a byte of a body;
    ``fetch_pause``: of an answer. ``rate``: bytes a second on the whole, counted after ``grace``. ``longest``: for one
    body or answer, however fast. ``linger``: for the last bytes of somebody who was answered before all was sent.
    ``place``: for a place among those who send large bodies."""

    head: float = 15.0
    idle: float = 15.0
    pause: float = 20.0
    fetch_pause: float = 60.0
    grace: float = 30.0
    rate: int = 2048
    longest: float = 7200.0
    linger: float = 3.0
    place: float = 10.0

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Patience:
        """In seconds and bytes per second. ``SettingsError`` for what is no number or not above zero."""
        try:
            patience = cls(
                head=float(read("REGISTRY_HEADER_TIMEOUT", "15", environ)),
                pause=float(read("REGISTRY_UPLOAD_READ_TIMEOUT", "20", environ)),
                rate=int(read("REGISTRY_SLOWEST_RATE", "2048", environ)),
            )
        except ValueError as error:
            raise SettingsError(f"the gateway's patience is no number: {error}") from None
        if min(patience.head, patience.pause, patience.rate) <= 0:
            raise SettingsError("the gateway's patience must be above 0")
        return patience


class Pace:
    """What has moved since when, and until when the next byte must."""

    def __init__(self, patience: Patience, now: float, pause: float | None = None) -> None:
        self._patience = patience
        self._pause = pause or patience.pause
        self.began = self._last = now
        self.moved = 0
        self._marks = [(now, 0), (now, 0)]

    def count(self, size: int, now: float) -> None:
        """``size`` bytes came or went at ``now``, in seconds of the monotonic clock."""
        if now - self._marks[1][0] >= WINDOW:
            self._marks = [self._marks[1], (now, self.moved)]
        self.moved += size
        self._last = now

    @property
    def deadline(self) -> float:
        """Until when more must have moved, in seconds of the monotonic clock."""
        patience = self._patience
        by_rate = self.began + patience.grace + self.moved / patience.rate
        return min(self._last + self._pause, by_rate, self.began + patience.longest)

    def rate(self, now: float) -> float:
        """Bytes a second of late: a burst in the beginning is no merit for ever."""
        since, before = self._marks[0]
        return (self.moved - before) / max(0.001, now - since)
