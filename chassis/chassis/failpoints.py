"""Named points at which a fault test may end the process (``REGISTRY_FAILPOINT=relay.confirmed``)."""

from __future__ import annotations

import os

_WANTED = os.environ.get("REGISTRY_FAILPOINT", "")


def failpoint(name: str) -> None:
    """Does nothing, unless the environment named this point: then the process ends here as if killed."""
    if _WANTED and name == _WANTED:
        os._exit(137)
