"""How much is kept unsaved, and for how long."""

from __future__ import annotations

from datetime import timedelta

from contracts.filing import State
from contracts.filing.unsaved import CORRECTION

LIFE = timedelta(days=30)
"""Whoever comes back later than this finds the draft as it was saved."""
MOST = 20
"""Pages of one draft that were left with entries: more are not kept, and none of them is forgotten for a newer one."""


def keeps_in(step: str) -> State:
    """The state of a case in which its pages keep what is typed: of a correction while it is awaited."""
    return "awaiting_correction" if step == CORRECTION else "draft"
