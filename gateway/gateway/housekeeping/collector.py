"""Removes objects that nobody refers to: the only place of the system that removes anything from the common space.

An object is looked at when something has ceased to refer to it: an upload that expired or was deleted, a row that a
service has forgotten. It goes when no service and no upload refers to it, and nobody has put it for longer than any
reference needs to be written down. Whoever does not answer may refer to everything: then nothing goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.actor import issue_access_token, service_actor
from chassis.errors import Problem
from chassis.objects.references import held_among
from contracts.base import Model, RpcMethod
from contracts.objects import HELD_OBJECTS, RELEASED_OBJECTS, AskHeldObjects, ReleasedObjects, TakeReleasedObjects

from gateway.housekeeping.store import Claim, LeavingTable
from gateway.tables import Base
from gateway.uploads.model import LEAVING
from gateway.web.metrics import OBJECTS
from gateway.web.resources import Resources

AT_ONCE = 200
TOKEN_LIFE = 60


class Collector:
    """One process's hand in it. Any number of replicas may have theirs in at once."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._table = LeavingTable(resources.runtime.ask)

    def take_released(self) -> int:
        """Puts what services have released on the list; returns how many.

        Raises the Problem of a service that is away, once the others have been asked.
        """
        count, away = 0, None
        for method in RELEASED_OBJECTS.values():
            try:
                count += self._take_from(method)
            except Problem as problem:
                away = problem
        if away is not None:
            raise away
        return count

    def _take_from(self, method: RpcMethod[Any, ReleasedObjects]) -> int:
        count = taken = 0
        while items := self._ask(method, TakeReleasedObjects(taken=taken)).items:
            for space in {item.space for item in items}:
                self._table.leave(space, [item.sha256 for item in items if item.space == space], LEAVING)
            taken, count = items[-1].number, count + len(items)
        return count

    def collect(self) -> int:
        """Judges the next objects whose time has come; returns how many there were.

        Raises the Problem of a service that does not answer: nothing is removed, and they come up again.
        """
        claims = self._table.claim(AT_ONCE)
        for claim in claims:
            self._judge(claim)
        return sum(len(claim.sha256s) for claim in claims)

    def held(self, space: str, sha256s: Sequence[str]) -> set[str]:
        """Those that anything refers to. Raises the Problem of a service that does not answer.

        Uploads first: what a service takes over from an upload while it is asked for is seen at one of the two.
        """
        with self._resources.runtime.reading_sessions() as session:
            found = held_among(session, Base.metadata, space, sha256s)
        for method in HELD_OBJECTS.values():
            if rest := [sha256 for sha256 in sha256s if sha256 not in found]:
                found.update(self._ask(method, AskHeldObjects(space=space, sha256s=rest)).sha256s)
        return found

    def _judge(self, claim: Claim) -> None:
        held = self.held(claim.space, claim.sha256s)
        still = self._table.still(claim)  # what was released meanwhile has its grace anew
        store = self._resources.runtime.store_of(claim.space)
        gone: list[str] = []
        touched: list[str] = []
        for sha256 in claim.sha256s:
            if sha256 not in held and sha256 in still:
                (gone if store.collect(sha256, LEAVING.total_seconds()) else touched).append(sha256)
        self._table.settle(claim, [*held, *gone])
        self._table.leave(claim.space, touched, LEAVING)
        OBJECTS.labels("collected").inc(len(gone))

    def _ask(self, method: RpcMethod[Any, Any], request: Model) -> Any:
        token = issue_access_token(self._resources.runtime.signer, service_actor("gateway"), TOKEN_LIFE)
        return self._resources.rpc.call(method, request, token=token)
