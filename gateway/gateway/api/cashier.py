"""出纳台: what waits for a cashier, one search for all that is money, and an order with all of its own."""

from __future__ import annotations

from typing import Annotated

from chassis.errors import Problem
from contracts.base import Empty, staff
from contracts.cashier import (
    CASHIER_WORK,
    FIND_MONEY,
    GET_ORDER_FILE,
    LIST_ORDERS_WAITING,
    MOST_FOUND,
    CashierWork,
    FindMoney,
    FoundMoney,
    GetOrderFile,
    ListOrdersWaiting,
    OrderFile,
    OrdersWaiting,
)
from contracts.filing import FIND_CASES, FindCases, FoundCase
from contracts.text import Line
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.web.api import ApiGroup
from gateway.web.calls import call

routes = ApiGroup("cashier", _l("出纳台"))
CASHIERS = staff("cashier")


class SearchQuery(BaseModel):
    """``text``: a number of any kind, a part of a title, a name or a bank's note, or an amount in yuan."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Line(100)]


class ItemsQuery(BaseModel):
    """``after_line``: ``next_line`` of the answer before."""

    model_config = ConfigDict(extra="forbid")

    after_line: int = Field(default=0, ge=0, lt=1 << 20)


class Found(FoundMoney):
    """``cases``: those that the number belongs to; null while filing does not answer."""

    cases: list[FoundCase] | None = None


@routes.get("/staff/work-items", _l("出纳的待办"), access=CASHIERS, reply=CashierWork)
def work_items() -> CashierWork:
    """How much of each kind waits, and since when."""
    return call(CASHIER_WORK, Empty())


@routes.get("/staff/money", _l("查找缴费单、付款、流水和退款"), access=CASHIERS, query=SearchQuery, reply=Found)
def search_money(query: SearchQuery) -> Found:
    """The newest twenty of each kind. It is written down who looked for what."""
    return find(query.text)


@routes.get("/staff/orders", _l("待出纳处理的缴费单"), access=CASHIERS, query=ListOrdersWaiting, reply=OrdersWaiting)
def list_waiting_orders(query: ListOrdersWaiting) -> OrdersWaiting:
    """Past their day though money has come, or paid with another amount; the longest due first."""
    return call(LIST_ORDERS_WAITING, query)


@routes.get(
    "/staff/orders/<order_id>",
    _l("一份缴费单的全部往来"),
    access=CASHIERS,
    query=ItemsQuery,
    reply=OrderFile,
    problems=("order_unknown",),
)
def get_order_file(order_id: str, query: ItemsQuery) -> OrderFile:
    """Its items, payments, bank rows, refunds and ledger entries."""
    return call(GET_ORDER_FILE, GetOrderFile(order_id=order_id, after_line=query.after_line))


def find(text: str) -> Found:
    """Filing says whose number it is, payment what is known of the money; the one is told without the other."""
    try:
        cases = call(FIND_CASES, FindCases(number=text)).items
    except Problem as problem:
        if problem.status < 500:
            raise
        cases = None
    known = [case.application_id for case in cases or []][:MOST_FOUND]
    money = call(FIND_MONEY, FindMoney(text=text, application_ids=known))
    return Found(cases=cases, **{name: getattr(money, name) for name in FoundMoney.model_fields})
