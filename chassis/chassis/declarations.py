"""What a service class declares: its methods, subscriptions and sweepers, found on the class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contracts.base import RpcMethod

from chassis.commands import Handler
from chassis.inbox.worker import Subscription
from chassis.uow import UnitOfWork


@dataclass(frozen=True)
class Sweeper:
    """Work that is looked for at intervals, because what should have triggered it may have been lost."""

    seconds: float
    handler: Callable[[UnitOfWork], int]


def every(seconds: float, handler: Callable[[UnitOfWork], int]) -> Sweeper:
    """``handler`` handles some due rows (claimed, so that replicas do not meet) and returns how many."""
    return Sweeper(seconds, handler)


def subscriptions(service: type[Any]) -> dict[str, Subscription]:
    """The subscriptions of a service class, by attribute, which is also the name of the consumer."""
    return {name: value for name in dir(service) if isinstance(value := getattr(service, name, None), Subscription)}


def sweepers(service: type[Any]) -> dict[str, Sweeper]:
    """The sweepers of a service class, the chassis' own among them, by attribute."""
    return {name: value for name in dir(service) if isinstance(value := getattr(service, name, None), Sweeper)}


def methods(service: type[Any]) -> dict[str, tuple[RpcMethod[Any, Any], Handler]]:
    """Contract and handler of each RPC method, by name."""
    found = {}
    for name in dir(service):
        value = getattr(service, name, None)
        if contract := getattr(value, "contract", None):
            found[name] = (contract, value.handler)  # type: ignore[union-attr]
    return found
