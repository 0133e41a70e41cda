"""Work that nobody waits for leaves the processors to what somebody waits for.

By how many tasks want one at this moment (Linux): niceness says nothing between services, each of which is a session,
and so a scheduling group, of its own. Elsewhere nothing is known, and nothing rests.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_STAT = Path("/proc/stat")
_LOOK_SECONDS = 0.02


def running() -> int:
    """Tasks that run or wait for a processor, of the whole machine, without whoever asks; 0 where that is not known."""
    try:
        with _STAT.open("rb") as stream:
            for line in stream:
                if line.startswith(b"procs_running"):
                    return int(line.split()[1]) - 1
    except OSError:
        pass
    return 0


def rest_while_crowded(most: float, beside: int = 0) -> float:
    """Rests when as many tasks run as there are processors, ``beside`` those that belong to the work itself, until that
    is over: half of its own tasks stand still by then. ``most`` seconds, so that it goes on however busy the machine
    is. How long it has rested."""
    processors, began = os.cpu_count() or 1, time.monotonic()
    allowed = processors + beside
    while running() >= allowed and time.monotonic() - began < most:
        allowed = processors + beside // 2
        time.sleep(_LOOK_SECONDS)
    return time.monotonic() - began
