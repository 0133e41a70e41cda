"""`./registry objects`: does every reference have its object, and every object a reference?

Services and gateways ask themselves once a day; `check` asks now, of the databases and the store, whatever runs.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from chassis.db import sqlalchemy_url
from chassis.objects import open_store
from chassis.objects.references import held_on_shelf, tables_of
from chassis.objects.store import SHELVES
from contracts.objects import IDENTITY_SPACE
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

IN_FLIGHT = 86400
"""Seconds: younger objects may belong to work that goes on."""
_LEAVING = text("SELECT sha256 FROM leaving_objects WHERE space = :space AND sha256 LIKE :shelf")
_ROUNDS = text("SELECT kind, found, next_shelf, ended_at FROM object_checks ORDER BY kind")
_WAITING = text("SELECT count(*) FROM leaving_objects")


class ObjectBooks:
    """The databases of all who refer to objects, and the store."""

    def __init__(self, database_urls: Mapping[str, str], store_url: str) -> None:
        self._urls = database_urls
        self._store_url = store_url

    def rounds(self) -> Iterator[str]:
        """What the last daily rounds found, and what is on its way out."""
        with ExitStack() as stack:
            sessions = self._sessions(stack)
            for name, session in sessions.items():
                for row in session.execute(_ROUNDS):
                    when = f"ended {row.ended_at:%Y-%m-%d %H:%M %Z}" if row.ended_at else f"at shelf {row.next_shelf}"
                    yield f"{name:<15}{row.found:>8} {row.kind:<14} ({when})"
            waiting = sessions["gateway"].execute(_WAITING).scalar_one()
        yield f"{waiting} objects were released and will be collected if nobody refers to them."

    def check(self, problems: list[str]) -> Iterator[str]:
        """A line for each object that is missing or unreferenced (put into `problems` too), then how many there are."""
        held = kept = 0
        with ExitStack() as stack:
            sessions = self._sessions(stack)
            for space in ("", IDENTITY_SPACE):
                store = open_store(self._store_url, space)
                for shelf in SHELVES:
                    due, known = self._references(sessions, space, shelf)
                    listed = {item.sha256: item for item in store.listed(shelf)}
                    missing = {sha256 for sha256 in due - listed.keys() if not store.exists(sha256)}
                    # Who refers to them may have ceased to, and the object have gone, since we asked.
                    missing &= self._references(sessions, space, shelf)[0] if missing else missing
                    old = {sha256 for sha256, item in listed.items() if item.touched < time.time() - IN_FLIGHT}
                    where = f" in the space of {space}" if space else ""
                    found = [f"missing: {sha256}{where}" for sha256 in sorted(missing)]
                    found += [f"unreferenced: {sha256}{where}" for sha256 in sorted(old - known)]
                    problems += found
                    yield from found
                    held, kept = held + len(due), kept + len(listed)
        wrong = f"{len(problems)} are wrong: docs/runbooks/objects.md" if problems else "all agree"
        yield f"{held} objects are referred to, {kept} are stored; {wrong}."

    def _sessions(self, stack: ExitStack) -> dict[str, Session]:
        sessions = {}
        for name, url in self._urls.items():
            engine = create_engine(sqlalchemy_url(url), isolation_level="AUTOCOMMIT")
            stack.callback(engine.dispose)
            sessions[name] = stack.enter_context(Session(engine))
        return sessions

    @staticmethod
    def _references(sessions: Mapping[str, Session], space: str, shelf: str) -> tuple[set[str], set[str]]:
        """Objects that must be there, and all that anybody has anything to do with."""
        due: set[str] = set()
        known: set[str] = set()
        for name, session in sessions.items():
            metadata = tables_of(name)
            due |= held_on_shelf(session, metadata, space, shelf)
            known |= held_on_shelf(session, metadata, space, shelf, promised=True)
        known.update(sessions["gateway"].scalars(_LEAVING, {"space": space, "shelf": f"{shelf}%"}))
        return due, known
