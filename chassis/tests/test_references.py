"""What refers to an object is seen wherever it stands at the moment it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import permutations
from typing import Any

import pytest
from chassis.db import Declarative, connect, new_metadata
from chassis.objects.references import held_among, held_on_shelf, holds
from chassis.testing.databases import DatabaseFactory, TestDatabase
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Mapped, Session, mapped_column

pytestmark = pytest.mark.requirement("S-01")
SHA256 = "ab" * 32


class Base(Declarative):
    __abstract__ = True
    metadata = new_metadata()


class Draft(Base):
    __tablename__ = "race_drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(info=holds())


class Filed(Base):
    __tablename__ = "race_filed"
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(info=holds(while_="id > 0"))


class Made(Base):
    __tablename__ = "race_made"
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256s: Mapped[list[str]] = mapped_column(info=holds())


INSERT = {
    "race_drafts": "INSERT INTO race_drafts VALUES (1, :it)",
    "race_filed": "INSERT INTO race_filed VALUES (1, :it)",
    "race_made": "INSERT INTO race_made VALUES (1, jsonb_build_array(cast(:it AS text)))",
}


@pytest.fixture(scope="module")
def database(databases: DatabaseFactory) -> Iterator[TestDatabase]:
    with databases.empty_database("references") as made:
        engine = connect(made.owner_url)
        Base.metadata.create_all(engine)
        engine.dispose()
        yield made


def put(connection: Any, table: str) -> None:
    for other in INSERT:
        connection.execute(text(f"DELETE FROM {other}"))  # noqa: S608  tables of this test
    connection.execute(text(INSERT[table]), {"it": SHA256})


@contextmanager
def moved_after_each_statement(reading: Engine, owner: Engine, places: list[str]) -> Iterator[list[str]]:
    """Each statement of ``reading`` is followed by a move of the reference, committed, to the next of ``places``."""
    seen: list[str] = []
    way = iter(places)

    def move(*ignored: Any) -> None:
        seen.append(str(ignored[2]))
        with owner.begin() as connection:
            put(connection, next(way, places[-1]))

    event.listen(reading, "after_cursor_execute", move)
    try:
        yield seen
    finally:
        event.remove(reading, "after_cursor_execute", move)


ASKED: dict[str, Callable[[Session], set[str]]] = {
    "among": lambda session: held_among(session, Base.metadata, "", [SHA256, "cd" * 32]),
    "on_shelf": lambda session: held_on_shelf(session, Base.metadata, "", SHA256[:2]),
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_reference_that_moves_while_it_is_asked_for_is_seen(database: TestDatabase, asked: str) -> None:
    """In whichever order the columns are looked at. Red when each column is asked for by a statement of its own."""
    reading, owner = connect(database.owner_url, reading=True), connect(database.owner_url)
    try:
        for places in permutations(INSERT):
            with owner.begin() as connection:
                put(connection, places[0])
            with Session(reading) as session, moved_after_each_statement(reading, owner, [*places[1:]]) as seen:
                assert ASKED[asked](session) == {SHA256}, places
            assert seen, "nothing moved"
    finally:
        reading.dispose()
        owner.dispose()


def test_nothing_is_held_where_nothing_refers(database: TestDatabase) -> None:
    owner = connect(database.owner_url)
    with owner.begin() as connection:
        for table in INSERT:
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  tables of this test
        connection.execute(text("INSERT INTO race_filed VALUES (0, :it)"), {"it": SHA256})
    with Session(owner) as session:
        assert held_among(session, Base.metadata, "", [SHA256]) == set(), "a row that does not stand holds nothing"
        assert held_among(session, Base.metadata, "", []) == set()
        assert held_among(session, Base.metadata, "elsewhere", [SHA256]) == set()
        assert held_on_shelf(session, Base.metadata, "elsewhere", "ab") == set()
    owner.dispose()
