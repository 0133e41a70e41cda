"""Statements on objects that may be leaving, and on what one of all replicas does now and then.

Each stands for itself and may run twice, as those on uploads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.db import Ask

LEASE = timedelta(minutes=5)
"""For which whoever claims objects has them alone."""

_CLAIM = """
    UPDATE leaving_objects AS leaving SET not_before = now() + %(lease)s
    FROM (SELECT space, sha256 FROM leaving_objects WHERE not_before <= now()
          ORDER BY not_before LIMIT %(limit)s FOR UPDATE SKIP LOCKED) AS due
    WHERE leaving.space = due.space AND leaving.sha256 = due.sha256
    RETURNING leaving.space, leaving.sha256, leaving.not_before
"""
_SETTLE = """
    DELETE FROM leaving_objects
    WHERE space = %(space)s AND sha256 = ANY(%(sha256s)s) AND not_before = %(not_before)s
"""
_STILL = """
    SELECT sha256 FROM leaving_objects
    WHERE space = %(space)s AND sha256 = ANY(%(sha256s)s) AND not_before = %(not_before)s
"""
_LEAVE = """
    INSERT INTO leaving_objects AS leaving (space, sha256, not_before)
    SELECT DISTINCT %(space)s, sha256, now() + %(after)s FROM unnest(%(sha256s)s::text[]) AS sha256
    ON CONFLICT (space, sha256) DO UPDATE SET not_before = greatest(leaving.not_before, excluded.not_before)
"""
_LEAVING = "SELECT sha256 FROM leaving_objects WHERE space = %(space)s AND sha256 = ANY(%(sha256s)s)"
_TAKE_TURN = """
    INSERT INTO chores (name, due_at) VALUES (%(name)s, now() + %(every)s)
    ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at WHERE chores.due_at <= now()
    RETURNING name
"""


@dataclass(frozen=True)
class Claim:
    """Objects of one space that are this process's to judge until ``not_before``, which names the claim."""

    space: str
    sha256s: Sequence[str]
    not_before: datetime


class LeavingTable:
    """Objects that something ceased to refer to."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def claim(self, limit: int) -> list[Claim]:
        """Objects whose time has come."""
        rows = self._ask(_CLAIM, {"lease": LEASE, "limit": limit})
        found: dict[tuple[str, datetime], list[str]] = {}
        for row in rows:
            found.setdefault((row.space, row.not_before), []).append(row.sha256)
        return [Claim(space, sha256s, not_before) for (space, not_before), sha256s in found.items()]

    def settle(self, claim: Claim, sha256s: Sequence[str]) -> None:
        """Nothing more is to be done about these; whatever was released since the claim stays on the list."""
        self._ask(_SETTLE, {"space": claim.space, "sha256s": list(sha256s), "not_before": claim.not_before})

    def still(self, claim: Claim) -> set[str]:
        """Those that nothing has released since the claim."""
        asked = {"space": claim.space, "sha256s": list(claim.sha256s), "not_before": claim.not_before}
        return {row.sha256 for row in self._ask(_STILL, asked)}

    def leave(self, space: str, sha256s: Sequence[str], after: timedelta) -> None:
        """These may be collected after a while, if nothing refers to them then; several may be the same."""
        self._ask(_LEAVE, {"space": space, "sha256s": list(sha256s), "after": after})

    def leaving(self, space: str, sha256s: Sequence[str]) -> set[str]:
        """Those that are on the list."""
        return {row.sha256 for row in self._ask(_LEAVING, {"space": space, "sha256s": list(sha256s)})}

    def my_turn(self, name: str, every: timedelta) -> bool:
        """Whether this process is the one that does it now; the next turn comes after ``every``."""
        return bool(self._ask(_TAKE_TURN, {"name": name, "every": every}))
