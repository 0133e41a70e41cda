"""An account's orders, page by page, however many it has."""

from __future__ import annotations

import pytest
from chassis.errors import Problem
from chassis.testing import person
from chassis.testing.lists import copies, every_page, tables_read_whole

from contracts import payment as contract

MANY = 5000


@pytest.fixture
def many(counter):
    """5,000 orders of one account, of which a hundred each were opened at the same moment, and 5,000 of others."""
    order = counter.ordered()
    counter.start(order)
    first, put = f"model.order_id = '{order.order_id}'", counter.harness
    for account, prefix in (("'acc-person'", "ord-a"), ("'acc-' || n", "ord-b")):
        number, ago = f"'{prefix}' || n", "now() - (n / 100) * interval '1 hour'"
        orders = copies(put, "orders", MANY, first, order_id=number, account_id=account, created_at=ago)
        items = copies(put, "order_items", MANY, first, order_id=number, application_id=f"'app-' || {number}")
        put.as_owner(f"{orders}; {items}")
    return counter


@pytest.mark.requirement("P-01")
def test_every_order_is_on_one_page_newest_first(many) -> None:
    items = every_page(many.harness, contract.LIST_ORDERS, contract.ListOrders(limit=200), person())
    assert len({item.order_id for item in items}) == len(items) == MANY + 1
    keys = [(item.created_at, item.order_id) for item in items]
    assert keys == sorted(keys, reverse=True)
    assert [len(item.payments) for item in items if item.payments] == [1], "each with its own attempts to pay"
    with pytest.raises(Problem, match="request_invalid"):
        many.harness.call(contract.LIST_ORDERS, contract.ListOrders(cursor="2026-11-28|x"), person())


def test_a_page_reads_no_others_orders(many) -> None:
    def ask() -> None:
        first = many.harness.call(contract.LIST_ORDERS, contract.ListOrders(limit=20), person())
        many.harness.call(contract.LIST_ORDERS, contract.ListOrders(limit=20, cursor=first.next_cursor), person())

    assert tables_read_whole(many.harness, ask) & {"orders", "order_items"} == set()
