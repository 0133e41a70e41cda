"""What colleagues are called on pages of the staff."""

from __future__ import annotations

from collections.abc import Iterable

from chassis.errors import Problem
from contracts.identity import NAME_STAFF, NameStaff

from gateway.web.calls import call


def names_of(accounts: Iterable[str | None]) -> dict[str, str]:
    """By account; nobody while identity does not answer: a name is not worth the page."""
    known = sorted({account for account in accounts if account})
    if not known:
        return {}
    try:
        return call(NAME_STAFF, NameStaff(account_ids=known)).names
    except Problem as problem:
        if problem.status < 500:
            raise
        return {}
