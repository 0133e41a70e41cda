"""What every service does alike when it tells what it keeps of an account: a page of a section at a time.

``own_data = rpc(OWN_DATA["payment"], own_data.telling({"orders": orders}))``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from contracts.own_data import PAGE, OwnData, OwnRecord, ReadOwnData, Section
from sqlalchemy.orm import Session

from chassis.errors import Problem
from chassis.uow import UnitOfWork

Page = Callable[[Session, str, str, int], list[OwnRecord]]
"""(session, account, after this record, how many) → records of the account in the order of their ids."""


def telling(sections: Mapping[Section, Page]) -> Callable[[ReadOwnData, UnitOfWork], OwnData]:
    """The handler. Problem ``not_found`` for a section of another service."""

    def own_data(request: ReadOwnData, uow: UnitOfWork) -> OwnData:
        page = sections.get(request.section)
        if page is None:
            raise Problem("not_found")
        items = page(uow.session, request.account_id, request.cursor, PAGE)
        return OwnData(items=items, next_cursor=items[-1].record_id if len(items) == PAGE else None)

    return own_data


def facts_of(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """These of a row's columns that hold anything."""
    found = {name: getattr(row, name) for name in names}
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}
