"""What runs beside the requests of a service: outbox relay, inbox workers, sweepers, health."""

from __future__ import annotations

from typing import Any

import eventlet
from eventlet.semaphore import Semaphore
from nameko.extensions import DependencyProvider

from chassis.db import sqlalchemy_url
from chassis.declarations import subscriptions, sweepers
from chassis.health import HealthServer, database_check, need_checks
from chassis.inbox.worker import Inbox
from chassis.outbox import relay
from chassis.readiness import needs, package_of
from chassis.runtime import Runtime
from chassis.serving.server import Consumer
from chassis.telemetry import logger, trace

INBOX_WORKERS = 4
INBOX_SWEEP_SECONDS = 0.5
"""One worker looks for what is due again (retries, events of replicas that died); the others work only when woken."""

_log = logger("chassis.background")


class Background(DependencyProvider):
    """Starts with the service and stops with it; nothing here may end the container by an exception."""

    consumer = Consumer()

    def setup(self) -> None:
        self._runtime: Runtime = self.container.config["runtime"]
        self._stopping = False
        self._arrived = Semaphore(0)
        service = self.container.service_cls
        found = subscriptions(service)
        self._inbox = Inbox(self._runtime, found)
        self._sweepers = sweepers(service)
        queues = {s.event.queue(self._runtime.settings.service): s.consumer for s in found.values()}
        self.consumer.serve_events(self._inbox, queues, self._arrived.release)
        settings = self._runtime.settings
        self._health = HealthServer(
            settings.health_port,
            {
                "database": database_check(self._runtime.engine),
                "broker": lambda: self.consumer.ready,
                "outbox": lambda: relay.keeps_up(self._runtime.engine),
                **need_checks(needs(package_of(service.__module__)), self._runtime),
            },
        )

    def start(self) -> None:
        settings = self._runtime.settings
        publisher = relay.Relay(self._runtime.engine, settings.service, settings.amqp_url, settings.public_url)
        listen_url = sqlalchemy_url(settings.database_url).replace("postgresql+psycopg://", "postgresql://")
        spawn = self.container.spawn_managed_thread
        spawn(lambda: relay.run(publisher, listen_url, lambda: self._stopping), identifier="relay")
        for number in range(INBOX_WORKERS):
            pause = INBOX_SWEEP_SECONDS if number == 0 else None
            spawn(lambda p=pause: self._handle_events(p), identifier=f"inbox-{number}")
        for name, sweeper in self._sweepers.items():
            spawn(lambda n=name, s=sweeper: self._sweep(n, s), identifier=name)
        spawn(self._health.serve_green, identifier="health")

    def stop(self) -> None:
        self._stopping = True
        for _ in range(INBOX_WORKERS):
            self._arrived.release()

    def _handle_events(self, pause: float | None) -> None:
        while not self._stopping:
            try:
                while not self._stopping and self._inbox.run_once():
                    pass
            except Exception as error:
                _log.warning("inbox_interrupted", error=str(error), kind=type(error).__name__)
                eventlet.sleep(1)
            self._arrived.acquire(timeout=pause)

    def _sweep(self, name: str, sweeper: Any) -> None:
        while not self._stopping:
            try:
                with trace(None):
                    while not self._stopping:
                        with self._runtime.unit_of_work() as uow:
                            done = sweeper.handler(uow)
                        if not done:
                            break
            except Exception as error:
                _log.warning("sweep_interrupted", sweeper=name, error=str(error), kind=type(error).__name__)
            eventlet.sleep(sweeper.seconds)
