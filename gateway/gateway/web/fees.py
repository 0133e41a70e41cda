"""What an application or a batch would cost, asked of payment before it is filed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from chassis.errors import Problem
from contracts.base import Empty
from contracts.batches import ChargedAlike
from contracts.fees import RECKON_FEES, ReckonedAlike, ReckonFees
from contracts.payment import RECKON_FEE, TARIFF, FeeEstimate, ReckonFee, TariffLine

from gateway.web.calls import call

T = TypeVar("T")


def fee_of(basis: dict[str, str | int | bool]) -> FeeEstimate | None:
    """By filing's ``fee_basis``. None where there is none, or where payment is away: nothing else waits for it."""
    return _asked(lambda: call(RECKON_FEE, ReckonFee(facts=basis))) if basis else None


def fee_of_works(charged: Sequence[ChargedAlike]) -> FeeEstimate | None:
    """Of the works of a batch together, as :func:`fee_of`."""
    groups = [ReckonedAlike(facts=one.fee_basis, works=one.works) for one in charged]
    return _asked(lambda: call(RECKON_FEES, ReckonFees(groups=groups))) if groups else None


def single_fee(code: str) -> TariffLine | None:
    """What is charged today under a code of the tariff; None where nothing is, or where payment is away."""
    tariff = _asked(lambda: call(TARIFF, Empty()))
    return next((line for line in tariff.lines if line.code == code), None) if tariff else None


def _asked(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except Problem as problem:
        if problem.status < 500:
            raise
        return None
