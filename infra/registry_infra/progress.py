"""Says what is being done while it is done, with the seconds since the command was called."""

import os
import time
from collections.abc import Callable

Say = Callable[[str], None]
_STARTED = float(os.environ.get("REGISTRY_CALL_STARTED") or time.time())


def say(text: str) -> None:
    """A line with the seconds since the command was given."""
    print(f"{time.time() - _STARTED:6.1f} s  {text}", flush=True)


def silent(_text: str) -> None:
    """For tests and for calls whose output is data."""
