"""What a process of a service holds: settings, engine, keys, object store. Made once at start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, LiteralString

import psycopg
from contracts.objects import IDENTITY_SPACE
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from chassis import uow
from chassis.actor import Actor, service_actor
from chassis.db import connect, rows
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.objects import ObjectStore, open_store
from chassis.revocation import RevokedSessions
from chassis.sealing import Sealing
from chassis.settings import Settings
from chassis.tokens import TokenSigner, Trust


@dataclass
class Runtime:
    """Shared by all handlers of a process; holds no state of any case."""

    settings: Settings

    @cached_property
    def engine(self) -> Engine:
        return connect(
            self.settings.database_url,
            pool_size=self.settings.max_workers,
            application_name=f"registry-{self.settings.service}",
        )

    @cached_property
    def reading_engine(self) -> Engine:
        """For queries: each statement by itself, as READ COMMITTED sees it anyway, without BEGIN and COMMIT."""
        return connect(
            self.settings.database_url,
            pool_size=self.settings.max_workers,
            application_name=f"registry-{self.settings.service}",
            reading=True,
        )

    def ask(self, statement: LiteralString, parameters: Mapping[str, Any]) -> list[Any]:
        """Rows of one statement by itself, committed at once: a quarter of what the same costs through a session.

        For what is asked more often than everything else. Asked twice when a connection was lost, so a statement that
        changes something must bear that. Problem ``service_unavailable``.
        """
        try:
            return self._ask(statement, parameters)
        except psycopg.OperationalError:  # a connection that was lost meanwhile: once more on another
            pass
        try:
            return self._ask(statement, parameters)
        except psycopg.OperationalError as error:
            raise Problem("service_unavailable") from error

    def _ask(self, statement: LiteralString, parameters: Mapping[str, Any]) -> list[Any]:
        pooled = self.reading_engine.raw_connection()
        driver: psycopg.Connection[Any] = pooled.driver_connection  # type: ignore[assignment]  # SQLAlchemy knows Any
        try:
            return rows(driver, statement, parameters)
        except psycopg.Error:
            if driver.broken or driver.closed:
                pooled.invalidate()
            raise
        except BaseException:  # the deadline struck in the middle of a query
            pooled.invalidate()
            raise
        finally:
            pooled.close()

    def close(self) -> None:
        """Gives the database connections back."""
        for name in ("engine", "reading_engine"):
            if engine := self.__dict__.get(name):
                engine.dispose()

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        return sessionmaker(self.engine, expire_on_commit=False)

    @cached_property
    def revoked_sessions(self) -> RevokedSessions:
        return RevokedSessions(self.reading_sessions)

    @cached_property
    def reading_sessions(self) -> sessionmaker[Session]:
        """For queries."""
        return sessionmaker(self.reading_engine, expire_on_commit=False)

    @cached_property
    def objects(self) -> ObjectStore:
        return open_store(self.settings.object_store_url)

    @cached_property
    def sealed_objects(self) -> ObjectStore:
        """Identity's part of the store: what the gateway sealed for it. Nobody else has any business there."""
        return open_store(self.settings.object_store_url, IDENTITY_SPACE)

    def store_of(self, space: str) -> ObjectStore:
        """The part of the object store by its name: the common one has none."""
        return {"": lambda: self.objects, IDENTITY_SPACE: lambda: self.sealed_objects}[space]()

    @cached_property
    def signer(self) -> TokenSigner:
        return TokenSigner.load(self.settings.keys_dir, self.settings.service)

    @cached_property
    def sealing(self) -> Sealing:
        return Sealing.load(self.settings.keys_dir, self.settings.service)

    @cached_property
    def trust(self) -> Trust:
        return Trust.load(self.settings.keys_dir)

    @property
    def own_actor(self) -> Actor:
        """The service itself, for steps that no person triggers."""
        return service_actor(self.settings.service)

    @contextmanager
    def unit_of_work(self, actor: Actor | None = None, request_id: str | None = None) -> Iterator[uow.UnitOfWork]:
        """A unit of work outside any call: for workers, sweepers and jobs."""
        with uow.unit_of_work(self, actor or self.own_actor, request_id or new_id("job")) as work:
            yield work
