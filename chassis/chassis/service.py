"""The base of every service: a nameko class whose methods are declared from contracts and handlers.

class FilingService(Service):
    name = "filing"
    submit_application = rpc(SUBMIT_APPLICATION, submission.submit_application)
    on_order_paid = on_event(ORDER_PAID, acceptance.accept_paid_application)
    lapse_overdue = every(30, clocks.lapse_overdue)
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, ClassVar

from contracts.base import EventType, RpcMethod
from contracts.identity import SESSION_REVOKED, SessionRevoked
from contracts.objects import HELD_OBJECTS, RELEASED_OBJECTS
from contracts.operations import LIST_SET_ASIDE, TRY_AGAIN
from contracts.sandbox import ADVANCE_CLOCK, AdvanceClock, ClockView
from nameko.extensions import register_entrypoint

from chassis import clock, pruning, set_aside
from chassis.background import Background
from chassis.commands import Call, Handler, execute
from chassis.declarations import every, methods, subscriptions, sweepers
from chassis.inbox.worker import EventHandler, Subscription
from chassis.keeping import held
from chassis.keeping.checking import check_own_references
from chassis.revocation import revoke
from chassis.runtime import Runtime
from chassis.serving.server import RpcEntrypoint, Work
from chassis.uow import UnitOfWork

__all__ = ["Service", "every", "methods", "on_event", "rpc", "service_class", "subscriptions", "sweepers"]


def rpc(method: RpcMethod[Any, Any], handler: Handler) -> Callable[..., dict[str, Any]]:
    """A service method that answers a contract's RPC with a handler."""

    def answer(self: Service, runtime: Runtime, work: Work) -> dict[str, Any]:
        def run(payload: dict[str, Any], call: Call) -> dict[str, Any]:
            return execute(runtime, method, handler, payload, call)

        return work.run(run, method.full_name)

    answer.__name__ = method.name
    answer.contract = method  # type: ignore[attr-defined]  # read by the in-process harness and structure tests
    answer.handler = handler  # type: ignore[attr-defined]
    register_entrypoint(answer, RpcEntrypoint())
    return answer


def on_event(event: EventType[Any], handler: EventHandler) -> Subscription:
    """A subscription; the attribute is named ``on_<event name>`` as its queue is."""
    return Subscription(event, handler)


def _advance_clock(request: AdvanceClock, uow: UnitOfWork) -> ClockView:
    offset = clock.advance(uow.session, request.days)
    uow.audit("clock.advance", subject="legal_clock", days=request.days)
    return ClockView(legal_date=clock.legal_date(clock.legal_now(uow.session)).isoformat(), offset_days=offset)


def _revoke_session(data: SessionRevoked, uow: UnitOfWork) -> None:
    revoke(uow.session, data.session_id, data.until)


class Service:
    """Base class. ``name`` is the service's name at the broker and in contracts."""

    name: ClassVar[str | None] = None
    background = Background()
    prune = every(pruning.PRUNE_SECONDS, pruning.prune)
    check_objects = every(60, check_own_references)

    def __init_subclass__(cls) -> None:
        if cls.name is None:
            return
        if cls.name in ADVANCE_CLOCK:
            cls.advance_clock = rpc(ADVANCE_CLOCK[cls.name], _advance_clock)  # type: ignore[attr-defined]
        if cls.name in LIST_SET_ASIDE:
            cls.list_set_aside = rpc(LIST_SET_ASIDE[cls.name], set_aside.list_set_aside)  # type: ignore[attr-defined]
            cls.try_again = rpc(TRY_AGAIN[cls.name], set_aside.try_again)  # type: ignore[attr-defined]
        if cls.name in HELD_OBJECTS:
            cls.held_objects = rpc(HELD_OBJECTS[cls.name], held.held_objects)  # type: ignore[attr-defined]
            cls.released_objects = rpc(RELEASED_OBJECTS[cls.name], held.released_objects)  # type: ignore[attr-defined]
        if cls.name in SESSION_REVOKED.consumers:
            cls.on_session_revoked = on_event(SESSION_REVOKED, _revoke_session)  # type: ignore[attr-defined]
        for attribute, subscription in subscriptions(cls).items():
            if attribute != subscription.consumer:
                raise TypeError(f"{cls.__name__}.{attribute} must be called {subscription.consumer}")


def service_class(package: str) -> type[Service]:
    """The one Service subclass in ``<package>.service``."""
    module = importlib.import_module(f"{package}.service")
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Service) and value is not Service
    ]
    if len(found) != 1:
        raise LookupError(f"{package}.service must define exactly one service")
    return found[0]
