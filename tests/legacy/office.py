"""The bridge with both services that own what it imports, without a broker: what one says, the others hear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.outbox.store import envelope
from chassis.tables import OutboxEvent
from chassis.testing import Harness
from contracts.catalogue import EVENTS
from legacy_bridge.imports import handlers, store
from legacy_bridge.imports.order import order_for
from legacy_bridge.imports.reading import work_off
from legacy_bridge.imports.report import Report, report_of
from legacy_bridge.sources import Asked
from sqlalchemy import select


class Office:
    """``bridge``, ``archive`` and ``identity``."""

    def __init__(self, make: Callable[..., Harness]) -> None:
        self.bridge, self.archive, self.identity = make("legacy_bridge"), make("archive"), make("identity")
        self._heard: dict[str, int] = {}

    def deliver(self) -> None:
        """Until nobody has anything more to say."""
        houses = {"legacy_bridge": self.bridge, "archive": self.archive, "identity": self.identity}
        busy = True
        while busy:
            busy = False
            for name, house in houses.items():
                with house.runtime.sessions() as session:
                    last = self._heard.get(name, 0)
                    said = session.scalars(
                        select(OutboxEvent).where(OutboxEvent.id > last).order_by(OutboxEvent.id)
                    ).all()
                for row in said:
                    busy = True
                    self._heard[name] = row.id
                    for consumer in EVENTS[row.type].consumers:
                        if consumer in houses:
                            houses[consumer].hear(envelope(row, name))
            for house in houses.values():
                house.handle_events()

    def begin(self, source: object, mapping: str = "", *, resume: bool = False, **options: Any) -> str:
        """An import in the queue; its id."""
        known = {name: options.pop(name) for name in ("table", "encoding") if name in options}
        order = order_for(Asked(str(source), **known), mapping, **options)
        with self.bridge.uow() as uow:
            return handlers.begin(order, uow, resume=resume).import_id

    def run(self, source: object, mapping: str = "", **options: Any) -> Report:
        """An import from its beginning to its end."""
        import_id = self.begin(source, mapping, **options)
        while work_off(self.bridge.runtime):
            pass
        self.deliver()
        return self.report(import_id)

    def report(self, import_id: str) -> Report:
        with self.bridge.uow() as uow:
            row = store.get(uow.session, import_id)
            assert row is not None
            return report_of(uow.session, row)
