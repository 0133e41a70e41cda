"""What a report of money means for its payment and order. Pure, so that every case can be listed and tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contracts.held import HeldBecause
from contracts.payment import OrderState

from payment.providers.model import ProviderReport

Disposition = Literal["pays_order", "mismatched", "surplus"]


@dataclass(frozen=True)
class Judgement:
    """*pays_order*: the order is paid. *mismatched*: another amount or currency than asked, the order stays open.
    *surplus*: the right amount, but the order is paid or cancelled already; to be returned."""

    disposition: Disposition
    problem: HeldBecause | None = None


def judge(order_state: OrderState, asked: int, report: ProviderReport) -> Judgement:
    """What to do with money that has really come (``report.status`` is *paid*). ``asked`` is fen."""
    if report.amount != asked or report.currency != "CNY":
        return Judgement("mismatched", "payment_amount_mismatch")
    if order_state != "pending":
        return Judgement("surplus", "order_not_payable")
    return Judgement("pays_order")
