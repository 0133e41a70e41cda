"""How often one account may ask: every route counts, whether anybody thought of it or not.

Reading is generous, writing less so; a route that writes much or is asked in quick succession says so by ``@rate``.
Counts are kept in the process and shared in batches (``hit_counts``), so that they cost microseconds. Limits by
network, for those who have not signed in, are ``web.limits``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from chassis.errors import Problem
from chassis.telemetry import logger
from flask import Flask, current_app, g, request
from limits import RateLimitItem, parse
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError

from gateway.web.access_log import QUIET
from gateway.web.caller import caller, has_bearer_token
from gateway.web.limits import EXTENSION
from gateway.web.problems import HttpProblem
from gateway.web.resources import resources

READING = 1200
WRITING = 240
"""Requests of one account within a minute, all routes of the kind together; the sandbox allows ten times as much."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
V = TypeVar("V", bound=Callable[..., Any])
_log = logger("gateway.limits")


def rate(per_minute: int) -> Callable[[V], V]:
    """Gives a route a rate of its own per account, in place of the usual one for writing (or reading)."""

    def declare(handler: V) -> V:
        handler.account_rate = per_minute  # type: ignore[attr-defined]  # read below, and by a test
        return handler

    return declare


def rate_of(app: Flask, endpoint: str, method: str) -> tuple[str, int]:
    """What a request counts as, and how many of it one account may send in a minute."""
    view = app.view_functions[endpoint]
    handler = getattr(getattr(view, "__self__", None), "handler", view)  # an API route is its operation's answer
    if own := getattr(handler, "account_rate", None):
        return endpoint, int(own)
    return ("reading", READING) if method in SAFE else ("writing", WRITING)


def _count() -> None:
    """Problem ``rate_limited`` with ``Retry-After``. While the database is away nobody is turned away for that."""
    if request.endpoint is None or request.path.startswith(QUIET) or not _may_be_signed_in():
        return
    try:
        found = caller()
    except Problem:  # whoever asks next who it is gets it again
        return
    if not found.signed_in:
        return
    name, amount = rate_of(current_app, request.endpoint, request.method)
    item = _item(amount * (10 if resources().settings.common.sandbox else 1))
    strategy: FixedWindowRateLimiter = current_app.extensions[EXTENSION][True]
    try:
        allowed = strategy.hit(item, "account", name, found.actor.subject)
        reset, remaining = strategy.get_window_stats(item, "account", name, found.actor.subject)
    except SQLAlchemyError as error:
        _log.warning("rate_limit_not_counted", error=str(error)[:300])
        return
    seconds = max(1, round(reset - time.time()))
    g.rate_limit = (item.amount, remaining, seconds)
    if not allowed:
        raise HttpProblem("rate_limited", headers={"Retry-After": str(seconds)}, seconds=seconds)


def _may_be_signed_in() -> bool:
    return has_bearer_token() or resources().sessions.cookie_name in request.cookies


@lru_cache
def _item(amount: int) -> RateLimitItem:
    return parse(f"{amount} per minute")


def install(app: Flask) -> None:
    app.before_request(_count)
