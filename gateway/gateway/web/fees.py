"""What an application would cost, asked of payment before it is filed."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.payment import RECKON_FEE, FeeEstimate, ReckonFee

from gateway.web.calls import call


def fee_of(basis: dict[str, str | int | bool]) -> FeeEstimate | None:
    """By filing's ``fee_basis``. None where there is none, or where payment is away: nothing else waits for it."""
    if not basis:
        return None
    try:
        return call(RECKON_FEE, ReckonFee(facts=basis))
    except Problem as problem:
        if problem.status < 500:
            raise
        return None
