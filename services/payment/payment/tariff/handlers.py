"""The public tariff, and what an application would owe by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.fees import ReckonFees
from pydantic import ValidationError
from sqlalchemy.orm import Session

from contracts import payment
from payment.tariff.model import BEGINS, SANDBOX_AMOUNTS, Fee, FeeBasis
from payment.tariff.store import load_tariff, offer


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


def offer_in_sandbox(uow: UnitOfWork) -> int:
    """Sweeper: the sandbox offers to hurry cases, so that the walk can be tried; an operator's own amounts stay."""
    if not uow.settings.sandbox:
        return 0
    return offer(uow.session, SANDBOX_AMOUNTS, BEGINS + timedelta(days=1))


def fees_of(session: Session, facts: Mapping[str, str | int | bool], on: date) -> list[Fee]:
    """What an application owes that is filed on that day: the one rule, of its order and of what is said before.

    Raises ``ValidationError`` for facts that say nothing of a fee, another ``ValueError`` for a work without category.
    """
    return load_tariff(session).fees(FeeBasis.model_validate(facts), on)


def reckon_fee(request: payment.ReckonFee, uow: UnitOfWork) -> payment.FeeEstimate:
    """What it would owe, filed today; no amount while a work has no category. Problem ``request_invalid``."""
    today = uow.today()
    try:
        fees = fees_of(uow.session, request.facts, today)
    except ValidationError as error:
        raise Problem("request_invalid") from error
    except ValueError:
        return payment.FeeEstimate(on=today, amount=None)
    lines = [_line(fee, 1) for fee in fees]
    return payment.FeeEstimate(on=today, amount=sum(fee.amount for fee in fees), lines=lines)


def reckon_fees(request: ReckonFees, uow: UnitOfWork) -> payment.FeeEstimate:
    """What a batch would owe, filed today, with a line for each rate; no amount while that of a work cannot be said."""
    tariff, today = load_tariff(uow.session), uow.today()
    lines: dict[tuple[str, date], payment.OrderLine] = {}
    for group in request.groups:
        try:
            fees = tariff.fees(FeeBasis.model_validate(group.facts), today)
        except ValueError:  # a work without category, or what the tariff does not charge yet
            return payment.FeeEstimate(on=today, amount=None)
        for line in (_line(fee, group.works) for fee in fees):
            known = lines.get(rate := (line.code, line.rate_from or today))
            sums = {"quantity": known.quantity + line.quantity, "amount": known.amount + line.amount} if known else {}
            lines[rate] = line.model_copy(update=sums)
    return payment.FeeEstimate(on=today, amount=sum(line.amount for line in lines.values()), lines=list(lines.values()))


def _line(fee: Fee, works: int) -> payment.OrderLine:
    """A fee that so many works owe each."""
    return payment.OrderLine(
        code=fee.rate.code,
        title=fee.rate.title_zh,
        title_en=fee.rate.title_en,
        quantity=fee.quantity * works,
        amount=fee.amount * works,
        rate_from=fee.rate.valid_from,
    )
