"""How long a copy is kept, how often one may be asked for, and the cutting of what is written. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

LIFE = timedelta(days=7)
"""For which a copy can be fetched; then it is destroyed."""
TICKET_LIFE = timedelta(minutes=10)
"""For which the password that was entered opens the pieces."""
PERIOD = timedelta(hours=24)
MOST = 3
"""Copies that an account may ask for in a period; what could not be made does not count."""
PIECE = 1 << 20
"""Bytes of a piece before it is sealed: what worker, service and gateway hold of a copy at a time."""
LISTED = 500
"""Records of a section that the page for reading lists; the JSON has all."""


class Pieces:
    """What a ZIP is written to: cut into pieces as it comes, so that a copy of any size needs the memory of one."""

    def __init__(self, keep: Callable[[int, bytes], None]) -> None:
        self._keep, self._waiting = keep, bytearray()
        self.count = 0

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) >= PIECE:
            self._cut(PIECE)
        return len(data)

    def flush(self) -> None:
        """Nothing is passed on before a piece is whole."""

    def close(self) -> None:
        """The last piece, which is what is left."""
        if self._waiting or not self.count:
            self._cut(len(self._waiting))

    def _cut(self, size: int) -> None:
        self._keep(self.count, bytes(self._waiting[:size]))
        del self._waiting[:size]
        self.count += 1
