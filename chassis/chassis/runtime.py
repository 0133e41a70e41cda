"""What a process of a service holds: settings, engine, keys, object store. Made once at start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from chassis import uow
from chassis.actor import Actor, service_actor
from chassis.db import connect
from chassis.ids import new_id
from chassis.objects import ObjectStore
from chassis.revocation import RevokedSessions
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
    def sessions(self) -> sessionmaker[Session]:
        return sessionmaker(self.engine, expire_on_commit=False)

    @cached_property
    def revoked_sessions(self) -> RevokedSessions:
        return RevokedSessions(self.sessions)

    @cached_property
    def reading_sessions(self) -> sessionmaker[Session]:
        """For queries: each statement by itself, as READ COMMITTED sees it anyway, without BEGIN and COMMIT."""
        return sessionmaker(self.engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False)

    @cached_property
    def objects(self) -> ObjectStore:
        return ObjectStore.from_url(self.settings.object_store_url)

    @cached_property
    def signer(self) -> TokenSigner:
        return TokenSigner.load(self.settings.keys_dir, self.settings.service)

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
