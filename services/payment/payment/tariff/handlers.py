"""The public tariff."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.base import Empty

from contracts import payment
from payment.tariff.store import load_tariff


def tariff(_: Empty, uow: UnitOfWork) -> payment.Tariff:
    """The fees in force today, with the source of each."""
    today = uow.today()
    lines = [
        payment.TariffLine(
            code=rate.code,
            title_zh=rate.title_zh,
            title_en=rate.title_en,
            amount=rate.amount or 0,
            valid_from=rate.valid_from,
            valid_to=rate.valid_to,
            source=rate.source,
        )
        for rate in load_tariff(uow.session).in_force(today)
    ]
    return payment.Tariff(on=today, lines=lines)
