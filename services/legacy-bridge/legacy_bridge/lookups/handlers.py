"""Looking old cases up. Who did it, and why, is written down."""

from __future__ import annotations

from chassis.lookups import sought, write_down
from chassis.uow import UnitOfWork
from contracts.lookups import MOST_LOOKED_UP, LookUp, OldCasesFound

from legacy_bridge.cases.views import view_item
from legacy_bridge.lookups import store


def look_up_old_cases(request: LookUp, uow: UnitOfWork) -> OldCasesFound:
    """Cases that the old system had not finished, as they stand, the newest first."""
    rows, today = store.looked_up(uow.session, sought(request.text), MOST_LOOKED_UP + 1), uow.today()
    write_down(uow, "legacy_case.look_up", request, len(rows))
    items = [view_item(case, account, today) for case, account in rows[:MOST_LOOKED_UP]]
    return OldCasesFound(items=items, more=len(rows) > MOST_LOOKED_UP)
