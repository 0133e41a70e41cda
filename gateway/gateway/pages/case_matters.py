"""What of a case is under way besides its examination: its money, the promise to hurry it, its paper certificate."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from chassis.errors import Problem
from contracts.base import Model, RpcMethod
from contracts.filing import ApplicationView
from contracts.mailing import LIST_MAILING, ListMailing, MailingItem
from contracts.payment import GET_ORDER, GetOrder, OrderView

from gateway.pages.bank_words import order_states
from gateway.pages.expedite_words import state_words as expedite_states
from gateway.pages.mailing_words import return_reasons
from gateway.pages.refund_words import because_words, method_words, office_progress
from gateway.web.caller import caller
from gateway.web.calls import call

Q = TypeVar("Q", bound=Model)
R = TypeVar("R", bound=Model)
MONEY = frozenset({"customer_service", "administrator"})
PARCELS = frozenset({"customer_service", "archivist"})
_PURPOSES: tuple[Literal["registration", "expedite"], ...] = ("registration", "expedite")


def matters_of(case: ApplicationView) -> dict[str, Any]:
    """For the page of a case: what the reader's role needs of it; ``away`` names what cannot be read now."""
    roles = caller().actor.roles
    away: list[str] = []
    return {
        "orders": orders_of(case.application_id, away) if roles & MONEY else [],
        "opens_batches": "customer_service" in roles,
        "parcels": parcels_named(case.registration_number or "", away),
        "matters_away": away,
        "order_states": order_states(),
        "because": because_words(),
        "methods": method_words(),
        "progress": office_progress,
        "expedite_states": expedite_states(),
        "return_reasons": return_reasons(),
    }


def orders_of(application_id: str, away: list[str]) -> list[OrderView]:
    """The order of the registration and that of the promise to hurry, as far as there are any."""
    asked = [GetOrder(application_id=application_id, purpose=purpose) for purpose in _PURPOSES]
    return [order for one in asked if (order := _told(GET_ORDER, one, "orders", away)) is not None]


def parcels_named(number: str, away: list[str]) -> list[MailingItem]:
    """Parcels with this number: their own, the carrier's, or the registration's; none for who needs none."""
    if not number or not caller().actor.roles & PARCELS:
        return []
    found = _told(LIST_MAILING, ListMailing(text=number[:60]), "parcels", away)
    return found.items if found else []


def _told(method: RpcMethod[Q, R], asked: Q, what: str, away: list[str]) -> R | None:
    try:
        return call(method, asked)
    except Problem as problem:
        if problem.status >= 500:
            away.append(what)
        elif problem.status != 404:
            raise
        return None
