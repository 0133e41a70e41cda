"""What members of staff are called, for pages that say who did what."""

from __future__ import annotations

from collections.abc import Iterable

from chassis.errors import Problem
from contracts.identity import NAME_STAFF, NameStaff

from gateway.web.calls import call

MOST_NAMED = 50


def names_of(actors: Iterable[str | None]) -> dict[str, str]:
    """By account, of those that are staff; none while identity does not answer."""
    people = sorted({actor for actor in actors if actor and actor.startswith("acc-")})[:MOST_NAMED]
    if not people:
        return {}
    try:
        return call(NAME_STAFF, NameStaff(account_ids=people)).names
    except Problem as problem:
        if problem.status < 500:
            raise
        return {}
