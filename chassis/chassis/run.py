"""Runs a service: ``python -m chassis.run filing``."""

from __future__ import annotations

import os

os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")

import eventlet

eventlet.monkey_patch()

import signal  # noqa: E402  everything else must come after the patch
import sys  # noqa: E402

from nameko.containers import ServiceContainer  # noqa: E402

from chassis.hub_waits import let_database_wait_on_the_hub  # noqa: E402
from chassis.runtime import Runtime  # noqa: E402
from chassis.service import service_class  # noqa: E402
from chassis.settings import Settings  # noqa: E402
from chassis.telemetry import configure_logging, logger  # noqa: E402


def main(package: str) -> None:
    let_database_wait_on_the_hub()
    settings = Settings.from_environment()
    configure_logging(settings.service, settings.log_level)
    runtime = Runtime(settings)
    config = {"AMQP_URI": settings.amqp_url, "max_workers": settings.max_workers, "runtime": runtime}
    container = ServiceContainer(service_class(package), config)

    def stop(*_: object) -> None:
        eventlet.spawn_n(container.stop)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    container.start()
    logger("chassis.run").info("service_started", package=package)
    container.wait()


if __name__ == "__main__":
    main(sys.argv[1])
