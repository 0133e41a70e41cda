"""Chaining the record, freezing the figures of each day, and showing them to everybody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.expedite import QueueFigures, QueueStatistics

from filing.queue.model import LEAST, percentile, told
from filing.queue.store import claims, days, freeze, frozen, head, hurried, link, waiting_days
from filing.types import TYPES

_LINKS = 500
_SHOWN = 30
_CLAIMS = timedelta(days=30)
_REQUESTS = timedelta(days=90)


def link_queue_entries(uow: UnitOfWork) -> int:
    """Sweeper: gives new entries of the record their number and hash. Returns how many."""
    return link(uow.session, _LINKS)


def freeze_queue_figures(uow: UnitOfWork) -> int:
    """Sweeper: writes down the figures of a legal day as it begins, once; they stay as they are."""
    today = uow.today()
    if frozen(uow.session, today):
        return 0
    while link(uow.session, _LINKS) == _LINKS:
        pass
    freeze(uow.session, today, figures(today, uow).model_dump(mode="json"))
    return 1


def queue_statistics(request: Empty, uow: UnitOfWork) -> QueueStatistics:
    """The figures of the last days, for everybody; nothing is reckoned for it."""
    found = [QueueFigures.model_validate(row.figures) for row in days(uow.session, _SHOWN)]
    return QueueStatistics(days=found, least=LEAST)


def figures(today: date, uow: UnitOfWork) -> QueueFigures:
    """How the queue stands now, without anything by which somebody could be recognised."""
    now = uow.legal_now()
    waiting, claimed = waiting_days(uow.session, today), claims(uow.session, now - _CLAIMS)
    entries, last = head(uow.session)
    return QueueFigures.model_validate(
        {
            "on": today,
            "waiting": [_of_type(name, waiting.get(name, {}), *claimed.get(name, ({}, 0))) for name in TYPES],
            "hurried": [
                {
                    "tier": tier,
                    "title_zh": zh,
                    "title_en": en,
                    "asked": told(asked),
                    "active": told(active),
                    "kept": told(kept),
                    "missed": told(missed),
                }
                for tier, zh, en, asked, active, kept, missed in hurried(uow.session, now - _REQUESTS)
            ],
            "entries": entries,
            "head": last,
        }
    )


def _of_type(name: str, waiting: dict[int, int], claimed: dict[int, int], beside: int) -> dict[str, Any]:
    wait, taken = told(sum(waiting.values())), told(sum(claimed.values()))
    return {
        "type": name,
        "waiting": wait,
        "median_days": percentile(waiting, 0.5) if wait else None,
        "p90_days": percentile(waiting, 0.9) if wait else None,
        "claimed": taken,
        "claimed_median_days": percentile(claimed, 0.5) if taken else None,
        "out_of_order": told(beside),
    }
