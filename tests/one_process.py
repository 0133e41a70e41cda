"""The whole system in one process: the gateway's application, and behind it every service on a database of its own.

A call goes where the broker would take it and begins as a consumer begins it, with nothing checked so far; events move
when ``settle`` is called. What only processes and networks can show is tried elsewhere. Here a request costs a few
milliseconds, so that every route can be tried with everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from chassis.actor import Actor, issue_access_token
from chassis.commands import Call, execute
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.outbox.store import envelope
from chassis.service import methods, service_class
from chassis.testing.databases import DatabaseFactory
from chassis.testing.harness import Harness, settings_for
from chassis.tokens import TokenSigner
from contracts.base import SERVICES, Model, RpcMethod
from contracts.catalogue import EVENTS
from flask import Flask
from flask.testing import FlaskClient
from gateway.app import create_app
from gateway.settings import GatewaySettings
from gateway.web.many_queries import ManyQueries
from gateway.web.resources import EXTENSION
from sqlalchemy import text

_UNPUBLISHED = text("SELECT * FROM outbox WHERE published_at IS NULL ORDER BY id")
_MARK = text("UPDATE outbox SET published_at = now() WHERE id = :id")


T = TypeVar("T")


def once(act: Callable[[], T]) -> T:
    return act()


@dataclass
class Corridor:
    """In the place of the gateway's RPC client. ``crashes``: what a service would have answered ``internal_error``.

    ``insist`` does something again when the process that did it has died, as the real client and processes do.
    """

    services: dict[str, Harness]
    crashes: list[Exception] = field(default_factory=list)
    insist: Callable[[Callable[[], Any]], Any] = once

    def call(
        self,
        method: RpcMethod[Any, Any],
        request: Model,
        *,
        token: str | None = None,
        request_id: str | None = None,
        timeout: float = 10,
    ) -> Any:
        harness = self.services[method.service]
        contract, handler = methods(harness.service)[method.name]
        payload, call = request.model_dump(mode="json"), Call(token, request_id or new_id("req"))
        try:
            reply = self.insist(lambda: execute(harness.runtime, contract, handler, payload, call))
        except Problem as problem:
            raise Problem.from_wire(problem.to_wire()) from None
        except Exception as crash:
            self.crashes.append(crash)
            raise Problem("internal_error") from crash
        return method.reply.model_validate(reply)


@dataclass
class System:
    """``app`` answers as the gateway does; ``services`` are for what a test must know or bring about itself."""

    app: Flask
    services: dict[str, Harness]
    corridor: Corridor
    keys: Path
    objects: Path
    owner_urls: dict[str, str]
    _addresses: Iterator[int] = field(default_factory=count)

    def token(self, actor: Actor) -> str:
        return issue_access_token(TokenSigner.load(self.keys, "identity"), actor, 3600)

    def client(self, token: str | None = None, *, cookies: bool = False) -> FlaskClient:
        """A visitor, or with a token the person it belongs to; each at an address of their own."""
        client = self.app.test_client(use_cookies=cookies)
        number = next(self._addresses)
        client.environ_base["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        if token:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def insist(self, act: Callable[[], T]) -> T:
        """``act``, by a process that is started again when it dies of it."""
        done: T = self.corridor.insist(act)
        return done

    def settle(self) -> None:
        """Every event reaches whoever is to hear it, and so does what they say of it, until all is quiet."""
        while sum(self._relay(name) for name in SERVICES):
            for harness in self.services.values():
                self.insist(harness.handle_events)

    def _relay(self, source: str) -> int:
        with self.services[source].runtime.engine.begin() as connection:
            rows = connection.execute(_UNPUBLISHED).all()
            for row in rows:
                said = envelope(row, source)
                for consumer in EVENTS[said.type].consumers:
                    if consumer == "gateway":
                        self.app.extensions[EXTENSION].revocations.receive(said.model_dump_json().encode())
                    else:
                        self.services[consumer].hear(said)
                connection.execute(_MARK, {"id": row.id})
        return len(rows)


@contextmanager
def running_system(databases: DatabaseFactory, keys: Path, folder: Path, **settings: Any) -> Iterator[System]:
    """``settings`` replace common ones, for instance ``public_url``."""
    objects = folder / "objects"
    objects.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        urls = {name: stack.enter_context(databases.database(name)) for name in (*SERVICES, "gateway")}

        def common(name: str) -> Any:
            return replace(settings_for(name, urls[name].application_url, keys, objects), **settings)

        services = {name: Harness(service_class(name), common(name), urls[name].owner_url) for name in SERVICES}
        for harness in services.values():
            stack.callback(harness.close)
        corridor = Corridor(services)
        app = create_app(GatewaySettings(common("gateway"), objects / "uploads", 0))
        resources = app.extensions[EXTENSION]
        stack.callback(resources.runtime.engine.dispose)
        app.extensions[EXTENSION] = replace(resources, rpc=corridor, progress=ManyQueries(corridor))
        yield System(app, services, corridor, keys, objects, {name: url.owner_url for name, url in urls.items()})
