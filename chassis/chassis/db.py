"""Engines, declarative bases, and statements without the ORM."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, LiteralString, Protocol

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import BigInteger, Date, DateTime, Engine, MetaData, Text, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from chassis.green import patched

_OPTIONS = "-c statement_timeout=15000 -c lock_timeout=8000 -c idle_in_transaction_session_timeout=60000"


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints and indexes, so that migrations can refer to them."""


class Declarative(DeclarativeBase):
    """Type map shared by all services: text, timestamptz, jsonb, bigint.

    Each service has a base of its own: ``class Base(Declarative): __abstract__ = True; metadata = new_metadata()``.
    """

    __abstract__ = True
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        date: Date,
        dict[str, Any]: JSONB,
        list[str]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


def new_metadata() -> MetaData:
    """Metadata of one service's tables."""
    return MetaData(naming_convention=NAMING)


def sqlalchemy_url(url: str) -> str:
    """``postgresql://`` as people write it, to the psycopg 3 dialect."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _require_the_hub() -> None:
    from chassis.hub_waits import database_waits_on_the_hub  # only where eventlet is in use already

    if not database_waits_on_the_hub():
        raise RuntimeError("call chassis.hub_waits.let_database_wait_on_the_hub() in a process that runs on eventlet")


PATIENCE = 8
"""Seconds for a connection, a new one or one of the pool's: less than a question may take."""


def connect(url: str, *, pool_size: int = 8, application_name: str = "", reading: bool = False) -> Engine:
    """An engine with time limits; refuses to run on eventlet with psycopg's blocking wait.

    ``reading``: each statement stands alone (autocommit), for queries.
    """
    if patched():
        _require_the_hub()
    engine = create_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=PATIENCE,
        pool_pre_ping=False,
        pool_use_lifo=True,
        hide_parameters=True,  # in errors, which end up in logs
        **({"isolation_level": "AUTOCOMMIT"} if reading else {}),
        connect_args={"options": _OPTIONS, "connect_timeout": PATIENCE, "application_name": application_name},
    )
    event.listen(engine, "connect", _prepare_early)
    return engine


def _prepare_early(connection: psycopg.Connection[Any], _: object) -> None:
    """Statements are prepared when they come for the second time, and kept: a service has a few hundred of them.

    psycopg waits for the sixth time and keeps a hundred. It forgets all of them with every ROLLBACK, so that on a
    connection that sees one now and then it hardly ever came to that.
    """
    connection.prepare_threshold = 1
    connection.prepared_max = 500


class Ask(Protocol):
    """``Runtime.ask``: rows of one statement by itself, committed at once."""

    def __call__(self, statement: LiteralString, parameters: Mapping[str, Any]) -> list[Any]: ...


def rows(
    driver: psycopg.Connection[Any], statement: LiteralString, parameters: Mapping[str, Any] | None = None
) -> list[Any]:
    """Named tuples of one statement; none of a statement that gives none."""
    cursor = driver.cursor(row_factory=namedtuple_row).execute(statement, parameters)
    return cursor.fetchall() if cursor.description else []


def run(session: Session, statement: LiteralString, parameters: Mapping[str, Any] | None = None) -> list[Any]:
    """:func:`rows` of one statement in the session's transaction, by the driver itself.

    The same through the session costs two to four times as much. For what stands beside every write; what the session
    has not written yet is not flushed first. Raises SQLAlchemy's OperationalError, as the session does.
    """
    connection = session.connection()
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]  # it knows Any
    try:
        return rows(driver, statement, parameters)
    except psycopg.OperationalError as error:
        if driver.closed:
            connection.invalidate(error)
        raise OperationalError(statement, None, error, connection_invalidated=driver.closed) from error
    except psycopg.Error:
        raise
    except BaseException as error:  # the deadline struck in the middle of a query
        connection.invalidate(error)
        raise
