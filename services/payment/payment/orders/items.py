"""The items of an order: one fee of the tariff each."""

from __future__ import annotations

from typing import Any

from payment.orders.store import OrderItem
from payment.tariff.model import Fee


def item_of(fee: Fee, order: dict[str, Any], line: int, basis: dict[str, Any] | None) -> OrderItem:
    """The item of a fee. ``order``: application, purpose, title and serial number; ``basis``: what the fee of a
    principal item was found from."""
    return OrderItem(
        **order,
        line=line,
        principal=basis is not None,
        open=True,
        code=fee.rate.code,
        rate_from=fee.rate.valid_from,
        fee_zh=fee.rate.title_zh,
        fee_en=fee.rate.title_en,
        quantity=fee.quantity,
        amount=fee.amount,
        fee_basis=basis,
    )
