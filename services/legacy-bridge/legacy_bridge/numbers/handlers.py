"""Where to look for a number."""

from __future__ import annotations

from typing import cast

from chassis.uow import UnitOfWork
from contracts.legacy_bridge import Locate, Located

from legacy_bridge.cases.store import by_number
from legacy_bridge.cases.views import view_progress
from legacy_bridge.numbers import store
from legacy_bridge.numbers.model import Kind, judge


def locate(request: Locate, uow: UnitOfWork) -> Located:
    """Whether the old system answers for a number. What has been imported outweighs the rules."""
    verdict = judge(request.number)
    imported, case = store.find(uow.session, verdict.number), by_number(uow.session, verdict.number)
    right_spelling = imported.as_recorded if imported else verdict.number
    known = imported is not None or case is not None
    recognised = known or verdict.kind != "unrecognised"
    return Located(
        number=request.number,
        legacy=verdict.legacy or known,
        kind=cast(Kind, imported.kind) if imported else verdict.kind,
        known=known,
        suggestion=right_spelling if recognised and right_spelling != request.number else None,
        office=verdict.office,
        case=view_progress(case, verdict.number) if case and verdict.number == request.number else None,
    )
