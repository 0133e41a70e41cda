"""What an application would cost, asked of payment before it is filed."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.base import Empty
from contracts.payment import RECKON_FEE, TARIFF, FeeEstimate, ReckonFee, TariffLine

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


def single_fee(code: str) -> TariffLine | None:
    """What is charged today under a code of the tariff; None where nothing is, or where payment is away."""
    try:
        lines = call(TARIFF, Empty()).lines
    except Problem as problem:
        if problem.status < 500:
            raise
        return None
    return next((line for line in lines if line.code == code), None)
